"""What of a text can be seen, and nothing that hides in it or turns it round."""

from __future__ import annotations

import unicodedata

import regex

_TAGGED = regex.compile(
    "(\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|"
    "\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f)"
)
"""The flags of England, Scotland and Wales: the only sequences of tag characters that Unicode gives a picture."""
_JOINERS = "\u200c\u200d"
"""They shape Persian, Hindi and emoji."""


def is_unseen(character: str) -> bool:
    """Whether nobody sees it: control (line breaks and tabs, too), format (of direction, too), private, unassigned."""
    return character not in _JOINERS and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def visible(text: str) -> str:
    """`text` without its unseen characters, white space kept; another control leaves a space, as it parts what
    stands beside it."""
    return "".join(
        part if _TAGGED.fullmatch(part) else "".join(map(_visible, part)) for part in _TAGGED.split(text)
    )


def _visible(character: str) -> str:
    if character.isspace() or not is_unseen(character):
        return character
    return " " if unicodedata.category(character) == "Cc" else ""


def one_line(text: str) -> str:
    """What can be seen of `text`, composed (NFC), on one line with single spaces."""
    return " ".join(visible(unicodedata.normalize("NFC", text)).split())
