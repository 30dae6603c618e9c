"""What is no content: advertising, greetings and goodbyes. Found by cues, then grown to whole passages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shortform_assets.selection.read.lexicon import (
    BREAK_ENDS,
    BREAK_STARTS,
    INTRO,
    OFFER,
    OUTRO,
    PITCH_LEAD,
    PROMOTION,
    SPONSOR_NAME,
)
from shortform_assets.selection.read.script import Line

ADVERT, INTRODUCTION, GOODBYE = "advertising", "introduction", "goodbye"

# Set by hand; "ads chosen" of benchmarks/selection.py, test_native_pitch_is_found_from_its_lead_to_its_link,
# test_a_pitch_in_plain_words_is_advertising_to_its_last_offer, and against too much
# test_talking_about_sponsorship_is_no_advert.
BREAK_MS = 240_000
"""An announced break is believed to end within this, or at once where nobody welcomes us back."""
BRIDGE_MS = 45_000
"""Between two advertising sentences this close together, all is advertising."""
PITCH_MS = 60_000
"""One pitch, spoken without a break, is over by then."""
INTRO_MS, OUTRO_MS = 120_000, 120_000
"""Where greetings and goodbyes are looked for, at most a third of the source."""
REACH = 8
"""A sponsor's name is looked for this many sentences around the cue."""


def flag_lines(lines: Sequence[Line]) -> tuple[str, ...]:
    """For every line `advertising`, `introduction`, `goodbye` or nothing."""
    flags = [""] * len(lines)
    _flag_edges(lines, flags)
    seeds = [i for i, line in enumerate(lines) if advertising_score(line) >= 2]
    for i in seeds:
        flags[i] = ADVERT
    _grow_breaks(lines, flags)
    _grow_names(lines, flags, seeds)
    _grow_turns(lines, flags)
    _bridge(lines, flags)
    for i, line in enumerate(lines[:-1]):
        if flags[i + 1] == ADVERT and (
            PITCH_LEAD.search(line.plain) or line.plain.startswith("welcome back")
        ):
            flags[i] = flags[i] or ADVERT
    return tuple(flags)


def advertising_score(line: Line) -> float:
    """Sum of the weights of the cues in the line; 2 and more is advertising."""
    return sum(weight for pattern, weight in PROMOTION if pattern.search(line.plain))


def _flag_edges(lines: Sequence[Line], flags: list[str]) -> None:
    """Greetings in the first two minutes (or fifth), goodbyes in the last."""
    if not lines:
        return
    begin, end = lines[0].start_ms, lines[-1].end_ms
    length = end - begin
    early, late = begin + min(INTRO_MS, length // 3), end - min(OUTRO_MS, length // 3)
    for i, line in enumerate(lines):
        if line.start_ms <= early and INTRO.search(line.plain):
            flags[i] = INTRODUCTION
        if line.end_ms >= late and OUTRO.search(line.plain):
            flags[i] = GOODBYE
        if BREAK_ENDS.search(line.plain) and line.words <= 12:
            flags[i] = flags[i] or INTRODUCTION
    # Between two greetings, and after the last goodbye, short lines are ceremony too.
    for kind in (INTRODUCTION, GOODBYE):
        marked = [i for i, flag in enumerate(flags) if flag == kind]
        for a, b in pairwise(marked):
            if b - a <= 3 and lines[b].start_ms - lines[a].end_ms < 15_000:
                flags[a:b] = [flag or kind for flag in flags[a:b]]
    goodbyes = [i for i, flag in enumerate(flags) if flag == GOODBYE]
    if goodbyes:
        for i in range(goodbyes[0], len(lines)):
            flags[i] = flags[i] or GOODBYE


def _grow_breaks(lines: Sequence[Line], flags: list[str]) -> None:
    """From "we'll be right back" to "welcome back" everything is advertising."""
    for i, line in enumerate(lines):
        if flags[i] != ADVERT or not BREAK_STARTS.search(line.plain):
            continue
        for j in range(i + 1, len(lines)):
            if lines[j].start_ms - line.end_ms > BREAK_MS:
                break
            if BREAK_ENDS.search(lines[j].plain):
                flags[i:j] = [ADVERT] * (j - i)
                break


def _grow_turns(lines: Sequence[Line], flags: list[str]) -> None:
    """What one voice says between two cues of a pitch is the pitch, however plainly it is put.

    A turn that opens by announcing a sponsor goes on about it as far as its last cue, or for PITCH_MS at most
    where it names an offer; a weak cue counts there as well.
    """
    a = 0
    while a < len(lines):
        b = a
        while b + 1 < len(lines) and lines[b + 1].speaker == lines[a].speaker:
            b += 1
        marks = [i for i in range(a, b + 1) if flags[i] == ADVERT]
        if marks:
            until = lines[marks[0]].start_ms + PITCH_MS
            cues = [
                i
                for i in range(marks[0], b + 1)
                if advertising_score(lines[i]) or OFFER.search(lines[i].plain)
            ]
            last = max((i for i in cues if lines[i].start_ms <= until), default=marks[0])
            flags[marks[0] : last + 1] = [ADVERT] * (last + 1 - marks[0])
        a = b + 1


def _grow_names(lines: Sequence[Line], flags: list[str], seeds: Sequence[int]) -> None:
    """Around a cue: sentences that go on about a sponsor named anywhere, and back to how the pitch began."""
    names = {
        match.group(1).rstrip(".,;:!?'-").lower()
        for i in seeds
        for match in SPONSOR_NAME.finditer(lines[i].text)
    }
    for i in seeds:
        for step in (1, -1):
            misses, reach = 0, i
            for j in range(i + step, i + step * (REACH + 1), step):
                if not 0 <= j < len(lines) or misses > 1:
                    break
                named = any(name in lines[j].plain for name in names)
                pitched = (
                    step < 0 and lines[j].speaker == lines[i].speaker and PITCH_LEAD.search(lines[j].plain)
                )
                misses = 0 if named or pitched else misses + 1
                reach = j if named or pitched else reach
            low, high = min(i, reach), max(i, reach)
            flags[low : high + 1] = [ADVERT] * (high - low + 1)


def _bridge(lines: Sequence[Line], flags: list[str]) -> None:
    marked = [i for i, flag in enumerate(flags) if flag == ADVERT]
    for a, b in pairwise(marked):
        if b - a <= 6 and lines[b].start_ms - lines[a].end_ms <= BRIDGE_MS:
            flags[a : b + 1] = [ADVERT] * (b - a + 1)
