"""Text that is in the picture already: where it is in the source, and where it is seen in an output."""

from __future__ import annotations

from typing import Literal

from shortform_assets.contracts.base import Contract, Measure
from shortform_assets.contracts.geometry import OutputBox, PictureArea

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

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.x, self.y, self.x + self.width, self.y + self.height)
