"""From who was preferred to whom, pair by pair, to one strength for each: the model of Bradley and Terry (1952)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DOUBT = 0.5
"""Precision of the normal prior on every strength: who won all of a few pairs is not without end better than all others, and
those that nothing connects stay comparable. Our choice; test_strengths_follow_what_was_preferred."""
_STEPS = 50


def pair_strengths(
    count: int, outcomes: Sequence[tuple[int, int, float]], doubt: float = DOUBT
) -> np.ndarray:
    """(count,) float64 log-odds against one of middling strength, their mean 0.

    Each outcome (i, j, share) says that i was preferred to j with that chance or in that share of the cases, 0 to 1.
    The penalised likelihood has one maximum, found by Newton's method.
    """
    strengths = np.zeros(count)
    if not outcomes or not count:
        return strengths
    left, right = (np.array([o[k] for o in outcomes], int) for k in (0, 1))
    share = np.array([o[2] for o in outcomes], float)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(strengths[left] - strengths[right])))
        slope = doubt * strengths
        np.add.at(slope, left, chance - share)
        np.add.at(slope, right, share - chance)
        bend = doubt * np.eye(count)
        weight = chance * (1 - chance)
        np.add.at(bend, (left, left), weight)
        np.add.at(bend, (right, right), weight)
        np.add.at(bend, (left, right), -weight)
        np.add.at(bend, (right, left), -weight)
        step = np.linalg.solve(bend, slope)
        strengths = strengths - step
        if np.abs(step).max() < 1e-9:
            break
    found: np.ndarray = strengths - strengths.mean()
    return found
