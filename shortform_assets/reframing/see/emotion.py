"""A seven-label emotion distribution from blendshapes.

A weighted reading of the facial action units that FACS (Ekman and Friesen 1978) names for each basic
emotion; good enough to tell a laugh from a neutral face, not a clinical instrument. Labels and order are
those of DeepFace and FER2013, so a trained model can take its place: `emotion_model` does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

UNITS: dict[str, dict[str, float]] = {
    "angry": {"browDownLeft": 1, "browDownRight": 1, "mouthPressLeft": 0.5, "mouthPressRight": 0.5},
    "disgust": {"noseSneerLeft": 1, "noseSneerRight": 1, "mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5},
    "fear": {"eyeWideLeft": 1, "eyeWideRight": 1, "browInnerUp": 0.5, "mouthStretchLeft": 0.5,
             "mouthStretchRight": 0.5},
    "happy": {"mouthSmileLeft": 1, "mouthSmileRight": 1, "cheekSquintLeft": 0.3, "cheekSquintRight": 0.3},
    "sad": {"mouthFrownLeft": 1, "mouthFrownRight": 1, "browInnerUp": 0.7},
    "surprise": {"browOuterUpLeft": 1, "browOuterUpRight": 1, "browInnerUp": 0.5, "jawOpen": 0.5},
}  # fmt: skip
"""Blendshape -> weight. Those of an emotion are averaged by weight; 0.5 of the sum is a clear face. The units are
FACS', the weights set by hand: whole for what defines the emotion, less for what others share."""
NEUTRAL = 0.25
"""How strong the strongest emotion must be to equal neutral."""
HALF_SECOND = 6
"""Samples that are averaged before two are compared."""


def emotions(blendshapes: Mapping[str, float]) -> NDArray[np.float32]:
    """Probabilities (7,) in the order of `LABELS`, from blendshape scores of 0 to 1."""
    strength = [
        sum(blendshapes.get(name, 0.0) * weight for name, weight in units.items()) / sum(units.values())
        for units in UNITS.values()
    ]
    # Squares let a clear expression win over the faint traces that every face shows.
    votes = np.array([*(s**2 for s in strength), NEUTRAL**2], np.float64)
    return (votes / votes.sum()).astype(np.float32)


def emotion_change(emotion: NDArray[np.float32], every: int = HALF_SECOND) -> float:
    """How much an expression changes, 0 to 1: the mean total variation distance between the means of one
    stretch of `every` samples and of the next.

    `emotion` (n, 7) are a track's, in which rows with NaN are left out. Without two full stretches it is 0.
    A shaken print has some too (the classifier's own noise): a minor vote for life, never one alone.
    """
    known = np.asarray(emotion, np.float64)
    known = known[~np.isnan(known).any(axis=1)]
    count = len(known) // every
    if count < 2:
        return 0.0
    means = known[: count * every].reshape(count, every, -1).mean(axis=1)
    return float(min(1.0, np.abs(np.diff(means, axis=0)).sum(axis=1).mean() / 2))
