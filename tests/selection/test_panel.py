"""The panel's whole path against an honest server: what is asked, paid, kept, asked again and joined."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lying_server import Asked, LyingServer, Sent, honest
from panel_room import TRANSCRIPT, check_valid, everything_stored, hold, ledger, moments, slice_of
from pydantic import ValidationError

from resources.bench import StoreBench
from resources.llm import panel_for
from resources.redaction import redact
from shortform_assets.contracts.panel_verdicts import Verdict, Verdicts
from shortform_assets.selection.panel.verdicts import blend

HERE = Path(__file__).parent
SUITES = [str(HERE), str(HERE.parent)]
"""Where what tests share lies."""


def test_what_a_model_is_asked_and_what_comes_of_it(server: LyingServer, bench: StoreBench):
    verdicts = hold(bench, about=["bread"])
    check_valid(verdicts)
    quotes = [
        " ".join(w.text for w in TRANSCRIPT.words[p.quote_first : p.quote_last + 1])
        for p in verdicts.proposals
    ]
    assert any("crying over a bin" in quote for quote in quotes)
    assert any("ten thousand small cares" in quote for quote in quotes)
    assert {v.moment_id for v in verdicts.judged} > {p.moment_id for p in verdicts.proposals}
    assert sum(v.moment_id.startswith("local") for v in verdicts.judged) >= 5
    proposed = {p.moment_id for p in verdicts.proposals}
    assert all(v.wording and v.wording.title for v in verdicts.judged if v.moment_id in proposed)
    assert (verdicts.models, verdicts.failures) == (("openai:small",), ())
    assert verdicts.answered == verdicts.questions == verdicts.attempts == server.count()
    for asked in server.asked:
        assert asked.body["model"] == "small"
        assert (asked.body["temperature"], asked.body["seed"]) == (0, 7)
        assert asked.data["wanted_topics"] == ["bread"]
        # Nothing tells the judges where a candidate comes from.
        assert "local0" not in json.dumps(asked.data)
    shown = [s["n"] for asked in server.asked if asked.kind == "propose" for s in asked.data["sentences"]]
    assert sorted(set(shown)) == list(range(max(shown) + 1))
    assert bench.facts["panel_usd"] == 0


def test_a_rerun_and_a_reworded_slice_ask_for_nothing_known(server: LyingServer, bench: StoreBench):
    first = hold(bench)
    asked = server.count()
    assert hold(bench) == first
    assert hold(bench, max_usd=0.5, concurrency=1, weight=0.1) == first
    assert server.count() == asked
    assert bench.facts["panel_earlier"] == asked
    assert hold(bench, reroll=1) == first
    assert server.count() == 2 * asked
    hold(bench, judged=3)
    assert server.count("propose") == 2 * sum(a.kind == "propose" for a in server.asked[:asked])


def test_prompt_and_answer_are_kept(server: LyingServer, bench: StoreBench):
    hold(bench)
    keys = list(bench.store.list("artifacts/panel.call"))
    assert len(keys) == 2 * server.count()
    for key in keys:
        record = json.loads(bench.store.read(key))
        if key.endswith("/run.json"):
            told = ("never give times", "Score every candidate", "These are the finalists")
            assert sum(part in record["instructions"] for part in told) == 1
            assert json.loads(record["data"]) in [asked.data for asked in server.asked]
            assert record["answers"][0]["parts"][0]["content"]


KILLED = """
import sys
sys.path[:0] = {here!r}
from pathlib import Path
from panel_room import hold
from resources.bench import StoreBench
from resources.media_store import MediaStore
with StoreBench.over(MediaStore.local(Path({store!r}))) as bench:
    hold(bench, concurrency=1)
