"""The best sequence of states, where every change has its price (Viterbi 1967)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Gains = NDArray[np.float64]
Price = Callable[[int], float | NDArray[np.float64]]


def best_path(gains: Gains, price: Price) -> list[int]:
    """The states (n,) with the highest sum of `gains` (n, k) less what their changes cost; none of no gains.

    `price(i)`, of 0 and more, is for going over to step `i`, 1 and later: a number for any change, or (k, k) for
    each state in its row from each in its column. On a tie a state is kept, else the first is taken.
    """
    if not len(gains):
        return []
    states = np.arange(gains.shape[1])
    total, came = gains[0].astype(np.float64), np.zeros(gains.shape, np.intp)
    for i in range(1, len(gains)):
        cost = price(i)
        if isinstance(cost, np.ndarray):
            offers = total[None, :] - cost
            kept, origin = offers[states, states], np.argmax(offers, axis=1)
            offer = offers[states, origin]
        else:
            kept, origin = total, np.full(len(states), np.argmax(total))
            offer = total[origin] - cost
        came[i] = np.where(kept >= offer, states, origin)
        total = np.maximum(kept, offer) + gains[i]
    path = [int(np.argmax(total))]
    for i in range(len(gains) - 1, 0, -1):
        path.append(int(came[i, path[-1]]))
    return path[::-1]
