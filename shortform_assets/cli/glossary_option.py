"""The glossary as it is given on the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from shortform_assets.errors import InputError
from shortform_assets.text.visible import is_unseen

MOST_TERMS, LONGEST_TERM = 500, 80
"""Terms, and characters of one. Our choice; test_nonsense_is_no_glossary."""
_LARGEST_FILE = 1_000_000
"""Bytes: the most terms at their longest have less than a fifth of it."""
_WHERE = "--glossary"


def parse_glossary(values: Sequence[str]) -> tuple[str, ...]:
    """Terms of all `values` in order, each once: "Jane Doe, Acme", or @FILE with a term a line.

    Raises InputError where a file cannot be read, a term holds control characters, no letter and no digit,
    or more than 80 characters, or there are more than 500 of them.
    """
    terms: dict[str, str] = {}
    for value in values:
        for where, text in _lines(value) if value.startswith("@") else _listed(value):
            if term := _term(text, where):
                terms.setdefault(term.casefold(), term)
    if len(terms) > MOST_TERMS:
        raise InputError(
            f"{len(terms)} terms are too many", _WHERE, f"keep the {MOST_TERMS} that matter most"
        )
    return tuple(terms.values())


def _listed(value: str) -> Iterator[tuple[str, str]]:
    return ((_WHERE, text) for text in value.split(","))


def _lines(value: str) -> Iterator[tuple[str, str]]:
    path = Path(value[1:]).expanduser()
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError("this is too large for a glossary", str(path), "give a text file, a term a line")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("this is no UTF-8 text", str(path), "save it as plain text, a term a line") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such file"
        raise InputError(f"it cannot be read ({why})", str(path), "give a text file, a term a line") from None
    return ((f"{path}, line {n}", line) for n, line in enumerate(text.splitlines(), 1))


def _term(text: str, where: str) -> str:
    term = unicodedata.normalize("NFC", text.strip())
    if any(map(is_unseen, term.replace("\t", " "))):
        raise InputError("a term holds control characters", where, "type the terms plainly")
    term = " ".join(term.split())
    if term and not any(c.isalnum() for c in term):
        raise InputError(f"{term!r} has no letter and no digit", where, "take it out")
    if len(term) > LONGEST_TERM:
        what = f"{term[:30]!r}... is longer than {LONGEST_TERM} characters"
        raise InputError(what, where, "give names and terms, not sentences")
    return term
