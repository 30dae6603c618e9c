"""What a brand says beside the talk: a card over the first moments, a call to action over the last ones, and a card after
the last frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import TextOverlay
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import (
    CallToActionStyle,
    EndCardStyle,
    IntroCardStyle,
    LogoStyle,
)
from shortform_assets.creative.captions.draw.hook import LONGEST_SHARE, PADDING, card_size, layouts
from shortform_assets.creative.captions.draw.placement import STEP, text_width
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import displayed, type_px
from shortform_assets.text.writing_systems import reads_right_to_left

_LOGO_ON_CARD = 3.0
"""How much higher the logo stands on a card than in its corner. A matter of looks."""
_AIR = 0.03
"""Space between a card's own words or logo and the captions on it, as a share of the output's height. A matter of looks."""
_SHORTEST_TALK = 4
"""A clip is at least so many times as long as its intro card, or has none. Our choice."""


def call_frames(style: CallToActionStyle, rate: FrameRate, frames: int) -> tuple[int, int]:
    """Clip frames [start, end) of the call to action: the last ones."""
    return frames - min(rate.nearest(round(style.seconds * 1000)), int(frames * LONGEST_SHARE)), frames


def intro_frames(style: IntroCardStyle, rate: FrameRate, frames: int) -> int:
    """How long it hides the picture of a clip of `frames`; 0 where that would be too much of it."""
    wanted = rate.nearest(round(style.seconds * 1000))
    return wanted if wanted * _SHORTEST_TALK <= frames else 0


def logo_above(style: LogoStyle, aspect: Aspect) -> tuple[float, float]:
    """How far above the words of a card its logo begins, and how high it is, as shares of the output's height."""
    height = _LOGO_ON_CARD * type_px(style.height, aspect) / ASPECTS[aspect].height
    return 1.5 * height, height


def end_card(
    style: EndCardStyle, face: FontStack, boxes: Mapping[Aspect, SafeBox], rate: FrameRate, frames: int
) -> TextOverlay | None:
    """The words of the card that follows a clip of `frames`, in the middle of the safe box; None where they do not
    fit."""
    end = frames + max(1, rate.nearest(round(style.seconds * 1000)))
    card = _words(style, face, boxes, (frames, end))
    return card and card.model_copy(update={"anchor": {a: (b.top + b.bottom) / 2 for a, b in boxes.items()}})


def intro_card(
    style: IntroCardStyle,
    face: FontStack,
    boxes: Mapping[Aspect, SafeBox],
    captions: Mapping[Aspect, Sequence[OutputBox]],
    logo: LogoStyle | None,
    frames: int,
) -> TextOverlay | None:
    """The words of the card over the first `frames`, with room for the logo above them; as near to the middle of the
    safe box as the captions that stand on the card let them. None where some output has no such place."""
    card = _words(style, face, boxes, (0, frames))
    if card is None:
        return None
    anchors = {}
    for aspect, box in boxes.items():
        above = logo_above(logo, aspect)[0] if logo else 0.0
        places = (_free(card.size[aspect], above, box, captions[aspect], air) for air in (_AIR, STEP))
        if (anchor := next((place for place in places if place is not None), None)) is None:
            return None
        anchors[aspect] = anchor
    return card.model_copy(update={"anchor": anchors})


def _free(
    size: tuple[float, float], above: float, box: SafeBox, captions: Sequence[OutputBox], air: float
) -> float | None:
    """The centre of words of `size` with so much room above them, in the box and off the captions by `air`."""
    middle, reach = (box.top + box.bottom) / 2, int((box.bottom - box.top) / 2 / STEP)
    # The middle first, then ever further below and above it.
    for step in sorted(range(-reach, reach + 1), key=lambda step: (abs(step), step < 0)):
        words = OutputBox.around(middle + step * STEP, *size)
        room = words._replace(top=words.top - above - air, bottom=words.bottom + air)
        inside = box.top <= words.top - above and words.bottom <= box.bottom
        if inside and not any(caption.meets(room) for caption in captions):
            return middle + step * STEP
    return None


def _words(
    style: IntroCardStyle | EndCardStyle,
    face: FontStack,
    boxes: Mapping[Aspect, SafeBox],
    shown: tuple[int, int],
) -> TextOverlay | None:
    """The lines of a card in frames [start, end), not placed yet; None where they do not fit."""
    limit = min(text_width(boxes[a]) * ASPECTS[a].width / type_px(style.size, a) for a in boxes)
    laid = next(layouts(displayed(style.text, False), face, limit - 2 * PADDING), None)
    if laid is None:
        return None
    lines, scale = laid
    pitch = face.pitch(style.text.split())
    return TextOverlay(
        lines=lines,
        start_frame=shown[0],
        end_frame=shown[1],
        anchor={},
        size={aspect: card_size(lines, face, (style.size * scale, pitch), aspect) for aspect in boxes},
        scale=scale,
        pitch=pitch,
        right_to_left=reads_right_to_left(style.text, ""),
    )
