"""The best path is the one that trying all of them finds."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.best_path import best_path

# Few values, so that ties are common.
numbers = st.integers(-3, 3).map(float)


@st.composite
def problems(draw):
    steps, states = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    gains = np.array(draw(st.lists(numbers, min_size=steps * states, max_size=steps * states)))
    prices: list[float | np.ndarray] = [0.0]
    for _ in range(steps - 1):
        if draw(st.booleans()):
            prices.append(float(draw(st.integers(0, 4))))
        else:
            cells = st.lists(st.integers(0, 4).map(float), min_size=states**2, max_size=states**2)
            prices.append(np.array(draw(cells)).reshape(states, states))
    return gains.reshape(steps, states), prices


def worth(gains: np.ndarray, prices: list, path: tuple[int, ...] | list[int]) -> float:
    total = sum(gains[i, state] for i, state in enumerate(path))
    for i, (a, b) in enumerate(pairwise(path), start=1):
        price = prices[i]
        total -= price[b, a] if isinstance(price, np.ndarray) else price * (a != b)
    return float(total)


@settings(max_examples=300, deadline=None)
@given(problems())
def test_no_other_path_is_better(problem) -> None:
    gains, prices = problem
    found = best_path(gains, lambda i: prices[i])
    assert len(found) == len(gains)
    every = product(range(gains.shape[1]), repeat=len(gains))
    assert worth(gains, prices, found) == max(worth(gains, prices, path) for path in every)


def test_a_tie_changes_nothing_and_no_steps_have_no_path() -> None:
    assert best_path(np.array([[0.0, 1.0], [1.0, 0.0]]), lambda _: 1.0) == [0, 0]
    assert best_path(np.array([[0.0, 1.0], [0.0, 0.0]]), lambda _: 1.0) == [1, 1]
    assert best_path(np.zeros((0, 3)), lambda _: 1.0) == []
