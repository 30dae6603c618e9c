"""Servers that are slow, busy, gone, full or wrong: one clear sentence each, and the money is right."""

from __future__ import annotations

import socket
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai_talk
import pytest
from openai_talk import PRICE, SOUND, hear
from remote_cases import KEY, doubling, environment, hurried, openai
from servers import Fault, TranscriptionServer, refusal
from spoken_truth import Truth

from resources.ledger import Caps, Ledger
from resources.media_store import MediaStore
from resources.stt.openai_compatible import OpenAIProvider
from shortform_assets.ports.recognizer import ProviderFailed, RecognitionRequest

remote, truth = openai_talk.remote, openai_talk.truth


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(MediaStore.local(tmp_path), "talk", Caps(1.0, 10))


def failure(provider: OpenAIProvider) -> str:
    """The sentence it fails with, in which, and in whose whole story, there is no key."""
    with pytest.raises(ProviderFailed) as caught:
        hear(provider)
    story = "".join(traceback.format_exception(caught.value))
    assert KEY not in story
    sentence = str(caught.value)
    assert sentence.startswith("openai:whisper-1: ")
    assert "\n" not in sentence
    return sentence


def bill(ledger: Ledger) -> list[tuple[int, bool]]:
    assert all(KEY not in entry.what for entry in ledger.entries())
    return [(entry.micro_usd, entry.settled) for entry in ledger.entries()]


FULL = 600
"""Millionths of a dollar for six seconds with whisper-1."""


def test_success_is_billed_once(remote: tuple[TranscriptionServer, Any], ledger: Ledger) -> None:
    _, make = remote
    hear(make(ledger))
    assert bill(ledger) == [(FULL, True)]
    assert ledger.entries()[0].what == "openai:whisper-1, 6 s"


def test_over_budget_nothing_is_sent(remote: tuple[TranscriptionServer, Any], tmp_path: Path) -> None:
    server, make = remote
    poor = Ledger(MediaStore.local(tmp_path), "poor", Caps(PRICE * 1.5, 10))
    hear(make(poor))
    with pytest.raises(ProviderFailed, match="SHORTFORM_MAX_USD_PER_SOURCE"):
        hear(make(poor))
    assert len(server.seen) == 1


def test_busy_servers_are_asked_again_as_late_as_they_say(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger
) -> None:
    server, make = remote
    waits: list[float] = []
    server.faults += [
        refusal(429, "slow down", Retry_After="2"),
        refusal(429, "slow down", Retry_After="86400"),
        refusal(503, "overloaded"),
    ]
    assert hear(make(ledger, hurried(waits, longest_pause=20.0))).segments
    assert waits[:2] == [2.0, 20.0]
    assert 4.0 <= waits[2] < 5.0
    assert [seen.status for seen in server.seen] == [429, 429, 503, 200]
    assert bill(ledger) == [(0, True)] * 3 + [(FULL, True)]


def test_a_server_that_stays_down_is_given_up(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger
) -> None:
    server, make = remote
    server.always = refusal(503, "model is loading")
    waits: list[float] = []
    sentence = failure(make(ledger, hurried(waits)))
    assert "503" in sentence
    assert "model is loading" in sentence
    assert "4 times" in sentence
    assert len(waits) == 3
    assert doubling(waits)
    assert len(server.seen) == 4
    assert ledger.spent() == (0.0, 0)


def test_a_pause_past_the_deadline_is_not_begun(remote: tuple[TranscriptionServer, Any]) -> None:
    server, make = remote
    server.always = refusal(429, "slow down", Retry_After="50")
    waits: list[float] = []
    assert "429" in failure(make(None, hurried(waits, deadline=10.0)))
    assert (waits, len(server.seen)) == ([], 1)


