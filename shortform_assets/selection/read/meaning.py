"""What lines mean: vectors of a sentence-embedding model, or of hashed stems, and sums over runs of lines."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from shortform_assets.ports.embedder import Embedder
from shortform_assets.selection.read.script import Line

HASHED = 1024
"""Columns of the hashed stems: so few collide in the words of one source. Our choice;
test_topics_change_where_the_words_do."""
# Set by hand for the embedder that ships; "chosen time that is filler" of benchmarks/selection.py.
STRANGERS, KIN = -0.05, 0.3
"""Cosines, of the two halves of a short passage, of two subjects and of one."""
BESIDE, NEW, KNOWN = 25, -0.1, 0.15
"""Content words on each side of a line whose cosine tells news, and its range."""


def line_vectors(embedder: Embedder, lines: Sequence[Line]) -> np.ndarray:
    """(len(lines), dimensions): the meaning of each line, function words left out."""
    return embedder.embed([" ".join(line.content) for line in lines])


def word_vectors(lines: Sequence[Line], weights: dict[str, float]) -> np.ndarray:
    """(len(lines), 1024) tf-idf vectors of hashed stems (Weinberger et al., 2009): what there is without a model."""
    vectors = np.zeros((len(lines), HASHED), np.float32)
    for row, line in zip(vectors, lines, strict=True):
        for stem in line.stems:
            at = zlib.crc32(stem.encode())
            row[at % HASHED] += weights.get(stem, 1.0) * (1 if at & 0x8000_0000 else -1)
    return vectors


class Meaning:
    """What runs of lines are about, from prefix sums of their vectors."""

    def __init__(self, vectors: np.ndarray, weights: Sequence[int]) -> None:
        """`weights` is how much each line counts. What all lines have in common is taken out first."""
        weight = np.asarray(weights, dtype=np.float64)[:, None]
        at = vectors.astype(np.float64)
        if weight.sum():
            at = at - (at * weight).sum(axis=0) / weight.sum()
        self._sums = np.vstack([np.zeros(at.shape[1]), np.cumsum(at * weight, axis=0)])
        self._weight = np.concatenate([[0.0], np.cumsum(weight)])

    def alike(self, a: int, middle: int, b: int) -> float:
        """How alike lines a..middle-1 and middle..b are: 0 for strangers, 1 for what is plainly one subject."""
        return _between(STRANGERS, KIN, self._cosine(a, middle, b + 1))

    def news(self) -> list[float]:
        """For every line how new it is to what was said just before: 0 goes on with it, 1 turns away."""
        n = len(self._weight) - 1
        found = [0.0] * n
        for i in range(1, n):
            low = min(i - 1, int(np.searchsorted(self._weight, self._weight[i] - BESIDE)))
            high = max(i + 1, int(np.searchsorted(self._weight, self._weight[i] + BESIDE)))
            found[i] = 1 - _between(NEW, KNOWN, self._cosine(max(0, low), i, min(n, high)))
        return found

    def _cosine(self, low: int, middle: int, high: int) -> float:
        left, right = self._sums[middle] - self._sums[low], self._sums[high] - self._sums[middle]
        norm = float(np.linalg.norm(left) * np.linalg.norm(right))
        return float(left @ right) / norm if norm > 0 else 0.0


def _between(low: float, high: float, x: float) -> float:
    return min(1.0, max(0.0, (x - low) / (high - low)))
