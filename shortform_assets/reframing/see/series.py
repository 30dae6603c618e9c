"""The dense series of face tracks: one safetensors file a clip, the same bytes for the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

DIGITS = {"box": 2, "score": 3, "mouth": 4, "shape": 4, "pose": 2, "blink": 3, "emotion": 3, "look": 4,
          "lips": 2, "lids": 2}  # fmt: skip
"""Decimals kept: noise below them must not change the bytes."""


@dataclass(frozen=True)
class TrackSeries:
    """What is known of one face at its n samples; NaN where it was seen but not landmarked."""

    frame: NDArray[np.int32]
    """(n,) clip frames, ascending."""
    box: Floats
    """(n, 4) x1 y1 x2 y2 in source pixels."""
    score: Floats
    """(n,) of the last detection."""
    mouth: Floats
    """(n,)"""
    shape: Floats
    """(n, 6, 2) mouth points in the frame of the head, over the eye distance."""
    pose: Floats
    """(n, 3) yaw, pitch, roll in degrees."""
    blink: Floats
    """(n,)"""
    emotion: Floats
    """(n, 7)"""
    look: Floats
    """(k,) colour histogram of head and shoulders, sums to 1."""
    lips: Floats | None = None
    """(n,) change at the mouth over that of the rigid face, see `lips.own_motion`."""
    lids: Floats | None = None
    """(n,) the same of the eyes."""
    asd: Floats | None = None
    """(n,) score of the user's active-speaker network, above 0 where it speaks; none without one."""

    def boxes_at(self, frames: NDArray[np.int32]) -> Floats:
        """Boxes (m, 4) at any clip frames, linear between samples, held beyond the first and last."""
        columns = [np.interp(frames, self.frame, self.box[:, i]) for i in range(4)]
        return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True)
class PictureSeries:
    """What is known of the whole picture at its samples."""

    frame: NDArray[np.int32]
    change: Floats
    """(n,) mean change a frame since the last sample, without cuts."""
    motion: Floats
    """(n, 2) shift of the picture since the last sample in the shot, source pixels."""
    energy: NDArray[np.uint8] | None = None
    """(n, rows, 32) what moved in each cell against the picture's own shift: see `picture.LEVELS`."""
    still: NDArray[np.uint8] | None = None
    """(shots, h, 320) luma of every shot on the average: what stands still is sharp, what moves is blurred."""


@dataclass(frozen=True)
class ClipSeries:
    tracks: dict[str, TrackSeries]
    picture: PictureSeries


def save_series(path: Path, series: ClipSeries) -> None:
    """Write `series` to `path`."""
    from safetensors.numpy import save_file

    arrays: dict[str, NDArray[Any]] = {}
    for name, group in {**series.tracks, "picture": series.picture}.items():
        for field, values in vars(group).items():
            if values is not None:
                arrays[f"{name}/{field}"] = np.ascontiguousarray(_rounded(field, values))
    save_file(arrays, path)


def load_series(path: Path) -> ClipSeries:
    """Read what `save_series` wrote."""
    from safetensors.numpy import load_file

    groups: dict[str, dict[str, Any]] = {}
    for key, values in load_file(path).items():
        name, _, field = key.partition("/")
        groups.setdefault(name, {})[field] = values
    picture = PictureSeries(**groups.pop("picture"))
    return ClipSeries({name: TrackSeries(**fields) for name, fields in groups.items()}, picture)


def _rounded(field: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind != "f":
        return values
    # Adding zero turns -0.0 into 0.0.
    return np.asarray(np.round(values, DIGITS.get(field, 3)) + np.float32(0), np.float32)
