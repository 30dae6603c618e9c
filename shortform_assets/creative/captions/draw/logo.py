"""Where the brand's logo stands: in a top corner of the safe box, off faces; lower at its edge where both corners hide some.

One rule for what meets it: captions keep out of its box, and it waits for the end of a hook in its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.creative import LogoPlacement, TextOverlay
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import LogoStyle
from shortform_assets.creative.captions.draw.placement import STEP, covered
from shortform_assets.creative.captions.text.typeset import type_px

_WIDEST = 0.4
"""Share of the output's width that a logo never exceeds: half of it stays free beside the hook's row. Our choice."""
_LOWEST_SHARE = 0.45
"""Of the safe box's height: what is below belongs to the captions. Our choice."""


def logo_ratio(path: Path) -> float:
    """Width over height of the picture."""
    from PIL import Image

    with Image.open(path) as image:
        return image.width / image.height


def place_logo(
    style: LogoStyle,
    ratio: float,
    aspect: Aspect,
    framing: AspectFraming,
    box: SafeBox,
) -> OutputBox:
    """The preferred corner unless the other covers faces, or text of the picture, less often; of places that cover them
    as often the highest."""
    width, height = logo_size(style, ratio, aspect)
    left, right = (box.left, "top_left"), (box.right - width, "top_right")
    corners = sorted((left, right), key=lambda corner: corner[1] != style.corner)
    rows = int(((box.bottom - box.top) * _LOWEST_SHARE - height) / STEP)
    places = [
        OutputBox(x, box.top + row * STEP, x + width, box.top + row * STEP + height)
        for row in range(max(0, rows) + 1)
        for x, _ in corners
    ]

    def hides(place: OutputBox) -> int:
        faces = sum(covered(face, place) for face in framing.faces)
        return faces + sum(place.meets(text.box) for text in framing.texts)

    return min(places, key=hides)


def logo_size(style: LogoStyle, ratio: float, aspect: Aspect) -> tuple[float, float]:
    """Width and height as shares of the output, of a picture that is `ratio` times as wide as high."""
    out_width, out_height = ASPECTS[aspect].size
    height = type_px(style.height, aspect) / out_height
    width = height * out_height * ratio / out_width
    if width > _WIDEST:
        width, height = _WIDEST, height * _WIDEST / width
    return width, height


def show_logos(
    places: Mapping[Aspect, OutputBox], hook: TextOverlay | None, sting: int, start: int
) -> dict[Aspect, LogoPlacement]:
    """`show_logo` in every aspect ratio that has a place for it."""
    return {
        aspect: show_logo(place, hook, hook.box(aspect) if hook else None, sting, start)
        for aspect, place in places.items()
    }


def show_logo(
    place: OutputBox, hook: TextOverlay | None, card: OutputBox | None, sting: int = 0, start: int = 0
) -> LogoPlacement:
    """The logo at `place` from clip frame `start` on, or from the end of the hook on where its `card` stands over or
    beside it. It comes in with a movement of `sting` frames."""
    waits = card is not None and card.meets(place._replace(left=0.0, right=1.0))
    return LogoPlacement(
        x=round(place.left, 4),
        y=round(place.top, 4),
        width=round(place.right - place.left, 4),
        height=round(place.bottom - place.top, 4),
        start_frame=hook.end_frame if hook is not None and waits else start,
        sting_frames=sting,
    )
