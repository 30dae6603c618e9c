"""What the panel may spend: caps of source, slice and purse, and models whose price nobody knows."""

from __future__ import annotations

import pytest
from lying_server import LyingServer
from panel_room import check_valid, hold, ledger

from resources.bench import StoreBench
from resources.ledger import Caps, Ledger
from resources.llm.panel_budget import Pocket
from shortform_assets.ports.spending import OverBudget


def test_over_budget_nothing_is_sent(server: LyingServer, bench: StoreBench):
    prices = {"openai:small": {"input": 1.0, "output": 10.0}}
    for caps, changes in (
        (Caps(usd=0.01), {"prices": prices}),
        (Caps(tokens=5000), {}),
        (Caps(), {"prices": prices, "max_usd": 0.01}),
        (Caps(), {"max_tokens": 5000, "answer_tokens": 5000}),
    ):
        verdicts = hold(bench, caps=caps, **changes)
        assert verdicts.failures == (
            f"openai:small left {verdicts.questions} of {verdicts.questions} questions without an answer: "
            f"over budget ({verdicts.questions})",
        )
    assert server.count() == 0
    assert ledger(bench).spent() == (0.0, 0)


def test_over_budget_half_way_keeps_what_was_paid_for(server: LyingServer, bench: StoreBench):
    prices = {"openai:small": {"input": 1.0, "output": 10.0}}
    # An answer of 6000 tokens may cost 6 cents and the question half a cent; it turns out to cost 0.3 cents.
    verdicts = hold(bench, prices=prices, max_usd=0.069, concurrency=1)
    check_valid(verdicts)
    assert 0 < server.count() == verdicts.answered < verdicts.questions
    assert "over budget" in verdicts.failures[0]
    usd, tokens = ledger(bench).spent()
    assert usd == pytest.approx(server.count() * (1000 * 1e-6 + 200 * 1e-5))
    assert tokens == server.count() * 1200
    assert usd < 0.069
    before = server.count()
    complete = hold(bench, prices=prices)
    assert not complete.failures
    # The second round's questions depend on the first's answers, so only the first is sure to be known.
    assert server.count() == complete.questions
    assert server.count() > before


def test_a_model_whose_price_nobody_knows_is_not_asked(
    server: LyingServer, bench: StoreBench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("resources.llm.prices.is_loopback", lambda url: False)
    verdicts = hold(bench)
    assert "selection.panel.prices" in verdicts.failures[0]
    assert server.count() == 0
    assert not hold(bench, models=("openai:gpt-5-mini",)).failures
    asked = server.count()
    assert ledger(bench).spent()[0] == pytest.approx(asked * (1000 * 0.25e-6 + 200 * 2e-6))


def test_a_pocket_is_a_purse_within_a_purse(bench: StoreBench):
    purse = Pocket(Ledger(bench.store, "talk", Caps(usd=1.0, tokens=1000)), 0.5, 10_000, "here")
    with purse.reserve("first", 0.4, 100) as charge:
        with pytest.raises(OverBudget, match=r"raise here\.max_usd"), purse.reserve("second", 0.2):
            raise AssertionError
        charge.settle(0.1, 50)
    with pytest.raises(OverBudget, match="SHORTFORM_MAX_TOKENS"), purse.reserve("third", 0.1, 951):
        raise AssertionError
    with purse.reserve("fourth", 0.4, 950):
        pass
    with pytest.raises(OverBudget, match="max_usd"), purse.reserve("fifth", 0.01):
        raise AssertionError
    assert ledger(bench).spent() == (0.5, 1000)
