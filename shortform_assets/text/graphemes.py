"""Characters as people see them: grapheme clusters (Unicode Standard Annex 29), never code points."""

from __future__ import annotations

import unicodedata

import regex

_CLUSTER = regex.compile(r"\X")


def graphemes(text: str) -> list[str]:
    """The characters of `text`: a letter with its marks, a flag, a family of emoji is one."""
    if text.isascii() and "\r" not in text:
        return list(text)
    return _CLUSTER.findall(text)


def grapheme_count(text: str) -> int:
    """How many characters a reader counts."""
    return len(graphemes(text))


def start_of(text: str, most: int) -> str:
    """The first `most` characters of `text`."""
    return text if len(text) <= most else "".join(graphemes(text)[:most])


def start_in_bytes(text: str, most: int) -> str:
    """As many whole characters from the start of `text` as fit `most` bytes of UTF-8."""
    kept, size = [], 0
    for character in graphemes(text):
        size += len(character.encode())
        if size > most:
            break
        kept.append(character)
    return "".join(kept)


def columns(text: str) -> int:
    """Width in a typewriter's columns (Unicode Standard Annex 11): Chinese, Japanese and Korean characters
    and emoji take two, marks none."""
    return sum(_columns(character) for character in graphemes(text))


def _columns(character: str) -> int:
    if unicodedata.combining(character[0]) or unicodedata.category(character[0]) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character[0]) in "WF" else 1
