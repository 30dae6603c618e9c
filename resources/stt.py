"""The embedded speech models, loaded when first needed. `load()` gives what `speech/recognizer.py` asks for.

A fingerprint names the bytes and every setting that decides the answer; reading it loads nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import mmap
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from resources.models import Models
from shortform_assets.errors import InputError
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


class SpeakerModel:
    """pyannote segmentation and WeSpeaker ResNet34 voice embeddings, 8-bit, as ONNX Runtime flat buffers.

    They are the two models of pyannote's speaker-diarization-community-1 (CC-BY-4.0), which the
    moonshine-voice wheel carries inside its shared library: found there by their hash, wherever they lie.
    """

    _CARRIER, _LIBRARY, _INSTALL = "moonshine_voice", "libmoonshine.*", "moonshine-voice==0.0.73"
    _SEGMENTATION = (1594080, "9715e3996ef181252aa1cc0c9398060f42b2c984c2fb65e3604262555e2efb1a")
    _EMBEDDING = (6975920, "6e4af7d49562e6e7042672e444d6394935cb2c23c3a7dd4919da45922b91735b")

    def __init__(self) -> None:
        self._loaded: VoiceModel | None = None

    @property
    def fingerprint(self) -> str:
        return f"{self._SEGMENTATION[1]}:{self._EMBEDDING[1]}:{'here' if self._library() else 'missing'}-1"

    def load(self) -> VoiceModel | None:
        """The model; None where no package here carries it. InputError where it carries other bytes."""
        library = self._library()
        if self._loaded is None and library is not None:
            with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                parts = [self._find(content, *part) for part in (self._SEGMENTATION, self._EMBEDDING)]
            self._loaded = _Voices(*(_session(part) for part in parts))
        return self._loaded

    def _library(self) -> Path | None:
        spec = importlib.util.find_spec(self._CARRIER)
        for folder in spec.submodule_search_locations or () if spec else ():
            for path in sorted(Path(folder).glob(self._LIBRARY)):
                return path
        return None

    def _find(self, content: mmap.mmap, size: int, sha256: str) -> bytes:
        # A flat buffer starts with the offset of its root, four bytes before the file identifier.
        at = content.find(b"ORTM")
        while at >= 0:
            part = content[max(0, at - 4) : at - 4 + size]
            if hashlib.sha256(part).hexdigest() == sha256:
                return part
            at = content.find(b"ORTM", at + 1)
        raise InputError(
            "this release does not carry the speaker model", self._CARRIER, f"install {self._INSTALL}"
        )


def _session(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.load_model_format", "ORT")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class _Voices:
    def __init__(self, segmentation: Any, embedding: Any) -> None:
        self._segmentation, self._embedding = segmentation, embedding

    def activity(self, windows: Floats) -> Floats:
        # One window a call: the answer must not depend on its company.
        found = [self._segmentation.run(None, {"waveforms": window[None, None]})[0] for window in windows]
        return np.concatenate(found).astype(np.float32)

    def embed(self, features: Floats) -> Floats:
        weights = np.ones((1, len(features)), np.float32)
        rows = features[None].astype(np.float32)
        return np.asarray(self._embedding.run(None, {"fbank": rows, "weights": weights})[0][0], np.float32)
