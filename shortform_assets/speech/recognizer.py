"""What the speech room asks of its models. Implementations live in `resources/`; tests bring fakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SAMPLE_RATE = 16000


@dataclass(frozen=True)
class RawWord:
    """One token group as the provider wrote it; a leading space starts a new written word. Seconds."""

    text: str
    start: float
    end: float
    probability: float


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


@dataclass(frozen=True)
class RawTranscript:
    """What a provider heard in the samples it was given; seconds from their start."""

    language: str
    language_confidence: float
    segments: tuple[RawSegment, ...]


class Recognizer(Protocol):
    """Speech to text with word times."""

    name: str
    """Provider and model, as it is shown to the user."""

    def recognize(
        self,
        samples: Floats,
        language: str | None,
        beam_size: int,
        progress: Callable[[float], None],
    ) -> RawTranscript:
        """What is said in mono 16 kHz `samples` in -1..1. `language` is ISO 639-1, None to detect it."""
        ...


class Aligner(Protocol):
    """Finds when known English words are spoken."""

    def knows(self, word: str) -> bool:
        """Whether the lower-case `word` is in the pronunciation dictionary."""
        ...

    def align(
        self, samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
    ) -> list[tuple[float, float]] | None:
        """Start and end in seconds of every word in at most 30 s of `samples`; None where it fails.

        `pronunciations` are the ARPAbet phones of the words that the dictionary lacks.
        """
        ...


class VoiceModel(Protocol):
    """Tells voices apart: who of up to three talks when within 10 s, and what a voice sounds like."""

    def activity(self, windows: Floats) -> Floats:
        """(n, 160000) samples -> (n, 589, 3) of 0 or 1: each local speaker talks, every 270 samples."""
        ...

    def embed(self, features: Floats) -> Floats:
        """(frames, 80) mean-free log mel filter banks of one voice -> (256,) embedding."""
        ...
