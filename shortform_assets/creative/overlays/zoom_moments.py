"""Punch-ins: where a gentle zoom stresses a key word, and how far it may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming, FaceBox
from shortform_assets.contracts.overlays import PunchIn, ZoomFocus
from shortform_assets.contracts.style_contracts import PunchInStyle
from shortform_assets.creative.captions.draw.placement import face_margin
from shortform_assets.creative.captions.text.clip_words import SpokenWord

_RAMP_MS = 240
"""The way in, and the way back: slower than a cut, faster than a camera's zoom. Our choice."""
_APART_MS = 4000
"""From the end of one to the beginning of the next: more would be a seesaw. Our choice."""
_LEAST = 1.02
"""A smaller zoom is not worth its frames: 11 pixels at either side of 1080."""


def zoom_moments(
    words: Sequence[SpokenWord],
    keys: frozenset[int],
    framings: Mapping[Aspect, AspectFraming],
    style: PunchInStyle,
    rate: FrameRate,
) -> tuple[PunchIn, ...]:
    """A punch-in at the first of every run of key words, within one framing, while at least one output has a face
    that it does not cut."""
    length, ramp = rate.nearest(round(style.seconds * 1000)), max(1, rate.nearest(_RAMP_MS))
    found: list[PunchIn] = []
    for start in _beginnings(words, keys):
        end = start + length
        if found and start < found[-1].end_frame + rate.nearest(_APART_MS):
            continue
        focus = {
            aspect: at
            for aspect, framing in framings.items()
            if (at := _focus(framing, start, end, style.zoom, face_margin(rate))) is not None
        }
        if focus:
            found.append(
                PunchIn(start_frame=start, end_frame=end, ramp=max(1, min(ramp, length // 3)), focus=focus)
            )
    return tuple(found)


def _beginnings(words: Sequence[SpokenWord], keys: frozenset[int]) -> Iterator[int]:
    for before, at in pairwise((-2, *sorted(keys))):
        if at != before + 1:
            yield words[at].start_frame


def _focus(framing: AspectFraming, start: int, end: int, zoom: float, margin: int) -> ZoomFocus | None:
    """The middle of the largest face, and as much zoom as leaves every face whole; None where that is none."""
    shot = next((f for f in framing.framings if f.start_frame <= start and end <= f.end_frame), None)
    if shot is None or len(shot.panels) != 1 or shot.fill != "none" or shot.layout == "screen":
        return None
    faces = framing.faces_during(start, end, margin)
    if not faces:
        return None
    main = max(faces, key=lambda face: face.width * face.height)
    x, y = main.x + main.width / 2, main.y + main.height / 2
    most = min([zoom, *(limit for face in faces for limit in _limits(face, x, y))])
    most = int(most * 1000) / 1000
    return ZoomFocus(x=x, y=y, zoom=most) if most >= _LEAST else None


def _limits(face: FaceBox, x: float, y: float) -> Iterator[float]:
    """For each side of a face the zoom around (x, y) at which it meets the edge of the output."""
    for low, size, at in ((face.x, face.width, x), (face.y, face.height, y)):
        if low < at:
            yield at / (at - low)
        if low + size > at:
            yield (1 - at) / (low + size - at)
