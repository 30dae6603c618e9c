"""What is counted in every line, once; a moment's features are sums over its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from shortform_assets.selection.read.lexicon import CALENDAR
from shortform_assets.selection.read.script import Line
from shortform_assets.selection.read.vocabulary import NEVER, Vocabulary


def count_hits(lines: Sequence[Line], hook_words: Sequence[str], terms: Vocabulary) -> dict[str, list[int]]:
    """Name -> count a line, for all names that `features` asks for."""
    hooks = NEVER
    if hook_words:
        hooks = re.compile(r"\b(?:" + "|".join(re.escape(w.lower()) for w in hook_words) + r")\b")

    def matches(pattern: re.Pattern[str]) -> list[int]:
        return [len(pattern.findall(line.plain)) for line in lines]

    def among(of: frozenset[str]) -> list[int]:
        return [sum(token in of for token in line.tokens) for line in lines]

    hedges, phrases = matches(terms.hedge), matches(terms.filler_phrases)
    numbers = [sum(bool(terms.number.search(t)) for t in line.tokens) for line in lines]
    return {
        "hook": matches(hooks),
        "claim": matches(terms.claim),
        "story": matches(terms.story),
        "past": matches(terms.past),
        "emotion": among(terms.emotion),
        "surprise": matches(terms.surprise),
        "people": among(terms.people),
        "speech": among(terms.speech),
        "specific": [n + m for n, m in zip(_names(lines), numbers, strict=True)],
        "filler": [f + 2 * p for f, p in zip(among(terms.filler), phrases, strict=True)],
        "hedge": hedges,
        "vague": among(terms.vague),
        "back": matches(terms.back),
        "words": [line.words for line in lines],
        "spoken": [line.end_ms - line.start_ms for line in lines],
        "change": [0] + [int(a.speaker != b.speaker) for a, b in pairwise(lines)],
    }


def _names(lines: Sequence[Line]) -> list[int]:
    """Capitalised words a line, first words and `I` left out; 0 for text without any case."""
    counts = []
    for line in lines:
        words = line.text.split()
        # The word after a full stop inside a run-on line is no name either.
        named = [
            w
            for before, w in pairwise(words)
            if w[:1].isupper() and not re.match(r"I\b", w) and before[-1] not in ".?!"
            if w.strip(".,;:!?'\"").removesuffix("'s").lower() not in CALENDAR
        ]
        counts.append(len(named) if len(named) <= len(words) / 2 else 0)
    return counts


def starts_weakly(line: Line, weak_openers: Sequence[str]) -> bool:
    """Whether the line begins with one of the genre's weak openers, as whole words."""
    said = " ".join(line.tokens[:6]) + " "
    return any(said.startswith(f"{opener.lower()} ") for opener in weak_openers)
