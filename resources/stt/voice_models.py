"""The models that tell voices apart, carried by another package; loaded when first needed."""

from __future__ import annotations

import hashlib
import importlib.util
import mmap
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import Floats
from shortform_assets.ports.voice_model import VoiceModel

_THREADS = 2


class OnnxVoiceModel:
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
