"""Where the brand's logo stands: in a top corner of the safe box, off faces, never under the hook."""

from __future__ import annotations

from pathlib import Path

from shortform_assets.contracts.clips import ASPECT_SIZE, Aspect, AspectFraming
from shortform_assets.contracts.creative import LogoPlacement, LogoStyle, TextOverlay
from shortform_assets.contracts.slices.enhancement import SafeBox
from shortform_assets.creative.placement import Band, covered
from shortform_assets.creative.typeset import type_px

_WIDEST = 0.4
"""A logo never takes more of the output's width."""


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
    hook: TextOverlay | None,
    card: Band | None,
) -> LogoPlacement:
    """The preferred corner unless the other covers faces less often; `card` is where the hook is."""
    out_width, out_height = ASPECT_SIZE[aspect]
    height = type_px(style.height, aspect) / out_height
    width = height * out_height * ratio / out_width
    if width > _WIDEST:
        width, height = _WIDEST, height * _WIDEST / width
    left, right = (box.left, "top_left"), (box.right - width, "top_right")
    corners = sorted((left, right), key=lambda corner: corner[1] != style.corner)

    def hidden(x: float) -> int:
        return sum(covered(face, box.top, box.top + height, x, x + width) for face in framing.faces)

    x = min((x for x, _ in corners), key=hidden)
    waits = hook is not None and card is not None and card.meets(box.top, box.top + height, x, x + width)
    return LogoPlacement(
        x=round(x, 4),
        y=round(box.top, 4),
        width=round(width, 4),
        height=round(height, 4),
        start_frame=hook.end_frame if hook is not None and waits else 0,
    )
