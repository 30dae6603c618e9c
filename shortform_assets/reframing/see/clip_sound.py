"""The sound of one clip, and of nothing else, as 16 kHz mono."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.media.audio_arrays import SPEECH_RATE, read_speech
from shortform_assets.ports.workbench import Workbench


def read_sound(bench: Workbench, media: ClipMedia) -> NDArray[np.float32]:
    """Samples (n,) of -1 to 1: all segments one after the other, each exactly as long as its frames."""
    parts = []
    for segment in media.segments:
        samples = read_speech(bench.open(segment.audio))
        wanted = media.rate.samples(segment.frames, SPEECH_RATE)
        part = np.zeros(wanted, np.float32)
        part[: min(wanted, len(samples))] = samples[:wanted]
        parts.append(part)
    return np.concatenate(parts)
