"""Scores for recognised speech: word error rate and diarization error rate."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

Stretch = tuple[str, float, float]
"""Speaker, start and end in seconds."""


def plain_words(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.lower().replace("’", "'").replace("-", " ")).split()


def word_error_rate(reference: str, heard: str) -> float:
    truth = plain_words(reference)
    return Levenshtein.distance(truth, plain_words(heard)) / len(truth)


def diarization_error_rate(
    reference: Sequence[Stretch], found: Sequence[Stretch], collar: float = 0.25, step: float = 0.01
) -> float:
    """Missed, invented and misattributed speech over all speech, under the best naming of speakers.

    Time within `collar` seconds of a reference boundary is not judged.
    """
    size = round(max(end for _, _, end in [*reference, *found]) / step) + 1
    truth, guess = _grid(reference, size, step), _grid(found, size, step)
    judged = np.ones(size, bool)
    for _, start, end in reference:
        for edge in (start, end):
            judged[max(0, round((edge - collar) / step)) : max(0, round((edge + collar) / step))] = False
    truth, guess = truth[judged], guess[judged]
    shared = truth.T.astype(int) @ guess.astype(int)
    rows, columns = linear_sum_assignment(-shared)
    spoken, heard = truth.sum(axis=1), guess.sum(axis=1)
    errors = np.maximum(spoken, heard).sum() - shared[rows, columns].sum()
    return float(errors / spoken.sum())


def _grid(stretches: Sequence[Stretch], size: int, step: float) -> np.ndarray:
    names = sorted({name for name, _, _ in stretches})
    grid = np.zeros((size, len(names)), bool)
    for name, start, end in stretches:
        grid[round(start / step) : round(end / step), names.index(name)] = True
    return grid
