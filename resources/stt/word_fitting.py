"""Timed words put back into the text they came from.

Remote providers give words bare ("hello", "50") beside a punctuated text ("Hello, $50!"). Letters and digits
of both are matched; each word then gets its stretch of the text, marks and capitals included.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from shortform_assets.ports.recognizer import RawWord

_LEAST_SHARED = 0.8
"""Of the letters. Our choice; test_garbage_is_paid_for_but_never_used."""


def spell(texts: Sequence[str], words: Sequence[RawWord]) -> list[tuple[RawWord, ...]] | None:
    """The words of each text, written as they are there, with a leading space where a written word begins.

    A text of which some letters belong to no word gets none: its times are not known. None where less than
    80 % of all letters agree, for then these are not the words of these texts.
    """
    written = [
        _LetterRun(place, at, piece) for place, text in enumerate(texts) for at, piece in _pieces(text)
    ]
    spoken = [_LetterRun(i, at, piece) for i, word in enumerate(words) for at, piece in _pieces(word.text)]
    found: list[list[tuple[int, int | None]]] = [[] for _ in texts]
    shared = 0
    for place, at, owner in _match(written, spoken):
        found[place].append((at, owner))
        shared += owner is not None
    if shared < _LEAST_SHARED * max(
        sum(len(p.letters) for p in written), sum(len(p.letters) for p in spoken)
    ):
        return None
    return [tuple(_cut(text, owned, words)) for text, owned in zip(texts, found, strict=True)]


class _LetterRun(NamedTuple):
    """Folded letters between two spaces of a text or a word (`of`), with the place of each in it."""

    of: int
    places: Sequence[int]
    letters: str


def _pieces(text: str) -> Iterator[tuple[Sequence[int], str]]:
    for match in re.finditer(r"\S+", text):
        letters = list(_letters(match.group()))
        if letters:
            yield [match.start() + at for _, at in letters], "".join(letter for letter, _ in letters)


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """Letters and digits, folded, each with its place in `text`."""
    for at, sign in enumerate(text):
        for letter in unicodedata.normalize("NFKC", sign).casefold():
            if letter.isalnum():
                yield letter, at


def _match(
    written: Sequence[_LetterRun], spoken: Sequence[_LetterRun]
) -> Iterator[tuple[int, int, int | None]]:
    """For every letter of the texts: its text, its place there, and the word that it belongs to."""
    from rapidfuzz.distance import Indel

    # Whole words first: a letter that two of them share must not be taken by the wrong one.
    steps = Indel.opcodes([p.letters for p in written], [p.letters for p in spoken])
    for same, group in groupby(steps, key=lambda step: step.tag == "equal"):
        block = list(group)
        left = written[block[0].src_start : block[-1].src_end]
        right = spoken[block[0].dest_start : block[-1].dest_end]
        places = [(piece.of, at) for piece in left for at in piece.places]
        words = [piece.of for piece in right for _ in piece.letters]
        owners: list[int | None] = [None] * len(places)
        if same:
            owners[:] = words
        else:
            ours, theirs = "".join(p.letters for p in left), "".join(p.letters for p in right)
            for step in Indel.opcodes(ours, theirs):
                if step.tag == "equal":
                    owners[step.src_start : step.src_end] = words[step.dest_start : step.dest_end]
        for (place, at), owner in zip(places, owners, strict=True):
            yield place, at, owner


def _cut(text: str, owned: Sequence[tuple[int, int | None]], words: Sequence[RawWord]) -> Iterator[RawWord]:
    runs: list[tuple[RawWord, int, int]] = []
    last = None
    for at, owner in owned:
        if owner is None:
            return
        if owner == last:
            runs[-1] = (runs[-1][0], runs[-1][1], at)
        else:
            runs.append((words[owner], at, at))
        last = owner
    begin = 0
    for i, (word, _, end) in enumerate(runs):
        until = runs[i + 1][1] if i + 1 < len(runs) else len(text)
        # Marks up to the next space close this word, those after it open the next.
        cut = next((at for at in range(end + 1, until) if text[at].isspace()), until)
        *marks, own = text[begin:cut].split() or [""]
        spaced = i == 0 or text[begin : begin + 1].isspace()
        before = runs[i - 1][0].end if i else word.start
        for mark in marks:
            yield replace(word, text=f" {mark}", start=before, end=before)
        yield replace(word, text=f" {own}" if spaced or marks else own)
        begin = cut
    for mark in text[begin:].split() if runs else ():
        yield replace(runs[-1][0], text=f" {mark}", start=runs[-1][0].end)
