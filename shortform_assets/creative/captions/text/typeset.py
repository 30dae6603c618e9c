"""Measured type: how wide text runs in a real font, and how large it is set in every output.

Text is shaped by HarfBuzz, as the renderer (libass) does it. That one sets type by the height of the
font's box, not by its em square; `Typeface` knows both, so that what is measured here is what is drawn there.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import regex

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.errors import InputError
from shortform_assets.text.graphemes import graphemes
from shortform_assets.text.visible import one_line
from shortform_assets.text.writing_systems import ANY_SCRIPT, script_of

LINE_PITCH = 1.25
"""Distance of two baselines in em: handbooks of typography give 1.2 to 1.45 (Butterick, Practical Typography).
Accents and descenders of neighbouring lines do not touch; test_text_is_as_wide_as_measured."""
_FEATURES = {"kern": True, "liga": True, "clig": True}
"""What libass asks of HarfBuzz where a script says nothing about kerning or spacing."""
PRIVATE_SIGNS = range(0xE000, 0xF900)
"""Characters that Unicode gives to nobody: a cut font has its sequences of emoji there."""
EMOJI = regex.compile(r"\p{Emoji}")
_TALL = 1920
"""Height in pixels of the 9:16 output that sizes of a style are shares of."""


def type_px(share: float, aspect: Aspect) -> float:
    """Em size in pixels of type that takes `share` of a 9:16 output's height.

    Less tall outputs take the geometric mean of the two heights: a strict share would be too small to
    read in a square post, the same pixels too large.
    """
    return share * math.sqrt(ASPECTS[aspect].height * _TALL)


def line_share(share: float, aspect: Aspect, pitch: float = LINE_PITCH) -> float:
    """Height of one line of such type as a share of the output's height."""
    return pitch * type_px(share, aspect) / ASPECTS[aspect].height


def displayed(text: str, uppercase: bool) -> str:
    """Text as it is drawn: composed, one line, without control and invisible formatting characters."""
    line = one_line(text)
    return line.upper() if uppercase else line


