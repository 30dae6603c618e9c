"""The exact search for the best set, against trying every set."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from test_choice import candidate, rules

from shortform_assets.selection.choose.choice import choose
from shortform_assets.selection.propose.best_set import best_set

intervals = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(-20, 100)), max_size=11)


def arrays(rows):
    table = np.array(rows, int).reshape(-1, 3)
    return table[:, 0], table[:, 0] + table[:, 1], table[:, 2].astype(float)


def apart(start, end, chosen):
    return all(end[a] <= start[b] or end[b] <= start[a] for a, b in combinations(chosen, 2))


def best_by_trying(start, end, value, most):
    sets = (s for size in range(most + 1) for s in combinations(range(len(value)), size))
    return max(sum(value[i] for i in s) for s in sets if apart(start, end, s))


@settings(max_examples=200, deadline=None)
@given(intervals, st.integers(0, 6))
def test_no_other_set_is_worth_more(rows, most):
    start, end, value = arrays(rows)
    found = best_set(start, end, value, most)
    assert len(found) <= most
    assert apart(start, end, found)
    assert sum(value[i] for i in found) == best_by_trying(start, end, value, most)


@settings(max_examples=100, deadline=None)
@given(intervals, st.integers(1, 6))
def test_it_is_in_order_and_holds_nothing_worthless(rows, most):
    start, end, value = arrays(rows)
    found = best_set(start, end, value, most)
    assert [start[i] for i in found] == sorted(start[i] for i in found)
    assert all(value[i] > 0 for i in found)


@given(intervals, st.integers(1, 5))
def test_asking_for_more_is_never_worth_less(rows, most):
    start, end, value = arrays(rows)
    fewer = sum(value[i] for i in best_set(start, end, value, most))
    assert sum(value[i] for i in best_set(start, end, value, most + 1)) >= fewer


def test_a_greedy_walk_would_lose():
    """The best single interval overlaps two that are worth more together."""
    start, end, value = arrays([(5, 10, 10), (0, 7, 8), (7, 9, 8)])
    assert best_set(start, end, value, 2) == [1, 2]
    assert best_set(start, end, value, 1) == [0]


def test_of_nothing_it_takes_nothing():
    nothing = np.zeros(0, int)
    assert best_set(nothing, nothing, np.zeros(0), 5) == []


class TestExactChoice:
    """`choose` where the worth was learnt."""

    def test_two_that_are_good_together_beat_the_best_one(self):
        found = choose(
            [candidate(0, 5, 10, 0.8), candidate(1, 0, 7, 0.75), candidate(2, 8, 9, 0.75)],
            rules(2, exact=True),
        )
        assert [c.moment.first_word for c in found.chosen] == [0, 8]

    def test_what_says_the_same_is_taken_once(self):
        said = tuple("abcdefgh")
        pool = [candidate(n, 20 * n, 10, 0.9 - n / 10, stems=said) for n in range(2)]
        found = choose([*pool, candidate(2, 60, 10, 0.6)], rules(2, exact=True))
        assert [c.moment.first_word for c in found.chosen] == [0, 60]
        assert found.same[pool[1].moment.moment_id] is pool[0]

    def test_a_topic_keeps_to_its_quota(self):
        pool = [candidate(n, 20 * n, 10, 0.9 - n / 100, topic=int(n > 2)) for n in range(4)]
        found = choose(pool, rules(3, exact=True, quotas={0: 1, 1: 2}))
        assert [c.moment.first_word for c in found.chosen] == [0, 60]

    def test_nothing_under_the_least_score(self):
        assert not choose([candidate(0, 0, 10, 0.3)], rules(3, exact=True)).chosen
