"""Where words of a text write a term, whatever its case, accents and punctuation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class LetterTrail(NamedTuple):
    """The letters and digits of words, in lower case and without accents, as one string.

    `owners[i]` is the word that letter i belongs to, `starts` holds the offsets at which a word begins, and the
    length of the string.
    """

    letters: str
    owners: tuple[int, ...]
    starts: frozenset[int]


def letter_trail(words: Sequence[str]) -> LetterTrail:
    """The trail of `words`."""
    letters, owners, starts = "", [], set()
    for number, word in enumerate(words):
        own = plain_letters(word)
        if own:
            starts.add(len(letters))
        letters += own
        owners += [number] * len(own)
    return LetterTrail(letters, tuple(owners), frozenset((*starts, len(letters))))


def finds(trail: LetterTrail, term: str) -> Iterator[tuple[int, int]]:
    """Words first..last, inclusive, that write `term` from a word's beginning to a word's end."""
    wanted = plain_letters(term)
    at = trail.letters.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if at in trail.starts and end in trail.starts:
            yield trail.owners[at], trail.owners[end - 1]
        at = trail.letters.find(wanted, at + 1)


def plain_letters(text: str) -> str:
    """Letters and digits alone, in lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalnum())
