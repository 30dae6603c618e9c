"""The demo's clips against the truth of the episode they were made from. Run it after `make demo`.

Prints a table a clip and one a stage; `--json FILE` writes the same; `--check` exits 1 and names every number
that misses its goal. It measures what is in the store, so there is nothing to make quicker: `--quick` is the
same.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from goals import Goals, conclude, misses

from resources.artifacts import Artifacts
from resources.home import store_url
from resources.media_store import MediaStore
from shortform_assets.contracts.stages import CONTRACTS, WORKFLOW
from shortform_assets.demo.episode_truth import EpisodeTruth
from shortform_assets.demo.judge_episode import judge_plan, word_errors

GOALS: Goals = {
    "clips": (">=", 4),
    "speaker in the 9:16 crop": (">=", 0.95),
    "frames about the poster": ("<=", 0),
    "clips opening or closing mid-sentence": ("<=", 0),
    "clips with advertising": ("<=", 0),
    "word error rate": ("<=", 0.10),
    "outputs with problems": ("<=", 0),
}


def measure(store: MediaStore, truth: EpisodeTruth) -> dict[str, Any]:
    """All numbers, of the source whose content is the episode; SystemExit where it was never run."""
    artifacts = Artifacts(store)
    keys = sorted({path.split("/")[1] for path in store.list("sources")})

    def contract(key: str, stage: str) -> Any:
        ref = artifacts.current(key, stage)
        return artifacts.load(ref, CONTRACTS[stage]) if ref else None

    for key in keys:
        source, delivery = contract(key, "source_video"), contract(key, "delivery")
        if source and delivery and source.content == truth.video:
            break
    else:
        sys.exit("the demo was not run to its end in this project: run `make demo`")
    plan, crops = contract(key, "clip_plan"), contract(key, "crop_paths")
    verdicts = judge_plan(truth, plan, crops.clips)
    errors, words = word_errors(truth, contract(key, "transcript"))
    judged = sum(v.judged_frames for v in verdicts)
    seconds = source.duration_ms / 1000
    runs = {stage: artifacts.run(ref) for stage in WORKFLOW if (ref := artifacts.current(key, stage))}
    return {
        "numbers": {
            "clips": len(plan.clips),
            "speaker in the 9:16 crop": sum(v.speaker_in_crop for v in verdicts) / max(1, judged),
            "frames about the poster": sum(v.poster_subject for v in verdicts),
            "clips opening or closing mid-sentence": sum(
                not (v.opens_on_sentence and v.closes_on_sentence) for v in verdicts
            ),
            "clips with advertising": sum("ad" in v.kinds for v in verdicts),
            "word error rate": errors / words,
            "outputs with problems": sum(
                o.state != "completed" or bool(o.outcome.quality.problems) for o in delivery.outputs
            ),
        },
        "share of the source's length": {
            stage: run["seconds"] / seconds for stage, run in runs.items() if "seconds" in run
        },
        "clip by clip": {
            v.clip_id: {
                "speaker in crop": v.speaker_in_crop / max(1, v.judged_frames),
                "talk": sorted(v.kinds),
            }
            for v in verdicts
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path, nargs="?", default=Path("demo/truth.json"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = measure(
        MediaStore.open(store_url()), EpisodeTruth.model_validate_json(options.truth.read_bytes())
    )
    for title, rows in found.items():
        print(f"\n{title}")
        for name, value in rows.items():
            print(f"  {name:40} {value:.4g}" if isinstance(value, (int, float)) else f"  {name:40} {value}")
    conclude(found, misses(GOALS, found["numbers"]), options.json, options.check)


if __name__ == "__main__":
    main()
