"""Subtitle cues: words gathered into what is shown at once, by the rules that subtitlers go by.

At most two lines of 42 columns, one to seven seconds on screen, never two at a time. Cues are chosen by
dynamic programming over all words, so that they end with sentences and clauses, keep speakers apart and
leave time to read; the limits of lines and of seven seconds are never broken, one second is only where
words leave no other choice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from shortform_assets.text.graphemes import columns
from shortform_assets.text.line_breaks import line_units, pieces_within
from shortform_assets.text.reading_speed import reading_ms
from shortform_assets.text.spacing import joined, space_between
from shortform_assets.text.visible import one_line

LINES, COLUMNS = 2, 42
"""On screen at once, and characters of one width in each: Netflix, Timed Text Style Guide.
test_cues_keep_the_rules_whatever_is_said."""
SHORTEST_MS, LONGEST_MS = 1000, 7000
"""Of a cue: seven seconds by the same guide, whose least is 833 ms."""
_HOLD_MS = 500
"""A cue stays this long after its last word where the next one leaves room. Its guide allows half a second."""
_PAUSE_MS = 800
"""A pause that two words of one cue should not span; a phrase never does. Our choice."""
_CLOSING = "\"'”’»)]"

# Costs, in units of one cue more. Our choice; test_cues_end_with_sentences_and_keep_speakers_apart and the
# properties beside it guard them.
_TOO_SHORT = 50.0
"""A cue of less than `SHORTEST_MS`: so dear that it is taken only where words leave no other choice."""
_PAUSE, _MIXED = 4.0, 6.0
"""A pause inside a cue, and two speakers in one."""
_SWALLOWED, _UNFINISHED, _CLAUSE = 1.0, 0.8, 0.35
"""A sentence that ends inside a cue, a cue that ends inside a sentence, and one that ends at a comma there."""
_HURRIED = 2.0
"""Each whole time again that a cue is faster than can be read along."""


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


def cues(words: Sequence[TimedWord], duration_ms: int, labels: bool = False) -> list[SubtitleCue]:
    """Cues that hold all `words` once, in order, within [0, duration_ms] and apart in time.

    `words` start in order; those of scripts without spaces are gathered into phrases that no line divides.
    `labels` leaves room in the first line for the `label` of the speaker.
    """
    shown = [part for word in _phrases(words) for part in _parts(word, duration_ms)]
    layout = _Layout(shown, duration_ms, labels)
    return _apart([layout.cue(first, end) for first, end in layout.best()], duration_ms)


def label(speaker: str) -> str:
    """What stands before the first words of a speaker: `Speaker 1: ` for S1."""
    named = f"Speaker {speaker[1:]}" if speaker[:1] == "S" and speaker[1:].isdigit() else speaker
    return f"{named}: " if named else ""


def _phrases(words: Sequence[TimedWord]) -> Iterator[TimedWord]:
    """The words; those that run on without a space become phrases, each within one voice and without a pause."""
    at = 0
    for end in range(1, len(words) + 1):
        if end < len(words) and not _parted(words[end - 1], words[end]):
            continue
        stretch = words[at:end]
        for unit in line_units([word.text for word in stretch]):
            said = [_piece(stretch[piece.word], piece.start, piece.end) for piece in unit]
            yield replace(
                said[0], text="".join(word.text for word in said), end_ms=max(word.end_ms for word in said)
            )
        at = end


def _parted(left: TimedWord, right: TimedWord) -> bool:
    return left.speaker != right.speaker or right.start_ms - left.end_ms > _PAUSE_MS


def _piece(word: TimedWord, start: int, end: int) -> TimedWord:
    """Code points [start, end) of the word, with their share of its time."""
    time, size = word.end_ms - word.start_ms, len(word.text)
    if end - start == size:
        return word
    low, high = (word.start_ms + time * at // size for at in (start, end))
    return replace(word, text=word.text[start:end], start_ms=low, end_ms=high)


def _parts(word: TimedWord, duration_ms: int) -> list[TimedWord]:
    """The word as it is shown, in pieces where it is wider than a line."""
    start = min(max(0, word.start_ms), max(0, duration_ms - 1))
    end = min(max(word.end_ms, start + 1), start + LONGEST_MS)
    room = max(1, COLUMNS - columns(label(word.speaker)))
    pieces = pieces_within(one_line(word.text), lambda text: columns(text) <= room) or [""]
    at = [start + (end - start) * i // len(pieces) for i in range(len(pieces) + 1)]
    return [
        replace(word, text=piece, start_ms=low, end_ms=high)
        for piece, low, high in zip(pieces, at, at[1:], strict=False)
        if piece.strip()
    ]


class _Layout:
    def __init__(self, words: Sequence[TimedWord], duration_ms: int, labels: bool) -> None:
        self.words = words
        self.starts = [*(word.start_ms for word in words), duration_ms]
        self.label = [columns(label(word.speaker)) if labels else 0 for word in words]
        # What stands before a word, and running sums: columns up to a word's end and up to the next one's
        # start, and what joining words to their cue costs.
        spaces = [len(space_between(a.text, b.text)) for a, b in pairwise(words)]
        self.starts_at, self.ends_at = [0], [0]
        for word, space in zip(words, [*spaces, 0], strict=False):
            self.ends_at.append(self.starts_at[-1] + columns(word.text))
            self.starts_at.append(self.ends_at[-1] + space)
        # How long everything before a word takes to be read.
        self.read_at = [0, *accumulate(reading_ms(word.text + " ") for word in words)]
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
        return self.ends_at[end] - self.starts_at[first]

    def fits(self, first: int, end: int) -> bool:
        if self.words[end - 1].end_ms - self.words[first].start_ms > LONGEST_MS:
            return False
        if self.label[first] + self.line(first, end) <= COLUMNS:
            return True
        # The fullest first line leaves the least to the second.
        cut = bisect_right(self.ends_at, self.starts_at[first] + COLUMNS - self.label[first]) - 1
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
        return total + _HURRIED * max(0.0, self.reading(first, end) / max(1, room) - 1)

    def reading(self, first: int, end: int) -> int:
        """Milliseconds in which these words are read."""
        return self.read_at[end] - self.read_at[first]

    def tail(self, end: int) -> float:
        text = self.words[end - 1].text
        if end == len(self.words) or _ending(text):
            return 0.0
        return _CLAUSE if _pausing(text) else _UNFINISHED

    def cue(self, first: int, end: int) -> SubtitleCue:
        words, cut = self.words[first:end], self.split(first, end)
        texts = [word.text for word in words]
        lines = [joined(texts[: cut - first]), joined(texts[cut - first :])]
        voices = {word.speaker for word in words}
        shortest = max(SHORTEST_MS, self.reading(first, end))
        until = max(words[-1].end_ms + _HOLD_MS, words[0].start_ms + shortest)
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
