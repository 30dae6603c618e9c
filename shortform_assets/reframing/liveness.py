"""Live or static: is a face someone in the room, or a poster, a photo, a thumbnail, a picture on a wall?

A picture of a face can be panned, zoomed and shaken, but its lips do not move against its eyes, its eyes
do not close and its head does not turn. Each of these is measured in the frame of the head itself, so
that rigid motion leaves it alone.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.series import PictureSeries, TrackSeries

State = Literal["live", "static", "unsure"]

WINDOW = 25
"""Samples of one look at the mouth: two seconds."""
MIN_SAMPLES = 12
"""Below this nothing is certain: a second of samples."""
STILL = 0.5
"""Share of the live threshold below which lips are still."""
BLINK = 0.25
"""A rise of eye closure that is a blink."""
TURN = 3.0
"""Degrees of yaw or pitch (standard deviation) that are a turning head."""
TREMBLE = 1.5
"""Degrees below which a head is not turning at all."""


def mouth_std(series: TrackSeries) -> float:
    """Standard deviation of the mouth opening in the liveliest windows, over inter-ocular distance."""
    mouth = series.mouth[~np.isnan(series.mouth)]
    if len(mouth) < 3:
        return 0.0
    spans = [mouth[i : i + WINDOW] for i in range(0, max(1, len(mouth) - WINDOW + 1), WINDOW // 2)]
    # Clipping the extremes of a window keeps a landmarker's single slip from looking like speech.
    spreads = [float(np.std(np.clip(span, *np.percentile(span, (6, 94))))) for span in spans]
    return float(np.percentile(spreads, 80))


def evidence(series: TrackSeries, picture: PictureSeries) -> dict[str, float]:
    """What speaks for and against life: see the keys.

    mouth_std, blink (rise of eye closure from median to 97th percentile), turn (standard deviation of yaw
    and pitch in degrees), sway (motion of the box against the picture's own, over the face's width, per
    sample), samples (landmarked).
    """
    good = ~np.isnan(series.mouth)
    count = int(good.sum())
    if count < 3:
        return {"mouth_std": 0.0, "blink": 0.0, "turn": 0.0, "sway": 0.0, "samples": float(count)}
    blink = series.blink[good]
    turn = np.std(series.pose[good][:, :2], axis=0)
    return {
        "mouth_std": mouth_std(series),
        "blink": float(np.percentile(blink, 97) - np.percentile(blink, 50)),
        "turn": float(turn.max()),
        "sway": _sway(series, picture),
        "samples": float(count),
    }


def judge(seen: dict[str, float], live_mouth_std: float) -> State:
    """The verdict on `evidence`. Moving lips decide; still lips need an eye that closes or a head that turns.

    Between the thresholds nothing is certain: a face stays `unsure`, never a subject while a live one is
    there.
    """
    if seen["samples"] < MIN_SAMPLES:
        return "unsure"
    if seen["mouth_std"] >= live_mouth_std or seen["blink"] >= BLINK or seen["turn"] >= TURN:
        return "live"
    moving = seen["mouth_std"] >= STILL * live_mouth_std
    return "unsure" if moving or seen["blink"] >= BLINK / 2 or seen["turn"] >= TREMBLE else "static"


def _sway(series: TrackSeries, picture: PictureSeries) -> float:
    """How far the face moves from sample to sample beyond what the whole picture does."""
    if len(series.frame) < 3:
        return 0.0
    middle = (series.box[:, :2] + series.box[:, 2:]) / 2
    travel = np.cumsum(picture.motion, axis=0)
    camera = np.stack([np.interp(series.frame, picture.frame, travel[:, i]) for i in (0, 1)], axis=1)
    own: NDArray[np.float64] = np.diff(middle - camera, axis=0)
    width = float(np.median(series.box[:, 2] - series.box[:, 0]))
    return float(np.median(np.hypot(own[:, 0], own[:, 1])) / max(width, 1.0))
