"""Small models: probabilities over pairs from a server on loopback that gives them in OpenAI's format, or does not."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lying_server import Asked, LyingServer, Sent, answered, leaning, richness
from panel_room import LINES, TRANSCRIPT, TURNS, check_valid, hold, ledger, moments
from pydantic_ai.messages import ModelResponse, TextPart
from selection_talk import silent_media

from resources.bench import StoreBench
from resources.llm.first_token import NoChoice, NoLogprobs, leaning_of
from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.genres import load_genre
from shortform_assets.selection.panel.pair_judging import is_small, pair_schedule
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments

LOCAL = moments(step=9, length=3)[:6]


def rich(moment_id: str) -> int:
    """How many different long words a moment of `LOCAL` has."""
    a = int(moment_id.removeprefix("local"))
    return richness({"sentences": [{"text": line.text} for line in LINES[a : a + 3]]})


def test_probabilities_are_read_in_both_orders_and_make_one_order(server: LyingServer, bench: StoreBench):
    verdicts = hold(bench, models=("openai:qwen2.5:1.5b",), local=LOCAL, pairs_each=100)
    check_valid(verdicts)
    n = len(LOCAL)
    assert server.count() == server.count("pair") == n * (n - 1) == verdicts.answered
    for asked in server.asked:
        assert (asked.body["logprobs"], asked.body["top_logprobs"], asked.body["temperature"]) == (
            True,
            20,
            0,
        )
        assert asked.body.get("max_tokens", asked.body.get("max_completion_tokens")) == 16
        assert set(asked.data) == {"language", "wanted_topics", "A", "B"}
    assert (verdicts.by_pairs, verdicts.proposals, verdicts.failures) == (("openai:qwen2.5:1.5b",), (), ())
    ranked = sorted(verdicts.judged, key=lambda v: -v.score)
    assert all(rich(a.moment_id) >= rich(b.moment_id) for a, b in pairwise(ranked))
    assert all(v.scores == {} and v.wording is None and 0 < v.score < 1 for v in ranked)
    # No numbers are set aside for long answers that are never written.
    assert ledger(bench).spent()[1] == 801 * server.count()


def test_a_liking_for_the_first_place_cancels_out(server: LyingServer, bench: StoreBench):
    honest = hold(bench, models=("openai:tiny-270m",), local=LOCAL)

    def mood(asked: Asked) -> Sent:
        return leaning(3.0 + 0.2 * (richness(asked.data["A"]) - richness(asked.data["B"])))

    server.mood = mood
    biased = hold(bench, models=("openai:other-270m",), local=LOCAL)
    assert {v.moment_id: v.score for v in biased.judged} == pytest.approx(
        {v.moment_id: v.score for v in honest.judged}
    )
    turned = [int(r.remarks[0].split("; in ")[1].split()[0]) for r in (honest, biased)]
    assert turned[0] < turned[1]


@pytest.mark.parametrize(
    ("sent", "why", "most"),
    [
        (Sent("A"), "it gives no log probabilities", 4),
        (Sent(status=400, error="logprobs are not supported"), "it gives no log probabilities", 4),
        (Sent("x", logprobs=[{"token": "x", "logprob": -0.1, "top_logprobs": [{"token": "x", "logprob": -0.1}]}]),
         "it answers with neither letter", 7),
        (Sent(status=500, error="boom"), "its server failed", 7),
    ],
)  # fmt: skip
def test_without_probabilities_it_is_said_once_and_not_asked_on(
    sent: Sent, why: str, most: int, server: LyingServer, bench: StoreBench
):
    server.mood = lambda asked: sent
    verdicts = hold(bench, models=("openai:small",), judge_by="pairs", local=LOCAL, retries=0)
    check_valid(verdicts)
    assert not verdicts.judged
    assert verdicts.models == verdicts.by_pairs == ()
    assert why in verdicts.failures[0]
    assert f"left {verdicts.questions} of {verdicts.questions} questions" in verdicts.failures[0]
    assert server.count() <= most


def test_a_large_and_a_small_model_judge_together(server: LyingServer, bench: StoreBench):
    verdicts = hold(bench, models=("openai:big-70b", "openai:qwen2.5:1.5b"), local=LOCAL)
    check_valid(verdicts)
    assert verdicts.models == ("openai:big-70b", "openai:qwen2.5:1.5b")
    assert verdicts.by_pairs == ("openai:qwen2.5:1.5b",)
    for asked in server.asked:
        assert (asked.kind == "pair") == (asked.body["model"] == "qwen2.5:1.5b")
    assert all(p.models == ("openai:big-70b",) for p in verdicts.proposals)
    assert all(v.votes == 2 for v in verdicts.judged)


def test_what_was_answered_in_both_orders_is_used_and_a_rerun_asks_the_rest(
    server: LyingServer, bench: StoreBench
):
    server.mood = lambda asked: None if asked.number < 5 else Sent(status=500, error="gone")
    first = hold(bench, models=("openai:qwen2.5:1.5b",), local=LOCAL, retries=0, concurrency=1)
    assert "was asked about 2 pairs" in first.remarks[0]
    assert first.failures
    assert 1 < len(first.judged) < len(LOCAL)
    server.mood = lambda asked: None
    before = server.count()
    second = hold(bench, models=("openai:qwen2.5:1.5b",), local=LOCAL)
    assert len(second.judged) == len(LOCAL)
    assert server.count() - before == second.questions - 5


def test_a_small_model_counts_little_until_it_is_measured(server: LyingServer, bench: StoreBench):
    genre = load_genre("podcast").selection
    mezzanine, shots = silent_media(TRANSCRIPT.duration_ms)
    found = find_moments(bench, MomentsRequest(TRANSCRIPT, TURNS, shots, mezzanine, genre))
    verdicts = hold(bench, models=("openai:qwen2.5:1.5b",), local=found.moments[::40][:6])
    changed = {}
    for measured in (False, True):
        panel = genre.panel.model_validate({**genre.panel.model_dump(), "measured": measured})
        selection = genre.model_copy(update={"panel": panel})
        request = PlanRequest(found, TRANSCRIPT, TURNS, selection, PlanEdits(), Brief(count=40))
        plan = plan_clips(bench, request, verdicts, panel_weight=1.0)
        assert any("pairs in both orders" in note for note in plan.notes)
        assert any("nobody measured it" in note for note in plan.notes) == (not measured)
        changed[measured] = max(abs(clip.scores.get("panel", 0.0)) for clip in plan.clips)
    assert 0 < 2 * changed[False] < changed[True]


@given(st.integers(0, 60), st.integers(2, 20))
def test_every_pair_is_met_once_and_everybody_often_enough(count: int, each: int):
    pairs = pair_schedule(count, each)
    met = [frozenset(pair) for pair in pairs]
    assert len(set(met)) == len(met)
    assert all(len(pair) == 2 for pair in met)
    often = [sum(i in pair for pair in met) for i in range(count)]
    assert all(n == min(count - 1, each - each % 2) or n == count - 1 for n in often)


@pytest.mark.parametrize(
    ("name", "small"),
    [
        ("ollama:qwen2.5:1.5b", True), ("openai:gemma-3-270m-it-Q4_K_M", True), ("openai:Llama-3.2-3B-Instruct", True),
        ("openai:gpt-5-mini", False), ("openai:mixtral-8x7b", False), ("openai:qwen3-30b-a3b", False),
        ("anthropic:claude-sonnet-4-5", False), ("openai:glm-4-9b-chat-1m", False), ("openai:gemma3:4b", True),
        ("openai:phi-3.5-mini", False),
    ],
)  # fmt: skip
def test_the_size_is_read_from_the_name(name: str, small: bool):
    assert is_small(name) == small


def response(*tokens: tuple[str, float], written: str = "") -> ModelResponse:
    shown = [{"token": t, "logprob": p} for t, p in tokens]
    head = {"token": written or shown[0]["token"], "logprob": shown[0]["logprob"], "top_logprobs": shown}
    return ModelResponse(parts=[TextPart("x")], provider_details={"logprobs": [head]})


def test_a_letter_is_known_in_every_spelling_and_one_unnamed_is_as_unlikely_as_the_least():
    found = leaning_of(
        response((" A", math.log(0.5)), ("A", math.log(0.2)), ("**b", math.log(0.1)), ("C", -9)), "AB"
    )
    assert found.logprobs["A"] == pytest.approx(math.log(0.7))
    assert found.logprobs["B"] == pytest.approx(math.log(0.1))
    found = leaning_of(response(("A", -0.01), ("So", -7.0), ("!", -math.inf)), "AB")
    assert found.logprobs == pytest.approx({"A": -0.01, "B": -7.0})
    with pytest.raises(NoChoice):
        leaning_of(response(("C", -0.1)), "AB")
    with pytest.raises(NoLogprobs):
        leaning_of(ModelResponse(parts=[TextPart("A")]), "AB")
    # OpenAI's Responses API hangs them on the text.
    part = TextPart("A", provider_details=response(("A", -0.1), ("B", -3.0)).provider_details)
    assert leaning_of(ModelResponse(parts=[part]), "AB").logprobs == pytest.approx({"A": -0.1, "B": -3.0})


def test_the_server_of_these_tests_answers_as_openai_does(server: LyingServer):
    asked = Asked(
        0, 0, "pair", {"A": {"sentences": [{"text": "x"}]}, "B": {"sentences": [{"text": "x"}]}}, {}, {}
    )
    told = answered(asked).logprobs
    assert told
    assert {"token", "logprob", "bytes", "top_logprobs"} == set(told[0])
