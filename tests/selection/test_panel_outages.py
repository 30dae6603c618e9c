"""A server that fails, stumbles, stalls or asks for patience: the local editor decides where no answer came."""

from __future__ import annotations

import json
import time

import pytest
from lying_server import Asked, LyingServer, Sent, always, honest, once
from panel_room import check_valid, hold, ledger

from resources.bench import StoreBench


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (Sent(status=500, error="boom"), "its server failed"),
        (Sent(status=503, error="busy"), "its server failed"),
        (Sent(status=400, error="bad request"), "the question was rejected"),
        (Sent(status=401, error="Incorrect API key provided"), "the key is not accepted"),
        (Sent(status=404, error="no such model"), "there is no such model"),
        (Sent(status=429, error="slow down"), "rate limited"),
        (Sent("x", cut=40), "cannot be reached"),
        (Sent("x" * 5_000_000), "cannot be reached"),
        (Sent("x", headers={"Content-Encoding": "gzip"}), "cannot be reached"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.status}-{value.cut}",
)
def test_a_failing_server_leaves_the_local_editor_to_decide(
    sent: Sent, why: str, server: LyingServer, bench: StoreBench
):
    server.mood = always(sent)
    verdicts = hold(bench, retries=1, concurrency=1)
    check_valid(verdicts)
    assert not verdicts.judged
    assert verdicts.models == ()
    assert verdicts.failures == (
        f"openai:small left {verdicts.questions} of {verdicts.questions} questions without an answer: "
        f"{why} ({verdicts.questions})",
    )
    # Three questions in a row that nobody answered, each tried twice, are enough.
    assert server.count() <= 6 or why == "the question was rejected"


def test_a_server_that_stumbles_once_is_asked_again(server: LyingServer, bench: StoreBench):
    server.mood = once(Sent(status=500, error="boom"))
    verdicts = hold(bench)
    assert not verdicts.failures
    assert verdicts.answered == verdicts.questions == server.count() / 2


def test_the_patience_a_server_asks_for_is_kept_by_all_calls(server: LyingServer, bench: StoreBench):
    refused: list[float] = []
    served: list[float] = []

    def mood(asked: Asked) -> Sent | None:
        if not refused:
            refused.append(time.monotonic())
            return Sent(status=429, error="slow down", headers={"Retry-After": "1"})
        served.append(time.monotonic())
        return None

    server.mood = mood
    verdicts = hold(bench, concurrency=2)
    assert not verdicts.failures
    # At most the one call that was under way already got through before the second was over.
    assert sum(moment < refused[0] + 0.95 for moment in served) <= 1


def test_a_pause_longer_than_the_panel_may_take_is_not_waited_for(server: LyingServer, bench: StoreBench):
    server.mood = always(Sent(status=429, error="slow down", headers={"Retry-After": "3600"}))
    began = time.monotonic()
    verdicts = hold(bench, concurrency=1)
    assert time.monotonic() - began < 5
    assert "rate limited" in verdicts.failures[0]


def test_a_slow_server_is_not_waited_for(server: LyingServer, bench: StoreBench):
    server.mood = lambda asked: Sent("{}", wait=2.0) if asked.kind == "judge" else None
    verdicts = hold(bench, call_seconds=0.3, retries=0)
    check_valid(verdicts)
    assert verdicts.proposals
    assert "timed out" in verdicts.failures[0]
    # What may have been answered and billed stays counted in full.
    assert any(not entry.settled for entry in ledger(bench).entries())


def test_the_panel_as_a_whole_has_a_deadline(server: LyingServer, bench: StoreBench):
    server.mood = lambda asked: Sent(json.dumps(honest(asked)), wait=0.4)
    began = time.monotonic()
    verdicts = hold(bench, total_seconds=0.6, call_seconds=0.6, concurrency=1, retries=0)
    assert time.monotonic() - began < 5
    assert 0 < verdicts.answered < verdicts.questions
    assert verdicts.failures


def test_more_calls_than_allowed_are_never_under_way(server: LyingServer, bench: StoreBench):
    server.mood = lambda asked: Sent(json.dumps(honest(asked)), wait=0.1)
    hold(bench, concurrency=3, window_words=100, batch=1)
    assert server.most_at_once == 3


def test_what_was_answered_before_the_server_went_down_is_used(server: LyingServer, bench: StoreBench):
    server.mood = lambda asked: None if asked.kind == "propose" else Sent(status=500, error="gone")
    verdicts = hold(bench, retries=0)
    check_valid(verdicts)
    assert verdicts.proposals
    assert {v.moment_id for v in verdicts.judged} == {p.moment_id for p in verdicts.proposals}
    assert "its server failed" in verdicts.failures[0]
