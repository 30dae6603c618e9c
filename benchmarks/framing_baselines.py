"""What simple croppers do with the same face tracks: the middle, the biggest face, and a dead-zone follower.

All of them use the biggest box of the output's shape, and know the cuts.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.clips import AspectFraming, FaceTracks, Framing, Keyframe, Panel
from shortform_assets.reframing.direct.framings import shape_of
from shortform_assets.reframing.see.series import ClipSeries

Line = NDArray[np.float64]

DEAD_ZONE, SPEED = 0.10, 0.35
"""Shares of the crop's width: how far a face may wander, and how far the camera goes in a second."""


def centre_crop(tracks: FaceTracks, series: ClipSeries, aspect: Aspect) -> AspectFraming:
    wide, _ = shape_of(aspect, (tracks.width, tracks.height)).biggest
    return _framing(tracks, aspect, lambda first, last: np.full(last - first, (tracks.width - wide) / 2))


def largest_face(tracks: FaceTracks, series: ClipSeries, aspect: Aspect) -> AspectFraming:
    """In every frame the biggest face is in the middle."""
    wide, _ = shape_of(aspect, (tracks.width, tracks.height)).biggest
    middles = _largest(tracks, series)

    def path(first: int, last: int) -> Line:
        return _filled(middles[first:last], tracks.width / 2) - wide / 2

    return _framing(tracks, aspect, path)


def dead_zone(tracks: FaceTracks, series: ClipSeries, aspect: Aspect) -> AspectFraming:
    """Follows the biggest face once it leaves the dead zone, at a limited speed."""
    wide, _ = shape_of(aspect, (tracks.width, tracks.height)).biggest
    middles = _largest(tracks, series)
    step = SPEED * wide / tracks.rate.fps

    def path(first: int, last: int) -> Line:
        wanted = _filled(middles[first:last], tracks.width / 2)
        found, at, moving = [], float(wanted[0]), False
        for middle in wanted:
            away = middle - at
            moving = abs(away) > (0.02 if moving else DEAD_ZONE) * wide
            at += float(np.clip(away, -step, step)) if moving else 0.0
            found.append(at)
        return np.array(found) - wide / 2

    return _framing(tracks, aspect, path)


BASELINES = {"centre crop": centre_crop, "largest face": largest_face, "dead-zone follower": dead_zone}


def _largest(tracks: FaceTracks, series: ClipSeries) -> Line:
    """(frames,) middle of the biggest face, NaN where there is none."""
    area, middle = np.zeros(tracks.frames), np.full(tracks.frames, np.nan)
    for track in tracks.tracks:
        frames = np.arange(track.first_frame, track.last_frame + 1, dtype=np.int32)
        boxes = series.tracks[track.track_id].boxes_at(frames)
        size = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        bigger = size > area[frames]
        area[frames[bigger]] = size[bigger]
        middle[frames[bigger]] = (boxes[bigger, 0] + boxes[bigger, 2]) / 2
    return middle


def _filled(values: Line, otherwise: float) -> Line:
    """`values` with gaps held from before, or from after at the start."""
    good = np.flatnonzero(np.isfinite(values))
    if not len(good):
        return np.full(len(values), otherwise)
    at = np.searchsorted(good, np.arange(len(values)), side="right") - 1
    return values[good[np.clip(at, 0, None)]]


def _framing(tracks: FaceTracks, aspect: Aspect, path: Callable[[int, int], Line]) -> AspectFraming:
    wide, tall = shape_of(aspect, (tracks.width, tracks.height)).biggest
    top = (tracks.height - tall) / 2
    edges = [0, *tracks.cuts, tracks.frames]
    framings = []
    for first, last in pairwise(edges):
        left = np.clip(path(first, last), 0, tracks.width - wide)
        keys = tuple(Keyframe(frame=first + i, x=float(x), y=top) for i, x in enumerate(left))
        panel = Panel(slot=(0, 0, 1, 1), width=wide, height=tall, path=keys)
        framings.append(
            Framing(start_frame=first, end_frame=last, layout="centre", reason="baseline", panels=(panel,))
        )
    return AspectFraming(aspect=aspect, framings=tuple(framings))
