"""Measured type: how wide text runs in a real font, and how large it is set in every output.

The renderer (libass) sets type by the height of the font's box, Pillow by its em square; `Typeface`
knows both, so that what is measured here is what is drawn there.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from shortform_assets.contracts.clips import ASPECT_SIZE, Aspect
from shortform_assets.errors import InputError

LINE_PITCH = 1.25
"""Distance of two baselines in em; accents and descenders of neighbouring lines do not touch."""
_MEASURED_AT = 256
_TALL = 1920


def type_px(share: float, aspect: Aspect) -> float:
    """Em size in pixels of type that takes `share` of a 9:16 output's height.

    Less tall outputs take the geometric mean of the two heights: a strict share would be too small to
    read in a square post, the same pixels too large.
    """
    return share * math.sqrt(ASPECT_SIZE[aspect][1] * _TALL)


def line_share(share: float, aspect: Aspect) -> float:
    """Height of one line of such type as a share of the output's height."""
    return LINE_PITCH * type_px(share, aspect) / ASPECT_SIZE[aspect][1]


def displayed(text: str, uppercase: bool) -> str:
    """Text as it is drawn: composed, one line, without control and invisible formatting characters."""
    # Joiners stay: they shape Persian, Hindi and emoji.
    kept = (
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", text)
        if c in "\u200c\u200d" or c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    line = " ".join("".join(kept).split())
    return line.upper() if uppercase else line


class Typeface:
    """One font file. Widths are in em; raises InputError where the file is no usable font."""

    def __init__(self, path: Path) -> None:
        from fontTools.ttLib import TTFont, TTLibError
        from PIL import ImageFont

        self.path = path
        try:
            self._font: Any = TTFont(path, lazy=True)
            self._glyphs = frozenset(self._font.getBestCmap() or ())
            # Basic layout is the same everywhere; Raqm depends on a system library.
            self._drawn = ImageFont.truetype(str(path), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
            self._os2, self._em = self._font["OS/2"], self._font["head"].unitsPerEm
        except (TTLibError, OSError, KeyError) as error:
            raise InputError(
                f"this is not a usable font ({error})", path.name, "give a TrueType or OpenType file"
            ) from error

    @property
    def names(self) -> frozenset[str]:
        """The family and full names under which a renderer finds this font."""
        return frozenset(str(r) for r in self._font["name"].names if r.nameID in (1, 4, 16))

    def lacks(self, text: str) -> str:
        """The characters of `text` that the font cannot draw."""
        return "".join(sorted({c for c in text if not c.isspace() and ord(c) not in self._glyphs}))

    def width(self, text: str) -> float:
        """Width of one line in em. What the font lacks comes from another font: count it as square."""
        return _width(self, text)

    def measure(self, text: str) -> float:
        """`width`, not remembered."""
        own = "".join(c for c in text if ord(c) in self._glyphs)
        foreign = sum(1 for c in text if ord(c) not in self._glyphs and not unicodedata.combining(c))
        return float(self._drawn.getlength(own)) / _MEASURED_AT + foreign

    @cached_property
    def box(self) -> float:
        """Height in em of the font's box, by which libass (like GDI) scales: its size over the em size."""
        return (self._os2.usWinAscent + self._os2.usWinDescent) / self._em

    @cached_property
    def drop(self) -> float:
        """How far in em the middle of the capitals lies below the middle of the font's box."""
        capital = getattr(self._os2, "sCapHeight", 0) or 0.7 * self._em
        baseline = self._os2.usWinAscent - (self._os2.usWinAscent + self._os2.usWinDescent) / 2
        return (baseline - capital / 2) / self._em


@lru_cache(maxsize=20_000)
def _width(face: Typeface, text: str) -> float:
    return face.measure(text)
