"""Letter-to-sound rules for English words that the pronunciation dictionary lacks.

Names and inventions only have to be good enough for forced alignment to find their edges.
"""

from __future__ import annotations

import unicodedata

_RULES: dict[str, str] = {
    "tion": "SH AH N", "sion": "ZH AH N", "ture": "CH ER", "ough": "AO", "augh": "AO", "eigh": "EY",
    "tch": "CH", "sch": "SH", "igh": "AY", "dge": "JH", "ght": "T", "eau": "OW", "air": "EH R", "ear": "IH R",
    "eer": "IH R", "oor": "AO R", "our": "AO R", "ing": "IH NG",
    "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "wh": "W", "ck": "K", "ng": "NG", "qu": "K W",
    "kn": "N", "wr": "R", "gn": "N", "mb": "M", "ps": "S", "gh": "G", "rh": "R", "sc": "S K",
    "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW", "ow": "OW", "oi": "OY", "oy": "OY", "ai": "EY",
    "ay": "EY", "au": "AO", "aw": "AO", "ei": "EY", "ey": "IY", "ie": "IY", "ew": "UW", "ue": "UW",
    "oa": "OW", "oe": "OW", "ui": "UW", "ia": "IY AH", "io": "IY OW", "eu": "Y UW",
    "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER",
    "bb": "B", "cc": "K", "dd": "D", "ff": "F", "gg": "G", "ll": "L", "mm": "M", "nn": "N", "pp": "P",
    "rr": "R", "ss": "S", "tt": "T", "zz": "Z",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH",
    "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S",
    "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "Y", "z": "Z",
}  # fmt: skip
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW", "y": "AY"}
_FINAL = {"a": "AH", "i": "IY", "o": "OW", "u": "UW", "y": "IY"}
_INITIAL_SILENT = {"kn", "wr", "gn", "ps"}
_SOFT = {"c": "S", "g": "JH"}
_VOWELS = "aeiouy"
_LENGTHS = (4, 3, 2, 1)
"""Letters that a rule may read at once, the longest first."""


def phones(word: str) -> list[str]:
    """ARPAbet phones of `word`, accents ignored; empty where it has no Latin letter."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(c for c in plain if "a" <= c <= "z")
    heard: list[str] = []
    at = 0
    while at < len(letters):
        size, sound = _next(letters, at)
        heard += sound.split()
        at += size
    return heard or (["AH"] if letters else [])


def _next(letters: str, at: int) -> tuple[int, str]:
    for size in _LENGTHS[:-1]:
        group = letters[at : at + size]
        if len(group) == size and group in _RULES and (at == 0 or group not in _INITIAL_SILENT):
            return size, _RULES[group]
    letter, rest = letters[at], letters[at + 1 :]
    if letter in _SOFT and rest[:1] and rest[0] in "eiy":
        return 1, _SOFT[letter]
    if not rest:
        if letter == "e":
            return 1, "" if any(c in _VOWELS for c in letters[:at]) else "IY"
        return 1, _FINAL.get(letter, _RULES[letter])
    if letter in _LONG and len(rest) == 2 and rest[0] not in _VOWELS and rest[1] == "e":
        return 1, _LONG[letter]
    if letter == "y" and at > 0:
        return 1, "IH"
    return 1, _RULES[letter]
