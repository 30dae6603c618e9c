"""What the loopback servers hear: scripted words for known sounds, and bursts of energy for all others."""

from __future__ import annotations

import hashlib
import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RATE = 16000
_FRAME = RATE // 50


@dataclass(frozen=True)
class Spoken:
    """One word as it is written, and when it is said; seconds."""

    text: str
    start: float
    end: float


class Truth:
    """Answers by the bytes of the sound that really arrived."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Spoken, ...]] = {}

    def know(self, samples: np.ndarray, words: Sequence[Spoken]) -> None:
        """From now on `samples` (floats in -1..1) say `words`."""
        pcm = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
        self._known[_digest(pcm)] = tuple(words)

    def hear(self, pcm: np.ndarray) -> tuple[Spoken, ...]:
        return self._known.get(_digest(pcm), bursts(pcm))


def _digest(pcm: np.ndarray) -> str:
    return hashlib.sha256(pcm.tobytes()).hexdigest()


def bursts(pcm: np.ndarray) -> tuple[Spoken, ...]:
    """A word for every burst of sound that is parted from the next by 60 ms of quiet."""
    frames = pcm[: len(pcm) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(float)
    loud = [bool(value) for value in np.sqrt((frames**2).mean(axis=1)) > 300] + [False] * 3
    words: list[Spoken] = []
    begun = None
    for at, now in enumerate(loud):
        if now and begun is None:
            begun = at
        elif begun is not None and not any(loud[at : at + 3]):
            words.append(Spoken(f"word{len(words) + 1}.", begun * 0.02, at * 0.02))
            begun = None
    return tuple(words)


def read_wav(data: bytes) -> np.ndarray:
    """Mono 16 kHz 16-bit samples; ValueError for anything else."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            form = file.getnchannels(), file.getsampwidth(), file.getframerate()
            if form != (1, 2, RATE):
                raise ValueError(f"unexpected sound {form}")
            return np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except (wave.Error, EOFError) as error:
        raise ValueError("this is no WAV file") from error
