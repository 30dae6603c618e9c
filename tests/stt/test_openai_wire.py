"""What goes to an OpenAI-compatible server, what comes back, and the settings that lead there."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import openai_talk
import pytest
from openai_talk import SOUND, WORDS, hear
from remote_cases import KEY, environment, openai
from servers import TranscriptionServer
from spoken_truth import RATE, Truth

from resources.stt.openai_compatible import OpenAIProvider
from resources.stt.remote_provider import wav
from shortform_assets.errors import InputError

remote, truth = openai_talk.remote, openai_talk.truth


@pytest.mark.parametrize("style", ["openai", "whisper.cpp", "speaches"])
def test_words_get_back_their_marks_whatever_the_servers_style(truth: Truth, style: str) -> None:
    with openai(truth, style=style) as (_, make):
        heard = hear(make())
    words = [word for segment in heard.segments for word in segment.words]
    assert [(word.text, word.start, word.end) for word in words] == [
        (f" {word.text}", word.start, word.end) for word in WORDS
    ]
    assert all(0 < word.probability <= 1 for word in words)
    assert all(
        segment.text.split() == "".join(w.text for w in segment.words).split() for segment in heard.segments
    )


@pytest.mark.parametrize(("model", "style"), [("gpt-4o-transcribe", "openai"), ("base", "vllm")])
def test_a_server_without_word_times_gives_the_text_all_the_same(
    truth: Truth, model: str, style: str
) -> None:
    with openai(truth, model, style) as (server, make):
        heard = hear(make())
    assert " ".join(s.text.strip() for s in heard.segments) == " ".join(w.text for w in WORDS)
    assert all(segment.words == () for segment in heard.segments)
    assert server.seen[0].fields["response_format"] == [
        ("json" if model.startswith("gpt") else "verbose_json")
    ]
    if model.startswith("gpt"):
        assert (heard.segments[0].start, heard.segments[0].end) == (0.0, 6.0)
        assert heard.segments[0].avg_logprob == pytest.approx(-0.1)


def test_what_is_sent_is_what_was_asked(remote: tuple[TranscriptionServer, Any]) -> None:
    server, make = remote
    hear(make(), terms=("Ada Lovelace", "Zürich", *(f"term {i}" for i in range(500))))
    (seen,) = server.seen
    assert seen.seconds == 6.0
    assert seen.authorization == f"Bearer {KEY}"
    assert (seen.fields["language"], seen.fields["temperature"]) == (["en"], ["0"])
    assert seen.fields["timestamp_granularities[]"] == ["word", "segment"]
    prompt = seen.fields["prompt"][0]
    assert prompt.startswith("Ada Lovelace, Zürich, term 0, ")
    assert 500 < len(prompt) <= 600
    assert prompt.rpartition(", ")[2] in {f"term {i}" for i in range(500)}


def test_openais_own_client_sends_the_same_and_understands_the_answer(
    remote: tuple[TranscriptionServer, Any],
) -> None:
    """What shows that the server here is one that OpenAI's clients would take for theirs."""
    import openai as sdk

    server, make = remote
    hear(make(), terms=("Ada",))
    verbose = sdk.OpenAI(base_url=server.url, api_key=KEY).audio.transcriptions.create(
        file=("speech.wav", wav(SOUND)),
        model="whisper-1",
        language="en",
        prompt="Ada",
        temperature=0,
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert [word.word for word in verbose.words or ()] == ["Hello", "dear", "$50", "friend", "It", "works"]
    assert (verbose.segments or [])[0].avg_logprob == -0.2
    ours, theirs = server.seen
    assert {k: sorted(v) for k, v in ours.fields.items()} == {k: sorted(v) for k, v in theirs.fields.items()}
    assert (ours.authorization, ours.seconds) == (theirs.authorization, theirs.seconds)


def test_silence_has_no_words_and_a_moment_is_not_sent(remote: tuple[TranscriptionServer, Any]) -> None:
    server, make = remote
    assert hear(make(), np.zeros(RATE, np.float32)).segments == ()
    assert hear(make(), SOUND[: RATE // 20]).segments == ()
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("settings", "telling"),
    [
        ({"SHORTFORM_STT_URL": "localhost:8000"}, "SHORTFORM_STT_URL"),
        ({"SHORTFORM_STT_URL": "https://me:pass@host/v1"}, "SHORTFORM_STT_KEY"),
        ({"SHORTFORM_STT_KEY": "sk-with a space"}, "SHORTFORM_STT_KEY"),
        ({}, "wants a key"),
        ({"SHORTFORM_STT_KEY": "k", "SHORTFORM_STT_USD_PER_MINUTE": "-1"}, "no price"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_sent(settings: dict[str, str], telling: str) -> None:
    with environment({"SHORTFORM_STT_URL": ""} | settings):
        provider = OpenAIProvider()
        with pytest.raises(InputError, match=telling) as caught:
            provider.load()
    assert "pass" not in str(caught.value).replace("password", "")
    assert "pass@" not in provider.fingerprint


def test_an_openai_model_without_a_known_price_is_not_called() -> None:
    with environment({"SHORTFORM_STT_URL": "", "OPENAI_API_KEY": "k"}):
        OpenAIProvider("gpt-4o-mini-transcribe-2025-12-15").load()
        with pytest.raises(InputError, match="SHORTFORM_STT_USD_PER_MINUTE"):
            OpenAIProvider("whisper-9").load()


def test_openais_own_key_is_sent_to_nobody_else(truth: Truth) -> None:
    with (
        openai(truth, key="") as (server, make),
        environment({"SHORTFORM_STT_URL": server.url, "OPENAI_API_KEY": KEY}),
    ):
        hear(make())
    assert server.seen[0].authorization == ""


def test_the_fingerprint_tells_servers_and_models_apart_and_holds_no_key() -> None:
    prints = set()
    for url, model in (("http://a/v1", "m"), ("http://b/v1", "m"), ("http://a/v1", "n")):
        with environment({"SHORTFORM_STT_URL": url, "SHORTFORM_STT_KEY": KEY}):
            prints.add(OpenAIProvider(model).fingerprint)
    assert len(prints) == 3
    assert KEY not in " ".join(prints)


def test_reading_a_providers_facts_imports_no_client() -> None:
    program = (
        "import sys\n"
        "from resources.stt.amazon import AmazonTranscribeProvider as A\n"
        "from resources.stt.openai_compatible import OpenAIProvider as O\n"
        "facts = [(p.name, p.languages, p.parallel, p.fingerprint) for p in (A(), O())]\n"
        "print(sorted({'boto3', 'botocore', 'httpx2', 'openai', 'rapidfuzz'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
