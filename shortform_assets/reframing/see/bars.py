"""Bars that are baked into the picture: what of every shot is the active picture.

A bar is black in (nearly) all pictures of a shot, save for text, and ends in one straight line behind which the
picture is lit. Both are asked for: the night above a street is black as well, but it has no such line. What a dark
shot does not tell is taken from the shots beside it, where it is black there too. FFmpeg's cropdetect knows the
level alone, and takes the darkest scene for the widest picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.geometry import PictureArea

Picture = NDArray[np.uint8]
"""BGR, (height, width, 3)."""
Floats = NDArray[np.float64]

# Set by hand; held by tests/reframing/test_bars.py: bars of known sizes, and none in scenes of the night.
BLACK = 24
"""Brightest of the three colours, of 255, that is still black: video's own black with the noise of an encoder."""
THIN = 8
"""Every so many pixels along a line are looked at."""
TEXT = 0.5
"""Share of a line that may be lit in a bar: letters of a subtitle in it."""
EMPTY = 0.25
"""The same of all lines of a bar on the average."""
SELDOM = 0.05
"""Share of the looks at a shot in which a bar may be something else: a fade from another picture."""
LIT = 0.6
"""Share of a line, within the picture, that is lit in most looks just behind the bar's edge."""
SOFT = 3
"""Pixels in which the edge must be over."""
CLEAR = 0.1
"""Share of a line that may be lit in most looks just before the edge: the outline of a head rises slowly."""
DEEP = 0.03
"""Share of the side over which the picture is lit behind the edge: a line drawn on black is no picture."""
INSET = 2
"""Pixels by which the picture is cut further: the edge itself is blurred, and its colour reaches twice as far."""
LEAST = 2
"""Pixels from which a black edge is a bar."""
SMALLEST = 0.2
"""Share of a side that is the least that bars may leave."""


@dataclass(frozen=True)
class _Side:
    """One side of one shot."""

    bar: int | None
    """Pixels of bar; None where nothing can be told."""
    black: int
    """Pixels from the edge on that are black all the time."""


class BarFinder:
    """See some pictures of every shot; `areas` is what came of it."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._shots: list[tuple[_Side, ...]] = []
        self._begin()

    def see(self, picture: Picture) -> None:
        """One more look at the shot."""
        wide, tall = self._size
        rows = _lit(picture, (-(-wide // THIN), tall))
        columns = _lit(picture, (wide, -(-tall // THIN)))
        self._rows += rows
        self._columns += columns
        self._profiles.append((rows.mean(axis=1), columns.mean(axis=0)))

    def end_shot(self) -> None:
        """The next look is at another shot."""
        self._shots.append(self._sides())
        self._begin()

    def areas(self) -> tuple[PictureArea, ...]:
        """The active picture of every shot that ended; empty where no shot has bars."""
        told = [_settled(self._shots, number) for number in range(len(self._shots))]
        if not any(any(sides) for sides in told):
            return ()
        wide, tall = self._size
        return tuple((left, top, wide - right, tall - bottom) for left, top, right, bottom in told)

    def _begin(self) -> None:
        wide, tall = self._size
        self._rows = np.zeros((tall, -(-wide // THIN)), np.uint16)
        self._columns = np.zeros((-(-tall // THIN), wide), np.uint16)
        self._profiles: list[tuple[Floats, Floats]] = []

    def _sides(self) -> tuple[_Side, ...]:
        """Left, top, right and bottom of the shot."""
        looks = len(self._profiles)
        if not looks:
            return (_Side(None, 0),) * 4
        rows, columns = self._rows * 2 > looks, self._columns * 2 > looks
        # What is beside the picture counts on neither axis: a picture in a small window is lit by itself.
        x1, x2 = _extent(columns.mean(axis=0))
        y1, y2 = _extent(rows[:, x1 // THIN : -(-x2 // THIN)].mean(axis=1))
        across = columns[y1 // THIN : -(-y2 // THIN)].mean(axis=0)
        down = rows[:, x1 // THIN : -(-x2 // THIN)].mean(axis=1)
        # The looks that may be something else are left out, and no more: of a short shot, none.
        rank = looks - 1 - int(SELDOM * looks)
        high, wide = (np.sort(np.stack([p[axis] for p in self._profiles]), axis=0)[rank] for axis in (0, 1))
        high, wide = high * len(wide) / (x2 - x1), wide * len(high) / (y2 - y1)
        left, right = _side(across, wide), _side(across[::-1], wide[::-1])
        top, bottom = _side(down, high), _side(down[::-1], high[::-1])
        return left, top, right, bottom


def _lit(picture: Picture, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where `picture`, thinned to `size` (width, height), is not black."""
    import cv2

    thin = cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.inRange(thin, (0, 0, 0), (BLACK,) * 3) == 0)


def _extent(lit: Floats) -> tuple[int, int]:
    """The first and last line with at least half as much light as the brightest have."""
    there = np.flatnonzero(lit >= np.quantile(lit, 0.95) / 2) if lit.any() else np.array([], int)
    return (int(there[0]), int(there[-1]) + 1) if len(there) else (0, len(lit))


def _side(lit: Floats, most: Floats) -> _Side:
    """The bar at the beginning of a side: `lit` is each line's share that is lit in most looks, within the picture;
    `most` is the most of the line that is ever lit."""
    size = len(lit)
    full = np.flatnonzero(most > TEXT)
    black = int(full[0]) if len(full) else size
    there = np.flatnonzero(lit >= LIT)
    edge = int(there[0]) if len(there) else size
    if edge < LEAST:
        return _Side(0 if edge == 0 else None, black)
    deep = lit[edge + SOFT : edge + SOFT + max(SOFT, round(DEEP * size))]
    sharp = edge < size * (1 - SMALLEST) and abs(edge - black) <= SOFT and lit[max(0, edge - SOFT)] <= CLEAR
    if sharp and most[:black].mean() <= EMPTY and deep.min() >= LIT / 2 and deep.mean() >= LIT:
        return _Side(edge + INSET, black)
    # A picture that is lit up to its edge has no bar there, whatever the shots beside it have.
    return _Side(0 if black == 0 else None, black)


def _settled(shots: Sequence[tuple[_Side, ...]], number: int) -> tuple[int, ...]:
    """The bars of a shot: what it does not tell is as in the nearest shot that does, where it is black so far."""
    others = sorted(range(len(shots)), key=lambda i: (abs(i - number), i))
    bars = []
    for at, side in enumerate(shots[number]):
        told = (shots[i][at].bar for i in others)
        known = (bar for bar in told if bar is not None and bar <= side.black + SOFT)
        bars.append(side.bar if side.bar is not None else next(known, 0))
    return tuple(bars)
