"""From words to frames: where a clip is cut, frame-exact and padded into silence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.selection.cut.tighten import find_cuts
from shortform_assets.selection.cut.word_times import WordTimes

Pieces = Sequence[tuple[int, int]]
"""Ranges of words in playing order, first and last word inclusive."""
Cutting = tuple[tuple[Span, ...], tuple[tuple[int, int], ...]]
"""Spans, and the words that each holds."""


@dataclass(frozen=True)
class CutRequest:
    """What clips are cut out of, and by which rules."""

    transcript: Transcript
    turns: SpeakerTurns
    rate: FrameRate
    frames: int
    """Length of the picture."""
    pad_ms: int
    """At most this much of the silence beside a clip is kept."""
    max_pause_ms: int
    """Longer silences inside a clip are shortened to this; 0 leaves them."""
    shot_cuts: Sequence[int] = ()
    """Source frames at which a new shot begins, ascending."""
    cut_fillers: bool = False


class Edges:
    """Cuts words out of the source, frame-exact.

    A span holds its words wholly: it starts at the frame being shown when the first word begins (floor) and
    ends after the frame being shown when the last one ends (ceil). It grows into the silence beside it by at
    most `pad_ms`, and never past the middle of that silence, so that the clip on the other side has its half.
    Nor does it grow across a shot cut: a frame or two of another shot at a clip's end flash.
    """

    def __init__(self, request: CutRequest) -> None:
        transcript, turns = request.transcript, request.turns
        self._shot_cuts = request.shot_cuts
        self.rate, self.frames, self.pad_ms = request.rate, request.frames, request.pad_ms
        self.times = WordTimes(transcript, self.rate)
        self._starts, self._ends = self.times.starts, self.times.ends
        self._cuts = find_cuts(transcript, turns, self.times, request.max_pause_ms, request.cut_fillers)
        self._cut_after = [c.after for c in self._cuts]
        self._cut_before = [c.before for c in self._cuts]
        self._removed = [0]
        for cut in self._cuts:
            self._removed.append(self._removed[-1] + cut.frames)

    def frame_after(self, ms: int) -> int:
        """The first frame that starts at or after `ms`."""
        return self.times.frame_after(ms)

    def start_frame(self, word: int) -> int:
        whole = self.rate.frame(self._starts[word])
        if word == 0:
            padded = self.rate.frame(max(0, self._starts[0] - self.pad_ms))
        else:
            padded = min(whole, max(self.rate.frame(self._starts[word] - self.pad_ms), self._middle(word)))
        last = bisect_right(self._shot_cuts, whole) - 1
        return max(padded, self._shot_cuts[last]) if last >= 0 else padded

    def end_frame(self, word: int) -> int:
        whole, padded = self.frame_after(self._ends[word]), self.frame_after(self._ends[word] + self.pad_ms)
        if word + 1 < len(self._starts):
            padded = max(whole, min(padded, self._middle(word + 1)))
        following = bisect_left(self._shot_cuts, whole)
        if following < len(self._shot_cuts):
            padded = min(padded, self._shot_cuts[following])
        return min(padded, self.frames)

    def spans(self, first: int, last: int) -> Cutting:
        """Spans of words first..last and the word range of each; nothing where they lie past the picture."""
        spans: list[Span] = []
        ranges: list[tuple[int, int]] = []
        start, word, end = self.start_frame(first), first, self.end_frame(last)
        if start >= end or self.frame_after(self._starts[last]) >= self.frames:
            return (), ()
        low, high = self._inside(first, last)
        for cut in self._cuts[low:high]:
            spans.append(Span(start_frame=start, end_frame=cut.start_frame))
            ranges.append((word, cut.after))
            start, word = cut.end_frame, cut.before
        return (*spans, Span(start_frame=start, end_frame=end)), (*ranges, (word, last))

    def join(self, pieces: Pieces) -> Cutting:
        """The spans of several pieces one after the other; nothing where they overlap or lie past the picture."""
        cut = [self.spans(first, last) for first, last in pieces]
        if not all(spans for spans, _ in cut):
            return (), ()
        if any(b[0][0].start_frame < a[0][-1].end_frame for a, b in pairwise(cut)):
            return (), ()
        return tuple(s for spans, _ in cut for s in spans), tuple(r for _, ranges in cut for r in ranges)

    def length_ms(self, first: int, last: int) -> int:
        """How long words first..last last in the clip: padded, and without what tightening takes out."""
        low, high = self._inside(first, last)
        removed = self._removed[high] - self._removed[low]
        return self.rate.ms(max(0, self.end_frame(last) - self.start_frame(first) - removed))

    def _inside(self, first: int, last: int) -> tuple[int, int]:
        """The cuts [low, high) that lie between words first..last and far enough from the clip's edges."""
        low, high = bisect_left(self._cut_after, first), bisect_right(self._cut_before, last)
        start, end = self.start_frame(first), self.end_frame(last)
        while low < high and self._cuts[low].start_frame - start < self._cuts[low].least:
            low += 1
        while low < high and end - self._cuts[high - 1].end_frame < self._cuts[high - 1].least:
            high -= 1
        return min(low, high), high

    def _middle(self, word: int) -> int:
        """The frame that parts word - 1 from `word`, whole frames of either kept where the gap allows."""
        low_ms, high_ms = self.times.gap_ms(word)
        middle = self.rate.frame((low_ms + high_ms) // 2)
        return min(max(middle, self.frame_after(low_ms)), self.rate.frame(high_ms))
