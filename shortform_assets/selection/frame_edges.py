"""From words to frames: where a clip is cut, and which long pauses inside it are shortened."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.speech import SpeakerTurns, Transcript

MIN_CUT_MS = 300
"""A pause is left alone where shortening it would win less than this."""


@dataclass(frozen=True)
class Cut:
    """Silence that tightening takes out after word `after`: source frames [start_frame, end_frame)."""

    after: int
    start_frame: int
    end_frame: int


class Edges:
    """Cuts words out of the source, frame-exact.

    A span holds its words wholly: it starts at the frame being shown when the first word begins (floor) and
    ends after the frame being shown when the last one ends (ceil). It grows into the silence beside it by at
    most `pad_ms`, and never past the middle of that silence, so that the clip on the other side has its half.
    Nor does it grow across a shot cut: a frame or two of another shot at a clip's end flash.
    """

    def __init__(
        self,
        transcript: Transcript,
        turns: SpeakerTurns,
        rate: FrameRate,
        frames: int,
        pad_ms: int,
        max_pause_ms: int,
        shot_cuts: Sequence[int] = (),
    ) -> None:
        """`shot_cuts` are the source frames at which a new shot begins, ascending."""
        self._shot_cuts = shot_cuts
        self.rate, self.frames, self.pad_ms = rate, frames, pad_ms
        self._starts = [w.start_ms for w in transcript.words]
        self._ends: list[int] = []
        latest = 0
        for word in transcript.words:
            latest = max(latest, word.end_ms)
            self._ends.append(latest)
        self._cuts = _cuts(self, turns, max_pause_ms) if max_pause_ms else []
        self._cut_after = [c.after for c in self._cuts]
        self._removed = [0]
        for cut in self._cuts:
            self._removed.append(self._removed[-1] + cut.end_frame - cut.start_frame)

    def frame_after(self, ms: int) -> int:
        """The first frame that starts at or after `ms`."""
        return -((-ms * self.rate.num) // (1000 * self.rate.den))

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

    def spans(self, first: int, last: int) -> tuple[tuple[Span, ...], tuple[tuple[int, int], ...]]:
        """Spans of words first..last and the word range of each; nothing where they lie past the picture."""
        spans: list[Span] = []
        ranges: list[tuple[int, int]] = []
        start, word, end = self.start_frame(first), first, self.end_frame(last)
        low, high = bisect_left(self._cut_after, first), bisect_left(self._cut_after, last)
        for cut in self._cuts[low:high]:
            if start < cut.start_frame and cut.end_frame < end:
                spans.append(Span(start_frame=start, end_frame=cut.start_frame))
                ranges.append((word, cut.after))
                start, word = cut.end_frame, cut.after + 1
        if start >= end or self.frame_after(self._starts[last]) >= self.frames:
            return (), ()
        return (*spans, Span(start_frame=start, end_frame=end)), (*ranges, (word, last))

    def length_ms(self, first: int, last: int) -> int:
        """How long words first..last last in the clip, padding and shortened pauses included."""
        low, high = bisect_left(self._cut_after, first), bisect_left(self._cut_after, last)
        removed = self._removed[high] - self._removed[low]
        return self.rate.ms(max(0, self.end_frame(last) - self.start_frame(first) - removed))

    def gap_ms(self, word: int) -> tuple[int, int]:
        """Silence between word - 1 and `word`: [end of all before, start), empty where they touch."""
        return min(self._ends[word - 1], self._starts[word]), self._starts[word]

    def _middle(self, word: int) -> int:
        """The frame that parts word - 1 from `word`, whole frames of either kept where the gap allows."""
        low_ms, high_ms = self.gap_ms(word)
        middle = self.rate.frame((low_ms + high_ms) // 2)
        return min(max(middle, self.frame_after(low_ms)), self.rate.frame(high_ms))


def _cuts(edges: Edges, turns: SpeakerTurns, max_pause_ms: int) -> list[Cut]:
    """Pauses over `max_pause_ms` in which nobody's voice is active, shortened to it from the middle.

    Without voice activity there is no proof of silence, so nothing is cut.
    """
    voice = sorted((v.start_ms, v.end_ms) for v in turns.voice_activity)
    if not voice:
        return []
    starts = [v[0] for v in voice]
    latest = [0]
    for _, end in voice:
        latest.append(max(latest[-1], end))
    cuts = []
    for word in range(1, len(edges._starts)):
        low, high = edges.gap_ms(word)
        if high - low < max_pause_ms + MIN_CUT_MS:
            continue
        # The silence between the last voice before the gap's middle and the first after it.
        middle = (low + high) // 2
        at = bisect_right(starts, middle)
        low = max(low, latest[at])
        high = min(high, starts[at]) if at < len(starts) else high
        if high - low < max_pause_ms + MIN_CUT_MS:
            continue
        start = edges.frame_after(low + max_pause_ms // 2)
        end = edges.rate.frame(high - max_pause_ms // 2)
        if start < end:
            cuts.append(Cut(after=word - 1, start_frame=start, end_frame=end))
    return cuts
