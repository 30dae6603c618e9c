"""Readable names that are safe in file systems, addresses and shells."""

from __future__ import annotations

import unicodedata


def slug(text: str, longest: int, otherwise: str, *, ascii_only: bool = False) -> str:
    """Lower-case letters, marks and digits joined by single hyphens; `otherwise` where none is left.

    `longest` is in bytes of UTF-8. With `ascii_only` accents are taken off and what is no ASCII then is left out.
    """
    plain = unicodedata.normalize("NFKD" if ascii_only else "NFC", text)
    if ascii_only:
        plain = plain.encode("ascii", "ignore").decode()
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain.lower())
    cut = "-".join(kept.split()).encode()[:longest].decode(errors="ignore")
    return cut.strip("-") or otherwise
