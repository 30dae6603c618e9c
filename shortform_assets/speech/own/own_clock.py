"""Whether a transcript keeps the recording's clock, and what puts it right: a shift, or another frame rate.

Cues are compared with where there is voice; where that does not settle it, with the words that are heard in a few
places: three words in a row are found again in the text, and the places agree on one shift and one rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np
import regex
from scipy.signal import correlate

from shortform_assets.speech.own.own_cues import OwnCue
from shortform_assets.speech.words.voice_activity import Span

_STEP_MS = 100
"""Of the grid on which cues and voice are compared."""
_NEAR_MS = 600
"""A clock this near is right: cues are set by hand, last through pauses, and alignment finds words this far off."""
_SURE = 0.3
"""Correlation of cues and voice from which it says something: captions without gaps say nothing."""
_PLACES, _PLACE_MS = 4, 12_000
"""Where it is listened to: enough to tell a rate from a shift, and what Whisper takes in one go."""
_COMMON = 40
"""Three words that stand in the text more often say nothing of where they were heard."""
_CLUSTER_MS, _LEAST, _LEAST_SHARE = 3_000, 4, 0.25
"""Hits that agree, their fewest, and their least share of what is heard in a place; a base model mishears every sixth
word. All of it our choice; held by tests/speech/test_own_clock.py."""
_RESIDUAL_MS = 800
"""How far places may lie off the line that is drawn through them."""
_NTSC = 1001 / 1000
_RATES = (1.0, _NTSC, 1 / _NTSC, 25 / 24, 24 / 25, 25 / 24 * _NTSC, 24 / 25 / _NTSC)
"""Frame rates that are taken for each other: 23.976, 24 and 25 pictures a second."""
_TOKEN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]+")


class ClockFit(NamedTuple):
    """A time of the file, times `rate`, plus `shift_ms`, is that of the recording."""

    rate: float
    shift_ms: float

    def at(self, time_ms: float) -> int:
        return max(0, round(time_ms * self.rate + self.shift_ms))

    def said(self) -> str:
        """The correction in words."""
        moved = f"{abs(self.shift_ms) / 1000:.1f} s {'later' if self.shift_ms > 0 else 'earlier'}"
        return moved if self.rate == 1 else f"{self.rate:.5f} times as slow and {moved}"


@dataclass(frozen=True)
class Anchor:
    """Words heard in one place and found in the text."""

    heard_ms: float
    cue_ms: float


def keeps_time(cues: Sequence[OwnCue], spans: Sequence[Span], duration_ms: int) -> bool:
    """Whether cues and voice agree best as they are. What cannot be told that way is not taken for right."""
    size = max(duration_ms, max(cue.end_ms for cue in cues)) // _STEP_MS + 1
    written = _grid([(cue.start_ms, cue.end_ms) for cue in cues], size)
    voiced = _grid(spans, size)
    norm = float(np.linalg.norm(written) * np.linalg.norm(voiced))
    if norm == 0:
        return False
    found = correlate(voiced, written, mode="full", method="fft") / norm
    best = int(np.argmax(found)) - (size - 1)
    return found[size - 1] >= _SURE and abs(best) * _STEP_MS <= _NEAR_MS


def _grid(spans: Sequence[Span], size: int) -> np.ndarray:
    grid = np.zeros(size)
    for low, high in spans:
        grid[low // _STEP_MS : -(-high // _STEP_MS)] = 1
    return grid - grid.mean()


def listening_places(spans: Sequence[Span]) -> list[Span]:
    """Stretches with the most voice, one of each part of the recording, in order."""
    first, last = spans[0][0], spans[-1][1]
    count = min(_PLACES, max(1, (last - first) * 2 // (3 * _PLACE_MS)))
    edges = [first + (last - first) * i // count for i in range(count + 1)]
    found = []
    for low, high in pairwise(edges):
        starts = [max(low, start) for start, end in spans if end > low and start < high]
        if starts:
            windows = [(start, min(start + _PLACE_MS, last)) for start in starts]
            found.append(max(windows, key=lambda window: _voice(spans, window)))
    return found


def _voice(spans: Sequence[Span], window: Span) -> int:
    return sum(max(0, min(high, window[1]) - max(low, window[0])) for low, high in spans)


class TextIndex:
    """Where in the text three words in a row stand."""

    def __init__(self, cues: Sequence[OwnCue]) -> None:
        self._times: dict[tuple[str, ...], list[float]] = {}
        for words, times in _threes([token for cue in cues for token in _tokens(cue)]):
            self._times.setdefault(words, []).append(times)

    def anchor(self, heard: Sequence[tuple[str, float]]) -> Anchor | None:
        """Where the words of one place (text, source ms) stand; None where they do not."""
        asked, hits = 0, []
        for words, time in _threes([(token, at) for text, at in heard for token in _split(text)]):
            asked += 1
            times = self._times.get(words, [])
            if len(times) <= _COMMON:
                hits += [(time - cue, time, cue, asked) for cue in times]
        hits.sort()
        best: list[tuple[float, float, float, int]] = []
        first = 0
        for last in range(len(hits)):
            while hits[last][0] - hits[first][0] > _CLUSTER_MS:
                first += 1
            if last + 1 - first > len(best):
                best = hits[first : last + 1]
        agreed = len({number for *_, number in best})
        if agreed < _LEAST or agreed < _LEAST_SHARE * asked:
            return None
        heard_ms = median(time for _, time, _, _ in best)
        return Anchor(heard_ms, heard_ms - median(off for off, *_ in best))


def fit_clock(anchors: Sequence[Anchor]) -> ClockFit | None:
    """The rate and shift on which all places agree, None where they do not on any.

    Another rate has to bring them much nearer than the file's own does.
    """
    fits = []
    for rate in _RATES if len(anchors) > 1 else _RATES[:1]:
        offsets = [anchor.heard_ms - rate * anchor.cue_ms for anchor in anchors]
        shift = median(offsets)
        fits.append((max(abs(offset - shift) for offset in offsets), rate, shift))
    residual, rate, shift = min(fits)
    if residual > _RESIDUAL_MS:
        return None
    if fits[0][0] <= max(2 * residual, _NEAR_MS):
        _, rate, shift = fits[0]
    return ClockFit(rate, 0.0 if rate == 1 and abs(shift) <= _NEAR_MS else shift)


def on_clock(cues: Sequence[OwnCue], fit: ClockFit) -> tuple[OwnCue, ...]:
    """The cues at the recording's times; what would begin before it, begins with it."""
    return tuple(
        replace(
            cue,
            start_ms=fit.at(cue.start_ms),
            end_ms=fit.at(cue.end_ms),
            words=tuple(
                replace(word, start_ms=fit.at(word.start_ms), end_ms=fit.at(word.end_ms))
                for word in cue.words
            ),
        )
        for cue in cues
    )


def _tokens(cue: OwnCue) -> Iterator[tuple[str, float]]:
    """Words without marks, and about when each begins."""
    if cue.words:
        for word in cue.words:
            yield from ((token, word.start_ms) for token in _split(word.text))
        return
    for found in _TOKEN.finditer(cue.text.casefold()):
        yield found[0], cue.start_ms + (cue.end_ms - cue.start_ms) * found.start() / len(cue.text)


def _split(text: str) -> list[str]:
    return [found[0] for found in _TOKEN.finditer(text.casefold())]


def _threes(tokens: Sequence[tuple[str, float]]) -> Iterator[tuple[tuple[str, ...], float]]:
    for i in range(len(tokens) - 2):
        yield tuple(token for token, _ in tokens[i : i + 3]), tokens[i][1]
