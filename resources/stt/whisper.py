"""Whisper through faster-whisper: the embedded default, any language, and the ear that tells languages apart."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from resources.cores import usable_cores
from resources.models import Models
from resources.stt.loaded import LoadedOnce
from shortform_assets.code_versions import code_of
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    Floats,
    RawSegment,
    RawTranscript,
    RawWord,
    RecognitionRequest,
)

DEFAULT = "base"
_SHORTEST = SAMPLE_RATE // 10
"""The decoder's word times fail on less, and nobody says a word in it."""
_GLOSSARY_CHARS = 400
"""Whisper's prompt has room for about a hundred tokens before it costs accuracy."""


class WhisperProvider(LoadedOnce["_Whisper"]):
    """Whisper through faster-whisper: int8, greedy unless told otherwise, no text carried from window to window.

    One thread a call and as many calls as there are cores: that is a third faster than one call on all of
    them, and the words do not depend on the machine.
    """

    languages: frozenset[str] | None = None

    def __init__(self, model: str = DEFAULT, models: Models | None = None) -> None:
        super().__init__()
        self.name = "whisper" if model == DEFAULT else f"whisper:{model}"
        self._model, self._models = f"whisper-{model}", models or Models()
        self.parallel = usable_cores()

    @property
    def fingerprint(self) -> str:
        made = version("faster-whisper")
        return f"{self._model}:{self._models.fingerprint(self._model)}:faster-whisper-{made}:int8:{code_of(type(self)).digest}"

    def _load(self) -> _Whisper:
        """It also tells languages apart; InputError names the package to install."""
        from faster_whisper import WhisperModel

        folder = self._models.resolve(self._model)
        whisper = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=self.parallel
        )
        return _Whisper(f"faster-whisper {self._model}", whisper)

    def detect(self, samples: Floats) -> tuple[str, float]:
        """ISO 639-1 and its probability."""
        return self.load().detect(samples)


class _Whisper:
    def __init__(self, name: str, model: Any) -> None:
        self.name, self._model = name, model

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        samples, language = request.samples, request.language
        if len(samples) < _SHORTEST:
            return RawTranscript(language, 1.0, ())
        segments, info = self._model.transcribe(
            samples,
            language=language,
            beam_size=request.beam_size,
            hotwords=_hotwords(request.terms),
            # Higher temperatures draw lots: the same sound must give the same words.
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            # Silence was left out before.
            vad_filter=False,
            # The guard judges by these numbers and lists what it removes; nothing is dropped in silence.
            no_speech_threshold=None,
            compression_ratio_threshold=None,
            log_prob_threshold=None,
        )
        found = []
        for segment in segments:
            found.append(_segment(segment))
            request.progress(min(1.0, segment.end * SAMPLE_RATE / max(1, len(samples))))
        return RawTranscript(info.language, float(info.language_probability), tuple(found))

    def detect(self, samples: Floats) -> tuple[str, float]:
        language, probability, _ = self._model.detect_language(samples)
        return language, float(probability)


def _hotwords(terms: Sequence[str]) -> str | None:
    text = ""
    for term in terms:
        if len(text) + len(term) > _GLOSSARY_CHARS:
            break
        text += f"{', ' if text else ''}{term}"
    return text or None


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
