"""What is wrong with a clip's sound, measured once on the joined segments, before anything is done to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.media.channels import ChannelFacts, examine

SAMPLE_RATE = 48000
"""Hertz of every output: the most that Reels take."""

# Guarded by tests/rendering/test_sound_chain.py: made so, found; real talk, left alone.
_WINDOW = SAMPLE_RATE // 20
"""50 ms: shorter than a pause between words."""
_FLOOR_PERCENTILE, _SPEECH_PERCENTILE = 5, 95
"""The quietest twentieth of the windows is room and hiss, the loudest is speech."""
CEILING, _BELOW_CEILING = 0.985, 0.95
"""Shares of the highest sample: what is above the first is at the ceiling, what is between the two is below it."""
_HEAPED = 3.0
"""Times as many samples at the ceiling as below it are heaped up there. A sine has 1.2 times as many, speech fewer."""
_LEAST_PEAK = 0.1
"""A recording that was turned down after it was clipped still has its ceiling; below this it is not looked for."""

Sound = NDArray[np.float32]
"""(samples, 2) at 48 kHz."""


@dataclass(frozen=True)
class SoundFacts:
    """Of one clip's sound; levels in dBFS of the louder channel."""

    channels: ChannelFacts
    offset: float
    """The mean of a channel, of full scale: a microphone's constant voltage."""
    clipped: float
    """Share of the samples that stand at the ceiling."""
    noise_db: float
    speech_db: float


def sound_facts(sound: Sound) -> SoundFacts:
    """Measure `sound`; silence has levels of -120."""
    levels = window_levels(sound)
    floor, speech = (
        (float(np.percentile(levels, share)) for share in (_FLOOR_PERCENTILE, _SPEECH_PERCENTILE))
        if len(levels)
        else (-120.0, -120.0)
    )
    offset = float(np.abs(sound.mean(axis=0)).max()) if len(sound) else 0.0
    return SoundFacts(examine(sound, SAMPLE_RATE), offset, _clipped(sound), floor, speech)


def window_levels(sound: Sound) -> NDArray[np.float64]:
    """dBFS of the louder channel in windows of 50 ms, a constant offset left out."""
    count = len(sound) // _WINDOW
    blocks = sound[: count * _WINDOW].reshape(count, _WINDOW, 2).astype(np.float64)
    power = blocks.var(axis=1).max(axis=1) if count else np.zeros(0)
    return 10 * np.log10(np.maximum(power, 1e-12))


def _clipped(sound: Sound) -> float:
    """Share of the samples of either channel, on its worse side, that are heaped up at the ceiling."""
    worst = 0.0
    for channel in sound.T:
        for side in (channel, -channel):
            top = float(side.max(initial=0.0))
            if top < _LEAST_PEAK:
                continue
            at = int((side >= CEILING * top).sum())
            below = int((side >= _BELOW_CEILING * top).sum()) - at
            if at > _HEAPED * max(1, below):
                worst = max(worst, at / len(channel))
    return worst
