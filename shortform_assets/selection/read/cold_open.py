"""The cold open: a teaser at the start, made of excerpts of what is said later, word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortform_assets.selection.read.promotion import INTRODUCTION
from shortform_assets.selection.read.script import Line

# Set by hand; "cold-open repeats chosen" of benchmarks/selection.py,
# test_a_cold_open_is_never_chosen_and_the_plan_says_what_it_repeats, and against too much
# test_people_who_repeat_themselves_are_no_teaser.
TEASER_MS = 180_000
"""Where a teaser is looked for, from the first word."""
SHARE = 0.25
"""And never in more than this share of the source."""
APART_MS = 20_000
"""What is said again sooner than this is no excerpt."""
GRAM = 4
"""Words in a row by which places that may say the same are found."""
ALIKE = 85.0
"""Likeness, 0 to 100, at which a line is taken for said again: two recognitions of one recording differ."""
FEWEST_WORDS = 5
"""Of a line that can be told again from another that merely sounds like it."""
EXCERPT_WORDS = 10
"""Words in a row that make an excerpt; a short sentence said twice may just be a habit."""
ANNOUNCED = re.compile(
    r"\b(?:coming up|here's (?:a|what)|a (?:preview|taste|sneak peek)|later (?:in|on) (?:this|the|today's) "
    r"(?:episode|show)|in (?:this|today's) (?:episode|show|video)|on (?:this|today's) (?:episode|show))\b"
)


@dataclass(frozen=True)
class Repeat:
    """Line `line` is heard again from line `later` on."""

    line: int
    later: int


def find_teaser(lines: Sequence[Line], flags: Sequence[str]) -> dict[int, int]:
    """Early lines that are excerpts of later talk -> the later line where they are heard again.

    A teaser comes first, or before the greeting, or is announced; elsewhere people simply repeat themselves.
    `flags` are those of `promotion.flag_lines`.
    """
    if not lines:
        return {}
    begin, end = lines[0].start_ms, lines[-1].end_ms
    until = begin + min(TEASER_MS, round(SHARE * (end - begin)))
    early = [i for i, line in enumerate(lines) if line.end_ms <= until]
    if not early:
        return {}
    greeting = max((i for i in early if flags[i] == INTRODUCTION), default=-1)
    announced = {i + 1 for i in early if ANNOUNCED.search(lines[i].plain)}
    teaser: dict[int, int] = {}
    for excerpt in _excerpts(early, _said_again(lines, early)):
        first = excerpt[0].line
        opens = first <= 1 or first in announced or {first - 1, first - 2} & set(teaser)
        if (opens or first < greeting) and sum(lines[r.line].words for r in excerpt) >= EXCERPT_WORDS:
            teaser |= {r.line: r.later for r in excerpt}
    return _bridged(lines, teaser)


def _said_again(lines: Sequence[Line], early: Sequence[int]) -> dict[int, Repeat]:
    """For each early line the best later place that says nearly the same."""
    from rapidfuzz import fuzz

    grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in range(early[0], len(lines)):
        window = _window(lines, i)
        for k in range(len(lines[i].tokens)):
            if k + GRAM <= len(window):
                grams[tuple(window[k : k + GRAM])].append(i)
    found: dict[int, Repeat] = {}
    for i in early:
        line = lines[i]
        if len(line.tokens) < FEWEST_WORDS:
            continue
        votes: dict[int, int] = defaultdict(int)
        for k in range(len(line.tokens) - GRAM + 1):
            for j in grams[tuple(line.tokens[k : k + GRAM])]:
                if lines[j].start_ms - line.end_ms >= APART_MS:
                    votes[j] += 1
        best, alike = -1, ALIKE
        # A sentence may be cut into lines otherwise the second time, so it is looked for in a window.
        for j in sorted(votes, key=lambda j: (-votes[j], j))[:5]:
            score = fuzz.partial_ratio(line.plain, " ".join(_window(lines, j)))
            if score >= alike + (0.01 if best >= 0 else 0):
                best, alike = j, score
        if best >= 0:
            found[i] = Repeat(i, best)
    return found


def _window(lines: Sequence[Line], i: int) -> list[str]:
    """The words of line `i` and the two after it."""
    return [t for line in lines[i : i + 3] for t in line.tokens]


def _excerpts(early: Sequence[int], found: dict[int, Repeat]) -> list[list[Repeat]]:
    """Runs of early lines that are heard again in the same order at one later place."""
    runs: list[list[Repeat]] = []
    for i in early:
        repeat = found.get(i)
        if repeat is None:
            continue
        last = runs[-1][-1] if runs else None
        goes_on = last is not None and last.line == i - 1 and 0 <= repeat.later - last.later <= 2
        if goes_on:
            runs[-1].append(repeat)
        else:
            runs.append([repeat])
    return runs


def _bridged(lines: Sequence[Line], teaser: dict[int, int]) -> dict[int, int]:
    """Short lines between two excerpts belong to the teaser too."""
    marked = sorted(teaser)
    full = dict(teaser)
    for a, b in pairwise(marked):
        if 1 < b - a <= 3 and sum(line.words for line in lines[a + 1 : b]) < 12:
            full |= dict.fromkeys(range(a + 1, b), teaser[b])
    return full
