"""The camera: a path that stands still where it can and moves smoothly where it must.

One axis of one shot is a small linear programme: the L1 norms of velocity, acceleration and jerk are
minimised under containment of the subject, which gives constant, linear and parabolic pieces (Grundmann,
Kwatra and Essa 2011, "Auto-directed video stabilization with robust L1 optimal camera paths").
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]

# Set on the scenes of benchmarks/reframing.py and held by it: "speaker in crop", and stillness and
# acceleration beside a human's in `--only labels`.
KNOT_SECONDS = 0.2
"""Time between two points that the programme may move."""
VELOCITY, ACCELERATION, JERK = 1.0, 10.0, 40.0
"""Weights of the three norms; a knot's worth of pixels is the unit of all three."""
WISH = 0.2
"""Weight of a pixel of distance from the dead zone, a sample."""
ESCAPE = 500.0
"""Weight of a pixel by which the subject leaves the picture: as good as never."""
SPEEDING = 25.0
"""Weight of a pixel a knot above the top speed: more than composition is worth, less than the subject."""
TOLERANCE = 0.25
"""Pixels by which keyframes may differ from the path."""


@dataclass(frozen=True)
class Reach:
    """Where one coordinate of a crop's corner may be, for n samples, in source pixels."""

    low: Line
    """(n,) below it the subject is cut off."""
    high: Line
    """(n,) above it the subject is cut off."""
    wish: Line
    """(n,) where the subject sits as composed."""
    dead_zone: float
    """How far from the wish nobody minds."""
    limit: float
    """The corner stays in `floor` to `limit`: never past the picture's edge."""
    floor: float = 0.0
    top_speed: float = math.inf
    """Pixels a second that the camera exceeds only to keep its subject."""

    def bounded(self) -> Reach:
        """The same inside the picture's edges; where a subject does not fit, its middle counts, and
        the camera need not follow it more closely than its dead zone."""
        middle = (self.low + self.high) / 2
        floor, limit = self.floor, max(self.limit, self.floor)
        low = np.clip(np.where(self.low > self.high, middle - self.dead_zone, self.low), floor, limit)
        high = np.clip(np.where(self.low > self.high, middle + self.dead_zone, self.high), floor, limit)
        wish = np.clip(np.clip(self.wish, floor, limit), low, high)
        return replace(self, low=low, high=high, wish=wish, limit=limit)


def plan_path(frames: NDArray[np.int32], reach: Reach, fps: float) -> Line:
    """Corner positions (n,) at `frames` (n,), ascending."""
    reach = reach.bounded()
    still = _standing_still(reach)
    if still is not None:
        return np.full(len(frames), still)
    return _optimal(frames.astype(np.float64) / fps, reach)


def _standing_still(reach: Reach) -> float | None:
    """One position that holds the subject near its wish all the time, or None."""
    low = float(np.max(np.maximum(reach.low, reach.wish - reach.dead_zone)))
    high = float(np.min(np.minimum(reach.high, reach.wish + reach.dead_zone)))
    if low <= high:
        return float(np.clip(np.median(reach.wish), low, high))
    # A short glance away is no reason to move: hold it, and be near the wish nearly all the time.
    low, high = float(np.max(reach.low)), float(np.min(reach.high))
    if low > high:
        return None
    held = float(np.clip(np.median(reach.wish), low, high))
    near = np.abs(reach.wish - held) <= reach.dead_zone
    return held if near.mean() >= 0.9 else None


