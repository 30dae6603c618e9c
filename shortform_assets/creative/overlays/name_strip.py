"""The lower third: a speaker's name at the left of the safe box, as low as captions and faces let it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.creative import CaptionPage
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.overlays import LowerThird, PlacedBox
from shortform_assets.contracts.style_contracts import LowerThirdStyle
from shortform_assets.creative.captions.draw.placement import STEP, face_margin
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import displayed, type_px
from shortform_assets.text.writing_systems import reads_right_to_left

ACROSS, DOWN = 0.7, 0.22
"""Space in em between the name and the edges of its strip; the brand's mark stands in that at the left. A matter of
looks."""
_SCALES = (1.0, 0.85, 0.7)
"""Shares of the style's size that are tried."""
_LEAST_MS = 1500
"""A name that stands for less, its ways in and out included, cannot be read."""


@dataclass(frozen=True)
class StripRoom:
    """Where names may stand in a clip of `frames`."""

    framings: Mapping[Aspect, AspectFraming]
    boxes: Mapping[Aspect, SafeBox]
    pages: Sequence[CaptionPage]
    taken: Mapping[Aspect, Sequence[OutputBox]]
    """What stands there anyway: logo and hook."""
    rate: FrameRate
    frames: int
    begins: int = 0
    """The clip frame at which the picture is seen."""


def name_strips(
    words: Sequence[SpokenWord],
    names: Mapping[int, str],
    style: LowerThirdStyle,
    face: FontStack,
    room: StripRoom,
) -> tuple[LowerThird, ...]:
    """One strip for every speaker with a name who is heard in the clip, one after the other."""
    found: list[LowerThird] = []
    firsts: dict[int, int] = {}
    for word in words:
        firsts.setdefault(word.speaker, word.start_frame)
    for speaker, first in sorted(firsts.items(), key=lambda item: item[1]):
        if speaker not in names:
            continue
        start = max(first, found[-1].end_frame if found else room.begins)
        end = min(start + room.rate.nearest(round(style.seconds * 1000)), room.frames)
        if end - start >= room.rate.nearest(_LEAST_MS):
            strip = _strip(displayed(names[speaker], False), (start, end), style, face, room)
            found += [strip] if strip else []
    return tuple(found)


def _strip(
    name: str, shown: tuple[int, int], style: LowerThirdStyle, face: FontStack, room: StripRoom
) -> LowerThird | None:
    """The strip at the largest size at which most outputs have room for it; None where none has."""
    best: LowerThird | None = None
    pitch = face.pitch(name.split())
    for scale in _SCALES:
        place = {}
        for aspect, framing in room.framings.items():
            em = type_px(style.size * scale, aspect)
            width = (face.width(name) + 2 * ACROSS) * em / ASPECTS[aspect].width
            height = (pitch + 2 * DOWN) * em / ASPECTS[aspect].height
            busy = [
                *room.taken[aspect],
                *(p.box(aspect) for p in room.pages if p.start_frame < shown[1] and shown[0] < p.end_frame),
                *(text.box for text in framing.texts_during(*shown)),
                *(f.box for f in framing.faces_during(*shown, face_margin(room.rate))),
            ]
            if box := _lowest(width, height, room.boxes[aspect], busy):
                place[aspect] = PlacedBox.of(box)
        if len(place) > (len(best.place) if best else 0):
            best = LowerThird(
                name=name,
                start_frame=shown[0],
                end_frame=shown[1],
                place=place,
                scale=scale,
                pitch=pitch,
                right_to_left=reads_right_to_left(name, ""),
            )
        if len(place) == len(room.framings):
            break
    return best


def _lowest(width: float, height: float, box: SafeBox, busy: Sequence[OutputBox]) -> OutputBox | None:
    if box.left + width > box.right:
        return None
    bottom = box.bottom
    while bottom - height >= box.top:
        place = OutputBox(box.left, bottom - height, box.left + width, bottom)
        airy = place._replace(top=place.top - STEP, bottom=place.bottom + STEP)
        if not any(other.meets(airy) for other in busy):
            return place
        bottom -= STEP
    return None
