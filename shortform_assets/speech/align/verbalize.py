"""How written English words are spoken: numbers, money, abbreviations and signs spelled out."""

from __future__ import annotations

import re

_ONES = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
"""English number names, largest first."""
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_SHORT = {
    "mr": "mister", "mrs": "missus", "ms": "miss", "dr": "doctor", "prof": "professor", "st": "saint",
    "vs": "versus", "etc": "et cetera", "jr": "junior", "sr": "senior", "okay": "okay", "ok": "okay",
    "km": "kilometers", "kg": "kilograms", "mph": "miles per hour", "ft": "feet", "lbs": "pounds",
}  # fmt: skip
_SIGNS = {
    "%": "percent", "&": "and", "+": "plus", "@": "at", "=": "equals", "°": "degrees", "/": "slash",
}  # fmt: skip
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_PIECE = re.compile(
    r"(?P<money>[$€£¥])?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?(?P<plural>'?s\b)?"
    r"|(?P<initials>(?:[A-Za-z]\.){2,}|[A-Z]{2,3}(?=s?\b)|[B-DF-HJ-NP-TV-Z]{4,5}(?=s?\b))|(?P<letters>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<dot>\.(?=\w))|(?P<colon>(?<=\d):(?=\d\d))|(?P<sign>[%&+@=°/])"
)
_LARGEST, _MOST_DIGITS = 10**15, 40
"""From here on a number is read digit by digit, and no more than so many of them. Our choice."""


def spoken(word: str) -> list[str]:
    """Lower-case words of letters and apostrophes that are heard when `word` is read; may be empty.

    "$5.50" gives five dollars fifty, "1984" nineteen eighty four, "50%" fifty percent, "GPT-4" g p t four;
    capitals of four letters and more are a word (NASA) where they have a vowel.
    """
    text = word.replace("’", "'").replace("‘", "'")
    if text.rstrip(".,!?:;\"'").casefold() in _SHORT:
        return _SHORT[text.rstrip(".,!?:;\"'").casefold()].split()
    heard: list[str] = []
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup
        if piece["number"]:
            heard += _number_piece(piece)
        elif kind == "initials":
            heard += [letter for letter in piece.group().lower() if letter != "."]
        elif kind == "letters":
            heard.append(piece.group().casefold())
        elif kind == "dot":
            heard.append("dot")
        elif kind == "sign":
            heard.append(_SIGNS[piece.group()])
    return heard


def _number_piece(piece: re.Match[str]) -> list[str]:
    whole, _, fraction = piece["number"].replace(",", "").partition(".")
    # More digits are read one by one, and Python makes no number of thousands of them.
    value = int(whole[:_MOST_DIGITS])
    if piece["money"]:
        unit = _CURRENCIES[piece["money"]]
        cents = [*_cardinal(int(fraction[:2].ljust(2, "0")))] if fraction and int(fraction) else []
        return [*_cardinal(value), unit if value == 1 or unit == "yen" else f"{unit}s", *cents]
    if fraction:
        return [*_cardinal(value), "point", *(_ONES[int(digit)] for digit in fraction)]
    if piece["ordinal"]:
        words = _cardinal(value)
        return [*words[:-1], _ordinal(words[-1])]
    words = _year(value) if "," not in piece["number"] and len(whole) == 4 else _cardinal(value)
    if piece["plural"]:
        last = words[-1]
        words = [*words[:-1], last[:-1] + "ies" if last.endswith("y") else last + "s"]
    return words


def _cardinal(value: int) -> list[str]:
    if value >= _LARGEST:
        return [_ONES[int(digit)] for digit in str(value)[:_MOST_DIGITS]]
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10], *([_ONES[value % 10]] if value % 10 else [])]
    for scale, name in _SCALES:
        if value >= scale:
            rest = value % scale
            return [*_cardinal(value // scale), name, *(_cardinal(rest) if rest else [])]
    raise AssertionError(value)


def _year(value: int) -> list[str]:
    """Four digits as years are read; 2005 and 3000 stay cardinals."""
    high, low = divmod(value, 100)
    if value < 1100 or (high % 10 == 0 and low < 10):
        return _cardinal(value)
    if low == 0:
        return [*_cardinal(high), "hundred"]
    return [*_cardinal(high), *(["oh"] if low < 10 else []), *_cardinal(low)]


def _ordinal(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"