"""


def test_killed_half_way_only_what_is_missing_is_asked_again(
    server: LyingServer, bench: StoreBench, tmp_path: Path
):
    server.mood = lambda asked: Sent(json.dumps(honest(asked)), wait=30.0 if asked.number == 3 else 0.0)
    script = KILLED.format(here=SUITES, store=str(tmp_path / "store"))
    run = subprocess.Popen([sys.executable, "-c", script], cwd=HERE.parents[1])
    try:
        while server.count() < 4:
            assert run.poll() is None
            time.sleep(0.05)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    server.mood = lambda asked: None
    verdicts = hold(bench, concurrency=1)
    assert not verdicts.failures
    # Three were answered, the fourth was under way; what may have been billed for it stays set aside.
    assert server.count() == verdicts.questions + 1
    assert sum(not entry.settled for entry in ledger(bench).entries()) == 1


def test_an_interrupted_run_does_not_wait_for_the_answers(
    server: LyingServer, bench: StoreBench, monkeypatch: pytest.MonkeyPatch
):
    begun: set[str] = set()

    def mood(asked: Asked) -> Sent:
        first = asked.body["model"] not in begun
        begun.add(asked.body["model"])
        return Sent(json.dumps(honest(asked)), wait=0.0 if first else 5.0)

    server.mood = mood

    def interrupted(fraction: float, note: str = "") -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "progress", interrupted)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        hold(bench, models=("openai:small", "openai:large"))
    assert time.monotonic() - began < 4


def test_several_models_vote_and_the_median_counts(server: LyingServer, bench: StoreBench):
    def mood(asked: Asked) -> Sent | None:
        if asked.body["model"] != "generous" or asked.kind != "judge":
            return None
        answer = honest(asked)
        for number, item in enumerate(answer["candidates"]):
            item["scores"] = dict.fromkeys(item["scores"], 10 - number % 2)
            item["hook"] = "Elephants invented bread"
        return Sent(json.dumps(answer))

    server.mood = mood
    alone = {v.moment_id: v for v in hold(bench).judged}
    three = hold(bench, models=("openai:generous", "openai:small", "openai:large"))
    check_valid(three)
    assert three.models == ("openai:generous", "openai:small", "openai:large")
    assert all(p.models == three.models for p in three.proposals)
    for verdict in three.judged:
        assert verdict.votes == 3
        assert verdict.scores == alone[verdict.moment_id].scores
        assert verdict.wording is None or verdict.wording.hook != "Elephants invented bread"


def test_one_model_that_is_down_does_not_silence_the_others(server: LyingServer, bench: StoreBench):
    server.mood = lambda asked: Sent(status=401, error="no") if asked.body["model"] == "b" else None
    verdicts = hold(bench, models=("openai:b", "openai:a"))
    assert verdicts.models == ("openai:a",)
    assert len(verdicts.failures) == 1
    assert verdicts.failures[0].startswith("openai:b left")
    assert all(v.votes == 1 for v in verdicts.judged)


def test_a_missing_key_or_package_is_said_in_words(bench: StoreBench, monkeypatch: pytest.MonkeyPatch):
    for name in ("SHORTFORM_LLM_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    verdicts = hold(bench, models=("openai:gpt-5-mini", "mistral:small"))
    assert "OPENAI_API_KEY" in verdicts.failures[0]
    assert "mistral" in verdicts.failures[1]
    assert verdicts.models == ()


def test_without_models_nothing_is_imported_or_asked(bench: StoreBench):
    code = (
        f"import sys; sys.path[:0] = {SUITES!r}\n"
        "from panel_room import slice_of\n"
        "from resources.llm import panel_for\n"
        "tool = panel_for(slice_of(models=()), None, None)\n"
        "assert tool.fingerprint == 'panel:none' and tool.load() == ()\n"
        "assert not {'pydantic_ai', 'openai', 'genai_prices'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=HERE.parents[1], check=True)
    assert hold(bench, models=()) == Verdicts()
    assert everything_stored(bench, "artifacts") == ""


def test_the_fingerprint_tells_models_and_addresses_apart(monkeypatch: pytest.MonkeyPatch, bench: StoreBench):
    def of(*models: str) -> str:
        return panel_for(slice_of(models=models), ledger(bench), bench.store).fingerprint

    monkeypatch.setenv("SHORTFORM_LLM_URL", "http://127.0.0.1:1/v1")
    here, other = of("openai:a"), of("anthropic:a")
    assert len({here, other, of("openai:b"), of("openai:a", "openai:b")}) == 4
    monkeypatch.setenv("SHORTFORM_LLM_URL", "http://127.0.0.1:2/v1")
    assert of("openai:a") != here
    assert of("anthropic:a") == other


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=30))
def test_a_blend_keeps_both_orders_and_forgets_how_generous_a_model_is(pairs: list[tuple[float, float]]):
    local = {f"m{i}": round(own, 4) for i, (own, _) in enumerate(pairs)}

    def told(change: Any) -> Verdicts:
        return Verdicts(
            judged=tuple(
                Verdict(moment_id=f"m{i}", scores={}, score=change(panel), votes=1)
                for i, (_, panel) in enumerate(pairs)
            )
        )

    plain = told(lambda score: score)
    mixed = blend(plain, local, 0.5)
    if len({v.score for v in plain.judged}) == 1:
        assert mixed == {}
        return
    assert blend(plain, local, 0.0) == pytest.approx(local)
    assert all(0 <= value <= 1 for value in mixed.values())
    for a, b in ((x, y) for x in plain.judged for y in plain.judged):
        if a.score > b.score and local[a.moment_id] >= local[b.moment_id]:
            assert mixed[a.moment_id] >= mixed[b.moment_id]
    if max(v.score for v in plain.judged) - min(v.score for v in plain.judged) > 0.1:
        generous = blend(told(lambda score: 0.6 + 0.4 * score), local, 0.5)
        assert generous == pytest.approx(mixed, abs=0.01)


def test_secrets_of_many_shapes_are_taken_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_API_KEY", "plain words as a key")
    monkeypatch.setenv("MONKEY", "not a secret")
    shown = redact(
        {
            "text": ["plain words as a key", "Authorization: Basic dXNlcjpwYXNz", "Bearer abc.def-ghi"],
            "more": "AKIAABCDEFGHIJKLMNOP https://me:hunter22@host/ sk-ABCDEFGHIJKLMNOP1234 api_key=12345",
            "kept": "The key to bread, not a secret: a token of love, task-force, sky-high",
        }
    )
    text = json.dumps(shown)
    for secret in ("plain words", "dXNlcjpwYXNz", "abc.def", "AKIA", "hunter22", "ABCDEFGH", "12345"):
        assert secret not in text
    assert shown["kept"] == "The key to bread, not a secret: a token of love, task-force, sky-high"


@pytest.mark.parametrize(
    "wrong",
    [
        {"models": ("gpt-5-mini",)},
        {"models": ("openai:a", "openai:a")},
        {"models": ("openai:a b",)},
        {"rubric": {"Hook Line": {"description": "x"}}},
        {"rubric": {"hook": {"description": "x", "weight": 0}}},
        {"rubric": {}},
        {"prices": {"openai:a": {"input": -1, "output": 1}}},
    ],
)
def test_a_slice_that_cannot_work_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        slice_of(**wrong)


@pytest.mark.slow
def test_a_real_model_speaks_the_same_format(bench: StoreBench, monkeypatch: pytest.MonkeyPatch):
    """Any OpenAI-compatible server with any model: what it says may be worthless, but it is understood."""
    url = os.environ.get("SHORTFORM_TEST_LLM_URL")
    if not url:
        pytest.skip("SHORTFORM_TEST_LLM_URL names no server")
    monkeypatch.setenv("SHORTFORM_LLM_URL", url)
    model = f"openai:{os.environ.get('SHORTFORM_TEST_LLM_MODEL', 'default')}"
    verdicts = hold(
        bench,
        models=(model,),
        local=moments()[:4],
        window_words=150,
        proposals=1,
        batch=2,
        concurrency=1,
        answer_tokens=1500,
        call_seconds=300,
        total_seconds=1500,
    )
    check_valid(verdicts)
    print(verdicts.model_dump_json(indent=1))
    assert verdicts.models == (model,)
    assert verdicts.attempts >= verdicts.answered >= 1
    assert verdicts.tokens > 0
