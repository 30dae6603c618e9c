"""Whether a space stands between two words: the one rule for captions, subtitles, titles and transcripts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import regex

from shortform_assets.text.graphemes import graphemes

RUN_ON = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
"""Scripts written without spaces between words (Unicode Standard Annex 14, classes ID and SA), as part of a
`regex` class."""
_RUN_ON = regex.compile(rf"[{RUN_ON}ー々〆〇]")
_WIDE_STOP = regex.compile(r"[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]")
"""Punctuation that brings its own space with it: of East Asian width."""


def runs_on(character: str) -> bool:
    """Whether `character` belongs to a script that is written without spaces."""
    return bool(_RUN_ON.match(character))


def space_between(left: str, right: str) -> str:
    """What stands between two words that follow each other: a space, or nothing where their script needs
    none. Between a run-on script and any other a space stands, as careful typesetting has it.
    """
    if not left or not right or _WIDE_STOP.match(left[-1]) or _WIDE_STOP.match(right[0]):
        return ""
    return "" if _RUN_ON.match(right[0]) and _RUN_ON.match(left[-1]) else " "


def words_of(text: str) -> list[str]:
    """The words of running text by its spaces; what runs on is one character a word."""
    words: list[str] = []
    for spaced in text.split():
        for on, characters in groupby(graphemes(spaced), lambda character: runs_on(character[0])):
            run = list(characters)
            words += run if on else ["".join(run)]
    return words


def respaced(text: str) -> str:
    """`text`, in which a space stands between any two words, as it is written."""
    return joined(text.split(" "))


def joined(words: Iterable[str]) -> str:
    """The words as running text."""
    text = ""
    for word in words:
        text += space_between(text, word) + word
    return text
