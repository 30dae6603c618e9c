"""Chosen clips move to better edges of their own passage, and never over each other."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from test_choice import apart, candidate, rules

from shortform_assets.contracts.selection import EDGE_RANK
from shortform_assets.selection.choose.choice import choose
from shortform_assets.selection.choose.edge_choice import SAME_PASSAGE, with_better_edges


def cut(number, start, length, score, rank, **more):
    found = candidate(number, start, length, score, **more)
    return replace(found, moment=found.moment.model_copy(update={"features": {EDGE_RANK: rank}}))


some = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(30, 90), st.integers(0, 99), st.booleans()),
    max_size=14,
).map(
    lambda rows: [
        cut(n, start, length, score / 100, rank / 100, fault="" if able else "is advertising")
        for n, (start, length, score, rank, able) in enumerate(rows)
    ]
)


def rank(c):
    return c.moment.features[EDGE_RANK]


def alike(c, other):
    held, wanted = set(range(*c.frames)), set(range(*other.frames))
    return len(held & wanted) / len(held | wanted)


@settings(max_examples=200, deadline=None)
@given(some, st.integers(1, 5))
def test_moved_clips_stay_apart_are_cut_no_worse_and_hold_the_same_passage(candidates, target):
    rule = rules(target, exact=True)
    before = choose(candidates, rule)
    after = with_better_edges(before, candidates, rule).chosen
    assert len(after) == len(before.chosen)
    assert apart(after)
    assert not any(c.fault or c.score < rule.min_score for c in after)
    by_time = (sorted(chosen, key=lambda c: c.frames) for chosen in (before.chosen, after))
    for was, now in zip(*by_time, strict=True):
        assert rank(now) >= rank(was)
        assert alike(was, now) >= SAME_PASSAGE


def test_a_clip_moves_to_the_better_edges_of_its_own_passage():
    chosen, better, elsewhere, over_the_next = (
        cut(0, 100, 50, 0.8, 0.5),
        cut(1, 104, 48, 0.7, 0.6),
        cut(2, 300, 50, 0.6, 0.9),
        cut(3, 110, 95, 0.6, 0.8),
    )
    following = cut(4, 200, 50, 0.9, 0.5)
    everything = [chosen, better, elsewhere, over_the_next, following]
    rule = rules(2, exact=True)
    before = choose(everything, rule)
    assert {c.moment.moment_id for c in before.chosen} == {m.moment.moment_id for m in (chosen, following)}
    after = with_better_edges(before, everything, rule).chosen
    assert [c.moment.moment_id for c in after] == [following.moment.moment_id, better.moment.moment_id]


def test_what_a_model_judged_or_nothing_was_learnt_of_stays_as_it_is():
    better = cut(1, 104, 48, 0.7, 0.6)
    for kept in (
        candidate(0, 100, 50, 0.8),
        replace(cut(0, 100, 50, 0.8, 0.5), parts={"local": 0.7, "panel": 0.1}),
        replace(cut(0, 100, 50, 0.8, 0.5), reason="a confession"),
    ):
        rule = rules(1, exact=True)
        before = choose([kept, better], rule)
        assert with_better_edges(before, [kept, better], rule).chosen == [kept]
