"""The remote providers, each over a loopback server of its own, ready for the contract suite."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from provider_cases import ProviderCase
from s3_here import BUCKET
from servers import TranscriptionServer
from spoken_truth import Truth
from transcribe_server import TranscribeServer

from resources.retrying import Patience
from resources.stt.amazon import AmazonTranscribeProvider
from resources.stt.openai_compatible import OpenAIProvider
from shortform_assets.ports.recognizer import Provider
from shortform_assets.ports.spending import Purse

KEY = "sk-loopback-0123456789abcdef"
_UNSET = (
    "SHORTFORM_STT_KEY",
    "OPENAI_API_KEY",
    "SHORTFORM_STT_USD_PER_MINUTE",
    "SHORTFORM_TRANSCRIBE_VOCABULARY",
)


def hurried(waits: list[float] | None = None, **changed: Any) -> Patience:
    """Patience that pauses for moments only, and notes how long it would have paused."""

    def wait(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)
        time.sleep(min(seconds, 0.005))

    settings: dict[str, Any] = {"tries": 4, "silence": 5.0, "deadline": 30.0, "wait": wait} | changed
    return Patience(**settings)


def doubling(waits: list[float]) -> bool:
    """Whether these are the pauses from a second on, each twice the last and up to a second longer by lot."""
    return all(2.0**i <= wait < 2.0**i + 1.0 for i, wait in enumerate(waits))


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """The environment with `values`, and without what a developer may have set for real."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    with mock.patch.dict(os.environ, kept | dict(values), clear=True):
        yield


def _openai_settings(server: TranscriptionServer, price: str = "") -> dict[str, str]:
    return {
        "SHORTFORM_STT_URL": server.url,
        "SHORTFORM_STT_KEY": server.key,
        "SHORTFORM_STT_USD_PER_MINUTE": price,
    }


@contextmanager
def openai(
    truth: Truth, model: str = "whisper-1", style: str = "openai", key: str = KEY, price: str = ""
) -> Iterator[tuple[TranscriptionServer, Callable[..., OpenAIProvider]]]:
    """The server, and what makes a provider that asks it; the environment is set meanwhile."""
    with TranscriptionServer(truth, key, style).running() as server:

        def make(purse: Purse | None = None, patience: Patience | None = None) -> OpenAIProvider:
            return OpenAIProvider(model, purse, patience or hurried())

        with environment(_openai_settings(server, price)):
            yield server, make


def _amazon_settings(server: TranscribeServer, s3: str, vocabulary: str = "") -> dict[str, str]:
    return _aws(s3) | {
        "AWS_ENDPOINT_URL_TRANSCRIBE": server.url,
        "SHORTFORM_TRANSCRIBE_BUCKET": f"{BUCKET}/{uuid.uuid4().hex}",
        "SHORTFORM_TRANSCRIBE_VOCABULARY": vocabulary,
    }


def _aws(s3: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": s3,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "secret-test-key",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


@contextmanager
def _transcribe(truth: Truth, s3: str) -> Iterator[TranscribeServer]:
    import boto3
    from botocore.session import get_session

    codes = frozenset(get_session().get_service_model("transcribe").shape_for("LanguageCode").enum)
    with environment(_aws(s3)):
        client = boto3.client("s3")
    with TranscribeServer(truth, client, codes).running() as server:
        yield server


@contextmanager
def amazon(
    truth: Truth, s3: str, vocabulary: str = ""
) -> Iterator[tuple[TranscribeServer, Callable[..., AmazonTranscribeProvider]]]:
    """The server over the S3 at `s3`, and what makes a provider; the environment is set meanwhile."""
    with _transcribe(truth, s3) as server, environment(_amazon_settings(server, s3, vocabulary)):

        def make(purse: Purse | None = None, patience: Patience | None = None) -> AmazonTranscribeProvider:
            return AmazonTranscribeProvider(purse, patience or hurried())

        yield server, make


@contextmanager
def _openai_case(request: pytest.FixtureRequest) -> Iterator[Provider]:
    with TranscriptionServer(Truth(), KEY).running() as server:
        # Loaded here: the suite keeps it long, and the environment must not stay as it is for that.
        with environment(_openai_settings(server)):
            provider = OpenAIProvider("whisper-1", None, hurried())
            provider.load()
        yield provider


@contextmanager
def _amazon_case(request: pytest.FixtureRequest) -> Iterator[Provider]:
    s3 = request.getfixturevalue("ministack_endpoint")
    with _transcribe(Truth(), s3) as server:
        with environment(_amazon_settings(server, s3)):
            provider = AmazonTranscribeProvider(None, hurried())
            provider.load()
        yield provider


CASES = (
    ProviderCase(
        "openai",
        _openai_case,
        hears=False,
        facts="from resources.stt.openai_compatible import OpenAIProvider; provider = OpenAIProvider()",
    ),
    ProviderCase(
        "amazon-transcribe",
        _amazon_case,
        hears=False,
        facts="from resources.stt.amazon import AmazonTranscribeProvider; provider = AmazonTranscribeProvider()",
    ),
)
