"""WhisperX: batched faster-whisper with word times by wav2vec2, on CUDA where it is there."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any

from resources.blob_cache import cache_dir
from resources.cores import usable_cores
from resources.model_registry import REGISTRY
from resources.models import Models, downloads_allowed
from resources.stt.loaded import LoadedOnce
from resources.stt.segments import USUAL_LOGPROB, segment, untimed
from shortform_assets.code_versions import code_of
from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import (
    Floats,
    ProviderFailed,
    RawSegment,
    RawTranscript,
    RawWord,
    RecognitionRequest,
)
from shortform_assets.ports.voice_finder import Span, VoiceFinder

_INSTALL = "pip install 'shortform[whisperx]'"
_BATCH = {"cpu": 4, "cuda": 16}
"""Stretches that are decoded at once; more take more memory. Our choice."""
_PRECISION = {"cpu": "int8", "cuda": "float16"}


class WhisperXProvider(LoadedOnce["_WhisperX"]):
    """WhisperX with any Whisper model: `whisperx` (the embedded base) or `whisperx:MODEL`.

    Other models and the alignment models come from the Hugging Face hub and from PyTorch, and are only
    downloaded with SHORTFORM_ALLOW_DOWNLOAD=1; otherwise those are used that are there. Its voice detector
    (pyannote) is in the package. The device is not part of the fingerprint.
    """

    languages: frozenset[str] | None = None
    parallel = 1
    """Its pipeline keeps the language and the settings of the call."""

    def __init__(
        self,
        model: str = "base",
        models: Models | None = None,
        align_model: str | None = None,
        *,
        voice: VoiceFinder,
    ) -> None:
        super().__init__()
        self._voice = voice
        self.name = "whisperx" if model == "base" else f"whisperx:{model}"
        self._model, self._models, self._align_model = model, models or Models(), align_model

    @property
    def fingerprint(self) -> str:
        try:
            made = version("whisperx")
        except PackageNotFoundError:
            made = "missing"
        own = f"whisper-{self._model}"
        content = self._models.fingerprint(own) if own in REGISTRY else "hub"
        aligned = f"{self._align_model or 'default'}-{'hub' if downloads_allowed() else 'local'}"
        code = code_of(type(self), type(self._voice)).digest
        return f"{own}:{content}:whisperx-{made}:pyannote:align-{aligned}:{code}"

    def _load(self) -> _WhisperX:
        """ProviderFailed says what to install."""
        with warnings.catch_warnings():
            # pyannote complains of decoders that are not needed: sound comes as an array.
            warnings.simplefilter("ignore")
            return self._made()

    def _made(self) -> _WhisperX:
        try:
            import torch
            import whisperx
        except (ImportError, OSError) as error:
            raise ProviderFailed(f"WhisperX is not installed here ({error}) - {_INSTALL}") from error
        own = f"whisper-{self._model}"
        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            pipeline = whisperx.load_model(
                str(self._models.resolve(own)) if own in REGISTRY else self._model,
                device,
                compute_type=_PRECISION[device],
                vad_method="pyannote",
                local_files_only=not downloads_allowed(),
                threads=usable_cores(),
            )
        except InputError as error:
            raise ProviderFailed(f"WhisperX has no model {self._model!r} here: {error}") from error
        except Exception as error:
            # Torch, the hub and CTranslate2 each raise their own kinds.
            raise ProviderFailed(
                f"WhisperX cannot load the model {self._model!r} on {device} ({_short(error)}) - "
                "check the name, or set SHORTFORM_ALLOW_DOWNLOAD=1 to fetch it"
            ) from error
        tools = _Tools(pipeline, whisperx, device, self._voice)
        return _WhisperX(f"WhisperX {self._model}", tools, self._align_model)


@dataclass(frozen=True)
class _Tools:
    pipeline: Any
    library: Any
    device: str
    voice: VoiceFinder


class _WhisperX:
    def __init__(self, name: str, tools: _Tools, align_model: str | None) -> None:
        self.name, self._align_model = name, align_model
        self._pipeline, self._library, self._device = tools.pipeline, tools.library, tools.device
        self._voice = tools.voice
        self._aligners: dict[str, tuple[Any, Any]] = {}
        self._busy = Lock()
        self.unaligned: dict[str, str] = {}
        """Languages whose words are not aligned, and why: they get their share of the voice, not `timed`."""

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        """Probabilities of words are those of their alignment; `no_speech_prob` is 0, it is not given."""
        samples, language = request.samples, request.language
        if not len(samples):
            return RawTranscript(language, 1.0, ())
        with self._busy:
            try:
                heard = self._hear(request)
                aligned = self._align(heard, samples, language) if heard else []
                found = (
                    _unaligned(heard, self._voice.spans(samples))
                    if aligned is None
                    else [_segment(part) for part in aligned]
                )
            except Exception as error:
                raise ProviderFailed(
                    f"{self.name} failed ({_short(error)}) - try again, or name another provider"
                ) from error
        return RawTranscript(language, 1.0, tuple(found))

    def _hear(self, request: RecognitionRequest) -> list[dict[str, Any]]:
        pipeline = self._pipeline
        hotwords = ", ".join(request.terms) or None
        pipeline.options = replace(pipeline.options, beam_size=request.beam_size, hotwords=hotwords)
        answer = pipeline.transcribe(
            request.samples,
            batch_size=_BATCH[self._device],
            language=request.language,
            task="transcribe",
            progress_callback=lambda percent: request.progress(percent / 100),
        )
        return [found for found in answer["segments"] if found["text"].strip()]

    def _align(
        self, heard: list[dict[str, Any]], samples: Floats, language: str
    ) -> list[dict[str, Any]] | None:
        """Segments with word times; None where there is no alignment model for the language."""
        if language in self.unaligned:
            return None
        try:
            if language not in self._aligners:
                self._aligners[language] = self._aligner(language)
            model, facts = self._aligners[language]
        except Exception as error:
            self.unaligned[language] = _short(error)
            return None
        return list(self._library.align(heard, model, facts, samples, self._device)["segments"])

    def _aligner(self, language: str) -> tuple[Any, Any]:
        folder, allowed = cache_dir() / "models" / "whisperx", downloads_allowed()
        if not allowed:
            _insist_on_local(folder, language if self._align_model is None else None)
        folder.mkdir(parents=True, exist_ok=True)
        model, facts = self._library.load_align_model(
            language,
            self._device,
            model_name=self._align_model,
            model_dir=str(folder),
            model_cache_only=not allowed,
        )
        return model, facts


def _insist_on_local(folder: Path, language: str | None) -> None:
    """LookupError without what WhisperX would download unasked: PyTorch's weights, NLTK's sentences."""
    import torchaudio
    from nltk.data import find
    from whisperx.alignment import DEFAULT_ALIGN_MODELS_TORCH

    if language in DEFAULT_ALIGN_MODELS_TORCH:
        bundle = getattr(torchaudio.pipelines, DEFAULT_ALIGN_MODELS_TORCH[language])
        if not (folder / Path(bundle._path).name).is_file():
            raise LookupError(f"there is no alignment model {Path(bundle._path).name} in {folder}")
    find("tokenizers/punkt_tab/english/")


def _unaligned(heard: Sequence[dict[str, Any]], voice: Sequence[Span]) -> list[RawSegment]:
    found = []
    for part in heard:
        start, end = round(part["start"] * 1000), round(part["end"] * 1000)
        inside = [(max(low, start), min(high, end)) for low, high in voice if low < end and high > start]
        spans = inside or [(start, max(end, start + 1))]
        logprob = float(part.get("avg_logprob", USUAL_LOGPROB))
        found.append(untimed(part["text"].strip(), spans, logprob))
    return found


def _segment(found: dict[str, Any]) -> RawSegment:
    """A sentence as it was aligned; what the aligner could not place has no word times at all."""
    words = tuple(
        RawWord(f" {word['word']}", float(word["start"]), float(word["end"]), float(word.get("score", 0.0)))
        for word in found["words"]
        if "start" in word and "end" in word
    )
    complete = len(words) == len(found["words"])
    logprob = float(found.get("avg_logprob", USUAL_LOGPROB))
    start, end = (float(found[key]) for key in ("start", "end"))
    if math.isnan(start) or math.isnan(end):
        raise ValueError("the alignment gave a sentence without a time")
    return segment(start, end, found["text"].strip(), words if complete else (), logprob)


def _short(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
