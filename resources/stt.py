"""The embedded speech models, loaded when first needed. `load()` gives what `speech/recognizer.py` asks for.

A fingerprint names the bytes and every setting that decides the answer; reading it loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from resources.models import Models
from shortform_assets.speech.recognizer import (
    SAMPLE_RATE,
    Aligner,
    Floats,
    RawSegment,
    RawTranscript,
    RawWord,
    Recognizer,
    VoiceModel,
)

_THREADS = 2
_BEAMS = {"beam": 1e-100, "pbeam": 1e-100, "wbeam": 1e-80}
"""Wide: the words are known, so a lost path is an error and not a saving."""


class WhisperRecognizer:
    """Whisper through faster-whisper: int8, two threads, VAD filter, no text carried from window to window."""

    def __init__(self, model: str = "whisper-base", models: Models | None = None) -> None:
        self._model, self._models = model, models or Models()
        self._loaded: Recognizer | None = None

    @property
    def fingerprint(self) -> str:
        made = version("faster-whisper")
        return f"{self._model}:{self._models.fingerprint(self._model)}:faster-whisper-{made}:int8:greedy-1"

    def load(self) -> Recognizer:
        """The recognizer; InputError names the package to install where the model is missing."""
        if self._loaded is None:
            from faster_whisper import WhisperModel

            folder = self._models.resolve(self._model)
            whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=_THREADS)
            self._loaded = _Whisper(f"faster-whisper {self._model}", whisper)
        return self._loaded


class _Whisper:
    def __init__(self, name: str, model: Any) -> None:
        self.name, self._model = name, model

    def recognize(
        self, samples: Floats, language: str | None, beam_size: int, progress: Callable[[float], None]
    ) -> RawTranscript:
        segments, info = self._model.transcribe(
            samples,
            language=language,
            beam_size=beam_size,
            # Higher temperatures draw lots: the same sound must give the same words.
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=True,
            # The guard judges by these numbers and lists what it removes; nothing is dropped in silence.
            no_speech_threshold=None,
            compression_ratio_threshold=None,
            log_prob_threshold=None,
            language_detection_segments=4,
        )
        found = []
        for segment in segments:
            found.append(_segment(segment))
            progress(min(1.0, segment.end * SAMPLE_RATE / max(1, len(samples))))
        return RawTranscript(info.language, float(info.language_probability), tuple(found))


def _segment(segment: Any) -> RawSegment:
    return RawSegment(
        start=float(segment.start),
        end=float(segment.end),
        text=segment.text,
        words=tuple(
            RawWord(word.word, float(word.start), float(word.end), float(word.probability))
            for word in segment.words or ()
        ),
        avg_logprob=float(segment.avg_logprob),
        no_speech_prob=float(segment.no_speech_prob),
        compression_ratio=float(segment.compression_ratio),
    )


class SphinxAligner:
    """Forced alignment with PocketSphinx and the US English acoustic model in its wheel."""

    def __init__(self) -> None:
        self._loaded: Aligner | None = None

    @property
    def fingerprint(self) -> str:
        return f"pocketsphinx-{version('pocketsphinx')}:en-us:batch-cmn-1"

    def load(self) -> Aligner:
        """The aligner; its dictionary takes half a second to read."""
        if self._loaded is None:
            self._loaded = _Sphinx()
        return self._loaded


class _Sphinx:
    def __init__(self) -> None:
        from pocketsphinx import Decoder

        # Batch normalisation: an utterance's times must not depend on those before it.
        self._decoder = Decoder(
            lm=None, samprate=SAMPLE_RATE, loglevel="FATAL", bestpath=False, cmn="batch", **_BEAMS
        )
        self._frame = 1.0 / int(self._decoder.config["frate"])
        self._added: dict[str, str] = {}

    def knows(self, word: str) -> bool:
        return word not in self._added and self._decoder.lookup_word(word) is not None

    def align(
        self, samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
    ) -> list[tuple[float, float]] | None:
        for word, phones in pronunciations.items():
            if self._added.get(word) is None and self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, " ".join(phones), True)
                self._added[word] = " ".join(phones)
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        try:
            self._decoder.set_align_text(" ".join(words))
            self._decoder.start_utt()
            try:
                self._decoder.process_raw(pcm, full_utt=True)
            finally:
                self._decoder.end_utt()
            pieces = [s for s in self._decoder.seg() or () if not s.word.startswith(("<", "[", "("))]
        except RuntimeError:
            return None
        if [piece.word.split("(")[0] for piece in pieces] != list(words):
            return None
        return [(p.start_frame * self._frame, (p.end_frame + 1) * self._frame) for p in pieces]
