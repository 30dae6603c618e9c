"""`benchmarks/fanout.py`: nothing is lost on paper either, and what goes wrong costs what it must."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

from fanout_simulation import FanoutTerms, day, fan_out

SHARE = st.floats(0, 0.6)


@given(
    st.lists(st.floats(0.1, 100), max_size=40),
    st.integers(1, 50),
    st.tuples(SHARE, SHARE, SHARE),
    st.integers(0, 9),
)
def test_every_job_ends_once_whatever_goes_wrong(
    seconds: list[float], at_once: int, wrong: tuple[float, float, float], seed: int
) -> None:
    deaths, untold, throttles = wrong
    terms = FanoutTerms(at_once, deaths=deaths, untold=untold, throttles=throttles)
    run = fan_out(seconds, terms, seed)
    assert sorted(run.ends) == list(range(len(seconds)))
    assert set(run.ends.values()) <= {"completed", "failed"}
    assert run.most_aloft <= at_once
    assert len(seconds) <= run.sent <= terms.attempts * len(seconds)
    assert run.cold <= run.sent
    # The same chances again: the same run.
    assert fan_out(seconds, terms, seed) == run


def test_what_goes_wrong_costs_what_it_must() -> None:
    smooth = FanoutTerms(10, deaths=0, throttles=0, cold=(0, 0), uneven=0, call=0)
    # Three waves of ten; each is seen at the look after its end, and the next is sent two seconds later.
    assert fan_out([9.0] * 30, smooth, 0).last == pytest.approx(10 + 12 + 12)
    all_die = FanoutTerms(10, deaths=1, untold=1, throttles=0, cold=(0, 0))
    run = fan_out([9.0] * 10, all_die, 0)
    assert set(run.ends.values()) == {"failed"}
    # Silence, twice.
    assert 120 < run.last < 145
    assert run.sent == run.cold == 20


def test_a_day_loses_nothing_and_a_queue_grows_where_places_are_too_few() -> None:
    enough, few = (day(100, 120, 24.0, places, seed=3, swing=0) for places in (1000, 2))
    assert enough.arrived == few.arrived == enough.done + enough.left == few.done + few.left
    assert enough.left < 120 < few.left <= few.most_waiting + 2
    assert few.done == pytest.approx(2 * 86_400 / 24, rel=0.05)
