"""How a long recording is cut for recognition: bounded chunks of voice, planned before anything is heard.

The plan depends on the sound alone, so chunks can be heard in any order, by any number of workers, again
after a crash, and always give the same words. Long silences are left out of what a recognizer hears: there
it would invent words, and be paid for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np

from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats, RawSegment, RawWord
from shortform_assets.speech.words.voice_activity import Read, Span, merge

CHUNK_MS = 120_000
"""Long enough that few sentences are cut."""
_SHORT_MS, _SHARE = 28_000, 0.575
"""A source of less than two such chunks is heard in two: each this share of it at most, so that two cores are
busy; less than Whisper's window of 30 s is not worth a cut."""
_ROOM = 0.8
"""Share of a chunk up to which a cut may be put off: pauses enough are left to choose from."""
_SILENCE_MS, _PAD_MS = 2_000, 400
"""Silences this long are left out, up to that much on both sides of voice."""
_OVERLAP_MS, _DIP_MS, _SEEK_MS = 1_500, 100, 15_000
"""Heard on both sides of a cut in voice: longer than a word; the quiet that is looked for; and how far
back."""


@dataclass(frozen=True)
class Chunk:
    """What is heard in one go. Source milliseconds."""

    pieces: tuple[Span, ...]
    """Voiced stretches with a little silence around them, in order, apart."""
    first: int
    """Words whose middle lies in [first, last) are this chunk's."""
    last: int

    @property
    def voiced_ms(self) -> int:
        return sum(high - low for low, high in self.pieces)


def plan_chunks(spans: Sequence[Span], duration_ms: int, read: Read) -> tuple[Chunk, ...]:
    """Chunks of at most CHUNK_MS, or about half of a short source, between cuts in the longest silence of a
    chunk's last third.

    Only voice without any pause that is longer than a chunk is cut elsewhere: at its quietest moment, with
    an overlap on both sides, so that both chunks hear the words beside the cut whole.
    """
    cuts: list[tuple[int, bool]] = [(0, True)]
    rest = list(spans)
    extent = rest[-1][1] - rest[0][0] if rest else 0
    longest = min(CHUNK_MS, max(_SHORT_MS, round(_SHARE * extent)))
    while rest and rest[-1][1] - rest[0][0] > longest:
        cuts.append(_next_cut(rest, read, longest))
        at = cuts[-1][0]
        rest = [(max(low, at), high) for low, high in rest if high > at]
    cuts.append((duration_ms, True))
    chunks = []
    for (first, clean), (last, clean_end) in pairwise(cuts):
        low = first if clean else first - _OVERLAP_MS
        high = last if clean_end else last + _OVERLAP_MS
        inside = [(max(a, low), min(b, high)) for a, b in spans if a < high and b > low]
        pieces = tuple((max(low, a - _PAD_MS), min(high, b + _PAD_MS)) for a, b in merge(inside, _SILENCE_MS))
        if pieces:
            chunks.append(Chunk(pieces, first, last))
    return tuple(chunks)


def _next_cut(spans: Sequence[Span], read: Read, longest: int) -> tuple[int, bool]:
    """Where the first chunk of `spans` ends, `longest` at most, and whether that is in silence."""
    start = spans[0][0]
    late = start + longest * 2 // 3
    least = spans[-1][1] - longest
    if late < least <= start + longest * _ROOM:
        # What comes after fits in one chunk.
        late = least
    gaps = [(b[0] - a[1], -a[1]) for a, b in pairwise(spans) if a[1] <= start + longest]
    best = max((gap for gap in gaps if -gap[1] >= late), default=None)
    if best is None and gaps and spans[0][1] <= start + longest:
        # Nothing late enough: the last pause before the voice that does not fit.
        best = min(gaps, key=lambda gap: gap[1])
    if best is None:
        return _quietest(start + longest - min(_SEEK_MS, longest // 2), start + longest, read), False
    return -best[1] + best[0] // 2, True


def _quietest(start_ms: int, end_ms: int, read: Read) -> int:
    """The middle of the quietest tenth of a second in [start, end)."""
    start_ms = max(0, start_ms)
    samples = read(start_ms, end_ms)
    size = _DIP_MS * SAMPLE_RATE // 1000
    count = len(samples) // size
    if not count:
        return end_ms
    power = np.square(samples[: count * size].reshape(count, size)).mean(axis=1)
    return start_ms + int(np.argmin(power)) * _DIP_MS + _DIP_MS // 2


def samples_of(chunk: Chunk, read: Read) -> Floats:
    """The chunk's pieces, one behind the other."""
    return np.concatenate([read(low, high) for low, high in chunk.pieces])


def to_source(segments: Sequence[RawSegment], chunk: Chunk) -> list[RawSegment]:
    """Segments heard in `samples_of(chunk)` at their time in the source, with the chunk's own words only."""
    lengths = [(high - low) / 1000 for low, high in chunk.pieces]
    begins = [0.0, *accumulate(lengths)][:-1]
    found = []
    for segment in segments:
        words = [_moved(word, chunk, begins) for word in segment.words]
        words = [w for w in words if chunk.first <= (w.start + w.end) * 500 < chunk.last]
        if not words:
            continue
        text = segment.text if len(words) == len(segment.words) else "".join(word.text for word in words)
        start, end = words[0].start, max(word.end for word in words)
        found.append(replace(segment, start=start, end=end, text=text, words=tuple(words)))
    return found


def _moved(word: RawWord, chunk: Chunk, begins: Sequence[float]) -> RawWord:
    """A word is wholly in the piece in which its middle is."""
    piece = max(0, bisect_right(begins, (word.start + word.end) / 2) - 1)
    low, high = (edge / 1000 for edge in chunk.pieces[piece])
    start, end = (min(max(low, low + time - begins[piece]), high) for time in (word.start, word.end))
    return replace(word, start=start, end=end)
