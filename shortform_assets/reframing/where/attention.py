"""Where something happens in a picture without a face to follow, and the window that holds most of it.

Motion that stands out from a cell's usual flicker is what draws the eye; people add to it. A window of the
crop's width takes the path that gathers the most of it (dynamic programming over positions, as in Deselaers,
Dreuw and Ney 2008, "Pan, zoom, scan"), and the camera then smooths that path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.best_path import best_path
from shortform_assets.reframing.see.picture_motion import LEVELS
from shortform_assets.reframing.see.series import PictureSeries
from shortform_assets.reframing.who.scene import Actor, Focus

Line = NDArray[np.float64]

# Set by hand; held by tests/reframing/test_layouts.py.
AROUND_SECONDS = 0.5
"""Motion is averaged over so long on either side: a camera does not answer to a single step."""
FLICKER = 1.5
"""Motion below this many medians of its cell is grass, a crowd, or noise."""
NOISE = 1.0
"""Grey levels of change that are nothing."""
PEOPLE = 0.6
"""What a face weighs, as a share of all motion of the mean picture."""
MIDDLE = 0.15
"""How much less the far edges of the picture weigh than its middle: operators point at what matters."""
PLACES = 65
"""Positions of the window that are tried."""
TRAVEL = 6.0
"""Cost of a path across the whole picture in one second, in samples spent where most happens."""


@dataclass(frozen=True)
class CropWindow:
    """Left edges of the best window of a crop's width."""

    frames: NDArray[np.int32]
    left: Line
    """(n,) source pixels."""
    share: float
    """Share of all that happens that is inside, 0 to 1."""


def focus_of(
    picture: PictureSeries, start: int, end: int, actors: Sequence[Actor], wide: int
) -> Focus | None:
    """What happens where in clip frames [start, end); None where it was not measured or nothing moves.

    `wide` is the source's width in pixels.
    """
    inside = (picture.frame >= start) & (picture.frame < end)
    if picture.energy is None or inside.sum() < 2:
        return None
    energy = picture.energy[inside].astype(np.float64) / LEVELS
    usual = np.median(energy, axis=0) if len(energy) >= 8 else np.zeros(energy.shape[1:])
    weight = energy - np.maximum(FLICKER * usual, NOISE)
    # The first sample of a shot has nothing before it to differ from.
    weight[0] = weight[1]
    np.clip(weight, 0, None, out=weight)
    frames = picture.frame[inside]
    cell = wide / weight.shape[2]
    total = float(weight.sum(axis=(1, 2)).mean())
    for actor in actors:
        seen = (frames >= actor.track.first_frame) & (frames <= actor.track.last_frame)
        boxes = actor.series.boxes_at(frames)
        column = np.clip((boxes[:, 0] + boxes[:, 2]) / 2 / cell, 0, weight.shape[2] - 1).astype(int)
        row = np.clip((boxes[:, 1] + boxes[:, 3]) / 2 / cell, 0, weight.shape[1] - 1).astype(int)
        at = np.flatnonzero(seen)
        weight[at, row[at], column[at]] += max(PEOPLE * total, 1.0)
    return Focus(frames, weight) if weight.sum() > 0 else None


def follow_action(focus: Focus, width: float, wide: int, fps: float) -> CropWindow:
    """The path of a window of `width` source pixels across a picture of `wide`."""
    columns = _smooth(focus.weight.sum(axis=1), focus.frames, fps)
    gathered = _gathered(columns, width, wide)
    scale = gathered.max(axis=1, keepdims=True)
    gain = gathered / np.where(scale > 0, scale, 1.0)
    seconds = np.diff(focus.frames, prepend=focus.frames[0]) / fps
    lefts = np.linspace(0, max(wide - width, 0.0), PLACES)
    far = np.abs(lefts[:, None] - lefts[None, :]) / wide
    for i in range(1, len(gain)):
        gain[i] *= _busy(columns[i], columns)
    path = best_path(gain, lambda i: TRAVEL * far * far / max(seconds[i], 1e-3))
    taken = np.array(path)
    return CropWindow(focus.frames, lefts[taken], _share(columns, lefts[taken], width, wide))


def hold_action(focus: Focus, width: float, wide: int) -> float:
    """The left edge, in source pixels, of the standing window that holds the most."""
    gathered = _gathered(focus.weight.sum(axis=(0, 1))[None], width, wide)[0]
    lefts = np.linspace(0, max(wide - width, 0.0), PLACES)
    # Of many equal places, the one nearest to the middle.
    good = lefts[gathered >= gathered.max() * 0.98]
    return float(good[np.argmin(np.abs(good - (wide - width) / 2))])


def _gathered(columns: Line, width: float, wide: int) -> Line:
    """What windows of `width` at `PLACES` positions hold: (n, PLACES) from (n, cells), at most all of it."""
    count = columns.shape[1]
    centre = np.abs(np.linspace(-1, 1, count))
    weighed = columns * (1 - MIDDLE * centre)
    sums = np.concatenate([np.zeros((len(columns), 1)), np.cumsum(weighed, axis=1)], axis=1)
    lefts = np.linspace(0, max(wide - width, 0.0), PLACES) / wide * count
    size = min(width / wide * count, count)
    cells = np.arange(count + 1)

    def held(low: float, high: float) -> Line:
        ends = (lefts + share * size for share in (high, low))
        right, left = (np.stack([np.interp(at, cells, s) for s in sums]) for at in ends)
        return right - left

    # What is in the middle half counts twice, or a window would be as good with all of it at its edge.
    return (held(0.0, 1.0) + held(0.25, 0.75)) / 2


def _share(columns: Line, left: Line, width: float, wide: int) -> float:
    """Share of all in `columns` (n, cells) that windows at `left` (n,) hold."""
    count = columns.shape[1]
    middles = (np.arange(count) + 0.5) * wide / count
    inside = (middles >= left[:, None]) & (middles <= left[:, None] + width)
    whole = float(columns.sum())
    return float(columns[inside].sum()) / whole if whole > 0 else 1.0


def _busy(now: Line, all_of_it: Line) -> float:
    """How much happens now against the mean: a moment of nothing does not move the camera."""
    mean = float(all_of_it.sum(axis=1).mean())
    return float(np.clip(now.sum() / mean, 0.0, 2.0)) if mean > 0 else 0.0


def _smooth(columns: Line, frames: NDArray[np.int32], fps: float) -> Line:
    """The mean within `AROUND_SECONDS`, as if the samples were evenly spaced."""
    step = float(np.median(np.diff(frames))) / fps if len(frames) > 1 else 1.0
    half = max(1, round(AROUND_SECONDS / step))
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(columns, ((half, half), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, window / window.sum(), mode="valid") for column in padded.T], axis=1)
