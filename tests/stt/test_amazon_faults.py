"""Amazon Transcribe: found jobs, lost answers, failures and limits; what is left behind; what is paid."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.session import get_session
from remote_cases import amazon, doubling, environment, hurried
from spoken_truth import RATE, Spoken, Truth
from transcribe_server import AwsError, TranscribeServer

from resources.ledger import Caps, Ledger
from resources.media_store import MediaStore
from resources.stt.amazon import LANGUAGE_CODES, AmazonTranscribeProvider
from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import ProviderFailed, RawTranscript, RecognitionRequest

WORDS = (
    Spoken("Hello,", 0.5, 0.9),
    Spoken("friend.", 1.0, 1.8),
    Spoken("It", 4.0, 4.1),
    Spoken("works!", 4.2, 4.8),
)
SOUND = (np.sin(np.arange(20 * RATE) * 0.1) * 0.2).astype(np.float32)
FULL = 8000
"""Millionths of a dollar for twenty seconds."""
Both = tuple[TranscribeServer, Any]


@pytest.fixture
def s3(ministack_endpoint: str) -> str:
    return ministack_endpoint


@pytest.fixture
def remote(s3: str) -> Iterator[Both]:
    truth = Truth()
    truth.know(SOUND, WORDS)
    with amazon(truth, s3) as both:
        yield both


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(MediaStore.local(tmp_path), "talk", Caps(1.0, 10))


def hear(provider: AmazonTranscribeProvider, language: str = "en") -> RawTranscript:
    return provider.load().recognize(RecognitionRequest(SOUND, language, 5, ("Ada",)))


def failure(provider: AmazonTranscribeProvider) -> str:
    with pytest.raises(ProviderFailed) as caught:
        hear(provider)
    story = "".join(traceback.format_exception(caught.value))
    assert "secret-test-key" not in story
    assert str(caught.value).startswith("Amazon Transcribe: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def bill(ledger: Ledger) -> list[tuple[int, bool]]:
    return [(entry.micro_usd, entry.settled) for entry in ledger.entries()]


def left_behind() -> list[str]:
    bucket, _, prefix = os.environ["SHORTFORM_TRANSCRIBE_BUCKET"].partition("/")
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for item in listed.get("Contents", ())]


def test_words_marks_and_confidence_come_back_and_nothing_stays(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    heard = hear(make(ledger))
    assert [(w.text, w.start, w.end, w.probability) for s in heard.segments for w in s.words] == [
        (f" {word.text}", word.start, word.end, 0.93) for word in WORDS
    ]
    assert [segment.text for segment in heard.segments] == [" Hello, friend.", " It works!"]
    assert bill(ledger) == [(FULL, True)]
    assert (server.jobs, left_behind()) == ({}, [])


def test_another_transcribe_agrees_with_ours(s3: str, ledger: Ledger) -> None:
    """MiniStack's own Transcribe, written by others: the protocol and the result file are theirs."""
    with amazon(Truth(), s3) as (_, make):
        os.environ["AWS_ENDPOINT_URL_TRANSCRIBE"] = s3
        heard = hear(make(ledger, hurried(wait=time.sleep, first_pause=0.5)))
        assert heard.segments
        assert all(segment.words for segment in heard.segments)
        assert left_behind() == []
    assert bill(ledger) == [(FULL, True)]


def test_silence_is_no_words(remote: Both) -> None:
    _, make = remote
    assert make().load().recognize(RecognitionRequest(np.zeros(RATE, np.float32), "en", 5)).segments == ()


def test_short_sounds_cost_fifteen_seconds(remote: Both, ledger: Ledger) -> None:
    _, make = remote
    make(ledger).load().recognize(RecognitionRequest(SOUND[:RATE], "en", 5))
    assert bill(ledger) == [(6000, True)]


def test_over_budget_nothing_is_uploaded_or_started(remote: Both, tmp_path: Path) -> None:
    server, make = remote
    poor = Ledger(MediaStore.local(tmp_path), "poor", Caps(0.0079, 10))
    with pytest.raises(ProviderFailed, match="SHORTFORM_MAX_USD_PER_SOURCE"):
        hear(make(poor))
    assert (server.calls, left_behind()) == ([], [])


