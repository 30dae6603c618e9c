"""What an editor lays over a scene's picture: bars above and below it, names, logos and subtitles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
from actors import Box
from sitters import Picture

_LETTERS, _MARGIN = 44.0, 12.0
"""Pixels of a line's box, high, and left and right of its letters, at scale 1 of OpenCV's font."""


@dataclass(frozen=True)
class Written:
    """A line in the picture, seconds [start, end): a name, a logo or a subtitle, white on a dark box.

    x, y: its left and upper edge, `size` its height, as shares of the picture's width and height.
    """

    text: str
    x: float
    y: float
    size: float
    start: float = 0.0
    end: float = 1e9


def lay_over(picture: Picture, bars: float, written: Sequence[Written], second: float) -> Picture:
    """`picture` with `bars` (shares of its height, above and below), and what is written at `second`; in place."""
    size = (picture.shape[1], picture.shape[0])
    if edge := bar_rows(bars, size):
        picture[:edge] = picture[-edge:] = 16
    for line in written:
        if line.start <= second < line.end:
            x1, y1, x2, y2 = map(round, text_box(line, size))
            scale, thick = _pen(line, size)
            picture[y1:y2, x1:x2] = (48, 28, 20)
            at = (round(x1 + _MARGIN * scale), round(y2 - 0.3 * (y2 - y1)))
            font, white = cv2.FONT_HERSHEY_DUPLEX, (245, 245, 245)
            cv2.putText(picture, line.text, at, font, scale, white, thick, cv2.LINE_AA)
    return picture


def bar_rows(bars: float, size: tuple[int, int]) -> int:
    """Rows of one bar in a picture of `size` (width, height)."""
    return round(bars * size[1])


def text_box(line: Written, size: tuple[int, int]) -> Box:
    """The box of a line in a picture of `size` (width, height), x1 y1 x2 y2 in pixels."""
    scale, thick = _pen(line, size)
    (wide, _), _ = cv2.getTextSize(line.text, cv2.FONT_HERSHEY_DUPLEX, scale, thick)
    left, top = line.x * size[0], line.y * size[1]
    return left, top, left + wide + 2 * _MARGIN * scale, top + line.size * size[1]


def _pen(line: Written, size: tuple[int, int]) -> tuple[float, int]:
    scale = line.size * size[1] / _LETTERS
    return scale, max(1, round(2 * scale))
