"""What a plan is worth, beside stretches of the source that anybody could pick without listening."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from typing import Any

from episodes import Episode
from segmentation import text_tiling

from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.selection.read.script import plain_text, tokenize

FOUND = 0.5
"""Intersection over union from which a clip is a passage."""
DRAWS = 20
"""Random windows are drawn so often; their mean is given."""

Window = tuple[tuple[int, int], ...]
"""Stretches in ms, in order."""


def judge(episode: Episode, plan: ClipPlan, seconds: float) -> dict[str, Any]:
    """What a plan is worth, beside what windows of the same number and length are."""
    windows = chosen_windows(plan)
    times = [(p.start_ms, p.end_ms) for p in episode.good]
    length = round(statistics.mean(sum(b - a for a, b in w) for w in windows)) if windows else 30_000
    texts = [w.text for w in episode.transcript.words]
    firsts = {s.first for s in episode.transcript.sentences}
    lasts = {s.last for s in episode.transcript.sentences}
    total = sum(b - a for w in windows for a, b in w)

    def time_in(*kinds: str) -> int:
        parts = [p for p in episode.parts if p.kind in kinds]
        return sum(shared_ms(w, p.start_ms, p.end_ms) for w in windows for p in parts)

    draws = [random_windows(episode, len(windows), length, seed) for seed in range(DRAWS)]
    return {
        "clips": len(windows),
        "target": plan.target_count,
        "planted": len(times),
        "words": len(texts),
        "seconds": seconds,
        "chosen ms": total,
        "filler ms": time_in("filler", "crosstalk"),
        "ads": sum(
            any(p.kind == "ads" and shared_ms(w, p.start_ms, p.end_ms) > 500 for p in episode.parts)
            for w in windows
        ),
        "openers": sum(
            any(p.kind == "opener" and shared_ms(w, p.start_ms, p.end_ms) > 500 for p in episode.parts)
            for w in windows
        ),
        "mid-sentence": sum(
            c.word_ranges[0][0] not in firsts or c.word_ranges[-1][1] not in lasts for c in plan.clips
        ),
        "unanchored": sum(
            f" {c.quote} " not in f" {' '.join(texts[c.word_ranges[0][0] : c.word_ranges[-1][1] + 1])} "
            for c in plan.clips
        ),
        "recall": {
            "ours": _recall(windows, times),
            "random windows": statistics.mean(_recall(d, times) for d in draws),
            "uniform windows": _recall(uniform_windows(episode, len(windows), length), times),
            "TextTiling windows": _recall(tiling_windows(episode, len(windows), length), times),
        },
        "precision": {
            "ours": _precision(windows, times),
            "random windows": statistics.mean(_precision(d, times) for d in draws),
            "uniform windows": _precision(uniform_windows(episode, len(windows), length), times),
            "TextTiling windows": _precision(tiling_windows(episode, len(windows), length), times),
        },
    }


def _recall(windows: Sequence[Window], times: Sequence[tuple[int, int]]) -> float:
    found = sum(any(iou(w, a, b) >= FOUND for w in windows) for a, b in times)
    return found / max(1, len(times))


def _precision(windows: Sequence[Window], times: Sequence[tuple[int, int]]) -> float:
    return sum(any(iou(w, a, b) >= FOUND for a, b in times) for w in windows) / max(1, len(windows))


def chosen_windows(plan: ClipPlan) -> list[Window]:
    rate = plan.rate
    return [tuple((rate.ms(s.start_frame), rate.ms(s.end_frame)) for s in clip.spans) for clip in plan.clips]


def shared_ms(window: Window, start: int, end: int) -> int:
    return sum(max(0, min(b, end) - max(a, start)) for a, b in window)


def iou(window: Window, start: int, end: int) -> float:
    """Intersection over union of a window with one stretch."""
    shared = shared_ms(window, start, end)
    return shared / max(1, sum(b - a for a, b in window) + end - start - shared)


def random_windows(episode: Episode, count: int, length: int, seed: int) -> list[Window]:
    """`count` windows of `length` ms that do not overlap."""
    room = max(0, episode.transcript.duration_ms - count * length)
    starts = sorted(random.Random(seed).randrange(room + 1) for _ in range(count))
    return [((s + i * length, s + (i + 1) * length),) for i, s in enumerate(starts)]


def uniform_windows(episode: Episode, count: int, length: int) -> list[Window]:
    """`count` windows of `length` ms at equal distances."""
    step = episode.transcript.duration_ms / max(1, count)
    middles = [round((i + 0.5) * step) for i in range(count)]
    return [((max(0, m - length // 2), m + length // 2),) for m in middles]


def tiling_windows(episode: Episode, count: int, length: int) -> list[Window]:
    """The first `length` ms of TextTiling's segments, spread evenly over the source."""
    words = episode.transcript.words
    sentences = episode.transcript.sentences
    units: Sequence[Sequence[str]] = [
        tokenize(plain_text(" ".join(w.text for w in words[s.first : s.last + 1]))) for s in sentences
    ]
    starts = [0, *text_tiling(units)]
    picked = [starts[i * len(starts) // count] for i in range(min(count, len(starts)))] if count else []
    begins = [words[sentences[i].first].start_ms for i in picked]
    return [((b, b + length),) for b in begins]
