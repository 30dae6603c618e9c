"""A talk of six seconds that the OpenAI-compatible server knows, and who listens to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from remote_cases import openai
from servers import TranscriptionServer
from spoken_truth import RATE, Spoken, Truth

from resources.stt.openai_compatible import OpenAIProvider
from shortform_assets.ports.recognizer import RawTranscript, RecognitionRequest

WORDS = (
    Spoken("Hello,", 0.5, 0.9),
    Spoken('"dear', 1.0, 1.2),
    Spoken("$50", 1.3, 1.8),
    Spoken('friend!"', 1.9, 2.4),
    Spoken("It", 4.0, 4.1),
    Spoken("works.", 4.2, 4.8),
)
SOUND = (np.sin(np.arange(6 * RATE) * 0.1) * 0.2).astype(np.float32)
PRICE = 0.0006


@pytest.fixture
def truth() -> Truth:
    known = Truth()
    known.know(SOUND, WORDS)
    return known


@pytest.fixture
def remote(truth: Truth) -> Iterator[tuple[TranscriptionServer, Any]]:
    with openai(truth) as both:
        yield both


def hear(provider: OpenAIProvider, sound: np.ndarray = SOUND, terms: tuple[str, ...] = ()) -> RawTranscript:
    return provider.load().recognize(RecognitionRequest(sound, "en", 5, terms))
