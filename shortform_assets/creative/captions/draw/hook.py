"""Cards with a line or two (the hook title, a call to action): off captions, faces and the picture's own text; on a
forehead rather than nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming, FaceBox
from shortform_assets.contracts.creative import TextOverlay
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.overlays import FLICKER_MS
from shortform_assets.contracts.style_contracts import CallToActionStyle, HookStyle
from shortform_assets.creative.captions.draw.placement import FOREHEAD, STEP, face_margin, text_width
from shortform_assets.creative.captions.text.even_lines import even_lines
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import displayed, type_px
from shortform_assets.text.line_breaks import wrapping
from shortform_assets.text.writing_systems import reads_right_to_left

PADDING = 0.45
"""Space between text and the edge of the card, in em. A matter of looks."""
_MOST_LINES = 3
"""Lines of a card. A matter of looks."""
_SCALES = (1.0, 0.85, 0.7)
"""Shares of the style's size that are tried: at the least one the house style's type is 46 of 1920 pixels high."""
_LOWEST = 0.6
"""Share of the output's height that a card ends above: what is below belongs to the captions. Our choice, of all
genres; test_the_hook_gives_way."""
LONGEST_SHARE = 0.5
"""A hook is gone after this share of the clip, however short the clip and however long the style's `seconds`."""


@dataclass(frozen=True)
class CardRoom:
    """Where a card may stand in clip frames [start, end)."""

    framings: Mapping[Aspect, AspectFraming]
    boxes: Mapping[Aspect, SafeBox]
    taken: Mapping[Aspect, Sequence[OutputBox]]
    """What captions and others cover in that time."""
    start: int
    end: int
    rate: FrameRate
    language: str = ""
    """Of what is said, BCP 47."""


def card_overlay(
    text: str, style: HookStyle | CallToActionStyle, face: FontStack, room: CardRoom
) -> TextOverlay | None:
    """The card for `text`, or None where no aspect ratio has room for it."""
    framings, start, end = room.framings, room.start, room.end
    pitch = face.pitch(text.split())
    limit = min(text_width(room.boxes[a]) * ASPECTS[a].width / type_px(style.size, a) for a in framings)
    best: TextOverlay | None = None
    readable = end - start >= room.rate.nearest(FLICKER_MS)
    laid = list(layouts(displayed(text, False), face, limit - 2 * PADDING)) if readable else []
    faces = {
        aspect: framing.faces_during(start, end, face_margin(room.rate))
        for aspect, framing in framings.items()
    }
    for (lines, scale), spared in ((layout, spared) for spared in (0.0, FOREHEAD) for layout in laid):
        anchors: dict[Aspect, float] = {}
        sizes = {aspect: card_size(lines, face, (style.size * scale, pitch), aspect) for aspect in framings}
        for aspect, size in sizes.items():
            texts = (text.box for text in framings[aspect].texts_during(start, end))
            busy = [*room.taken[aspect], *texts, *(_below(f, spared) for f in faces[aspect])]
            anchor = _free(size, room.boxes[aspect], busy)
            if anchor is not None:
                anchors[aspect] = anchor
        if len(anchors) > (len(best.anchor) if best else 0):
            best = TextOverlay(
                lines=lines,
                start_frame=start,
                end_frame=end,
                anchor=anchors,
                size={aspect: sizes[aspect] for aspect in anchors},
                scale=scale,
                pitch=pitch,
                right_to_left=reads_right_to_left(text, room.language),
            )
        if len(anchors) == len(framings):
            break
    return best


def _below(face: FaceBox, share: float) -> OutputBox:
    """A face without the upper `share` of it."""
    return face.box._replace(top=face.y + share * face.height)


def _free(size: tuple[float, float], box: SafeBox, busy: Sequence[OutputBox]) -> float | None:
    """The first free place from the top for a card of `size`; the lower half belongs to the captions."""
    width, height = size
    top = box.top
    while top + height <= min(box.bottom, _LOWEST):
        wanted = OutputBox(0.5 - width / 2, top - STEP, 0.5 + width / 2, top + height + STEP)
        if not any(other.meets(wanted) for other in busy):
            return top + height / 2
        top += STEP
    return None


def hook_end(style: HookStyle, rate: FrameRate, frames: int, start: int = 0) -> int:
    """The clip frame at which a hook that comes at `start` is gone."""
    return min(start + rate.nearest(round(style.seconds * 1000)), int(frames * LONGEST_SHARE))


def card_size(
    lines: Sequence[str], face: FontStack, size: tuple[float, float], aspect: Aspect
) -> tuple[float, float]:
    """Width and height of the card as shares of the output. `size` is that of the type (a share, scale included)
    and its pitch in em."""
    em = type_px(size[0], aspect)
    width, height = ASPECTS[aspect].size
    across = max(face.width(line) for line in lines) + 2 * PADDING
    return across * em / width, (len(lines) * size[1] + 2 * PADDING) * em / height


def layouts(text: str, face: FontStack, width: float) -> Iterator[tuple[tuple[str, ...], float]]:
    """Lines no wider than `width` em and evenly filled, with the scale they need: best layout first."""
    parts = wrapping(text)
    for scale in _SCALES:
        for count in range(1, _MOST_LINES + 1):
            lines = even_lines(parts, face, width / scale, count) if parts and width > 0 else None
            if lines is not None:
                yield lines, scale