def _optimal(seconds: Line, reach: Reach) -> Line:
    from scipy import sparse
    from scipy.optimize import linprog

    length = float(seconds[-1] - seconds[0])
    count = max(2, round(length / KNOT_SECONDS) + 1)
    knots = np.linspace(seconds[0], seconds[-1], count)
    mix = _interpolation(seconds, knots)
    samples = len(seconds)
    # Variables: knots, then one bound for each absolute value, then distance from the zone, then escape.
    orders = [(k, w) for k, w in ((1, VELOCITY), (2, ACCELERATION), (3, JERK)) if count > k]
    differences = [(_difference(count, k), w) for k, w in orders]
    speeding = count - 1 if math.isfinite(reach.top_speed) else 0
    sizes = [count, *(d.shape[0] for d, _ in differences), samples, samples, speeding]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    rows, right = [], []

    def add(blocks: dict[int, sparse.spmatrix], bound: Line) -> None:
        height = len(bound)
        rows.append([blocks.get(i, sparse.csr_matrix((height, size))) for i, size in enumerate(sizes)])
        right.append(bound)

    for place, (matrix, _) in enumerate(differences, start=1):
        none, ones = np.zeros(matrix.shape[0]), sparse.identity(matrix.shape[0])
        add({0: matrix, place: -ones}, none)
        add({0: -matrix, place: -ones}, none)
    zone, escape, over = len(sizes) - 3, len(sizes) - 2, len(sizes) - 1
    slack = -sparse.identity(samples)
    add({0: mix, zone: slack}, reach.wish + reach.dead_zone)
    add({0: -mix, zone: slack}, -(reach.wish - reach.dead_zone))
    add({0: mix, escape: slack}, reach.high)
    add({0: -mix, escape: slack}, -reach.low)
    if speeding:
        # The velocity's own bounds come first: variable 1 is the absolute step from knot to knot.
        steps = sparse.identity(speeding)
        add({1: steps, over: -steps}, np.full(speeding, reach.top_speed * length / (count - 1)))
    cost = np.concatenate(
        [np.zeros(count), *(np.full(d.shape[0], w) for d, w in differences),
         np.full(samples, WISH), np.full(samples, ESCAPE), np.full(speeding, SPEEDING)]
    )  # fmt: skip
    bounds = [(reach.floor, reach.limit)] * count + [(0.0, None)] * int(starts[-1] - count)
    solved = linprog(
        cost, A_ub=sparse.bmat(rows, format="csr"), b_ub=np.concatenate(right), bounds=bounds, method="highs"
    )
    # The programme always has a solution: escape makes it feasible, and nothing is unbounded below.
    return np.clip(np.asarray(mix @ solved.x[:count]), reach.floor, reach.limit)


def _difference(count: int, order: int) -> NDArray[np.float64]:
    from scipy import sparse

    signs = {1: (-1.0, 1.0), 2: (1.0, -2.0, 1.0), 3: (-1.0, 3.0, -3.0, 1.0)}[order]
    return sparse.diags(signs, range(order + 1), shape=(count - order, count), format="csr")


def _interpolation(seconds: Line, knots: Line) -> NDArray[np.float64]:
    """The sparse matrix (n, k) that reads positions at `seconds` from values at `knots`."""
    from scipy import sparse

    left = np.clip(np.searchsorted(knots, seconds, side="right") - 1, 0, len(knots) - 2)
    share = (seconds - knots[left]) / np.maximum(knots[left + 1] - knots[left], 1e-9)
    rows = np.arange(len(seconds))
    return sparse.csr_matrix(
        (np.concatenate([1 - share, share]), (np.tile(rows, 2), np.concatenate([left, left + 1]))),
        shape=(len(seconds), len(knots)),
    )


def simplify(frames: NDArray[np.int32], x: Line, y: Line, tolerance: float = TOLERANCE) -> list[int]:
    """Indices to keep so that linear interpolation over frames is within `tolerance` on both axes
    (Ramer 1972, Douglas and Peucker 1973, with the distance measured along the axes)."""
    if len(frames) == 0:
        return []
    if np.ptp(x) <= tolerance and np.ptp(y) <= tolerance:
        return [0]
    kept, todo = {0, len(frames) - 1}, [(0, len(frames) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        inside = slice(first + 1, last)
        error = np.maximum(
            *(
                np.abs(v[inside] - np.interp(frames[inside], frames[[first, last]], v[[first, last]]))
                for v in (x, y)
            )
        )
        worst = first + 1 + int(np.argmax(error))
        if error[worst - first - 1] > tolerance:
            kept.add(worst)
            todo += [(first, worst), (worst, last)]
    return sorted(kept)
