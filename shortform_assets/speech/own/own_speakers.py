"""Who says a cue, where the text says so: `JANE:`, `Jane Doe:`, `[00:01:02] JANE:`, `Speaker 1:`, `>>`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from shortform_assets.speech.own.own_cues import OwnCue, spoken_text, without_asides

_PART = r"[\p{Lu}\p{Lo}][\p{L}\p{M}.'’\-]*"
_JOINING = r"(?:\s+(?:de|da|di|du|des|del|della|la|le|van|von|der|den|bin|al|el|y|e)\b)*"
_NAME = regex.compile(
    rf"\s*(?P<mark>>+|[-–—](?=\s|[^\W\d]))?\s*"
    rf"(?P<name>{_PART}(?:{_JOINING}\s+(?:{_PART}|\d{{1,2}})){{0,3}})"
    r"(?:\s+\([^()]{1,30}\))?\s*[:：](?=\s)\s*"
)
_NEW_SPEAKER = regex.compile(r"\s*(?:>+|[-–—](?=\s|[^\W\d]))")
_GENERIC = regex.compile(r"(?:unknown )?(?:speaker|voice|participant|person)[ _]?\w{0,3}", regex.IGNORECASE)
_MOSTLY, _EVERY = 0.3, 0.9
"""Share of lines that begin with a label: where it is this high labels are how the file is written, and a name that
stands there once is one, too; where it is higher every cue has its own. Below, only what comes again is a name:
`Remember: ...` is said. Our choice; held by tests/stt/test_own_speakers.py."""
_AGAIN = 3


class RawCue(NamedTuple):
    """A cue as its file has it: texts, lines apart and tags gone, each with its speaker where the format names one."""

    start_ms: int
    end_ms: int
    parts: tuple[tuple[str, str], ...]

    @staticmethod
    def of(start_ms: int, end_ms: int, text: str, speaker: str = "") -> RawCue:
        """A cue of one part."""
        return RawCue(start_ms, end_ms, ((speaker, text),))


@dataclass
class _Line:
    text: str
    label: str
    rest: str
    marked: bool
    """Whether a dash or a chevron says that somebody else speaks."""
    speaker: str = ""
    """As the format names who says it."""


def told_apart(cues: Sequence[RawCue]) -> tuple[OwnCue, ...]:
    """The cues with their speakers, whose names are not said; one with two speakers becomes two.

    Where labels stand only where the speaker changes, they hold until the next. Cues without words are left out.
    """
    lines = [[_lines(*part) for part in cue.parts] for cue in cues]
    flat = [[line for part in group for line in part] for group in lines]
    names = _names([line for group in flat for line in group if not line.speaker])
    labelled = sum(bool(group) and group[0].label in names for group in flat)
    holds = 0 < labelled < _EVERY * sum(map(bool, flat))
    found: list[OwnCue] = []
    speaker = ""
    for cue, group in zip(cues, flat, strict=True):
        if not holds:
            speaker = ""
        parts: list[tuple[str, list[str]]] = []
        for line in group:
            if line.speaker or line.label in names:
                speaker = line.speaker or line.label
            elif line.marked:
                speaker = ""
            said = line.rest if line.label in names else line.text
            if parts and parts[-1][0] == speaker and not line.marked:
                parts[-1][1].append(said)
            else:
                parts.append((speaker, [said]))
        found += _cues(cue, [(who, said) for who, texts in parts if (said := spoken_text("\n".join(texts)))])
    return tuple(found)


def display_name(speaker: str) -> str:
    """`speaker` as a person's name, or nothing where it only numbers people: `Speaker 1`, `A`, `SPK_02`."""
    name = " ".join(speaker.split())
    if (
        len(name) < 2
        or _GENERIC.fullmatch(name)
        or not regex.search(r"\p{L}{2}", name)
        or regex.search(r"\d", name)
    ):
        return ""
    return name.title() if name.isupper() and len(name) > 3 else name


def _lines(speaker: str, text: str) -> list[_Line]:
    if speaker:
        return [_Line(text, "", text, False, speaker)]
    return [_line(line) for line in text.split("\n") if line.strip()]


def _line(text: str) -> _Line:
    clear = without_asides(text)
    found = _NAME.match(clear)
    marked = bool(_NEW_SPEAKER.match(clear))
    if not found:
        return _Line(text, "", text, marked)
    return _Line(text, " ".join(found["name"].split()), clear[found.end() :], marked)


def _names(lines: Sequence[_Line]) -> set[str]:
    counts = Counter(line.label for line in lines if line.label)
    if sum(counts.values()) >= _MOSTLY * len(lines) and len(lines) > 1:
        return set(counts)
    return {
        name
        for name, count in counts.items()
        if count >= _AGAIN or _GENERIC.fullmatch(name) or (name.isupper() and len(name) > 2)
    }


def _cues(cue: RawCue, parts: Sequence[tuple[str, str]]) -> Iterator[OwnCue]:
    """One cue a part, the time shared by letters."""
    total = sum(len(said) for _, said in parts)
    length, before = cue.end_ms - cue.start_ms, 0
    for who, said in parts:
        start = cue.start_ms + length * before // total
        before += len(said)
        yield OwnCue(start, cue.start_ms + length * before // total, said, speaker=who)
