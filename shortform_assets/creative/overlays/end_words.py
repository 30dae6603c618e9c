"""What a brand says at the end: a call to action over the last seconds, and a card after the last frame."""

from __future__ import annotations

from collections.abc import Mapping

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import TextOverlay
from shortform_assets.contracts.style_contracts import CallToActionStyle, EndCardStyle
from shortform_assets.creative.captions.draw.hook import LONGEST_SHARE, PADDING, card_size, layouts
from shortform_assets.creative.captions.draw.placement import text_width
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import displayed, type_px
from shortform_assets.text.writing_systems import reads_right_to_left


def call_frames(style: CallToActionStyle, rate: FrameRate, frames: int) -> tuple[int, int]:
    """Clip frames [start, end) of the call to action: the last ones."""
    return frames - min(rate.nearest(round(style.seconds * 1000)), int(frames * LONGEST_SHARE)), frames


def end_card(
    style: EndCardStyle, face: FontStack, boxes: Mapping[Aspect, SafeBox], rate: FrameRate, frames: int
) -> TextOverlay | None:
    """The words of the card that follows a clip of `frames`, in the middle of the safe box; None where they do not
    fit."""
    limit = min(text_width(boxes[a]) * ASPECTS[a].width / type_px(style.size, a) for a in boxes)
    laid = next(layouts(displayed(style.text, False), face, limit - 2 * PADDING), None)
    if laid is None:
        return None
    lines, scale = laid
    pitch = face.pitch(style.text.split())
    return TextOverlay(
        lines=lines,
        start_frame=frames,
        end_frame=frames + max(1, rate.nearest(round(style.seconds * 1000))),
        anchor={aspect: (box.top + box.bottom) / 2 for aspect, box in boxes.items()},
        size={aspect: card_size(lines, face, (style.size * scale, pitch), aspect) for aspect in boxes},
        scale=scale,
        pitch=pitch,
        right_to_left=reads_right_to_left(style.text, ""),
    )
