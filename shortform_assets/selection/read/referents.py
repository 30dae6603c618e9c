"""How much the first words of a moment lean on something that was said before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shortform_assets.selection.read.script import Line, is_content
from shortform_assets.selection.read.vocabulary import Vocabulary

# Set by hand; test_a_pronoun_hangs_where_nothing_was_named.
LINES = (1.0, 0.4)
"""What a pronoun without its noun weighs in the first line and in the one after it."""
REACH = 10
"""Words of a line that are looked at: later on a pronoun has found its noun."""


def leaning(lines: Sequence[Line], a: int, terms: Vocabulary) -> float:
    """0 where what begins at line `a` is understood by itself, up to 1 where its pronouns hang in the air.

    A pronoun is at home once a name or a word with a meaning of its own came before it. A question
    that asks about it is half understood, and so is nearly "it is raining" or "there was a man".
    """
    found, named = 0.0, False
    for weight, line in zip(LINES, lines[a : a + len(LINES)], strict=False):
        hanging = _hanging(line, named, terms)
        if line.question:
            hanging /= 2
        found = max(found, weight * hanging)
        named = named or any(_names_something(t, terms) for t in line.tokens)
    return found


def _hanging(line: Line, named: bool, terms: Vocabulary) -> float:
    """1 where one of the first two words hangs, 0.6 where a later one does, 0.2 where it needs no noun."""
    if terms.expletive.search(line.plain):
        return 0.2
    if named:
        return 0.0
    names = _names(line)
    for n, token in enumerate(line.tokens[:REACH]):
        if token in terms.dangling:
            return 1.0 if n <= 1 else 0.6
        if token in names or (n >= 1 and _names_something(token, terms)):
            return 0.0
    return 0.0


def _names_something(token: str, terms: Vocabulary) -> bool:
    return is_content(token) and token not in terms.vague and not terms.past.fullmatch(token)


def _names(line: Line) -> set[str]:
    """Words written with a capital inside the line."""
    return {w.lower() for w in re.findall(r"(?<=[\w,;:] )[A-Z][\w'-]+", line.text) if not w.startswith("I'")}