class Typeface:
    """One font file. Widths are in em; raises InputError where the file is no usable font."""

    def __init__(self, path: Path) -> None:
        import uharfbuzz
        from fontTools.ttLib import TTFont, TTLibError

        self.path = path
        try:
            font: Any = TTFont(path, lazy=True)
            self._glyphs = frozenset(font.getBestCmap() or ())
            self._names, self._os2, self._em = font["name"], font["OS/2"], font["head"].unitsPerEm
            self._shaped = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path)))
        except KeyError as error:
            raise InputError(
                f"this is not a usable font: it has no table {error}", path.name, "export it again, whole"
            ) from error
        except (TTLibError, uharfbuzz.HarfBuzzError, OSError) as error:
            raise InputError(
                f"this is not a usable font ({error})", path.name, "give a TrueType or OpenType file"
            ) from error

    @property
    def names(self) -> frozenset[str]:
        """The family and full names under which a renderer finds this font."""
        return frozenset(str(r) for r in self._names.names if r.nameID in (1, 4, 16))

    @property
    def weight(self) -> int:
        """1 to 1000; 400 is regular, 700 bold."""
        return int(self._os2.usWeightClass)

    def lacks(self, text: str) -> str:
        """The characters of `text` that the font cannot draw."""
        return "".join(sorted({c for c in text if not self.draws(c)}))

    def draws(self, text: str) -> bool:
        """Whether the font has a glyph for every character of `text` that is to be seen."""
        return all(c.isspace() or ord(c) in self._glyphs or _invisible(c) for c in text)

    def width(self, text: str) -> float:
        """Advance of one line in em, shaped as libass shapes it: kerning, ligatures, joined and reordered
        letters. What the font lacks comes from another font: count it as square."""
        return _width(self, text)

    def measure(self, text: str) -> float:
        """`width`, not remembered."""
        return sum(self._advance(part, script) for part, script in self._runs(self.spelled(text)))

    def spelled(self, text: str) -> str:
        """`text` as a renderer must be given it: a sequence of emoji as the one sign that stands for it.

        libass takes such a sequence apart where it changes font or script; a font cut by `font_cuts.py` has a
        private sign for each, and no renderer takes that apart.
        """
        if not self._signs:
            return text
        return "".join(self._sign(cluster) for cluster in graphemes(text))

    def ink(self, text: str) -> tuple[float, float]:
        """How far in em the letters of `text` reach above and below the baseline, at least 0 each."""
        top = bottom = 0.0
        for part, script in self._runs(self.spelled(text)):
            if script:
                for glyph, place in self._glyphs_of(part, script):
                    box = self._shaped.get_glyph_extents(glyph)
                    if box is not None and box.height:
                        top = max(top, box.y_bearing + place)
                        bottom = max(bottom, -(box.y_bearing + box.height + place))
        return top / self._em, bottom / self._em

    @cached_property
    def _signs(self) -> dict[int, str]:
        """Glyph -> the private character that stands for it."""
        found = {}
        for code in self._glyphs:
            if code in PRIVATE_SIGNS:
                found[int(self._shaped.get_nominal_glyph(code))] = chr(code)
        return found

    def _sign(self, cluster: str) -> str:
        if len(cluster) == 1:
            return cluster
        glyphs = [glyph for glyph, _ in self._glyphs_of(cluster, "Zyyy")]
        seen = [self._signs[glyph] for glyph in glyphs if glyph in self._signs]
        if len(seen) == 1:
            return seen[0]
        # Without a glyph of its own it is drawn part by part; what joins the parts has no picture.
        return "".join(c for c in cluster if not _invisible(c)) if EMOJI.match(cluster) else cluster

    def _runs(self, text: str) -> Iterator[tuple[str, str]]:
        """`text` by script (ISO 15924), as libass parts it: a character that has none of its own goes with
        what is before it, at the start with what comes. What the font lacks is a run without script."""
        scripts = [script_of(character) for character in text]
        last = next((own for own in scripts if own not in ANY_SCRIPT), "Zyyy")
        kinds = []
        for character, own in zip(text, scripts, strict=True):
            last = last if own in ANY_SCRIPT else own
            kinds.append(last if self.draws(character) else "")
        for kind, run in groupby(zip(kinds, text, strict=True), key=itemgetter(0)):
            yield "".join(character for _, character in run), kind

    def _advance(self, part: str, script: str) -> float:
        if not script:
            return float(sum(1 for c in part if unicodedata.category(c) not in ("Mn", "Me")))
        _, places = self._shape(part, script)
        return sum(place.x_advance for place in places) / self._em

    def _glyphs_of(self, part: str, script: str) -> list[tuple[int, int]]:
        """Glyph and vertical offset of each."""
        infos, places = self._shape(part, script)
        return [(info.codepoint, place.y_offset) for info, place in zip(infos, places, strict=True)]

    def _shape(self, part: str, script: str) -> tuple[Any, Any]:
        import uharfbuzz
        from fontTools.unicodedata import script_horizontal_direction

        buffer = uharfbuzz.Buffer()
        buffer.add_str(part)
        buffer.script = script
        buffer.direction = script_horizontal_direction(script, "LTR").lower()
        uharfbuzz.shape(self._shaped, buffer, _FEATURES)
        return buffer.glyph_infos, buffer.glyph_positions

    @cached_property
    def box(self) -> float:
        """Height in em of the font's box, by which libass (like GDI) scales: its size over the em size."""
        return (self._os2.usWinAscent + self._os2.usWinDescent) / self._em

    @property
    def rise(self) -> float:
        """Height in em of the font's box above the baseline."""
        return float(self._os2.usWinAscent / self._em)

    @property
    def capitals(self) -> float:
        """Height in em of the capitals."""
        return float((getattr(self._os2, "sCapHeight", 0) or 0.7 * self._em) / self._em)


def _invisible(character: str) -> bool:
    """Joiners and variation selectors: they shape their neighbours and are never drawn."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


@lru_cache(maxsize=20_000)
def _width(face: Typeface, text: str) -> float:
    return face.measure(text)
