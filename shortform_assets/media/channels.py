"""What the two channels of a sound are to each other, and what is to be made of them.

They are examined, not averaged: a phase-inverted microphone cancels itself in a sum, and a voice on one side
alone leaves the other ear without.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.source import ChannelMix
from shortform_assets.media.audio_arrays import SPEECH_RATE, decode_window

# Guarded by tests/media/test_channels.py: signals made so and otherwise, and real talk.
_WINDOW_S = 0.4
"""A syllable or two: guests who sit left and right are heard one after the other in windows of this length."""
_DEAD_DB = 25.0
"""A channel whose loudest windows stay this far below the other's holds cross-talk or noise, no voice."""
_INVERTED = -0.5
"""Correlation below which the one channel is the other turned round, with some room or noise of its own."""
_PARTS, _PART_SECONDS = 24, 5.0
"""Places along a source that are listened to, and how long each: a guest who says a tenth is met."""
_AUDIBLE = 1e-4
"""Root mean square of full scale (-80 dBFS) below which there is no sound to compare."""

Stereo = NDArray[np.float32]
Side = Literal["left", "right", ""]


class ChannelFacts(NamedTuple):
    """Measured on (samples, 2) sound; levels in dBFS of the loudest hundredth of windows."""

    left_db: float
    right_db: float
    correlation: float
    """-1 to 1, where something is heard on both sides; 0 where that is nowhere."""
    mix: ChannelMix


def examine_source(path: Path, stream: int, duration_ms: int) -> ChannelFacts:
    """The facts of one sound stream of a source: of all of a short one, of places along a long one."""
    from av.error import FFmpegError

    seconds, parts = duration_ms / 1000, []
    whole = seconds <= _PARTS * _PART_SECONDS
    starts = [0.0] if whole else [seconds * (n + 0.5) / _PARTS - _PART_SECONDS / 2 for n in range(_PARTS)]
    for start in starts:
        # What cannot be decoded there says nothing of the rest.
        with suppress(FFmpegError):
            parts.append(decode_window(path, stream, start, seconds if whole else _PART_SECONDS, "stereo"))
    heard = [part for part in parts if part.size]
    return examine(np.concatenate(heard) if heard else np.zeros((0, 2), np.float32))


def examine(sound: Stereo, sample_rate: int = SPEECH_RATE) -> ChannelFacts:
    """The facts of `sound`, (samples, 2) in -1..1, and what they ask for."""
    left, right = (_loudest(channel, sample_rate) for channel in sound.T)
    alike, side = correlation(sound, sample_rate), _alone(left, right)
    mix: ChannelMix = side or ("invert_right" if alike < _INVERTED else "as_is")
    return ChannelFacts(left, right, alike, mix)


def one_sided(sound: Stereo, sample_rate: int = SPEECH_RATE) -> Side:
    """The only channel on which there is something; empty where both have, or neither."""
    return _alone(*(_loudest(channel, sample_rate) for channel in sound.T))


def _alone(left: float, right: float) -> Side:
    """The same by the levels of both."""
    if max(left, right) < 20 * np.log10(_AUDIBLE):
        return ""
    return "left" if left - right >= _DEAD_DB else "right" if right - left >= _DEAD_DB else ""


def correlation(sound: Stereo, sample_rate: int = SPEECH_RATE) -> float:
    """Mean correlation of left and right over the windows in which both are heard, weighted by their power."""
    blocks = _windows(sound, sample_rate)
    if not len(blocks):
        return 0.0
    centred = blocks - blocks.mean(axis=1, keepdims=True)
    powers = np.square(centred).mean(axis=1)
    both = powers.min(axis=1) >= _AUDIBLE**2
    if not both.any():
        return 0.0
    cross = centred.prod(axis=2).mean(axis=1)[both]
    # A sum of products over a sum of norms: loud windows count more than pauses.
    return float(cross.sum() / np.sqrt(powers[both].prod(axis=1)).sum())


def mixed(sound: Stereo, mix: ChannelMix) -> Stereo:
    """`sound` with `mix` applied, the same shape."""
    if mix == "left":
        return sound[:, [0, 0]]
    if mix == "right":
        return sound[:, [1, 1]]
    return sound * np.array([1, -1], np.float32) if mix == "invert_right" else sound


MIX_FILTERS: dict[ChannelMix, str] = {
    "as_is": "",
    "left": "pan=stereo|c0=c0|c1=c0",
    "right": "pan=stereo|c0=c1|c1=c1",
    "invert_right": "pan=stereo|c0=c0|c1=-1*c1",
}
"""The same as FFmpeg filters."""


def _windows(sound: Stereo, sample_rate: int) -> NDArray[np.float64]:
    """(windows, samples, 2); what is shorter than one window is one window."""
    size = min(len(sound), int(_WINDOW_S * sample_rate))
    count = len(sound) // size if size else 0
    return sound[: count * size].reshape(count, size, 2).astype(np.float64) if count else np.zeros((0, 1, 2))


def _loudest(channel: NDArray[np.float32], sample_rate: int) -> float:
    size = min(len(channel), int(_WINDOW_S * sample_rate))
    count = len(channel) // size if size else 0
    if not count:
        return -120.0
    blocks = channel[: count * size].reshape(count, size).astype(np.float64)
    # A constant offset is nothing to be heard.
    power = float(np.percentile(blocks.var(axis=1), 99))
    return 10 * float(np.log10(max(power, 1e-12)))
