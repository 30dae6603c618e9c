"""Choosing clips, measured: topics on the QMSum meetings, and whole plans on episodes put together from passages.

What is tuned is tuned on every second meeting and on every third passage; the numbers are of the others. `--data`
is the folder with `qmsum_val.jsonl.gz` (see its manifest); without it the meetings are left out, and `--check`
says so. `--json FILE` writes all numbers, `--quick` takes a few meetings and episodes, `--check` exits 1 and names
every number that misses its goal.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from episodes import Episode, make_episode
from goals import Goals, conclude, misses, show
from meetings import Meeting, read_meetings
from rich.console import Console
from segmentation import f1, matched, pk, text_tiling, uniform, window_diff
from windows import FOUND, Window, iou, judge

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.wordllama_embedder import SentenceEmbeddings
from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import ClipPlan, Moments
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Brief
from shortform_assets.genres import load_genre
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, heard_moments
from shortform_assets.selection.read.meaning import line_vectors
from shortform_assets.selection.read.script import read_script
from shortform_assets.selection.read.sound_events import SILENT
from shortform_assets.selection.read.topics import idf, segment

DATA = Path(__file__).resolve().parents[2] / "shared" / "benchdata"
TOLERANCE = 2
"""Turns by which a boundary may be off."""
EPISODES = (
    (11, 1500), (12, 2500), (13, 3500), (14, 5000), (15, 7000), (16, 9000),
    (17, 18_000), (18, 18_000), (19, 5000), (20, 9000), (21, 2500), (22, 12_000),
)  # fmt: skip
"""Seed and words; 18,000 words are two hours."""
QUICK = ((12, 2500), (14, 5000), (17, 18_000))
LONG = 16_000
"""Words from which an episode is a two-hour podcast."""

GOALS: Goals = {
    "topic F1 above TextTiling": (">=", 0.05),
    "planted moments in the plan": (">=", 0.80),
    "chosen time that is filler": ("<=", 0.10),
    "ads chosen": ("<=", 0),
    "cold-open repeats chosen": ("<=", 0),
    "clips opening or closing mid-sentence": ("<=", 0),
    "quotes not in the transcript": ("<=", 0),
    "fewest clips of two hours": (">=", 30),
    "most clips of two hours": ("<=", 40),
    "CPU seconds for two hours": ("<=", 20),
}

Segmenter = Callable[[Meeting], list[int]]


def topics(meetings: Sequence[Meeting], selection: SelectionSlice) -> dict[str, dict[str, float]]:
    """Scores of every method over meetings it was not tuned on."""
    embedder = SentenceEmbeddings().load()
    longest = round(500 * selection.max_seconds)

    def ours(meeting: Meeting, embedded: bool = True) -> list[int]:
        lines = read_script(meeting.transcript, meeting.speakers, longest)
        vectors = line_vectors(embedder, lines) if embedded else None
        found = segment(lines, idf(lines), [""] * len(lines), vectors)
        return sorted({meeting.turn_of[t.first_word] for t in found} - {0})

    def evenly(meeting: Meeting) -> list[int]:
        return uniform(len(meeting.turns), round(mean) + 1)

    mean = statistics.mean(len(m.boundaries) for m in meetings)
    methods: dict[str, Segmenter] = {
        "ours": ours,
        "ours without embeddings": lambda m: ours(m, embedded=False),
        "TextTiling, cut-off mean - s/2": lambda m: text_tiling(m.turns),
        "TextTiling, cut-off mean + s": lambda m: text_tiling(m.turns, liberal=False),
        "uniform, as many as there are": evenly,
        "no boundaries": lambda m: [],
    }
    return {name: _topic_scores(meetings, method) for name, method in methods.items()}


def _topic_scores(meetings: Sequence[Meeting], method: Segmenter) -> dict[str, float]:
    found = [method(m) for m in meetings]
    pairs = [matched(m.boundaries, f, TOLERANCE) for m, f in zip(meetings, found, strict=True)]
    both = list(zip(meetings, found, strict=True))
    return {
        "F1": f1(sum(pairs), sum(len(m.boundaries) for m in meetings), sum(map(len, found))),
        "F1, mean of meetings": statistics.mean(
            f1(n, len(m.boundaries), len(f)) for n, (m, f) in zip(pairs, both, strict=True)
        ),
        "Pk": statistics.mean(pk(m.boundaries, f, len(m.turns)) for m, f in both),
        "WindowDiff": statistics.mean(window_diff(m.boundaries, f, len(m.turns)) for m, f in both),
        "boundaries": sum(map(len, found)),
        "true boundaries": sum(len(m.boundaries) for m in meetings),
    }


def query_spans(meetings: Sequence[Meeting], selection: SelectionSlice) -> dict[str, float]:
    """How many answers that fit a clip are near a candidate (IoU), and how much of the longer ones is covered."""
    fit = near = 0
    shares = []
    for meeting in meetings:
        moments, _, _ = run(_as_episode(meeting), selection)
        windows: list[Window] = [((m.start_ms, m.end_ms),) for m in moments.moments]
        for spans in meeting.queries:
            for first, last in spans:
                words = [i for i, turn in enumerate(meeting.turn_of) if first <= turn <= last]
                if not words:
                    continue
                start = meeting.transcript.words[words[0]].start_ms
                end = meeting.transcript.words[words[-1]].end_ms
                best = max((iou(w, start, end) for w in windows), default=0.0)
                if 1000 * selection.min_seconds <= end - start <= 1000 * selection.max_seconds:
                    fit, near = fit + 1, near + (best >= FOUND)
                elif end - start > 1000 * selection.max_seconds:
                    covered = _union([w[0] for w in windows], start, end)
                    shares.append(covered / (end - start))
    return {
        "answers of a clip's length": fit,
        "of them near a candidate": near / max(1, fit),
        "longer answers, share under candidates": statistics.mean(shares) if shares else 0.0,
    }


def _union(windows: Sequence[tuple[int, int]], start: int, end: int) -> int:
    total, until = 0, start
    for a, b in sorted(windows):
        a, b = max(a, until), min(b, end)
        if a < b:
            total, until = total + b - a, b
    return total


def _as_episode(meeting: Meeting) -> Episode:
    like = make_episode(1, 600)
    frames = like.mezzanine.rate.frame(meeting.transcript.duration_ms)
    shots = like.shots.model_copy(
        update={"shots": (like.shots.shots[0].model_copy(update={"end_frame": frames}),)}
    )
    mezzanine = like.mezzanine.model_copy(update={"frames": frames})
    return Episode("meeting", meeting.transcript, meeting.speakers, mezzanine, shots, SILENT)


def run(episode: Episode, selection: SelectionSlice) -> tuple[Moments, ClipPlan, float]:
    """Moments, the local editor's plan, and the CPU seconds of both, opening the model included.

    It is one thread's work, so on an idle core that is the time it takes.
    """
    heard = (episode.transcript, episode.speakers)
    with (
        tempfile.TemporaryDirectory() as folder,
        StoreBench.over(MediaStore.local(Path(folder))) as bench,
    ):
        started = time.process_time()
        moments = heard_moments(
            bench,
            MomentsRequest(*heard, episode.shots, episode.mezzanine, selection),
            episode.sound,
            SentenceEmbeddings().load(),
        )
        plan = plan_clips(bench, PlanRequest(moments, *heard, selection, PlanEdits(), Brief()))
        return moments, plan, time.process_time() - started


def summary(judged: dict[str, dict[str, Any]], scores: dict[str, dict[str, float]]) -> dict[str, float]:
    """The numbers that have goals; those of the meetings only where they were read."""
    rows = list(judged.values())
    planted = sum(r["planted"] for r in rows)
    long = [r for r in rows if r["words"] >= LONG]
    numbers = {
        "planted moments in the plan": sum(r["recall"]["ours"] * r["planted"] for r in rows) / planted,
        "chosen time that is filler": sum(r["filler ms"] for r in rows) / sum(r["chosen ms"] for r in rows),
        "ads chosen": sum(r["ads"] for r in rows),
        "cold-open repeats chosen": sum(r["openers"] for r in rows),
        "clips opening or closing mid-sentence": sum(r["mid-sentence"] for r in rows),
        "quotes not in the transcript": sum(r["unanchored"] for r in rows),
        "fewest clips of two hours": min(r["clips"] for r in long),
        "most clips of two hours": max(r["clips"] for r in long),
        # Whatever the episode came to, in the words of two hours.
        "CPU seconds for two hours": max(r["seconds"] * max(1.0, 18_000 / r["words"]) for r in long),
    }
    if scores:
        tiling = max(s["F1"] for name, s in scores.items() if name.startswith("TextTiling"))
        numbers["topic F1 above TextTiling"] = scores["ours"]["F1"] - tiling
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--genre", default="podcast")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    selection = load_genre(options.genre).selection
    console = Console(width=150)
    found: dict[str, Any] = {"topics": {}, "answers": {}}
    file = options.data / "qmsum_val.jsonl.gz"
    if file.is_file():
        # Every second meeting is for tuning.
        meetings = read_meetings(file)[1::2][: 6 if options.quick else None]
        found["topics"] = topics(meetings, selection)
        found["answers"] = query_spans(meetings, selection)
    show(console, f"topics of meetings, boundaries within {TOLERANCE} turns", found["topics"])
    show(
        console,
        "answers to questions about the meetings",
        {"candidates": found["answers"]} if found["answers"] else {},
    )
    judged = {}
    for seed, words in QUICK if options.quick else EPISODES:
        episode = make_episode(seed, words)
        _, plan, seconds = run(episode, selection)
        judged[episode.name] = judge(episode, plan, seconds)
    found["episodes"] = judged
    show(
        console,
        "episodes",
        {
            name: {k: v for k, v in row.items() if not isinstance(v, dict)}
            | {"recall": row["recall"]["ours"]}
            for name, row in judged.items()
        },
    )
    methods = list(next(iter(judged.values()))["recall"])
    found["windows"] = {
        method: {
            measure: statistics.mean(row[measure][method] for row in judged.values())
            for measure in ("recall", "precision")
        }
        for method in methods
    }
    show(console, f"planted moments found, IoU {FOUND} and more, mean of episodes", found["windows"])
    found["numbers"] = summary(judged, found["topics"])
    show(
        console,
        "goals",
        {
            name: {"is": float(found["numbers"].get(name, float("nan"))), "goal": f"{sign} {goal}"}
            for name, (sign, goal) in GOALS.items()
        },
    )
    missed = misses(GOALS, found["numbers"], ": the meetings are not in --data")
    conclude(found, missed, options.json, options.check)


if __name__ == "__main__":
    main()
