"""Where a crop's edges would run through text of the picture, and how far it would have to move not to.

A headline, a name or a channel's logo is either in or out. It is a wish and no rule: the crop moves a little for it,
and never so far that a face would be cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shortform_assets.contracts.existing_text import PictureText

# Set by hand; held by tests/reframing/test_text_edges.py.
ASIDE = 0.15
"""Share of the crop's size by which it may move for a text."""
RIM = 0.04
"""Share of a text's length at its ends that is no letter: to touch it is not to cut."""
STAYS = 0.3
"""Share of a stretch that a text must be there for: what is gone soon moves nothing."""
DEAR = 0.4
"""What the longest move costs, in texts that are cut all the time."""
AIR = 0.01
"""Share of the crop's size that is left between its edge and a text."""

Line = tuple[float, float]
"""From, to: along one axis, in pixels."""


def shift_off(
    texts: Iterable[PictureText],
    span: tuple[int, int],
    size: tuple[float, float],
    corner: tuple[float, float],
    room: tuple[Line, Line],
) -> tuple[float, float]:
    """How far a crop of `size` whose corner is mostly at `corner` in frames [start, end) is to move across and down,
    so that it cuts no text that stands there for long. `room` is how far it can move along both axes."""
    words = _words(texts, *span)
    (x, y), (wide, tall) = corner, size
    lines = [(word.across, word.share) for word in words if _meets(word.down, (y, y + tall))]
    aside = shift_along(lines, x, wide, room[0])
    seen = (x + aside, x + aside + wide)
    lines = [(word.down, word.share) for word in words if _meets(word.across, seen)]
    return aside, shift_along(lines, y, tall, room[1])


class _Words(NamedTuple):
    """A text of one stretch: its place along both axes, in pixels, and the share of the time that it is there."""

    across: Line
    down: Line
    share: float


def _words(texts: Iterable[PictureText], start: int, end: int) -> list[_Words]:
    """What stands in the picture for long enough; a ticker is cut anyway."""
    found = []
    for text in texts:
        share = (min(end, text.end_frame) - max(start, text.start_frame)) / max(end - start, 1)
        if text.kind != "ticker" and share >= STAYS:
            x1, y1, x2, y2 = text.box
            found.append(_Words((float(x1), float(x2)), (float(y1), float(y2)), min(1.0, share)))
    return found


def shift_along(lines: Sequence[tuple[Line, float]], low: float, size: float, room: Line) -> float:
    """How far a crop from `low` on, `size` long, is to move so that it cuts least of `lines`, each with a weight.

    `room` is the least and greatest move that is possible.
    """
    most = ASIDE * size
    least, greatest = max(room[0], -most), min(room[1], most)
    if least > greatest:
        return 0.0
    air = AIR * size
    moves = {0.0}
    for (a, b), _ in lines:
        for edge in (low, low + size):
            moves |= {a - air - edge, b + air - edge}
    tried = sorted((move for move in moves if least <= move <= greatest), key=abs)

    def cost(move: float) -> float:
        return _cut(lines, low + move, low + move + size) + DEAR * abs(move) / most

    return min(tried, key=cost, default=0.0)


def _cut(lines: Sequence[tuple[Line, float]], low: float, high: float) -> float:
    """The weight of all `lines` that an edge runs through."""
    total = 0.0
    for (a, b), weight in lines:
        rim = RIM * (b - a)
        total += weight * any(a + rim < edge < b - rim for edge in (low, high))
    return total


def _meets(one: Line, other: Line) -> bool:
    return one[0] < other[1] and other[0] < one[1]
