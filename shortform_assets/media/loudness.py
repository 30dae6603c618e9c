"""Loudness and true peak as broadcasters measure them (ITU-R BS.1770, EBU R 128)."""

from __future__ import annotations

import re
from pathlib import Path

from shortform_assets.media.ffmpeg import run_ffmpeg

SILENCE_LUFS = -70.0
"""What the meter shows for silence: its absolute gate."""


NEARLY_SILENT_LUFS = -50.0
"""Below this there is no speech whose loudness could be right or wrong: quiet rooms are at -55 to -70. Our choice;
tests/rendering/test_render_sound.py."""


def integrated_loudness(path: Path) -> float:
    """LUFS of the first sound stream, -70.0 for silence: what `measure_loudness` gives, without the search for peaks
    between samples, which takes most of its time."""
    return _metered(path, "ebur128=framelog=quiet")[0]


def measure_loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP of the first sound stream.

    Silence is (-70.0, -120.0). Raises FfmpegError when the file has no readable sound.
    """
    return _metered(path, "ebur128=peak=true:framelog=quiet")


def _metered(path: Path, meter: str) -> tuple[float, float]:
    log = run_ffmpeg(["-i", str(path), "-map", "0:a:0", "-af", meter, "-f", "null", "-"])
    summary = log[log.rindex("Summary:") :]
    loudness = _number(r"I:\s+(\S+) LUFS", summary, SILENCE_LUFS)
    peak = _number(r"Peak:\s+(\S+) dBFS", summary, -120.0)
    return max(SILENCE_LUFS, loudness), max(-120.0, peak)


def _number(pattern: str, text: str, default: float) -> float:
    found = re.search(pattern, text)
    return float(found.group(1)) if found and found.group(1) not in ("nan", "-nan") else default
