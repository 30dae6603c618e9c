"""Where things are: lines between keyframes, and boxes in shares of the output.

The one place for it. A render, a caption and a debug picture that each drew their own line between two
keyframes would disagree about the camera.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

CropBox = tuple[float, float, float, float]
"""x1, y1, x2, y2 in source pixels."""


PictureArea = tuple[int, int, int, int]
"""x1, y1, x2, y2 in whole source pixels: what bars that are baked into the picture leave of it."""


class OutputBox(NamedTuple):
    """A box in shares of the output's width (left, right) and height (top, bottom)."""

    left: float
    top: float
    right: float
    bottom: float

    @staticmethod
    def around(middle: float, width: float, height: float) -> OutputBox:
        """Centred across the output, `middle` of the way down."""
        return OutputBox(0.5 - width / 2, middle - height / 2, 0.5 + width / 2, middle + height / 2)

    @staticmethod
    def around_all(boxes: Sequence[OutputBox]) -> OutputBox:
        """The least box that holds all `boxes`, of which there is at least one."""
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return OutputBox(min(lefts), min(tops), max(rights), max(bottoms))

    @property
    def area(self) -> float:
        """Share of the output."""
        return (self.right - self.left) * (self.bottom - self.top)

    def meets(self, other: OutputBox) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.top < other.bottom
            and self.bottom > other.top
            and self.left < other.right
            and self.right > other.left
        )

    def leaves(self, other: OutputBox, slack: float) -> bool:
        """Whether it reaches more than `slack` beyond `other` on any side."""
        return (
            self.left < other.left - slack
            or self.top < other.top - slack
            or self.right > other.right + slack
            or self.bottom > other.bottom + slack
        )


def between(frames: Sequence[int], values: Sequence[float], at: float) -> float:
    """A keyframed value at frame `at`: straight between two keys, held before the first and after the last.

    `frames` ascend strictly and are as many as `values`, at least one.
    """
    right = bisect_right(frames, at)
    if right == 0:
        return values[0]
    left = right - 1
    if right == len(frames) or frames[left] == at:
        return values[left]
    step = (values[right] - values[left]) / (frames[right] - frames[left])
    return step * (at - frames[left]) + values[left]
