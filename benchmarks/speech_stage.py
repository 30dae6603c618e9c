"""The speech stages as the pipeline runs them, on sound in memory."""

from __future__ import annotations

import tempfile
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from noises import RATE, Sound
from speech_scores import Stretch, Timed

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.stt.recognizers import Recognizers
from resources.stt.sphinx import SphinxAligner
from resources.stt.voice_models import OnnxVoiceModel
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.genres import load_genre
from shortform_assets.ports.recognizer import RecognitionRequest
from shortform_assets.speech.transcribe import TranscriptRequest, transcribe
from shortform_assets.speech.turns import find_turns
from shortform_assets.speech.words.voice_activity import SileroVoice
from shortform_assets.speech.words.word_assembly import drafts, in_order


class Stage:
    """Transcript and turns by the default genre, models loaded beforehand."""

    def __init__(self) -> None:
        self._speech = load_genre("podcast").speech
        self._ears = Recognizers(SileroVoice()).chain(self._speech).load()
        self._first = self._ears.providers[0].load()
        if self._ears.second is not None:
            self._ears.second.load()
        self._aligner = SphinxAligner().load()
        self._voices = OnnxVoiceModel().load()

    def words(self, samples: Sound) -> tuple[Transcript, float]:
        """The transcript and the seconds it took; the language is detected."""
        with _bench() as bench:
            mezzanine = _mezzanine(bench, samples)
            begin = time.perf_counter()
            found = transcribe(bench, self._ears, self._aligner, TranscriptRequest(mezzanine, self._speech))
            return found, time.perf_counter() - begin

    def turns(self, samples: Sound, transcript: Transcript) -> tuple[SpeakerTurns, float]:
        """Who speaks when, and the seconds it took."""
        with _bench() as bench:
            mezzanine = _mezzanine(bench, samples)
            begin = time.perf_counter()
            found = find_turns(bench, self._voices, mezzanine, transcript, self._speech.max_speakers)
            return found, time.perf_counter() - begin

    def unguarded(self, samples: Sound, language: str) -> list[Timed]:
        """What the first provider alone makes of it: all sound, no voice detector, no guard."""
        raw = self._first.recognize(RecognitionRequest(samples, language, self._speech.beam_size))
        words = in_order(drafts(raw.segments, raw.language, 0), len(samples) * 1000 // RATE)
        return [(word.text, word.start, word.end) for word in words]


def kept(transcript: Transcript) -> list[Timed]:
    return [(word.text, word.start_ms, word.end_ms) for word in transcript.words]


def removed(transcript: Transcript) -> list[Timed]:
    """The words of what the guard took out, spread over its time."""
    found: list[Timed] = []
    for action in transcript.guard:
        texts = action.text.split() if action.kind == "removed" else []
        for i, text in enumerate(texts):
            step = (action.end_ms - action.start_ms) / len(texts)
            low, high = (action.start_ms + round(step * k) for k in (i, i + 1))
            found.append((text, low, high))
    return found


def stretches(found: SpeakerTurns) -> list[Stretch]:
    return [(turn.speaker, turn.start_ms / 1000, turn.end_ms / 1000) for turn in found.turns]


@contextmanager
def _bench() -> Iterator[StoreBench]:
    # A store of its own for every run: nothing that was heard before is found again.
    with (
        tempfile.TemporaryDirectory() as folder,
        StoreBench.over(MediaStore.local(Path(folder))) as bench,
    ):
        yield bench


def _mezzanine(bench: StoreBench, samples: Sound) -> Mezzanine:
    path = bench.scratch / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return Mezzanine(
        video=Blob(sha256="0" * 64, size=0),
        speech=bench.keep(path),
        width=320,
        height=180,
        rate=FrameRate(num=25),
        frames=max(1, len(samples) * 25 // RATE),
        speech_samples=len(samples),
        remuxed=True,
    )
