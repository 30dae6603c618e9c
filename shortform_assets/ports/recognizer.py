"""What the speech room asks of speech recognition. Implementations live in `resources/stt`; tests bring fakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from shortform_assets.errors import ShortformError

Floats = NDArray[np.float32]
SAMPLE_RATE = 16000
"""Hertz of all speech, mono: what Whisper, Moonshine, PocketSphinx and Silero take."""


@dataclass(frozen=True)
class RawWord:
    """One token group as the provider wrote it; a leading space starts a new written word. Seconds."""

    text: str
    start: float
    end: float
    probability: float
    timed: bool = True
    """False where the provider gave no times and this is the word's share of its segment."""


@dataclass(frozen=True)
class RawSegment:
    """A stretch that was decoded in one go, with the numbers that hallucination guards go by."""

    start: float
    end: float
    text: str
    words: tuple[RawWord, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    voiced: tuple[tuple[float, float], ...] = ()
    """Where there is voice in it (seconds, in order, apart), for words that have no times; empty for all of it."""
    speaker: str = ""
    """Who says it, where that is known."""


@dataclass(frozen=True)
class RawTranscript:
    """What a provider heard in the samples it was given; seconds from their start."""

    language: str
    language_confidence: float
    segments: tuple[RawSegment, ...]


class ProviderFailed(ShortformError):
    """A provider cannot give an answer now: unreachable, refused, over budget, or its answer is nonsense.

    The sentence names the provider, what happened and what would help. The next provider is asked then.
    """


@dataclass(frozen=True)
class RecognitionRequest:
    """A stretch of speech that is to be written down."""

    samples: Floats
    """Mono 16 kHz in -1..1, at most some minutes of them."""
    language: str
    """ISO 639-1."""
    beam_size: int = 1
    """Used where the recognizer can, and so are `terms`."""
    terms: Sequence[str] = ()
    """Names and words that are likely, most important first."""
    progress: Callable[[float], None] = lambda share: None


class Recognizer(Protocol):
    """Speech to text."""

    name: str
    """Provider and model, as it is shown to the user."""

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        """What is said. A segment may lack word times (`words` empty): they are spread over its voice then.

        Safe to call from several threads. Raises ProviderFailed.
        """
        ...


@runtime_checkable
class SecondHearing(Protocol):
    """What a recognizer has that can hear without any voice gate of its own."""

    def decode(self, samples: Floats) -> str:
        """The text in at most 30 s of sound, whether or not somebody seems to speak; may be invented."""
        ...


class LanguageDetector(Protocol):
    """Tells which language is spoken."""

    def detect(self, samples: Floats) -> tuple[str, float]:
        """ISO 639-1 and its probability for up to some minutes of mono 16 kHz speech."""
        ...


class Provider(Protocol):
    """One way to get a transcript. Reading its facts loads and calls nothing; `load` may."""

    name: str
    """As genre configs write it: `whisper`, `openai:whisper-1`."""
    languages: frozenset[str] | None
    """ISO 639-1 codes it can do; None for all that Whisper knows."""
    parallel: int
    """Calls of `recognize` that may run side by side."""

    @property
    def fingerprint(self) -> str:
        """Model bytes, version and every setting that decides the answer; no secret, no host's key."""
        ...

    def load(self) -> Recognizer:
        """The recognizer, loaded once. ProviderFailed or InputError where it is not installed or set up."""
        ...


@dataclass(frozen=True)
class Ears:
    """Who listens to one source: providers in the order they are asked, and who hears doubtful parts again."""

    providers: tuple[Provider, ...]
    detector: LanguageDetector
    second: Provider | None = None
