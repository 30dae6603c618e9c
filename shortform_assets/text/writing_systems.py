"""Which script a text is in, how its language writes it, and from which side it is read."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ANY_SCRIPT = ("Zyyy", "Zinh", "Zzzz")
"""ISO 15924: common, inherited, unknown."""
_RIGHT, _LEFT = ("R", "AL"), ("L",)
"""Classes of the Unicode Bidirectional Algorithm (Annex 9)."""
RIGHT_TO_LEFT = frozenset({"ar", "he", "iw", "fa", "ur", "yi", "ps", "sd", "ug", "ckb", "dv", "arc", "syr"})
"""Languages that are written from right to left, by their BCP 47 codes."""
_MARKS = {True: "\u200f", False: "\u200e"}
"""Right-to-left and left-to-right mark."""


@lru_cache(maxsize=20_000)
def script_of(character: str) -> str:
    """ISO 15924 code."""
    from fontTools.unicodedata import script

    return str(script(character))


def main_script(text: str) -> str:
    """The first script of `text` that is one of its own; empty for signs, digits and the like."""
    return next((own for own in map(script_of, text) if own not in ANY_SCRIPT), "")


def script_title(code: str) -> str:
    """The script's name for people."""
    from fontTools.unicodedata import script_name

    return str(script_name(code, default=code)).replace("_", " ")


def writing_of(text: str, language: str) -> str:
    """How Chinese characters in `text` are to look: `ja`, `ko`, `zh-Hans` or `zh-Hant`.

    By the language where it says so, else by kana and Hangul, else by whether more characters belong to the
    Simplified (GB 2312) or to the Traditional (Big5) standard alone.
    """
    parts = language.replace("_", "-").split("-")
    if parts[0] in ("ja", "ko"):
        return parts[0]
    if parts[0] in ("zh", "yue") and len(parts) > 1 and parts[1].lower() in ("hant", "tw", "hk", "mo"):
        return "zh-Hant"
    if parts[0] == "zh" and len(parts) > 1:
        return "zh-Hans"
    scripts = {script_of(character) for character in text}
    if parts[0] not in ("zh", "yue"):
        if scripts & {"Hira", "Kana"}:
            return "ja"
        if "Hang" in scripts:
            return "ko"
    simple = sum(_encodes(c, "gb2312") and not _encodes(c, "big5") for c in text)
    traditional = sum(_encodes(c, "big5") and not _encodes(c, "gb2312") for c in text)
    return "zh-Hant" if traditional > simple else "zh-Hans"


def reads_right_to_left(text: str, language: str) -> bool:
    """Base direction of a line: that of the language if any of its letters are there, else that of most letters."""
    right, left = (sum(_bidi(c) in kind for c in text) for kind in (_RIGHT, _LEFT))
    if language.split("-")[0] in RIGHT_TO_LEFT:
        return right > 0
    return right > left


def direction_mark(text: str, right_to_left: bool) -> str:
    """What must stand before `text` so that a renderer that goes by the first letter takes the right direction."""
    first = next((kind for kind in map(_bidi, text) if kind in (*_RIGHT, *_LEFT)), None)
    if first is None:
        return _MARKS[True] if right_to_left else ""
    return _MARKS[right_to_left] if (first in _RIGHT) != right_to_left else ""


def _bidi(character: str) -> str:
    return unicodedata.bidirectional(character)


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
