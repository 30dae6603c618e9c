"""Live or static: is a face someone in the room, or a poster, a photo, a thumbnail, a picture on a wall?

A picture of a face can be panned, zoomed and shaken, but its lips do not move against its eyes, its eyes
do not close and its head does not turn. Each of these is measured in the frame of the head itself, so
that rigid motion leaves it alone; and what landmarks say of lips and lids must be seen in the pixels too,
as the landmarks of a small, badly compressed face tremble by as much as lips that talk.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from shortform_assets.reframing.see.emotion import emotion_change
from shortform_assets.reframing.see.series import PictureSeries, TrackSeries

State = Literal["live", "static", "unsure"]

# Chosen on a third of the clips of benchmarks/posters.py and on another third stretched to 20 s; held on all
# of them by "posters taken as live" and "live speakers rejected" of benchmarks/reframing.py.
WINDOW, STEP = 25, 6
"""Samples of one look at the mouth, two seconds, and from each to the next."""
MIN_SAMPLES = 12
"""Below this nothing is certain: a second of samples."""
STILL = 0.5
"""Share of the live threshold below which lips are still."""
MOVING, STIFF = 3.0, 2.2
"""Change at lips or lids, over that of the rigid face, from which they move, and below which they do not."""
CLEAR = 6.0
"""What is taken for it where it was not measured."""
SPEECH, BLINK = 2.4, 0.25
"""Lips talk from this product on: the landmarks' spread over the live threshold, times the square of the
pixels' change over `MOVING`, so that the clearer makes up for the other. Eyes blink when a rise of eye closure
of `BLINK` is as clear in the pixels, by the same product."""
EXPRESSION, VOTE = 0.1, 0.9
"""A change of emotion that counts, and the share of `SPEECH` that it leaves: prints that shake have some too."""
TURN = 3.5
"""Degrees of yaw or pitch (standard deviation) that are a turning head."""
TREMBLE = 1.5
"""Degrees below which a head is not turning at all."""
STEADY = 5
"""Samples over which a head turns: what is quicker is the landmarker's own trembling."""


def evidence(series: TrackSeries, picture: PictureSeries) -> dict[str, float]:
    """What speaks for and against life: see the keys.

    mouth_std (standard deviation of the mouth opening, over inter-ocular distance) and lips (change at the mouth
    over that of the rigid face), both in the two seconds that look second most like talk; blink (rise of eye
    closure from median to 97th percentile), lids (97th percentile of the change at the eyes), turn (standard
    deviation of steady yaw or pitch in degrees), sway (motion of the box against the picture's own, over the
    face's width, per sample), emotion (`emotion_change`), samples (landmarked). Lips and lids are left out where
    no two looks at the face could be compared.
    """
    good = ~np.isnan(series.mouth)
    count = int(good.sum())
    if count < 3:
        return {"mouth_std": 0.0, "blink": 0.0, "turn": 0.0, "sway": 0.0, "samples": float(count)}
    blink = series.blink[good]
    unknown = np.full(len(good), np.nan, np.float32)
    lips, lids = (unknown if values is None else values[good] for values in (series.lips, series.lids))
    opening, moved = _talk(series.mouth[good], lips)
    found = {
        "mouth_std": opening,
        "lips": moved,
        "blink": float(np.percentile(blink, 97) - np.percentile(blink, 50)),
        "lids": _change(lids, 97),
        "turn": float(_steady(series.pose[good][:, :2]).std(axis=0).max()),
        "sway": _sway(series, picture),
        "samples": float(count),
        "emotion": emotion_change(series.emotion),
    }
    return {name: value for name, value in found.items() if not np.isnan(value)}


def judge(seen: dict[str, float], live_mouth_std: float) -> State:
    """The verdict on `evidence`. Moving lips decide; still lips need an eye that closes or a head that turns.

    Between the thresholds nothing is certain: a face stays `unsure`, never a subject while a live one is
    there.
    """
    if seen["samples"] < MIN_SAMPLES:
        return "unsure"
    mouth, lips, talk = _lips(seen, live_mouth_std)
    blink, lids = seen["blink"] / BLINK, (seen.get("lids", CLEAR) / MOVING) ** 2
    # A face whose expression changes needs a little less.
    speech = SPEECH * (VOTE if seen.get("emotion", 0.0) >= EXPRESSION else 1.0)
    stiff = (STIFF / MOVING) ** 2
    talks = mouth >= 1 and lips >= stiff and talk >= speech
    blinks = blink >= 1 and blink * lids >= 1
    if talks or blinks or seen["turn"] >= TURN:
        return "live"
    moving, blinking = mouth >= STILL and lips >= stiff, 2 * blink >= 1 and lids >= stiff
    return "unsure" if moving or blinking or seen["turn"] >= TREMBLE else "static"


def may_talk(seen: dict[str, float], live_mouth_std: float) -> bool:
    """Whether `evidence` shows half of what it takes to talk, clearly more than a print does."""
    return _lips(seen, live_mouth_std)[2] >= SPEECH / 2


def _lips(seen: dict[str, float], live_mouth_std: float) -> tuple[float, float, float]:
    """What landmarks and pixels say, each over its threshold, and both together."""
    # What was not measured does not speak against what the landmarks say.
    mouth, lips = seen["mouth_std"] / live_mouth_std, (seen.get("lips", CLEAR) / MOVING) ** 2
    return mouth, lips, mouth * lips


def _talk(mouth: NDArray[np.float32], lips: NDArray[np.float32]) -> tuple[float, float]:
    """Spread of the mouth and change at the lips, both (n,), in the same two seconds: those most like talk but
    one, so that neither a slip of the landmarker counts nor how long somebody is silent."""
    last = max(0, len(mouth) - WINDOW)
    starts = [*range(0, last, STEP), last]
    looks = [(_spread(mouth[i : i + WINDOW]), _change(lips[i : i + WINDOW], 70)) for i in starts]
    looks.sort(key=lambda look: look[0] * np.nan_to_num(look[1], nan=CLEAR) ** 2, reverse=True)
    return looks[1] if len(looks) > 2 else looks[0]


def _spread(mouth: NDArray[np.float32]) -> float:
    # Clipping the extremes keeps a landmarker's single slip from looking like speech.
    return float(np.std(np.clip(mouth, *np.percentile(mouth, (6, 94)))))


def _change(values: NDArray[np.float32], percentile: int) -> float:
    """NaN where it is hardly known."""
    known = values[~np.isnan(values)]
    return float(np.percentile(known, percentile)) if len(known) >= 3 else float("nan")


def _steady(angles: NDArray[np.float32]) -> NDArray[np.float64]:
    """Moving medians (n, k) of `angles` (n, k)."""
    padded = np.pad(angles, ((STEADY // 2, STEADY // 2), (0, 0)), mode="edge")
    return np.asarray(np.median(sliding_window_view(padded, STEADY, axis=0), axis=-1), np.float64)


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
