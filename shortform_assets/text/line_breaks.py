"""Where a line may break in scripts without spaces.

Between phrases as BudouX finds them (a small boosted model over characters: Chinese, Japanese, Thai); for
Lao, Khmer, Burmese and Tibetan, for which it has no model, between the words of the recognizer. Never inside
a character, before a closing mark or after an opening one (the line-start and line-end rules of JIS X 4051).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import regex

from shortform_assets.text.graphemes import grapheme_count, graphemes
from shortform_assets.text.spacing import runs_on, space_between

_NEVER_FIRST = regex.compile(
    r"[\p{Pe}\p{Pf}、。，．・：；？！,.:;?!%％…‥ーゝゞヽヾ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶๆฯ〜～]"
)
_PARTICLE = regex.compile(r"[了的吗嗎呢吧啊着著过過]\p{P}*")
"""Chinese particles that the model parts from the word they belong to."""
_JOINTS = regex.compile(r"(?<=\w)[-/\\._@&=?>]+(?=\w)")
"""Marks that join the parts of an address, a path or a compound: where it must be parted, it is behind them."""
_NEVER_LAST = regex.compile(r"[\p{Ps}\p{Pi}$￥¥£＄#＃]")
_MODELS = (
    (regex.compile(r"[\p{Hiragana}\p{Katakana}]"), "load_default_japanese_parser"),
    (regex.compile(r"\p{Han}"), "load_default_simplified_chinese_parser"),
    (regex.compile(r"\p{Thai}"), "load_default_thai_parser"),
)


_SHORT_WORD = 4
"""A word of the recognizer of so many characters is one: Chinese words have one to four. The model's phrases are
right less often (tests/text)."""


class Piece(NamedTuple):
    """Part [start, end) of the text of word `word`, in code points."""

    word: int
    start: int
    end: int


def line_units(words: Sequence[str]) -> list[list[Piece]]:
    """`words` as units that no line break may divide, in order; together they hold every code point once.

    A word of a script with spaces is a unit. Words that run on are gathered into phrases, and divided where
    they hold several.
    """
    units: list[list[Piece]] = []
    for run in _runs(words):
        text = "".join(words[i] for i in run)
        starts = [0, *accumulate(len(words[i]) for i in run)]
        found = (
            at
            for at in break_offsets(text, starts[1:-1])
            if at in starts or grapheme_count(words[run[bisect_right(starts, at) - 1]]) > _SHORT_WORD
        )
        breaks = {0, len(text), *found}
        edges = sorted(breaks | set(starts))
        for low, high in pairwise(edges):
            at = next(n for n in range(len(run)) if starts[n] <= low < starts[n + 1])
            piece = Piece(run[at], low - starts[at], high - starts[at])
            if low in breaks:
                units.append([])
            units[-1].append(piece)
        if not text:
            units.append([Piece(run[0], 0, 0)])
    return units


def wrapping(text: str) -> list[str]:
    """`text` as parts between which a line may break; a part that a space comes before begins with it."""
    parts = []
    for number, word in enumerate(text.split()):
        edges = [0, *break_offsets(word), len(word)]
        pieces = [word[low:high] for low, high in pairwise(edges)]
        parts += [" " + pieces[0] if number else pieces[0], *pieces[1:]]
    return parts


def break_offsets(text: str, between_words: Collection[int] = ()) -> list[int]:
    """Code point offsets inside `text`, which holds no space, before which a new line may begin.

    `between_words` are those at which the recognizer begins a word.
    """
    found: Iterable[int] = between_words
    for script, loader in _MODELS:
        if script.search(text):
            found = accumulate(len(phrase) for phrase in _parser(loader).parse(text))
            break
    whole = set(accumulate(len(character) for character in graphemes(text)))
    offsets = sorted(at for at in set(found) if 0 < at < len(text) and at in whole and _may_break(text, at))
    ends = [*offsets[1:], len(text)]
    return [at for at, end in zip(offsets, ends, strict=False) if not _PARTICLE.fullmatch(text[at:end])]


def pieces_within(text: str, fits: Callable[[str], bool]) -> list[str]:
    """`text` in pieces for which `fits(piece)` holds, each as long as can be: cut where a line may break or behind a
    mark in an address, else between two characters. A character that does not fit by itself is a piece all the same."""
    breaks = {*break_offsets(text), *(mark.end() for mark in _JOINTS.finditer(text))}
    characters = graphemes(text)
    ends = list(accumulate(map(len, characters)))
    pieces, first = [], 0
    while first < len(characters):
        last = first + 1
        while last < len(characters) and fits("".join(characters[first : last + 1])):
            last += 1
        if last < len(characters):
            last = max((n for n in range(first + 1, last + 1) if ends[n - 1] in breaks), default=last)
        pieces.append("".join(characters[first:last]))
        first = last
    return pieces


def _runs(words: Sequence[str]) -> list[list[int]]:
    """Indices of words that stand together without a space."""
    runs: list[list[int]] = []
    for i, word in enumerate(words):
        if i == 0 or space_between(words[i - 1], word):
            runs.append([])
        runs[-1].append(i)
    return runs


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before.isalnum() and after.isalnum() and not runs_on(before) and not runs_on(after):
        # Inside a foreign word or a number.
        return False
    return not _NEVER_FIRST.match(after) and not _NEVER_LAST.match(before)


@cache
def _parser(loader: str) -> Any:
    import budoux

    return getattr(budoux, loader)()
