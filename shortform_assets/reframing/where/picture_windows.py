"""Pictures within the picture: the box of a webcam beside slides, half of a split screen.

The average picture of a shot keeps what stands still: the straight borders of such a window are lines along
which the picture changes from one pixel to the next, over the whole length of each side.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.who.scene import Actor, Box

Gray = NDArray[np.float64]

# Set by hand; held by tests/reframing/test_layouts.py and test_slides.py: windows where there are some, and
# none on noise, whatever its seed.
STEP = 10.0
"""Least change of luma (of 255) across a border."""
UNBROKEN = 0.9
"""Share of a border's length along which it must be seen."""
ALONE = 0.95
"""The same where one line alone divides the picture."""
LINES = 6
"""Candidates on every side of a face."""
REACH = 5.0
"""How far from the face a border may be, in widths or heights of the face."""
BIGGEST = 0.72
"""Share of the picture above which a window is the picture."""
INSET = 2.0
"""Pixels of the average picture by which borders are left out: they are soft."""
EQUAL = 0.04
"""Difference of how unbroken two windows are that says nothing: the smaller one counts."""
WEBCAM = 0.3
"""A window of at most this share of the picture lies over something else that is shown."""
DETAIL = 0.03
"""Share of pixels on edges from which a picture shows something; text has far more."""
EDGE = 12.0
"""Change of luma from pixel to pixel that is an edge."""
LOST = 0.08
"""Share of the edges that a slide may lose where that keeps the window out of it."""


def window_of(still: NDArray[np.uint8], face: Box) -> Box | None:
    """The window around `face` in the average picture `still` (h, w); both in its pixels. None without one."""
    picture = still.astype(np.float64)
    tall, wide = picture.shape
    x1, y1, x2, y2 = face
    across, down = np.zeros_like(picture), np.zeros_like(picture)
    # Over two pixels: borders rarely fall between two of them.
    across[:, 1:-1] = np.abs(picture[:, 2:] - picture[:, :-2])
    down[1:-1] = np.abs(picture[2:] - picture[:-2])
    reach_x, reach_y = REACH * (x2 - x1), REACH * (y2 - y1)
    rows, columns = _band(y1, y2, tall), _band(x1, x2, wide)
    over = (across[rows] >= STEP).mean(axis=0)
    along = (down[:, columns] >= STEP).mean(axis=1)
    sides = (
        _lines(over, max(0.0, x1 - reach_x), x1, 0),
        _lines(along, max(0.0, y1 - reach_y), y1, 0),
        _lines(over, x2, min(wide - 1.0, x2 + reach_x), wide),
        _lines(along, y2, min(tall - 1.0, y2 + reach_y), tall),
    )
    closed: list[tuple[float, Box]] = []
    for left, top, right, bottom in product(*sides):
        if (right - left) * (bottom - top) > BIGGEST * wide * tall:
            continue
        score = _closed(across, down, (left, top, right, bottom))
        if score is not None:
            closed.append((score, (float(left), float(top), float(right), float(bottom))))
    best = max((score for score, _ in closed), default=0.0)
    # Two boxes of a grid have a border around both, as good as each one's own.
    return min((box for score, box in closed if score >= best - EQUAL), key=_extent, default=None)


