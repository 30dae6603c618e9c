"""`shortform doctor`: what is here, what resolves, what is configured."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table

from resources.home import find_home, store_url

_PACKAGES = {
    "dagster": "the graph",
    "faster-whisper": "speech to text",
    "moonshine-voice": "optional: speaker models, and a second opinion on doubtful words",
    "pocketsphinx": "word alignment",
    "mediapipe": "face landmarks",
    "onnxruntime": "face detection",
    "opencv-python": "pictures",
    "av": "probing and decoding",
    "imageio-ffmpeg": "FFmpeg",
    "scenedetect": "shots",
    "pydantic-ai-slim": "the panel of models, where a genre names one",
    "piper-tts": "optional: the demo's voice",
    "whisperx": "optional: another transcriber",
}


def examine(console: Console) -> bool:
    """Print three tables; True when everything that the main job needs is there."""
    healthy = True
    packages = Table("package", "version", "for", box=None)
    for name, use in _PACKAGES.items():
        try:
            packages.add_row(name, version(name), use)
        except PackageNotFoundError:
            packages.add_row(name, "not installed", use)
            healthy &= use.startswith("optional")
    console.print(packages)

    from resources.models import Models

    models = Table("model", "where", box=None)
    for name, where in Models().report():
        models.add_row(name, where)
    console.print(models)

    backends = Table("backend", "state", box=None)
    for name, probe in {"ffmpeg": _ffmpeg, "opencv": _opencv, "store": _store}.items():
        fine, state = _tried(probe)
        healthy &= fine
        backends.add_row(name, state)
    backends.add_row("home", str(find_home()))
    backends.add_row("vision", os.environ.get("SHORTFORM_VISION", "local"))
    backends.add_row("render", "local worker pool")
    backends.add_row("cores", str(os.cpu_count()))
    console.print(backends)
    return healthy


def _tried(probe: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, probe()
    except Exception as error:
        return False, f"fails: {error}"


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return f"{imageio_ffmpeg.get_ffmpeg_version()}"


def _opencv() -> str:
    import cv2

    return str(cv2.__version__)


def _store() -> str:
    from resources.media_store import MediaStore

    next(iter(MediaStore.open(store_url()).list("sources/")), None)
    return store_url()
