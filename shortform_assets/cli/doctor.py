"""`shortform doctor`: what is here, what resolves, what is configured, and whether the project opens."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from resources.cores import usable_cores
from resources.dagster_home import open_instance
from resources.database_repair import examine_databases, repair_databases
from resources.home import find_home, store_url
from resources.media_store import MediaStore
from shortform_assets.cli.error_handler import sentence
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Listing, Terminal
from shortform_assets.errors import InputError

_PACKAGES = {
    "dagster": "the graph",
    "faster-whisper": "speech to text",
    "moonshine-voice": "optional: speaker models, and a second opinion on doubtful words",
    "pocketsphinx": "word alignment",
    "mediapipe": "face landmarks",
    "onnxruntime": "face detection",
    "opencv-python": "pictures and shots",
    "av": "probing and decoding",
    "imageio-ffmpeg": "FFmpeg",
    "pydantic-ai-slim": "the panel of models, where a genre names one",
    "piper-tts": "optional: the demo's voice",
    "whisperx": "optional: another transcriber",
}


def examine(terminal: Terminal) -> bool:
    """Print three tables; True when everything that the main job needs is there and the project opens."""
    healthy = True
    packages = Listing("package", "version", "for")
    for name, use in _PACKAGES.items():
        try:
            packages.row(name, version(name), use)
        except PackageNotFoundError:
            packages.row(name, "not installed", use)
            healthy &= use.startswith("optional")
    terminal.show(packages)

    from resources.models import Models

    models = Listing("model", "where")
    for name, where in Models().report():
        models.row(name, where)
    terminal.show(models)

    backends = Listing("backend", "state")
    probes = {
        "ffmpeg": _ffmpeg,
        "opencv": _opencv,
        "fonts": _fonts,
        "music": _music,
        "store": _store,
        "database": _database,
    }
    for name, probe in probes.items():
        fine, state = _tried(probe)
        healthy &= fine
        backends.row(name, state)
    backends.row("home", str(find_home()))
    backends.row("vision", os.environ.get("SHORTFORM_VISION", "local"))
    backends.row("render", os.environ.get("SHORTFORM_RENDER", "local"))
    backends.row("cores", str(usable_cores()))
    terminal.show(backends)
    return healthy


def repair_project(terminal: Terminal) -> None:
    """Mend the databases of the project and say what was wrong; InputError while a command works in it."""
    project = Project()
    found, backup = repair_databases(project.home, project.store)
    for trouble in found:
        kept = "its rows are kept" if trouble.readable else "it was made anew, the history of runs is lost"
        terminal.say(f"{trouble.database}: {trouble.what}; {kept}")
    if backup:
        terminal.say(f"the databases as they were are in {backup}")
    else:
        terminal.say("no database needs a repair; the sources in the store are all registered")


def _tried(probe: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, probe()
    except Exception as error:
        return False, f"fails: {sentence(error)}"


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return f"{imageio_ffmpeg.get_ffmpeg_version()}"


def _opencv() -> str:
    import cv2

    return str(cv2.__version__)


def _fonts() -> str:
    from resources.fallback_fonts import FallbackFonts

    shelf = FallbackFonts().load()
    found, absent = shelf.files(), sorted(set(shelf.absent().values()))
    own = sum(font.own for font in found)
    return "; ".join([f"{len(found) - own} for letters that a style lacks, {own} of yours", *absent])


def _music() -> str:
    from resources.music_beds import BundledBeds

    return BundledBeds().report()


def _store() -> str:
    next(iter(MediaStore.open(store_url()).list("sources/")), None)
    return store_url()


def _database() -> str:
    home = find_home(create=True)
    os.environ["DAGSTER_HOME"] = str(home)
    found = examine_databases(home)
    if found:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        raise InputError(
            f"{found[0].what}{more}", str(found[0].database), "`shortform doctor --repair` mends it"
        )
    with open_instance(home) as instance:
        return f"{len(instance.get_dynamic_partitions('source_videos'))} sources registered"
