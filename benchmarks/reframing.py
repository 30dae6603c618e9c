"""The camera against what is known: who speaks, who is real, where a human would look.

Four parts: synthesised scenes with exact truth, short clips full of posters, the talking videos of
`../shared/media`, and human labels of `../shared/benchdata`; the last two are left out where they are not
there. Prints tables beside a centre crop, the largest face and a dead-zone follower on the same tracks.
`--json FILE` writes the same, part by part; `--only PART` measures one of scenes, compute, posters, videos and
labels. `--quick` takes a few scenes and posters, `--fresh N` scenes that nothing was chosen by, others for every N,
`--worst FOLDER` draws the frames that miss the speaker, `--check` exits 1 and names every number that misses its
goal. Scenes are made once and kept in the system's temporary folder.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import labels
import posters
import shared_videos
from framing_baselines import BASELINES
from framing_scores import Tally, asd_tally, camera_tally, truth_tally
from framing_stage import Framed, Stage
from goals import Goals, conclude, misses
from misses import draw_misses
from rich.console import Console
from rich.table import Table
from scene_list import scenes, timed
from scenes import FPS, Made, diarized, make

from shortform_assets.contracts.clips import AspectFraming

CACHE = Path(tempfile.gettempdir()) / "shortform-scenes"
POSTERS, QUICK_POSTERS = 306, 12
GOALS: Goals = {
    "speaker in crop": (">=", 0.99),
    "full bleed": (">=", 0.90),
    "face at least 12 %": (">=", 0.90),
    "subjectless frames": ("<=", 0.0),
    "bars shown": ("<=", 0.0),
    "poster as subject": ("<=", 0.0),
    "switch delay, median ms": ("<=", 150),
    "posters shown": (">=", 300),
    "posters taken as live": ("<=", 0),
    "live speakers rejected": ("<=", 0.01),
    "compute, share of the length": ("<=", 0.35),
    "speaker in crop, real video": (">=", 0.95),
}
"""Of all scenes together; those that were not measured are not missed in a quick run."""

OURS = "shortform"
Row = dict[str, Any]
console = Console()
if not console.is_terminal:
    # In a log, rows stay whole.
    console = Console(width=170)


def measure(quick: bool, only: str, fresh: int, worst: Path | None, target: Path | None) -> dict[str, Any]:
    """All parts, or `only` one; `target` is written anew after each of them."""
    found: dict[str, Any] = {"numbers": {}}

    def keep(**part: Any) -> None:
        found.update(part)
        if target:
            target.write_text(json.dumps(found, indent=1))

    with (
        tempfile.TemporaryDirectory(prefix="shortform-reframing-") as folder,
        Stage(Path(folder) / "store") as stage,
    ):
        numbers = found["numbers"]
        if only in ("", "scenes"):
            rows, totals = _scenes(stage, quick, fresh, worst)
            numbers |= totals[OURS]
            keep(scenes=rows, beside=totals)
        if only in ("", "compute"):
            numbers |= _compute(stage)
            keep()
        if only in ("", "posters"):
            walls = posters.measure(stage, CACHE, QUICK_POSTERS if quick else POSTERS, say)
            numbers |= {
                k: walls[k] for k in ("posters shown", "posters taken as live", "live speakers rejected")
            }
            keep(posters=walls)
        if only in ("", "labels"):
            who = labels.asw(stage.reframing, 6 if quick else 53, 30 if quick else 60, say)
            keep(**{"labels of speech": who, "human windows": labels.retargetvid(10 if quick else 200, say)})
        if only in ("", "videos"):
            videos = shared_videos.measure(stage, Path(folder), quick, say)
            split = [row["speaker in crop"] for row in videos if "speaker in crop" in row]
            numbers |= {"speaker in crop, real video": split[0]} if split else {}
            keep(videos=videos)
    return found


def say(text: str) -> None:
    console.print(text, style="dim")


def _scenes(stage: Stage, quick: bool, fresh: int, worst: Path | None) -> tuple[list[Row], dict[str, Row]]:
    rows, totals = [], {name: Tally() for name in (OURS, *BASELINES)}
    for scene in scenes(quick, fresh):
        say(f"framing {scene.name}")
        made = make(scene, CACHE)
        framed = stage.frame(stage.media(made.video, made.sound), diarized(made.truth, made.scene.seed))
        mine, camera = _judged(stage, made, framed, camera_of(framed))
        prints = frozenset(r.person for shot in scene.shots for r in shot.roles if r.kind == "poster")
        mine += asd_tally(made.truth, framed.crops, framed.tracks, framed.series, prints)
        totals[OURS] += mine
        for name, crop in BASELINES.items():
            other, _ = _judged(stage, made, framed, crop(framed.tracks, framed.series, "9:16"))
            totals[name] += other
        rows.append({"name": scene.name, "cuts": framed.tracks.cuts == made.truth.cuts, **mine.numbers()})
        if worst and not scene.shared:
            draw_misses(worst, made, camera, mine)
    return rows, {name: tally.numbers() for name, tally in totals.items()}


def camera_of(framed: Framed) -> AspectFraming:
    return next(a for a in framed.crops.aspects if a.aspect == "9:16")


def _judged(stage: Stage, made: Made, framed: Framed, camera: AspectFraming) -> tuple[Tally, AspectFraming]:
    moved = camera_tally(camera, framed.tracks.frames, FPS, made.truth.cuts)
    return moved + truth_tally(camera, made.truth, FPS, stage.reframing), camera


def _compute(stage: Stage) -> Row:
    """CPU seconds a second of 1080p with two faces, shared by two cores; the scene is framed twice and the
    second time counts, so that models are warm."""
    made = make(timed(), CACHE)
    media = stage.media(made.video, made.sound)
    framed = [stage.frame(media, diarized(made.truth, made.scene.seed)) for _ in range(2)][-1]
    return {
        "compute, share of the length": round(framed.cpu / framed.seconds / 2, 4),
        "one clip alone, wall clock": round(framed.wall / framed.seconds, 4),
    }


def missed_goals(numbers: Row, quick: bool) -> list[str]:
    """Those of what was measured; a few posters prove nothing."""
    return misses(
        {name: goal for name, goal in GOALS.items() if not quick or name != "posters shown"}, numbers
    )


COLUMNS = {
    "active speaker accuracy": "who %",
    "speaker in crop": "in crop %",
    "full bleed": "bleed %",
    "face at least 12 %": "12 % %",
    "subjectless frames": "nobody %",
    "poster or screen as subject": "flat %",
    "headroom error": "headroom %",
    "bars shown": "bars %",
    "text cut": "text cut %",
    "still frames": "still %",
    "jerk, p95": "jerk",
    "reversals a second": "rev/s",
    "switches a minute": "sw/min",
    "switch delay, median ms": "delay ms",
}


def show(found: dict[str, Any]) -> None:
    if "scenes" in found:
        _show_scenes(found["scenes"], found["beside"])
    if "posters" in found:
        walls = found["posters"]
        console.print(f"Prints: {walls['posters']}; talking people beside them: {walls['talking people']}")
        for line in walls["wrong"][:20]:
            console.print(f"  {line}", style="red", markup=False)
    if found.get("videos"):
        _show_videos(found["videos"])
    for title in ("labels of speech", "human windows"):
        for name, row in found.get(title, {}).items():
            console.print(f"{title}, {name}: {json.dumps(row)}", highlight=False, soft_wrap=True)
    table = Table("number", "is", "goal")
    for name, value in found["numbers"].items():
        sign, goal = GOALS.get(name, ("", ""))
        missed = any(line.startswith(f"{name} is ") for line in missed_goals(found["numbers"], quick=False))
        table.add_row(name, f"[red]{value:.4g}[/red]" if missed else f"{value:.4g}", f"{sign} {goal}")
    console.print(table)


def _show_scenes(rows: list[Row], totals: dict[str, Row]) -> None:
    table = Table("scene, 9:16", *COLUMNS.values(), title="Synthesised scenes")
    for row in rows:
        table.add_row(row["name"] + ("" if row["cuts"] else " (cuts wrong)"), *_cells(row))
    table.add_section()
    for name, row in totals.items():
        table.add_row(f"all: {name}", *_cells(row))
    console.print(table)


def _cells(row: Row) -> list[str]:
    shares = {name for name, title in COLUMNS.items() if title.endswith("%")}
    return [
        "" if name not in row else f"{100 * row[name]:.1f}" if name in shares else f"{row[name]:.3g}"
        for name in COLUMNS
    ]


def _show_videos(rows: list[Row]) -> None:
    table = Table(
        "video",
        "s",
        "live/unsure/static",
        "nobody %",
        "still %",
        "jerk",
        "rev/s",
        "sw/min",
        "in crop %",
        "layouts",
    )
    for row in rows:
        if "refused" in row:
            table.add_row(row["name"], row["refused"])
            continue
        shown = f"{100 * row['speaker in crop']:.1f}" if "speaker in crop" in row else ""
        table.add_row(
            row["name"], f"{row['seconds']:.0f}", "/".join(str(n) for n in row["tracks"].values()),
            f"{100 * row['subjectless frames']:.1f}", f"{100 * row['still frames']:.1f}", f"{row['jerk, p95']:.3g}",
            f"{row['reversals a second']:.2f}", f"{row['switches a minute']:.1f}", shown, " ".join(row["layouts"]),
        )  # fmt: skip
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worst", type=Path)
    parser.add_argument("--only", default="", choices=("scenes", "compute", "posters", "videos", "labels"))
    parser.add_argument("--fresh", type=int, default=0, metavar="N")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = measure(options.quick, options.only, options.fresh, options.worst, options.json)
    show(found)
    conclude(found, missed_goals(found["numbers"], options.quick), None, options.check)


if __name__ == "__main__":
    main()
