"""Moving elements, authored with MoviePy: a name's strip, a card, a logo's entrance.

MoviePy composes pictures frame by frame in Python, some of them in a third of a second: right for a film of a second
that is made once, and the reason why nothing else of a render is made with it. Text is not drawn here but by the
renderer, which shapes every script.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from shortform_assets.contracts.overlays import ElementKind, ElementLook, ElementMedia
from shortform_assets.media.ffmpeg import BITEXACT, pipe_frames
from shortform_assets.ports.workbench import Workbench

_WAY_MS = 400
"""A strip is there after so long, and gone in as long; an end card is there, an intro card gone."""
_MARK = 0.09
"""Width of the brand's mark at the left of a strip, as a share of its height. A matter of looks."""
_EDGE = 0.012
"""Height of the brand's edge that a card comes with, as a share of its height. A matter of looks."""
_SMALL = 0.6
"""Share of its size at which a logo comes in."""
# Slices and threads decide FFV1's bytes.
_CODEC = ("-c:v", "ffv1", "-level", "3", "-slices", "4", "-slicecrc", "0", "-g", "1", "-threads", "1")
_COLOUR = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuva420p"


def element_film(bench: Workbench, look: ElementLook) -> ElementMedia:
    """The film of `look`, in the store: the same bytes whenever and wherever it is made."""
    path = bench.scratch / f"{look.digest()[:16]}.mkv"
    scene = _SCENES[look.kind](bench, look)
    still: dict[float, np.ndarray] = {}
    args = ["-vf", _COLOUR, *_CODEC, *BITEXACT, "-f", "matroska", str(path)]
    with pipe_frames(args, look.width, look.height, look.rate, alpha=True) as write:
        for frame in range(look.frames):
            # What stands is composed once.
            at = _way(look, frame)
            if at not in still:
                still = {at: _picture(scene, at)}
            write(still[at])
    return ElementMedia(kind=look.kind, media=bench.keep(path), frames=look.frames)


def _way(look: ElementLook, frame: int) -> float:
    """How far the element is in its place, 0 to 1: fast at first, slower towards the end (a cubic)."""
    way = look.frames if look.kind == "logo_sting" else max(1, look.rate.nearest(_WAY_MS))
    share = min(1.0, (frame + 1) / way)
    if look.kind == "intro_card":
        # It is there from the first picture on: that one stands in a feed.
        share = 1.0
    if look.kind in ("lower_third", "intro_card"):
        share = min(share, (look.frames - frame) / way)
    return 1 - (1 - max(0.0, share)) ** 3


def _picture(scene: Any, at: float) -> np.ndarray:
    """(height, width, 4) uint8 RGBA of the scene at time `at`: its clock is the share of the way."""
    alpha = np.clip(scene.mask.get_frame(at) * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.dstack([scene.get_frame(at), alpha])


def _strip(bench: Workbench, look: ElementLook) -> Any:
    """It comes in from the left behind its mark."""
    from moviepy import ColorClip, CompositeVideoClip
    from PIL.ImageColor import getrgb

    width, height = look.width, look.height
    mark = max(2, round(_MARK * height))
    body = ColorClip((width, height), color=getrgb(look.colour), duration=2)
    body = body.with_position(lambda t: (round((t - 1) * width), 0))
    edge = ColorClip((mark, height), color=getrgb(look.accent), duration=2)
    # The mark grows from the middle, before the strip has come far.
    edge = edge.with_position(lambda t: (0, round(height * (1 - min(1.0, 3 * t)))))
    return CompositeVideoClip([body, edge], size=(width, height)).with_duration(2)


def _card(bench: Workbench, look: ElementLook) -> Any:
    """It comes up from below with an edge in the brand's colour; then the logo grows into its place. An intro card goes
    that way."""
    from moviepy import ColorClip, CompositeVideoClip
    from PIL.ImageColor import getrgb

    width, height = look.width, look.height
    edge = max(2, round(_EDGE * height))
    body = ColorClip((width, height), color=getrgb(look.colour), duration=2)
    body = body.with_position(lambda t: (0, round((1 - t) * (height + edge))))
    line = ColorClip((width, edge), color=getrgb(look.accent), duration=2)
    line = line.with_position(lambda t: (0, round((1 - t) * (height + edge)) - edge))
    parts = [body, line]
    if look.logo and look.logo_rows:
        top, tall = look.logo_rows
        logo, _, _ = _logo(bench, look, (0.7 * width, tall))
        middle = top + tall / 2
        grown = logo.resized(lambda t: _SMALL + (1 - _SMALL) * t)
        # Seen once the card has come up to where it stands.
        there = min(0.9, 1 - top / height)
        grown = grown.with_mask(
            grown.mask.transform(lambda frame, t: frame(t) * min(1.0, max(0.0, (t - there) / (1 - there))))
        )
        parts.append(
            grown.with_position(
                lambda t: (
                    round((width - logo.w * (_SMALL + (1 - _SMALL) * t)) / 2),
                    round(middle - logo.h * (_SMALL + (1 - _SMALL) * t) / 2),
                )
            )
        )
    return CompositeVideoClip(parts, size=(width, height)).with_duration(2)


def _sting(bench: Workbench, look: ElementLook) -> Any:
    """The logo grows out of its middle and becomes visible."""
    from moviepy import CompositeVideoClip

    logo, across, down = _logo(bench, look, (look.width, look.height))
    grown = logo.resized(lambda t: _SMALL + (1 - _SMALL) * t)
    grown = grown.with_position(
        lambda t: (
            round(across + logo.w * (1 - _SMALL) * (1 - t) / 2),
            round(down + logo.h * (1 - _SMALL) * (1 - t) / 2),
        )
    )
    scene = CompositeVideoClip([grown], size=(look.width, look.height)).with_duration(2)
    seen = scene.mask.transform(lambda frame, t: frame(t) * min(1.0, t) * look.opacity)
    return scene.with_mask(seen)


def _logo(bench: Workbench, look: ElementLook, room: tuple[float, float]) -> tuple[Any, float, float]:
    """The logo as large as fits `room`, and how far its corner is from that of the room, pixels."""
    from moviepy import ImageClip
    from PIL import Image

    assert look.logo is not None
    with Image.open(bench.open(look.logo)) as picture:
        image = picture.convert("RGBA")
    share = min(room[0] / image.width, room[1] / image.height)
    if look.kind == "logo_sting":
        # As the renderer draws it afterwards: the whole room, whatever its sides were rounded to.
        size = (round(room[0]), round(room[1]))
    else:
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    image = image.resize(size, Image.Resampling.LANCZOS)
    clip = ImageClip(np.asarray(image), transparent=True, duration=2)
    return clip, (room[0] - size[0]) / 2, (room[1] - size[1]) / 2


_SCENES: dict[ElementKind, Callable[[Workbench, ElementLook], Any]] = {
    "lower_third": _strip,
    "intro_card": _card,
    "end_card": _card,
    "logo_sting": _sting,
}
