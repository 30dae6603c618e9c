"""What is laid over the picture, in what style."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio
from shortform_assets.contracts.geometry import OutputBox


class SafeBox(Contract):
    """Where text may stand, as shares of the output: clear of the platforms' buttons."""

    left: Ratio
    top: Ratio
    right: Ratio
    bottom: Ratio

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.left, self.top, self.right, self.bottom)


class EnhancementSlice(Contract):
    style: str
    """Style pin used when neither the run nor the record names one."""
    captions: bool
    hook: bool
    logo: bool
    safe_box: dict[str, SafeBox]
    """For each aspect ratio."""
    caption_anchor: dict[str, Ratio]
    """For each aspect ratio the preferred centre of the captions, as a share of the output's height."""
    caption_gap_ms: int = Field(ge=0)
    """A pause longer than this ends a caption page."""