@pytest.mark.parametrize(
    ("fault", "telling"),
    [
        (refusal(400, f"bad model, key {KEY}"), "bad model, key [redacted]"),
        (refusal(401, f"Incorrect API key provided: {KEY}"), "SHORTFORM_STT_KEY"),
        (refusal(403, "forbidden"), "SHORTFORM_STT_KEY"),
        (refusal(404, "no such model"), "no such model"),
        (refusal(413, "too large"), "shorter"),
        (refusal(429, "exceeded your quota", "insufficient_quota"), "credit"),
        (Fault(302, b"", {"Location": "http://127.0.0.1:9/"}), "302"),
    ],
)
def test_a_refusal_is_final_and_free(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger, fault: Fault, telling: str
) -> None:
    server, make = remote
    server.always = fault
    assert telling in failure(make(ledger))
    assert len(server.seen) == 1
    assert bill(ledger) == [(0, True)]


def _words(change: Any) -> Fault:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        for word in body["words"]:
            change(word)
        return body

    return Fault(change=changed)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(body=b"<html>It works!</html>", headers={"Content-Type": "text/html"}),
        Fault(body=b'{"text": "half'),
        Fault(body=b""),
        Fault(body=b"[]"),
        Fault(body=b'{"text": null, "segments": []}'),
        Fault(body=b'{"text": "x", "segments": [{"text": "x", "start": NaN, "end": 1}]}'),
        Fault(body=b'{"text": "x", "segments": [{"text": "x", "start": 0, "end": 1e999}]}'),
        Fault(body='{"text": "x", "segments": "none"}'.encode("utf-16")),
        Fault(change=lambda body: {"result": body}),
        Fault(change=lambda body: body | {"segments": [{"text": "no times"}]}),
        _words(lambda word: word.update(start=str(word["start"]))),
        _words(lambda word: word.pop("end")),
        _words(lambda word: word.update(word="entirely")),
    ],
)
def test_garbage_is_paid_for_but_never_used(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger, fault: Fault
) -> None:
    server, make = remote
    server.always = fault
    assert "the answer" in failure(make(ledger))
    assert len(server.seen) == 1
    assert ledger.spent()[0] == PRICE


def test_an_answer_that_breaks_off_is_asked_for_again_and_counted_twice(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger
) -> None:
    server, make = remote
    server.faults += [Fault(cut=True), Fault(hang_up=True)]
    assert hear(make(ledger)).segments
    assert bill(ledger) == [(FULL, False), (FULL, False), (FULL, True)]


def test_a_server_that_dies_for_good_ends_in_one_sentence(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger
) -> None:
    server, make = remote
    server.always = Fault(cut=True)
    assert "broke off" in failure(make(ledger))
    assert len(server.seen) == 4


def test_nobody_there_costs_nothing(ledger: Ledger) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with environment({"SHORTFORM_STT_URL": url, "SHORTFORM_STT_KEY": KEY}):
            assert "cannot be reached" in failure(OpenAIProvider("whisper-1", ledger, hurried()))
    assert bill(ledger) == [(0, True)] * 4


@pytest.mark.parametrize("fault", [Fault(silence=1.5), Fault(drip=0.05)])
def test_the_deadline_holds_against_silence_and_dripping(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger, fault: Fault
) -> None:
    server, make = remote
    server.always = fault
    sentence = failure(make(ledger, hurried(silence=1.0, deadline=0.6)))
    assert "in time" in sentence
    assert bill(ledger) == [(FULL, False)]


def test_a_rate_limited_server_serves_everybody_in_the_end(
    remote: tuple[TranscriptionServer, Any], ledger: Ledger
) -> None:
    server, make = remote
    server.most_at_once, server.latency = 2, 0.02
    recognizer = make(ledger, hurried(tries=60)).load()
    start = threading.Barrier(4)

    def one(_: int) -> int:
        start.wait()
        return len(recognizer.recognize(RecognitionRequest(SOUND, "en", 5)).segments)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [2] * 4
    assert [seen.status for seen in server.seen].count(200) == 4
    assert ledger.spent()[0] == pytest.approx(4 * PRICE)


def test_a_price_of_ones_own(truth: Truth, ledger: Ledger) -> None:
    with openai(truth, price="0.06") as (_, make):
        hear(make(ledger))
    with openai(truth, price="0") as (_, make):
        hear(make(ledger))
    with openai(truth, model="my-own") as (_, make):
        hear(make(ledger))
    assert bill(ledger) == [(10 * FULL, True)]