def _extent(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def windows(still: NDArray[np.uint8] | None, actors: Sequence[Actor], wide: int) -> list[Box | None]:
    """The window of each of `actors`, in source pixels of a source `wide` pixels wide."""
    if still is None:
        return [None] * len(actors)
    scale = wide / still.shape[1]
    found: list[Box | None] = []
    for actor in actors:
        # All places where the face has been are in the window.
        heads = actor.heads(actor.series.frame) / scale
        face = (*np.percentile(heads[:, :2], 5, axis=0), *np.percentile(heads[:, 2:], 95, axis=0))
        window = window_of(still, face)
        found.append(_inside(window, still.shape, scale) if window else None)
    return found


def slide_beside(still: NDArray[np.uint8] | None, window: Box, wide: int) -> Box | None:
    """What is shown beside a webcam's `window` (source pixels), or None where that is no such window or
    nothing is shown. The webcam is left out where the slide loses nothing by it."""
    if still is None:
        return None
    scale = wide / still.shape[1]
    size = (wide, still.shape[0] * scale)
    if (window[2] - window[0]) * (window[3] - window[1]) > WEBCAM * size[0] * size[1]:
        return None
    edges = _edges(still)
    x1, y1, x2, y2 = (round(v / scale) for v in window)
    edges[max(0, y1 - 3) : y2 + 3, max(0, x1 - 3) : x2 + 3] = False
    if edges.mean() < DETAIL:
        return None
    parts: list[Box] = [
        (0.0, 0.0, window[0], size[1]),
        (window[2], 0.0, size[0], size[1]),
        (0.0, 0.0, size[0], window[1]),
        (0.0, window[3], size[0], size[1]),
    ]
    total = float(edges.sum())
    kept = []
    for part in parts:
        a, b, c, d = (round(v / scale) for v in part)
        if (c - a) * (d - b) >= 0.5 * edges.size and edges[b:d, a:c].sum() >= (1 - LOST) * total:
            kept.append(part)
    return max(kept, key=lambda p: (p[2] - p[0]) * (p[3] - p[1]), default=(0.0, 0.0, *size))


def _band(low: float, high: float, limit: int) -> slice:
    """A little more than the face: its window is higher and wider than itself."""
    grow = 0.2 * (high - low)
    return slice(max(0, int(low - grow)), min(limit, int(high + grow) + 1))


def _lines(seen: Gray, low: float, high: float, border: int) -> list[int]:
    """Places of the clearest lines within `low` to `high`, and the picture's own border."""
    at = range(max(2, int(low)), min(len(seen) - 2, int(high) + 1))
    peaks = [i for i in at if seen[i] >= UNBROKEN and seen[i] >= seen[i - 1] and seen[i] >= seen[i + 1]]
    # Of equally clear ones those next to the face, which is above `high` or below `low`.
    peaks.sort(key=lambda i: (-round(float(seen[i]), 2), abs(i - (low if border else high))))
    return [border, *peaks[:LINES]]


def _closed(across: Gray, down: Gray, box: tuple[int, int, int, int]) -> float | None:
    """How unbroken the sides of `box` are at their weakest, those on the picture's border left out; None
    where they are broken or there are none."""
    left, top, right, bottom = box
    tall, wide = across.shape
    shares = []
    for at, lines, low, high in ((left, across.T, top, bottom), (right, across.T, top, bottom),
                                 (top, down, left, right), (bottom, down, left, right)):  # fmt: skip
        if 0 < at < len(lines):
            part = lines[max(0, at - 1) : at + 2, low:high].max(axis=0)
            shares.append(float((part >= STEP).mean()) if part.size else 0.0)
    least = ALONE if len(shares) == 1 else UNBROKEN
    if not shares or min(shares) < least or right - left < 0.08 * wide or bottom - top < 0.08 * tall:
        return None
    upright = (left > 0) + (right < wide)
    corner = upright == 1 and len(shares) == 2
    if not upright or (corner and (right - left) * (bottom - top) > WEBCAM * wide * tall):
        # A horizon is no window, nor are two beams that cross; a webcam in a corner is small.
        return None
    # A window with more borders of its own explains more.
    return min(shares) + 0.1 * len(shares)


def _inside(window: Box, shape: tuple[int, ...], scale: float) -> Box:
    """In source pixels, without the borders."""
    tall, wide = shape[:2]
    left, top, right, bottom = window
    return (
        (left + INSET) * scale if left > 0 else 0.0,
        (top + INSET) * scale if top > 0 else 0.0,
        (right - INSET) * scale if right < wide else wide * scale,
        (bottom - INSET) * scale if bottom < tall else tall * scale,
    )


def _edges(still: NDArray[np.uint8]) -> NDArray[np.bool_]:
    picture = still.astype(np.float64)
    found = np.zeros(picture.shape, np.bool_)
    found[:, 1:] |= np.abs(np.diff(picture, axis=1)) >= EDGE
    found[1:] |= np.abs(np.diff(picture, axis=0)) >= EDGE
    return found
