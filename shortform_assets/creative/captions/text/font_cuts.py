"""Fonts that step in for a style's own: chosen by script and language, cut to what is written, kept by hash.

A cut is the very font at one weight with the glyphs that a clip needs, ligatures, joined forms and marks
included (HarfBuzz's subsetter), some kilobytes instead of 30 megabytes. It is named after its own bytes, so that
no font of a machine can take its place, and goes into the plan: every worker draws the same letters.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from shortform_assets.contracts.style_contracts import Font
from shortform_assets.creative.captions.text.typeset import EMOJI, PRIVATE_SIGNS
from shortform_assets.ports.font_shelf import FontFile
from shortform_assets.ports.workbench import Workbench
from shortform_assets.text.writing_systems import main_script, writing_of

_EMOJI_STYLE = regex.compile(r"\p{Emoji_Presentation}|.\ufe0f|\p{Emoji_Modifier_Base}")
_PARTS = {"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"}
"""What a shaper takes a letter apart into where Unicode's own decomposition is another: Thai and Lao AM."""
_HELPERS = "\u25cc\u200c\u200d \u00a0"
"""What a shaper may ask for beside the text: joiners, spaces, the circle under a mark that stands alone."""
_NAME_LETTERS = 40
"""Of a font's own name that its cut keeps; its digest makes it unlike all others. Our choice."""


def stand_ins(
    bench: Workbench, files: Sequence[FontFile], wanted: Iterable[str], language: str, weight: int
) -> tuple[Font, ...]:
    """Cuts of the fonts that together draw the characters `wanted`, as far as `files` can.

    `wanted` are whole characters (grapheme clusters) in `language` (BCP 47, may be empty), `weight` is 1 to 1000.
    """
    wanted = list(dict.fromkeys(wanted))
    writing = writing_of("".join(wanted), language)
    chosen: dict[FontFile, list[str]] = {}
    # Letters first: a mark between them then comes from their font.
    for cluster in sorted(wanted, key=lambda c: main_script(c) == ""):
        if font := _font_for(cluster, files, writing, chosen):
            chosen.setdefault(font, []).append(cluster)
    return tuple(_kept(bench, font, clusters, weight) for font, clusters in chosen.items())


def _font_for(
    cluster: str, files: Sequence[FontFile], writing: str, chosen: Iterable[FontFile]
) -> FontFile | None:
    script, picture = main_script(cluster), bool(_EMOJI_STYLE.match(cluster))
    used = set(chosen)

    def rank(font: FontFile) -> tuple[bool, ...]:
        return (
            not font.own,
            picture and bool(font.scripts),
            bool(script) and script not in font.scripts,
            bool(font.language) and font.language != writing,
            font not in used,
        )

    able = (font for font in files if _covers(font, cluster))
    return min(able, key=rank, default=None)


def _covers(font: FontFile, cluster: str) -> bool:
    have = _characters(font.path, font.face_index)
    return all(
        ord(c) in have or unicodedata.category(c) == "Cf" or "\ufe00" <= c <= "\ufe0f" for c in cluster
    )


@lru_cache(maxsize=64)
def _characters(path: Path, index: int) -> frozenset[int]:
    return frozenset(_face(path, index).unicodes)


def _face(path: Path, index: int) -> Any:
    import uharfbuzz

    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), index)


def _kept(bench: Workbench, font: FontFile, clusters: Sequence[str], weight: int) -> Font:
    data = cut_font(font, clusters, weight)
    digest = hashlib.sha256(data).hexdigest()
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " -") else "" for c in font.family)
    family = f"{plain[:_NAME_LETTERS].strip(' -') or 'Font'} {digest[:12]}"
    path = bench.scratch / f"{digest}.ttf"
    path.write_bytes(_named(data, family, clusters))
    return Font(family=family, file=bench.keep(path))


def cut_font(font: FontFile, clusters: Sequence[str], weight: int) -> bytes:
    """The font at `weight`, as near as it has it, with all that draws `clusters`, and its box for what it lacks."""
    import uharfbuzz

    face = _face(font.path, font.face_index)
    text = "".join(clusters)
    letters = {*text, *unicodedata.normalize("NFD", text), *unicodedata.normalize("NFC", text), *_HELPERS}
    letters |= {part for letter in letters for part in _PARTS.get(letter, "")}
    asked = uharfbuzz.SubsetInput()
    asked.unicode_set.update(map(ord, letters))
    flags = uharfbuzz.SubsetFlags
    asked.flags = flags.NOTDEF_OUTLINE | flags.NO_HINTING | flags.DOWNGRADE_CFF2
    features = asked.layout_feature_tag_set
    features.clear()
    features.invert()
    for axis in face.axis_infos:
        value = axis.default_value
        if axis.tag == "wght":
            value = min(max(float(weight), axis.min_value), axis.max_value)
        asked.pin_axis_location(face, axis.tag, value)
    return bytes(asked.subset(face).blob.data)


def _named(data: bytes, family: str, clusters: Sequence[str]) -> bytes:
    """The cut under a name of its own, with a private sign for every sequence of emoji that it has a glyph for."""
    import uharfbuzz
    from fontTools.ttLib import TTFont

    font: Any = TTFont(io.BytesIO(data), recalcTimestamp=False)
    names = font["name"]
    names.names = []
    for number, text in ((1, family), (2, "Regular"), (4, family), (6, family.replace(" ", "-"))):
        names.setName(text, number, 3, 1, 0x409)
    for table in ("STAT", "gasp"):
        if table in font:
            del font[table]
    shaped = uharfbuzz.Font(uharfbuzz.Face(data))
    order = font.getGlyphOrder()
    for code, glyph in zip(PRIVATE_SIGNS, sorted(_sequences(shaped, clusters)), strict=False):
        for table in font["cmap"].tables:
            if table.isUnicode() and table.format != 14:
                table.cmap[code] = order[glyph]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _sequences(shaped: Any, clusters: Sequence[str]) -> set[int]:
    """Glyphs that stand for a whole sequence of emoji."""
    import uharfbuzz

    blank, found = {shaped.get_nominal_glyph(ord(" ")), 0}, set()
    for cluster in clusters:
        if len(cluster) > 1 and EMOJI.match(cluster):
            buffer = uharfbuzz.Buffer()
            buffer.add_str(cluster)
            buffer.guess_segment_properties()
            uharfbuzz.shape(shaped, buffer)
            seen = {info.codepoint for info in buffer.glyph_infos} - blank
            found |= seen if len(seen) == 1 else set()
    return found
