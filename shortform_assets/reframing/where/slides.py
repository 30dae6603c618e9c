"""A slide behind whoever explains it: projected, or a picture that a presenter is keyed into.

Unlike a webcam, such a presenter has no borders of their own. What tells a slide from a wall is its text:
several level lines, apart from each other, on one even ground that surrounds them.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.who.scene import Actor, Box

# Set by hand; held by tests/reframing/test_slides.py and the scene with a slide of benchmarks/reframing.py.
EVEN = 12
"""Change of luma (of 255) that is still the same ground."""
LARGE = 0.25
"""Least share of the picture that a slide covers."""
GROUND = 0.5
"""Least share of a slide that is its ground: text leaves most of it free."""
LINES = 4
"""Lines of text from which a ground is a slide."""
TALLEST = 0.12
"""A line of text is lower than this share of the slide."""
LONG = 0.15
"""Least width of a line of text, as a share of the slide."""
BODY = 0.9
"""How far shoulders reach beyond the face to each side, in widths of the face."""
INK = 0.02
"""Share of a row from which it has text."""
KEPT = 0.97
"""Share of the text that a slide must keep where that leaves the presenter out of it."""

Mask = NDArray[np.bool_]


def slide_behind(still: NDArray[np.uint8] | None, presenter: Actor, wide: int) -> Box | None:
    """The slide around or beside the `presenter` in the average picture `still` (h, w), in pixels of a source
    that is `wide` pixels wide; None without one. The presenter is left out where no text is lost by it."""
    if still is None or (found := _ground(still)) is None:
        return None
    scale = wide / still.shape[1]
    ground, (left, top, right, bottom) = found
    heads = presenter.heads(presenter.series.frame) / scale
    (x1, y1), x2 = np.percentile(heads[:, :2], 5, axis=0), float(np.percentile(heads[:, 2], 95))
    side = BODY * (x2 - x1)
    body = np.zeros(still.shape, np.bool_)
    body[max(0, int(y1)) :, max(0, int(x1 - side)) : int(x2 + side) + 1] = True
    inside = np.s_[top:bottom, left:right]
    text = ~ground[inside] & ~body[inside]
    if _lines(text) < LINES:
        return None
    first, last = _beside(text, body[inside])
    return (left + first) * scale, top * scale, (left + last) * scale, bottom * scale


def _ground(still: NDArray[np.uint8]) -> tuple[Mask, tuple[int, int, int, int]] | None:
    """The biggest area of one luma, and the box around it; None where it is too small for a slide's."""
    import cv2

    level = int(np.argmax(np.convolve(np.bincount(still.ravel(), minlength=256), np.ones(9), "same")))
    even = np.abs(still.astype(np.int16) - level) <= EVEN
    _, labels, stats, _ = cv2.connectedComponentsWithStats(even.astype(np.uint8), connectivity=4)
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if len(stats) > 1 else 0
    left, top, wide, tall, area = (int(v) for v in stats[best])
    if not best or wide * tall < LARGE * still.size or area < GROUND * wide * tall:
        return None
    return labels == best, (left, top, left + wide, top + tall)


def _lines(text: Mask) -> int:
    """How many lines of text a slide has: level, and with ground on all sides."""
    tall, wide = text.shape
    count, at = 0, 0
    for ink, group in groupby(text.sum(axis=1) >= INK * wide):
        first, at = at, at + len(list(group))
        if not ink or at - first > TALLEST * tall or first == 0 or at == tall:
            continue
        columns = np.flatnonzero(text[first:at].any(axis=0))
        count += columns[0] > 0 and columns[-1] < wide - 1 and columns[-1] - columns[0] >= LONG * wide
    return count


def _beside(text: Mask, body: Mask) -> tuple[int, int]:
    """The columns [first, last) to show: those on one side of the presenter where they have the text."""
    wide = text.shape[1]
    columns = np.flatnonzero(body.any(axis=0))
    if not len(columns):
        return 0, wide
    first, last = max(
        ((0, int(columns[0])), (int(columns[-1]) + 1, wide)), key=lambda side: side[1] - side[0]
    )
    enough = last - first >= 0.5 * wide and text[:, first:last].sum() >= KEPT * text.sum()
    return (first, last) if enough else (0, wide)
