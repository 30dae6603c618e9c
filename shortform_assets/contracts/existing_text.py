"""Text that is in the picture already: where it is in the source, and where it is seen in an output."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import Contract, Measure, Ratio
from shortform_assets.contracts.geometry import OutputBox, PictureArea

BurntInRule = Literal["keep_off", "cover", "no_captions"]
"""What is done where the picture carries subtitles already."""
TextKind = Literal["still", "subtitle", "ticker"]
"""still: it stands in one place: a logo, a lower third, a scoreboard, a slide, a sign. subtitle: a place whose words
change. ticker: a strip that its words run through."""


class PictureText(Contract):
    """Text that is in the picture already, in clip frames [start_frame, end_frame), as seen about once a second."""

    start_frame: int
    end_frame: int
    kind: TextKind
    box: PictureArea
    """All that it covers in that time."""


class SeenText(Contract):
    """Where text of the picture is in the output, as shares of its size, in clip frames [start_frame, end_frame)."""

    start_frame: int
    end_frame: int
    kind: TextKind
    x: Measure
    y: Measure
    width: Measure
    height: Measure
    whole: bool = Field(default=True, exclude_if=lambda whole: whole)
    """None of it is cut off by the framing."""

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.x, self.y, self.x + self.width, self.y + self.height)


class SubtitleCover(Contract):
    """What is drawn over subtitles of the picture in clip frames [start_frame, end_frame): shares of the output."""

    start_frame: int
    end_frame: int
    x: Measure
    y: Measure
    width: Measure
    height: Measure

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.x, self.y, self.x + self.width, self.y + self.height)


class BurntInSubtitles(Contract):
    """Subtitles that the clip's picture carries already, in whatever language: they are found, not read."""

    share: Ratio
    """Of the clip's frames in which an output shows them, at most."""
    handled: BurntInRule
    note: str
    """What that means, in one sentence."""
    covers: dict[Aspect, tuple[SubtitleCover, ...]] = Field(default_factory=dict)
    """For each aspect ratio, where they are covered."""
