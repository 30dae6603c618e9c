"""When caption pages come and go: with their words, until the next, and long enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shortform_assets.contracts.base import FrameRate

LEAST_MS = 300
"""What is shown for less flickers; BBC, Subtitle Guidelines: a third of a second for every word."""
_MOVED_MS = 300
"""So much earlier or later than its words a page may come, so that no other one flickers."""


@dataclass(frozen=True)
class Pace:
    """How long pages stay, in milliseconds, as the genre says: see `EnhancementSlice`."""

    gap_ms: int
    hold_ms: int
    min_ms: int


class PageSpan(NamedTuple):
    """The words of a page are said in clip frames [start, end) and read in `reading` frames."""

    start: int
    end: int
    reading: int


def page_times(spans: Sequence[PageSpan], rate: FrameRate, frames: int, pace: Pace) -> list[tuple[int, int]]:
    """Frames [start, end) of every page: apart, in order, within `frames`, one long at the least.

    A page stays until it is read, a little beyond its last word, or until the next one comes.
    """
    hold, shortest = rate.nearest(pace.hold_ms), rate.nearest(pace.min_ms)
    starts = _unhurried(spans, rate, frames)
    timed: list[tuple[int, int]] = []
    for i, span in enumerate(spans):
        # Every later page keeps a frame of its own, even where words crowd the end of the clip.
        last = frames - (len(spans) - i)
        start = min(max(starts[i], timed[-1][1] if timed else 0), last)
        limit = max(starts[i + 1] if i + 1 < len(spans) else frames, start + 1)
        end = min(max(span.end + hold, start + shortest, start + span.reading), limit, last + 1)
        timed.append((start, max(end, start + 1)))
    return timed


def _unhurried(spans: Sequence[PageSpan], rate: FrameRate, frames: int) -> list[int]:
    """Starts moved so that each page has `LEAST_MS`, as far as `_MOVED_MS` allow."""
    least, most = -(-LEAST_MS * rate.num // (1000 * rate.den)), rate.nearest(_MOVED_MS)
    starts = [span.start for span in spans]
    for i in range(1, len(spans)):
        starts[i] = max(starts[i], min(starts[i - 1] + least, spans[i].start + most))
    following = frames
    for i in reversed(range(len(spans))):
        starts[i] = max(0, min(starts[i], max(following - least, spans[i].start - most)))
        following = starts[i]
    return starts
