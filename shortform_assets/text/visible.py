"""What of a text can be seen, and nothing that hides in it or turns it round."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""They shape Persian, Hindi and emoji."""


def is_unseen(character: str) -> bool:
    """Whether nobody sees it: control (line breaks and tabs, too), format (of direction, too), private, unassigned."""
    return character not in _JOINERS and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def visible(text: str) -> str:
    """`text` without its unseen characters, white space kept; another control leaves a space, as it parts what
    stands beside it."""
    return "".join(
        c if c.isspace() or not is_unseen(c) else " " if unicodedata.category(c) == "Cc" else "" for c in text
    )


def one_line(text: str) -> str:
    """What can be seen of `text`, composed (NFC), on one line with single spaces."""
    return " ".join(visible(unicodedata.normalize("NFC", text)).split())