def test_a_job_that_outlives_the_wait_is_found_again_and_paid_once(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.stuck = True
    sentence = failure(make(ledger, hurried(first_pause=1.0, deadline=1.0)))
    assert "still QUEUED" in sentence
    assert "run again" in sentence
    assert bill(ledger) == [(FULL, False)]
    server.stuck = False
    assert hear(make(ledger)).segments
    assert server.started == 1
    assert bill(ledger) == [(FULL, False), (0, True)]
    assert (server.jobs, left_behind()) == ({}, [])


def test_a_start_whose_answer_was_lost_is_not_paid_twice(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.fail_next("StartTranscriptionJob", "lose")
    assert hear(make(ledger)).segments
    assert server.started == 1
    assert bill(ledger) == [(FULL, True)]


def test_a_job_that_failed_before_is_started_anew(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.stuck = True
    failure(make(ledger, hurried(deadline=0.5)))
    for job in server.jobs.values():
        job.update(state="FAILED", reason="an old fault")
    server.stuck = False
    assert hear(make(ledger)).segments
    assert bill(ledger) == [(FULL, False), (0, True), (FULL, True)]


def test_a_found_job_whose_result_is_gone_is_started_anew(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.stuck = True
    failure(make(ledger, hurried(deadline=0.5)))
    for job in server.jobs.values():
        job.update(state="COMPLETED")
    server.stuck = False
    assert hear(make(ledger)).segments
    assert server.started == 2


def test_a_job_that_somebody_removes_is_started_anew(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    gone = AwsError("BadRequestException", "The requested job couldn't be found. Check the job name.")
    server.fail_next("GetTranscriptionJob", gone)
    assert hear(make(ledger)).segments
    server.fail_next("GetTranscriptionJob", gone, gone, gone)
    assert "disappears" in failure(make(ledger))


def test_limits_are_waited_out(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    waits: list[float] = []
    server.fail_next(
        "StartTranscriptionJob",
        AwsError("LimitExceededException", "too many jobs"),
        AwsError("ThrottlingException"),
        AwsError("InternalFailureException", status=500),
    )
    assert hear(make(ledger, hurried(waits))).segments
    assert doubling(waits[:3])
    assert server.calls.count("StartTranscriptionJob") == 4
    assert bill(ledger) == [(FULL, True)]


def test_limits_that_stay_end_in_one_sentence_and_cost_nothing(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.fail_next("StartTranscriptionJob", *[AwsError("LimitExceededException")] * 4)
    assert "LimitExceededException" in failure(make(ledger))
    assert bill(ledger) == [(0, True)]


@pytest.mark.parametrize(
    "fault", [AwsError("AccessDeniedException", "secret-test-key"), AwsError("BadRequestException", "odd")]
)
def test_a_refused_start_is_final_and_free(remote: Both, ledger: Ledger, fault: AwsError) -> None:
    server, make = remote
    server.fail_next("StartTranscriptionJob", fault)
    sentence = failure(make(ledger))
    assert ("credentials" if fault.code == "AccessDeniedException" else "odd") in sentence
    assert server.calls == ["StartTranscriptionJob"]
    assert bill(ledger) == [(0, True)]


def test_a_failed_job_costs_nothing_and_is_removed(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.failure = "Unsupported audio format."
    assert "Unsupported audio format." in failure(make(ledger))
    assert bill(ledger) == [(0, True)]
    assert (server.jobs, left_behind()) == ({}, [])


@pytest.mark.parametrize(
    "spoilt",
    [
        b"<html>",
        b"{}",
        b'{"results": {"transcripts": [], "items": []}}',
        b'{"results": {"transcripts": [{"transcript": "one two three"}], "items": []}}',
        b'{"results": {"transcripts": [{"transcript": "one"}], "items": [{"type": "pronunciation",'
        b' "alternatives": [{"content": "one", "confidence": "1.0"}]}]}}',
        b'{"results": {"transcripts": [{"transcript": "one"}], "items": [{"type": "pronunciation",'
        b' "alternatives": [{"content": "one", "confidence": "1.0"}], "start_time": "nan", "end_time": "1"}]}}',
    ],
)
def test_a_result_that_is_none_is_paid_for_but_never_used(
    remote: Both, ledger: Ledger, spoilt: bytes
) -> None:
    server, make = remote
    server.spoil = spoilt
    assert "the result" in failure(make(ledger))
    assert bill(ledger) == [(FULL, True)]
    assert (server.jobs, left_behind()) == ({}, [])


def test_an_unreadable_state_is_no_answer(remote: Both, ledger: Ledger) -> None:
    server, make = remote
    server.fail_next("GetTranscriptionJob", "garbage")
    assert "AWS_ENDPOINT_URL" in failure(make(ledger))
    assert bill(ledger) == [(FULL, False)]


def test_a_missing_bucket_or_vocabulary_is_named(s3: str) -> None:
    with amazon(Truth(), s3, vocabulary="mine") as (_, make):
        assert "vocabulary couldn't be found" in failure(make())
        os.environ["SHORTFORM_TRANSCRIBE_BUCKET"] = "no-such-bucket-here"
        assert "SHORTFORM_TRANSCRIBE_BUCKET" in failure(make())


def test_what_cannot_be_tidied_away_does_not_cost_the_transcript(
    remote: Both, caplog: pytest.LogCaptureFixture
) -> None:
    server, make = remote
    server.fail_next("DeleteTranscriptionJob", AwsError("AccessDeniedException"))
    assert hear(make()).segments
    assert "could not be removed" in caplog.text
    assert left_behind() == []


def test_settings_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    bare["AWS_SHARED_CREDENTIALS_FILE"] = bare["AWS_CONFIG_FILE"]
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with environment(bare | {"SHORTFORM_TRANSCRIBE_BUCKET": ""}):
        with pytest.raises(InputError, match="SHORTFORM_TRANSCRIBE_BUCKET"):
            AmazonTranscribeProvider().load()
        os.environ["SHORTFORM_TRANSCRIBE_BUCKET"] = "mine"
        os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
        with pytest.raises(InputError, match="credentials"):
            AmazonTranscribeProvider().load()


def test_every_language_code_is_one_that_amazon_takes(remote: Both) -> None:
    known = get_session().get_service_model("transcribe").shape_for("LanguageCode").enum
    assert set(LANGUAGE_CODES.values()) <= set(known)
    assert all(len(code) == 2 for code in LANGUAGE_CODES)
    _, make = remote
    with pytest.raises(ProviderFailed, match="language 'la'"):
        hear(make(), "la")
