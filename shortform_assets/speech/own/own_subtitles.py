"""SubRip and WebVTT, read strictly: a damaged cue is an error that names its line, never lost or spoken.

The kept libraries were tried and are not strict enough: pysubs2 puts a damaged cue into the text of the one
before it, webvtt-py drops it without a word, and srt names no line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from shortform_assets.errors import InputError
from shortform_assets.speech.own.own_cues import OwnCue, check_times
from shortform_assets.speech.own.own_speakers import RawCue, told_apart

_CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s+\S.*)?\s*")
_LIKE_A_TIME = re.compile(r"\s*\d+:\d+(?::\d+)?[.,]\d+|.*\d\s*[-–—=]+>\s*\d")
_STAMP = re.compile(r"<(?:\d+:)?\d+:\d+\.\d+>")
_VOICE = re.compile(r"<v(?:\.[^<>\s]*)?[ \t]+([^<>]*)>")
_VTT_TAG = re.compile(r"<[^<>]*>")
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font|c|v|lang|ruby|rt)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_FIX = "write it as 00:01:02,500 --> 00:01:04,000"


@dataclass(frozen=True)
class _Block:
    """Lines without an empty one between them; `line` is the number of the first."""

    line: int
    lines: list[str]


def read_srt(text: str, where: str) -> tuple[OwnCue, ...]:
    """Cues of a SubRip file in the order of the file; InputError names the line."""
    cues: list[tuple[int, int, str]] = []
    for block in _blocks(re.sub(r"(?m)^[ \t]+$", "", text)):
        found = _cue(block, where)
        if found and "-->" not in block.lines[0] and not block.lines[0].strip().isdigit():
            raise InputError("there is text right above a time", f"{where}, line {block.line}", _FIX)
        if found is None:
            _refuse_damaged(block, where)
            if not cues:
                raise InputError("there is text before the first time", f"{where}, line {block.line}", _FIX)
            # SubRip has no rule against empty lines inside a text.
            start, end, before = cues[-1]
            cues[-1] = (start, end, "\n".join([before, *block.lines]))
        else:
            cues.append(found)
    return told_apart([RawCue.of(start, end, _SRT_TAG.sub("", raw)) for start, end, raw in cues])


def read_vtt(text: str, where: str) -> tuple[OwnCue, ...]:
    """Cues of a WebVTT file in the order of the file; InputError names the line.

    In captions that roll up, as YouTube makes them, the lines that a cue repeats are said once.
    """
    blocks = list(_blocks(text))
    if not blocks or not re.fullmatch(r"WEBVTT(?:[ \t].*)?", blocks[0].lines[0]):
        raise InputError("its first line is not WEBVTT", where, "begin the file with a line WEBVTT")
    # A timing line right below the header is a cue without the empty line that should part them.
    glued = next((i for i, line in enumerate(blocks[0].lines) if "-->" in line), None)
    head = [_Block(blocks[0].line + glued, blocks[0].lines[glued:])] if glued else []
    rolls = bool(_STAMP.search(text))
    cues: list[RawCue] = []
    shown: list[str] = []
    for block in head + blocks[1:]:
        if _ASIDE.fullmatch(block.lines[0]):
            continue
        found = _cue(block, where)
        if found is None:
            _refuse_damaged(block, where)
            raise InputError("there is text without a time", f"{where}, line {block.line}", _FIX)
        start, end, raw = found
        spoken = [(who, line) for who, said in _voices(raw) for line in _shorn(said)]
        lines = [line for _, line in spoken]
        fresh = spoken[_repeated(shown, lines) :] if rolls else spoken
        shown = lines
        parts = tuple(
            (html.unescape(who).strip(), "\n".join(line for _, line in said))
            for who, said in groupby(fresh, key=itemgetter(0))
        )
        cues.append(RawCue(start, end, parts))
    return told_apart(cues)


def _voices(raw: str) -> Iterator[tuple[str, str]]:
    """The texts of a cue's voices (`<v Ann>`), each with its name; before the first one nobody is named."""
    first, *rest = _VOICE.split(raw)
    yield "", first
    yield from zip(rest[::2], rest[1::2], strict=True)


def _shorn(text: str) -> list[str]:
    lines = (html.unescape(_VTT_TAG.sub("", line)).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def _repeated(before: list[str], lines: list[str]) -> int:
    """How many lines at the end of `before` are those that `lines` begins with."""
    sizes = range(min(len(before), len(lines)), 0, -1)
    return next((size for size in sizes if before[-size:] == lines[:size]), 0)


def _blocks(text: str) -> Iterator[_Block]:
    block = _Block(1, [])
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line:
            block.lines.append(line)
        else:
            if block.lines:
                yield block
            block = _Block(number + 1, [])


def _cue(block: _Block, where: str) -> tuple[int, int, str] | None:
    """Start, end and text of a block with a timing line in its first two lines; None without one."""
    at = next((i for i, line in enumerate(block.lines) if "-->" in line), None)
    if at is None:
        return None
    place = f"{where}, line {block.line + at}"
    found = _TIMING.fullmatch(block.lines[at])
    if found is None:
        raise InputError(f"this is not a cue's time: {block.lines[at].strip()[:80]!r}", place, _FIX)
    if at > 1:
        raise InputError(
            "a cue's time stands in the middle of a text", place, "put an empty line before the cue"
        )
    for i, line in enumerate(block.lines[at + 1 :], block.line + at + 1):
        if "-->" in line:
            raise InputError(
                "a cue's time stands in the middle of a text",
                f"{where}, line {i}",
                "put an empty line before the cue",
            )
    start, end = check_times(_ms(*found.groups()[:4]), _ms(*found.groups()[4:]), place)
    return start, end, "\n".join(block.lines[at + 1 :])


def _refuse_damaged(block: _Block, where: str) -> None:
    for number, line in enumerate(block.lines, block.line):
        if _LIKE_A_TIME.match(line):
            raise InputError(
                f"this is not a cue's time: {line.strip()[:80]!r}", f"{where}, line {number}", _FIX
            )


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(
        (fraction or "0").ljust(3, "0")
    )
