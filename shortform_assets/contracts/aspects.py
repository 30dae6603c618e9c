"""The aspect ratios of outputs. A new one is one entry here: framings, captions, renders and the command line follow.

Genres say which of them are delivered (`delivery.aspects`) and may move a safe box or the captions.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from shortform_assets.contracts.base import Contract, Ratio, one_of
from shortform_assets.contracts.geometry import OutputBox

MIN_BOX = 0.2
"""Share of the output: in less no line of captions finds room."""


class SafeBox(Contract):
    """Where text may stand, as shares of the output: clear of the platforms' buttons."""

    left: Ratio
    top: Ratio
    right: Ratio
    bottom: Ratio

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.left, self.top, self.right, self.bottom)

    @model_validator(mode="after")
    def _has_room(self) -> SafeBox:
        for low, high in (("left", "right"), ("top", "bottom")):
            a, b = getattr(self, low), getattr(self, high)
            if b - a < MIN_BOX:
                raise ValueError(f"{low} ({a:g}) must be at least {MIN_BOX:g} less than {high} ({b:g})")
        return self


class AspectRatio(Contract):
    """Size in pixels, even, and where captions stand unless a genre says otherwise."""

    width: int = Field(ge=256, le=4096, multiple_of=2)
    height: int = Field(ge=256, le=4096, multiple_of=2)
    safe_box: SafeBox
    caption_anchor: Ratio
    """The preferred centre of the captions, as a share of the output's height."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


_SOCIAL = SafeBox(left=0.05, top=0.05, right=0.95, bottom=0.92)
"""Nothing at the edges, and at the bottom room for the bar of a player. Our choice."""

ASPECTS: dict[str, AspectRatio] = {
    # Clear of the buttons and captions of TikTok, Reels and Shorts, as their users report them. The
    # captions' centre is below a face framed at `eye_line`, and two lines are still inside the box;
    # test_captions_of_a_close_up_stand_below_the_chin_and_the_hook_above_the_brows.
    "9:16": AspectRatio(
        width=1080,
        height=1920,
        safe_box=SafeBox(left=0.06, top=0.14, right=0.862, bottom=0.65),
        caption_anchor=0.595,
    ),
    "1:1": AspectRatio(width=1080, height=1080, safe_box=_SOCIAL, caption_anchor=0.8),
    "16:9": AspectRatio(width=1920, height=1080, safe_box=_SOCIAL, caption_anchor=0.82),
}

Aspect = Annotated[str, one_of("aspect ratio", ASPECTS)]
"""A key of ASPECTS."""
