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
_HEARD = (
    "laugh|chuckl|giggl|applau|cheer|music|sigh|cough|sneez|sniff|snort|gasp|groan|inaudible|unintelligible|crosstalk"
    "|indistinct|silence|pause|clears?\\b|lach|gelach|applaus|musi[kc]|muziek|husten|seufz|unverständlich|stille"
    "|rires?\\b|rit\\b|applaudiss|musique|toux|soupir|risas?\\b|ríe|aplauso|música|tose|suspir|riso|ride\\b|applaus[oi]"
    "|смех|смеётся|аплодисменты|музыка|笑|拍手|音楽|掌声|音乐"
)
"""How sounds that are no words are described in the languages that most subtitles are written in: stems."""
_DESCRIPTION = re.compile(
    r"\[[^\[\]]*\]:?|^\s*\([^()]*\)\s*$|[♩♪♫♬]"
    rf"|[(（*](?=[^()（）*\n]{{0,20}}?(?<![^\W\d_])(?:{_HEARD}))[^()（）*\n]{{1,40}}[)）*]",
    re.MULTILINE | re.IGNORECASE,
)
_LEAD = re.compile(r"^\s*(?:>+|[-–—](?=\s|[^\W\d]))\s*", re.MULTILINE)
_LABEL = re.compile(r"^\s*speaker[ _]?\w{1,2}:\s+", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class CueWord:
    """A word with its marks as the file writes it, and when it is said."""

    text: str
    start_ms: int
    end_ms: int
    speaker: str = ""
    """As the file calls who says it."""


@dataclass(frozen=True)
class OwnCue:
    """A stretch of text. `words`, where the file has their times, are those of `text` in order."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[CueWord, ...] = ()
    speaker: str = ""


def without_asides(text: str) -> str:
    """`text` without sound descriptions and invisible signs."""
    return _DESCRIPTION.sub(" ", visible(text))


def spoken_text(text: str) -> str:
    """What of a subtitle is said, on one line; may be empty.

    Without the dashes and chevrons of dialogue, labels like `Speaker 1:`, notes of music, sound descriptions
    in square brackets, `(laughs)`, `*coughs*`, and lines that are wholly in round brackets.
    """
    return " ".join(_LABEL.sub("", _LEAD.sub("", without_asides(text))).split())


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
    """Timed words as cues: a new one after a sentence's end, a pause of a second, thirty words, or from who to whom."""
    return tuple(
        OwnCue(
            group[0].start_ms,
            max(w.end_ms for w in group),
            " ".join(w.text for w in group),
            tuple(group),
            group[0].speaker,
        )
        for group in _sentences(sorted(words, key=lambda word: word.start_ms))
    )


def _sentences(words: Sequence[CueWord]) -> Iterator[list[CueWord]]:
    group: list[CueWord] = []
    for word in words:
        if group and (
            _SENTENCE_END.search(group[-1].text)
            or word.start_ms - group[-1].end_ms > _PAUSE_MS
            or len(group) == _MOST_WORDS
            or word.speaker != group[-1].speaker
        ):
            yield group
            group = []
        group.append(word)
    if group:
        yield group
