"""Subtitle cues: words gathered into what is shown at once, by the rules that subtitlers go by.

At most two lines of 42 columns, one to seven seconds on screen, never two at a time. Cues are chosen by
dynamic programming over all words, so that they end with sentences and clauses, keep speakers apart and
leave time to read; the limits of lines and of seven seconds are never broken, one second is only where
words leave no other choice.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from shortform_assets.creative.captions.typeset import displayed

LINES, COLUMNS = 2, 42
SHORTEST_MS, LONGEST_MS = 1000, 7000
_HOLD_MS = 500
"""A cue stays this long after its last word where the next one leaves room."""
_PAUSE_MS = 800
_CLOSING = "\"'”’»)]"

# Costs, in units of one cue more.
_TOO_SHORT, _PAUSE, _MIXED, _SWALLOWED, _UNFINISHED, _CLAUSE, _HURRIED = 50.0, 4.0, 6.0, 1.0, 0.8, 0.35, 2.0
_READABLE = 21
"""Columns a second; faster cannot be read along."""


@dataclass(frozen=True)
class TimedWord:
    """A written word in milliseconds from the start of the file; `speaker` may be empty."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float = 1.0
    speaker: str = ""


@dataclass(frozen=True)
class SubtitleCue:
    """Lines on screen in [start_ms, end_ms). `speaker` is empty where there are several or none is known."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    speaker: str = ""


def cues(
    words: Sequence[TimedWord], duration_ms: int, spaced: bool = True, labels: bool = False
) -> list[SubtitleCue]:
    """Cues that hold all `words` once, in order, within [0, duration_ms] and apart in time.

    `words` start in order. `spaced` is False for languages written without spaces. `labels` leaves room in
    the first line for the `label` of the speaker.
    """
    shown = [part for word in words for part in _parts(word, duration_ms)]
    layout = _Layout(shown, duration_ms, " " if spaced else "", labels)
    return _apart([layout.cue(first, end) for first, end in layout.best()], duration_ms)


def label(speaker: str) -> str:
    """What stands before the first words of a speaker: `Speaker 1: ` for S1."""
    named = f"Speaker {speaker[1:]}" if speaker[:1] == "S" and speaker[1:].isdigit() else speaker
    return f"{named}: " if named else ""


def columns(text: str) -> int:
    """Width of a line: Chinese, Japanese and Korean characters take two columns, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _parts(word: TimedWord, duration_ms: int) -> list[TimedWord]:
    """The word as it is shown, in pieces where it is wider than a line."""
    start = min(max(0, word.start_ms), max(0, duration_ms - 1))
    end = min(max(word.end_ms, start + 1), start + LONGEST_MS)
    pieces = [""]
    for char in displayed(word.text, False):
        if columns(pieces[-1] + char) > max(1, COLUMNS - len(label(word.speaker))):
            pieces.append("")
        pieces[-1] += char
    at = [start + (end - start) * i // len(pieces) for i in range(len(pieces) + 1)]
    return [
        replace(word, text=piece, start_ms=low, end_ms=high)
        for piece, low, high in zip(pieces, at, at[1:], strict=False)
        if piece.strip()
    ]


class _Layout:
    def __init__(self, words: Sequence[TimedWord], duration_ms: int, space: str, labels: bool) -> None:
        self.words, self.space = words, space
        self.starts = [*(word.start_ms for word in words), duration_ms]
        self.label = [len(label(word.speaker)) if labels else 0 for word in words]
        # Running sums: columns up to a word, each with its space, and what joining words to their cue costs.
        self.width = [0, *accumulate(columns(word.text) + len(space) for word in words)]
        self.joined = [0.0, *accumulate(_joining(left, right) for left, right in pairwise(words))]

    def best(self) -> list[tuple[int, int]]:
        """Word ranges [first, end) of the cheapest cues."""
        count = len(self.words)
        cost, before = [0.0] + [float("inf")] * count, [0] * (count + 1)
        for end in range(1, count + 1):
            tail = self.tail(end)
            for first in range(end - 1, -1, -1):
                if first < end - 1 and not self.fits(first, end):
                    break
                total = cost[first] + self.cost(first, end) + tail
                if total < cost[end]:
                    cost[end], before[end] = total, first
        found, end = [], count
        while end:
            found.append((before[end], end))
            end = before[end]
        return found[::-1]

    def line(self, first: int, end: int) -> int:
        """Columns of these words as one line."""
        return self.width[end] - self.width[first] - len(self.space)

    def fits(self, first: int, end: int) -> bool:
        if self.words[end - 1].end_ms - self.words[first].start_ms > LONGEST_MS:
            return False
        if self.label[first] + self.line(first, end) <= COLUMNS:
            return True
        # The fullest first line leaves the least to the second.
        cut = bisect_right(self.width, self.width[first] + COLUMNS - self.label[first] + len(self.space)) - 1
        return cut > first and self.line(cut, end) <= COLUMNS

    def split(self, first: int, end: int) -> int:
        """Where the second line begins; `end` for one line."""
        if self.label[first] + self.line(first, end) <= COLUMNS:
            return end
        options = []
        for cut in range(first + 1, end):
            upper, lower = self.label[first] + self.line(first, cut), self.line(cut, end)
            if max(upper, lower) <= COLUMNS:
                # An even break reads best, one after a comma or a full stop better still.
                options.append((abs(upper - lower) - 12 * _pausing(self.words[cut - 1].text), cut))
        return min(options)[1] if options else end

    def cost(self, first: int, end: int) -> float:
        room = min(self.starts[end] - self.starts[first], LONGEST_MS)
        total = 1.0 + self.joined[end - 1] - self.joined[first]
        if room < SHORTEST_MS:
            total += _TOO_SHORT * (1.5 - room / SHORTEST_MS)
        return total + _HURRIED * max(0.0, self.line(first, end) * 1000 / max(1, room) / _READABLE - 1)

    def tail(self, end: int) -> float:
        text = self.words[end - 1].text
        if end == len(self.words) or _ending(text):
            return 0.0
        return _CLAUSE if _pausing(text) else _UNFINISHED

    def cue(self, first: int, end: int) -> SubtitleCue:
        words, cut = self.words[first:end], self.split(first, end)
        texts = [word.text for word in words]
        lines = [self.space.join(texts[: cut - first]), self.space.join(texts[cut - first :])]
        voices = {word.speaker for word in words}
        until = max(words[-1].end_ms + _HOLD_MS, words[0].start_ms + SHORTEST_MS)
        return SubtitleCue(
            words[0].start_ms,
            min(until, self.starts[end], words[0].start_ms + LONGEST_MS),
            tuple(line for line in lines if line),
            voices.pop() if len(voices) == 1 else "",
        )


def _apart(found: Sequence[SubtitleCue], duration_ms: int) -> list[SubtitleCue]:
    """At least a millisecond each and none over another; a short one comes earlier where that is free."""
    apart: list[SubtitleCue] = []
    for number, cue in enumerate(found):
        free = apart[-1].end_ms if apart else 0
        # Words that crowd the end leave a millisecond to each cue that follows.
        last = duration_ms - (len(found) - number)
        start = max(free, min(cue.start_ms, last - 1))
        end = max(min(cue.end_ms, last), start + 1)
        start = min(start, max(free, end - SHORTEST_MS))
        apart.append(replace(cue, start_ms=start, end_ms=end))
    return apart


def _joining(left: TimedWord, right: TimedWord) -> float:
    """What it costs to show two neighbours in one cue."""
    cost = _SWALLOWED * _ending(left.text) + _PAUSE * (right.start_ms - left.end_ms > _PAUSE_MS)
    return cost + _MIXED * bool(left.speaker and right.speaker and left.speaker != right.speaker)


def _ending(text: str) -> bool:
    return text.rstrip(_CLOSING)[-1:] in tuple(".?!…。？！؟।")


def _pausing(text: str) -> bool:
    return text.rstrip(_CLOSING)[-1:] in tuple(".?!…。？！؟।,;:—–、，；：،")
