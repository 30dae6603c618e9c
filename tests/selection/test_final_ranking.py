"""The last round: the finalists of all batches side by side, in two orders, in parts where they are many."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lying_server import Asked, LyingServer, Sent, judged, richness
from panel_room import LINES, check_valid, hold, moments

from resources.bench import StoreBench
from shortform_assets.contracts.slices.panel_slice import RUBRIC
from shortform_assets.selection.panel.pair_strengths import pair_strengths

MANY = moments(step=4, length=3)[:9]


def orders(server: LyingServer) -> list[list[str]]:
    """The texts of the finalists as each question listed them."""
    return [
        [c["sentences"][0]["text"] for c in asked.data["finalists"]]
        for asked in server.asked
        if asked.kind == "final"
    ]


def given_scores(candidate: dict[str, Any]) -> float:
    """What the honest server's numbers come to in the judging round."""
    return sum(RUBRIC[name].weight * value for name, value in judged(candidate)["scores"].items())


def test_the_best_of_all_batches_are_put_side_by_side_in_two_orders(server: LyingServer, bench: StoreBench):
    verdicts = hold(bench, local=MANY, batch=3, finalists=6)
    check_valid(verdicts)
    first, second = orders(server)
    assert len(first) == 6
    assert first == second[::-1]
    placed = sorted((v for v in verdicts.judged if v.place), key=lambda v: v.place or 0)
    assert [v.place for v in placed] == [1, 2, 3, 4, 5, 6]
    assert [v.score for v in placed] == sorted((v.score for v in placed), reverse=True)
    batches = [
        {c["sentences"][0]["text"] for c in a.data["candidates"]} for a in server.asked if a.kind == "judge"
    ]
    assert len(batches) > 2
    assert sum(any(text in batch for text in first) for batch in batches) >= min(6, len(batches))
    asked = server.count()
    assert hold(bench, local=MANY, batch=3, finalists=6) == verdicts
    assert server.count() == asked, "what was answered is kept"


def test_the_final_order_overrules_what_generous_batches_said(server: LyingServer, bench: StoreBench):
    """A batch in which everything gets ten does not win against others: side by side the poorest words come first."""

    def mood(asked: Asked) -> Sent | None:
        if asked.kind != "final":
            return None
        poorest = sorted(asked.data["finalists"], key=lambda c: (given_scores(c), c["sentences"][0]["text"]))
        return Sent(json.dumps({"order": [c["id"] for c in poorest]}))

    before = {v.moment_id: v.score for v in hold(bench, local=MANY, batch=3, finalists=0).judged}
    server.mood = mood
    after = [v for v in hold(bench, local=MANY, batch=3, finalists=6).judged if v.place]
    assert [before[v.moment_id] for v in sorted(after, key=lambda v: v.place or 0)] == sorted(
        before[v.moment_id] for v in after
    )
    assert sorted(v.score for v in after) == sorted(before[v.moment_id] for v in after)


@pytest.mark.parametrize("turned", [False, True])
def test_who_follows_the_list_changes_nothing(turned: bool, server: LyingServer, bench: StoreBench):
    def mood(asked: Asked) -> Sent | None:
        if asked.kind != "final":
            return None
        names = [c["id"] for c in asked.data["finalists"]]
        return Sent(json.dumps({"order": names[::-1] if turned else names}))

    before = hold(bench, local=MANY, batch=3, finalists=0)
    server.mood = mood
    after = hold(bench, local=MANY, batch=3, finalists=6)
    assert after.judged == before.judged
    assert after.rejected["follows_the_list"] == 1


@pytest.mark.parametrize(
    ("lie", "counted"),
    [
        (lambda names: [], "not_scored"),
        (lambda names: names[:2], "not_scored"),
        (lambda names: [*names, "c99"], "unknown_candidate"),
        (lambda names: [*names, *names], "scored_twice"),
    ],
)
def test_lies_about_the_order_are_counted(lie, counted, server: LyingServer, bench: StoreBench):
    def mood(asked: Asked) -> Sent | None:
        if asked.kind != "final":
            return None
        best = sorted(asked.data["finalists"], key=lambda c: (-richness(c), c["sentences"][0]["text"]))
        return Sent(json.dumps({"order": lie([c["id"] for c in best])}))

    server.mood = mood
    verdicts = hold(bench, local=MANY, batch=3, finalists=6, retries=1)
    check_valid(verdicts)
    assert verdicts.rejected[counted] >= 1


def test_where_one_order_is_missing_the_batches_decide_and_it_is_said(server: LyingServer, bench: StoreBench):
    finals: list[int] = []

    def mood(asked: Asked) -> Sent | None:
        if asked.kind != "final":
            return None
        finals.append(asked.number)
        return Sent(status=500, error="gone") if len(finals) > 1 else None

    before = hold(bench, local=MANY, batch=3, finalists=0)
    server.mood = mood
    after = hold(bench, local=MANY, batch=3, finalists=6, retries=0, concurrency=1)
    assert after.judged == before.judged
    assert after.failures == (
        f"openai:small left 1 of {after.questions} questions without an answer: its server failed (1)",
    )


def test_over_budget_only_the_last_round_is_left_out(server: LyingServer, bench: StoreBench):
    before = hold(bench, local=MANY, batch=3, finalists=0)
    again = hold(bench, local=MANY, batch=3, finalists=6, max_tokens=6000, answer_tokens=6000)
    assert again.judged == before.judged
    assert "over budget (2)" in again.failures[0]


def test_finalists_that_are_too_long_together_are_ranked_in_overlapping_parts(
    server: LyingServer, bench: StoreBench
):
    whole = hold(bench, local=MANY, batch=3, finalists=12)
    asked = len(orders(server))
    # One at a time: side by side they arrive in any order.
    parts = hold(bench, local=MANY, batch=3, finalists=12, final_words=200, concurrency=1)
    check_valid(parts)
    lists = orders(server)[asked:]
    assert len(lists) > 4
    assert all(a == b[::-1] for a, b in zip(lists[::2], lists[1::2], strict=True))
    for a, b in zip(lists[::2], lists[2::2], strict=False):
        assert set(a) & set(b)
        assert set(b) - set(a)
    assert {v.moment_id for v in parts.judged if v.place} == {v.moment_id for v in whole.judged if v.place}
    longest = max(sum(line.words for line in LINES[a : a + 4]) for a in range(len(LINES) - 4))
    said = [sum(len(s["text"].split()) for c in a.data["finalists"] for s in c["sentences"])
            for a in server.asked if a.kind == "final"][asked:]  # fmt: skip
    assert max(said) <= max(200, 2 * longest)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10_000))
def test_strengths_follow_what_was_preferred(count: int, seed: int):
    random = np.random.RandomState(seed)
    truth = random.permutation(count).astype(float)
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    outcomes = [(i, j, 1 / (1 + np.exp(truth[j] - truth[i]))) for i, j in pairs]
    strengths = pair_strengths(count, outcomes)
    assert abs(strengths.mean()) < 1e-9
    assert np.array_equal(np.argsort(strengths), np.argsort(truth))
    # The same told the other way round, and both orders at once, which cancel out.
    assert np.allclose(strengths, pair_strengths(count, [(j, i, 1 - s) for i, j, s in outcomes]))
    assert np.allclose(pair_strengths(count, [o for i, j in pairs for o in ((i, j, 1.0), (j, i, 1.0))]), 0)
    sure = pair_strengths(count, [(i, j, float(truth[i] > truth[j])) for i, j in pairs])
    assert np.all(np.isfinite(sure))
    assert np.array_equal(np.argsort(sure), np.argsort(truth))
