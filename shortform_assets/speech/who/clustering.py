"""Which voice embeddings belong to one person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

SAME_VOICE = 0.38
"""Mean cosine similarity from which two groups of embeddings are one person."""
_KEEP_SECONDS, _KEEP_SHARE, _KEEP_AT_MOST = 1.0, 0.008, 8.0
"""Who talks for less is nobody: seconds, or this share of all talk up to so many seconds. By trial; the
diarization error rate of benchmarks/speech.py guards it, as it does all numbers of this room."""
_ROUNDS = 3
"""Of moving pieces to the nearest centroid, so that the order of joining decides nothing."""


def cluster_voices(
    embeddings: Floats, seconds: NDArray[np.float64], max_speakers: int
) -> tuple[Labels, Floats]:
    """A label for each of the (n, d) `embeddings` and the (k, d) unit centroids, k <= `max_speakers`.

    Average-linkage agglomeration on cosine similarity; the number of people is what stays apart below
    `SAME_VOICE`. Groups with next to no speech (`seconds` weighs each embedding) are given to the nearest.
    Then a few rounds of spherical k-means mend what the greedy merges got wrong.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    units = normalised(embeddings)
    if len(units) < 2:
        return np.zeros(len(units), np.int64), units.copy()
    tree = linkage(units, method="average", metric="cosine")
    labels = np.asarray(fcluster(tree, 1.0 - SAME_VOICE, criterion="distance"), np.int64) - 1
    weights = np.bincount(labels, seconds)
    enough = min(max(_KEEP_SECONDS, _KEEP_SHARE * float(seconds.sum())), _KEEP_AT_MOST)
    order = sorted(range(len(weights)), key=lambda k: (-weights[k], k))
    kept = [k for k in order if weights[k] >= enough][:max_speakers] or order[:1]
    centroids = normalised(np.stack([_mean(units, seconds, labels == k) for k in kept]))
    for _ in range(_ROUNDS):
        labels = np.argmax(units @ centroids.T, axis=1)
        alive = [k for k in range(len(centroids)) if (labels == k).any()]
        centroids = normalised(np.stack([_mean(units, seconds, labels == k) for k in alive]))
    return np.argmax(units @ centroids.T, axis=1), centroids


def normalised(rows: Floats) -> Floats:
    """Rows of unit length; zero rows stay zero."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / np.maximum(length, 1e-9)).astype(np.float32)


def _mean(units: Floats, seconds: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(np.average(units[chosen], axis=0, weights=np.maximum(seconds[chosen], 1e-6)))
