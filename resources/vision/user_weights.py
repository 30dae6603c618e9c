"""The user's own models that may judge faces: where they are, and which bytes they have.

`DEEPFACE_HOME` is DeepFace's own variable (the home folder by default) and `SHORTFORM_LR_ASD` names an ONNX
file. Nothing is ever downloaded; nothing is looked at unless the genre asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from resources.media_store import hash_file
from shortform_assets.contracts.slices.reframing_slice import DEEPFACE, LR_ASD, FaceSlice
from shortform_assets.errors import InputError

DEEPFACE_VARIABLE, LR_ASD_VARIABLE = "DEEPFACE_HOME", "SHORTFORM_LR_ASD"
DEEPFACE_FILE = ".deepface/weights/facial_expression_model_weights.onnx"


def judge_weights(faces: FaceSlice, environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """The files of the models that `faces` asks for, by name. DeepFace's is left out where it is not there:
    blendshapes stand in. Raises InputError where a speaker model is asked for and is not there."""
    found: dict[str, Path] = {}
    if faces.emotion_model == DEEPFACE:
        path = Path(environment.get(DEEPFACE_VARIABLE) or "~").expanduser() / DEEPFACE_FILE
        if path.is_file():
            found[DEEPFACE] = path
    if faces.speaker_model == LR_ASD:
        named = environment.get(LR_ASD_VARIABLE, "").strip()
        path = Path(named).expanduser()
        if not named or not path.is_file():
            raise InputError(
                "the genre's speaker_model is lr-asd, and this names no file",
                f"{LR_ASD_VARIABLE}={named}",
                "name the ONNX file (docs/reframing.md, Other judges), or leave speaker_model out",
            )
        found[LR_ASD] = path
    return found


def judges_lacking(faces: FaceSlice, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """A sentence for every model that `faces` asks for and that another one stands in for."""
    if faces.emotion_model != DEEPFACE or DEEPFACE in judge_weights(faces, environment):
        return ()
    return (f"emotions are read from blendshapes: {DEEPFACE_VARIABLE} holds no {DEEPFACE_FILE}",)


def judge_prints(faces: FaceSlice, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """`name:hash` of each of those files, half of its SHA-256."""
    weights = judge_weights(faces, environment)
    return tuple(f"{name}:{_hash(path, path.stat().st_mtime_ns)[:32]}" for name, path in weights.items())


@lru_cache(maxsize=8)
def _hash(path: Path, _: int) -> str:
    """SHA-256 of the file, read once for every time of change."""
    return hash_file(path).sha256
