"""Cues of a transcript that the user brings: stretches of text with times."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shortform_assets.errors import InputError
from shortform_assets.text.visible import visible

_LONGEST_MS = 100 * 3_600_000
"""A hundred hours: times beyond are milliseconds taken for seconds. Our choice; test_damage_is_named."""
_PAUSE_MS, _MOST_WORDS = 1_000, 30
"""Where words come without cues: a pause that ends one, and its most words. Our choice."""
_SENTENCE_END = re.compile(r"[.?!…。？！][\"'”’)\]]*$")
_DESCRIPTION = re.compile(r"\[[^\[\]]*\]:?|^\s*\([^()]*\)\s*$|[♩♪♫♬]", re.MULTILINE)
_LEAD = re.compile(r"^\s*(?:>+|[-–—](?=\s|[^\W\d]))\s*", re.MULTILINE)
_LABEL = re.compile(r"^\s*speaker[ _]?\w{1,2}:\s+", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class CueWord:
    """A word with its marks as the file writes it, and when it is said."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class OwnCue:
    """A stretch of text. `words`, where the file has their times, are those of `text` in order."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[CueWord, ...] = ()


def spoken_text(text: str) -> str:
    """What of a subtitle is said, on one line; may be empty.

    Without the dashes and chevrons of dialogue, labels like `Speaker 1:`, notes of music, sound descriptions
    in square brackets, and lines that are wholly in round ones.
    """
    said = _DESCRIPTION.sub(" ", visible(text))
    return " ".join(_LABEL.sub("", _LEAD.sub("", said)).split())


def check_times(start: float, end: float, where: str) -> tuple[int, int]:
    """Start and end in whole milliseconds; InputError where they cannot be."""
    if not (math.isfinite(start) and math.isfinite(end)):
        raise InputError("a time is not a number", where, "write seconds, such as 12.5")
    if start < 0 or end < start:
        raise InputError(f"it ends at {end:g} ms but starts at {start:g} ms", where, "correct the times")
    if end > _LONGEST_MS:
        raise InputError(
            f"it ends after {end / 3_600_000:.0f} hours",
            where,
            "give seconds, or name the keys start_ms, end_ms",
        )
    return round(start), round(end)


def cues_of_words(words: Sequence[CueWord]) -> tuple[OwnCue, ...]:
    """Timed words as cues: a new one after the end of a sentence, a pause of a second, or thirty words."""
    return tuple(
        OwnCue(group[0].start_ms, max(w.end_ms for w in group), " ".join(w.text for w in group), tuple(group))
        for group in _sentences(sorted(words, key=lambda word: word.start_ms))
    )


def _sentences(words: Sequence[CueWord]) -> Iterator[list[CueWord]]:
    group: list[CueWord] = []
    for word in words:
        if group and (
            _SENTENCE_END.search(group[-1].text)
            or word.start_ms - group[-1].end_ms > _PAUSE_MS
            or len(group) == _MOST_WORDS
        ):
            yield group
            group = []
        group.append(word)
    if group:
        yield group
