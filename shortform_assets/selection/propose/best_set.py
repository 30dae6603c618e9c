"""The best runs that do not overlap: an exact search, not a greedy walk."""

from __future__ import annotations

import numpy as np


def best_set(start: np.ndarray, end: np.ndarray, value: np.ndarray, most: int) -> list[int]:
    """Indices, in order of time, of at most `most` intervals [start, end) without overlap of the highest total value.

    Weighted interval scheduling (Kleinberg and Tardos, Algorithm Design, 6.1) with a bound on the number:
    best(k, i), the best of at most k intervals that end by the i-th end, in O(most * n). What is worth nothing
    or less is left out. Ties go to the set that ends earlier. `start` and `end` are integers, end > start.
    """
    n = len(value)
    if not n or most < 1:
        return []
    order = np.lexsort((start, end))
    starts, ends, values = start[order], end[order], np.asarray(value, np.float64)[order]
    before = np.searchsorted(ends, starts, side="right")
    best = np.zeros((most + 1, n + 1))
    taken = np.zeros((most + 1, n), bool)
    for k in range(1, most + 1):
        with_it = values + best[k - 1][before]
        best[k, 1:] = np.maximum.accumulate(np.maximum(with_it, 0.0))
        # Taken only where nothing that ends earlier does as well.
        taken[k] = with_it > best[k, :-1] + 1e-12
    found: list[int] = []
    i, k = n, most
    while i > 0 and k > 0:
        if taken[k, i - 1]:
            found.append(int(order[i - 1]))
            i, k = int(before[i - 1]), k - 1
        else:
            i -= 1
    return found[::-1]
