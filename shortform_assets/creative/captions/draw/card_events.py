"""A card with lines of text, and how it comes and goes. It never leaves its own box, not even on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.style_contracts import Motion
from shortform_assets.creative.captions.draw.ass_events import (
    Event,
    Part,
    PixelBox,
    Said,
    SetType,
    Tag,
    align,
    bare,
    clip,
    fades,
    fill,
    font_size,
    move,
    pos,
    ramp,
    rounded_box,
)
from shortform_assets.creative.captions.draw.drawn_page import line_middles
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import LINE_PITCH, displayed
from shortform_assets.text.writing_systems import direction_mark

_IN_MS, _OUT_MS = 120, 160
"""A fade in and out: three to five frames, seen as soft and not as slow."""
_WAY_MS = 240
"""A card that moves is there after so long, and gone in as long."""
_CORNER = 0.28
"""Radius of the card's corners in em. A matter of looks."""


@dataclass(frozen=True)
class Card:
    """What is drawn in clip frames [start_frame, end_frame), in output pixels."""

    style: str
    """Of the script."""
    lines: tuple[str, ...]
    box: PixelBox
    face: FontStack
    em: float
    colour: str
    box_colour: str | None
    """None where the card itself is there already."""
    start_frame: int
    end_frame: int
    entrance: Motion | None = "fade"
    """None is there from the start."""
    exit: Motion | None = "fade"
    """None stays until the end."""
    layer: int = 4
    """Of the card; its text is one above."""
    pitch: float = LINE_PITCH
    """Distance of two baselines in em."""
    right_to_left: bool = False


def card_events(card: Card, rate: FrameRate) -> Iterator[Event]:
    """The card and its lines. An entrance or exit that the stretch is too short for is left out."""
    type_ = SetType(card.face, card.em)
    for layer, at, parts in _parts(card):
        for start, end, tags in _ways(card, at, rate):
            yield Event(layer, start, end, card.style, (*tags, *parts), type_)


def _parts(card: Card) -> Iterator[tuple[int, tuple[float, float], tuple[Part, ...]]]:
    """Layer, place and content of everything on the card."""
    box = card.box
    if card.box_colour is not None:
        paint = (align(7), bare(), fill(card.box_colour))
        yield card.layer, (0.0, 0.0), (*paint, rounded_box(box, _CORNER * card.em))
    across = (box.left + box.right) / 2
    middles = line_middles((box.top + box.bottom) / 2, len(card.lines), card.em * card.pitch)
    for line, middle in zip((displayed(line, False) for line in card.lines), middles, strict=True):
        # libass centres the box of the fonts in use; capitals stand a little below the middle of that.
        at = (across, middle - card.face.drop(line) * card.em)
        size = (font_size(card.em * card.face.own.box), bare(), fill(card.colour))
        yield card.layer + 1, at, (*size, Said(direction_mark(line, card.right_to_left) + line))


def _ways(card: Card, at: tuple[float, float], rate: FrameRate) -> Iterator[tuple[int, int, Sequence[Tag]]]:
    """Frames [start, end) and the tags that place what stands at `at` in them."""
    start, end, box = card.start_frame, card.end_frame, card.box
    way = rate.nearest(_WAY_MS)
    if way == 0 or end - start < 3 * way:
        card = replace(card, entrance=card.entrance and "fade", exit=card.exit and "fade")
    fade = fades(_IN_MS if card.entrance == "fade" else 0, _OUT_MS if card.exit == "fade" else 0)
    way_ms, height = rate.ms(way), box.bottom - box.top
    shut = replace(box, right=box.left)
    still = (pos(*at),)
    if card.entrance in ("fade", None) and card.exit in ("fade", None):
        yield start, end, (*still, fade)
        return
    low, high = start, end
    if card.entrance == "wipe":
        yield start, start + way, (*still, clip(shut), ramp(0, way_ms, clip(box)))
        low = start + way
    elif card.entrance == "rise":
        below = (at[0], at[1] + height)
        yield start, start + way, (move(below, at, way_ms), clip(box))
        low = start + way
    if card.exit in ("wipe", "rise"):
        high = end - way
    yield low, high, (*still, fade)
    if card.exit == "wipe":
        yield high, end, (*still, clip(box), ramp(0, way_ms, clip(shut)))
    elif card.exit == "rise":
        yield high, end, (move(at, (at[0], at[1] + height), way_ms), clip(box))
