"""How alike two names are, as they are written and as they are spoken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from shortform_assets.speech.words.letter_to_sound import phones

_VOWELS = frozenset(
    ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW", "Y")
)
_PAIRS = frozenset(
    frozenset(pair.split())
    for pair in ("P B", "T D", "K G", "F V", "S Z", "TH DH", "CH JH", "SH ZH", "S SH", "Z ZH", "M N", "W V")
)
"""Consonants that a listener mixes up: with and without voice, or nearly the same place."""
_CLOSE, _VOWEL_GAP, _BREATH = 0.35, 0.5, 0.3
"""Costs of taking one sound for a near one, of a vowel that is missing, and of a breath, where another
sound costs 1. By trial on the names of tests/speech/test_glossary.py, which guard all numbers of this
room."""
_SPOKEN_SHARE = 0.65
"""A misheard name is spelled anyhow, but sounds right."""
# After a vowel, h is heard only before another one: John, Sarah.
_SILENT_H = re.compile(r"(?<=[aeiou])h(?![aeiou])")


def letters(text: str) -> str:
    """Letters and digits alone, in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def spelling_likeness(a: str, b: str) -> float:
    """0 to 1 for two strings of `letters`: how much of both is in the same order."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(a, b))


def spoken_likeness(a: str, b: str) -> float:
    """0 to 1 for two strings of `letters`: 1 sounds the same by the letter-to-sound rules of English.

    An edit distance over phones (Zobel and Dart, "Phonetic String Matching", 1996) in which vowels stand in
    for one another cheaply, as do consonants that differ in voice alone.
    """
    left, right = _sound(a), _sound(b)
    if not left or not right:
        return spelling_likeness(a, b)
    return 1 - _distance(left, right) / max(len(left), len(right))


def likeness(a: str, b: str) -> float:
    """Both together, 0 to 1."""
    return _SPOKEN_SHARE * spoken_likeness(a, b) + (1 - _SPOKEN_SHARE) * spelling_likeness(a, b)


@lru_cache(maxsize=50_000)
def _sound(text: str) -> tuple[str, ...]:
    heard = phones(_SILENT_H.sub("", text))
    return tuple(phone for i, phone in enumerate(heard) if not i or phone != heard[i - 1])


def _distance(left: Sequence[str], right: Sequence[str]) -> float:
    row = [0.0]
    for phone in right:
        row.append(row[-1] + _gap(phone))
    for a in left:
        above, row = row, [row[0] + _gap(a)]
        for j, b in enumerate(right):
            row.append(min(above[j] + _swap(a, b), above[j + 1] + _gap(a), row[j] + _gap(b)))
    return row[-1]


def _gap(phone: str) -> float:
    return _BREATH if phone == "HH" else _VOWEL_GAP if phone in _VOWELS else 1.0


def _swap(a: str, b: str) -> float:
    if a == b:
        return 0.0
    close = (a in _VOWELS and b in _VOWELS) or frozenset((a, b)) in _PAIRS
    return _CLOSE if close else 1.0
