"""Peaks that were cut off flat, rebuilt: a cubic through what is left on either side of each cut.

FFmpeg's `adeclip` mends heavy clipping somewhat better and takes two seconds a second for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shortform_assets.rendering.sound_facts import CEILING, Sound

# Guarded by tests/rendering/test_sound_chain.py.
_LONGEST = 96
"""Samples (2 ms): a longer cut is half a wave of a low voice, which a cubic would make up."""
_MOST = 1.6
"""Times the ceiling that a rebuilt peak may reach: 4 dB."""


def declipped(sound: Sound) -> Sound:
    """`sound`, (samples, 2), with the peaks of both channels rebuilt; they reach above the ceiling."""
    return np.stack([_rebuilt(channel) for channel in sound.T], axis=1)


def _rebuilt(channel: NDArray[np.float32]) -> NDArray[np.float32]:
    made = channel.copy()
    for sign in (1, -1):
        side = sign * channel
        top = float(side.max(initial=0.0))
        cut = np.concatenate([[False], side >= CEILING * top, [False]])
        edges = np.flatnonzero(np.diff(cut.astype(np.int8)))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            # Samples [a, b) are cut; a slope on either side is needed to go on from.
            if 2 <= b - a <= _LONGEST and a >= 2 and b + 2 <= len(side):
                made[a:b] = sign * np.clip(_cubic(side, a, b), CEILING * top, _MOST * top)
    return made


def _cubic(side: NDArray[np.float32], a: int, b: int) -> NDArray[np.float64]:
    """Hermite's cubic from sample a - 1 to sample b, with the slopes before and behind, at a ... b - 1."""
    length = b - a + 1
    t = np.arange(1, length) / length
    rise, fall = (side[a - 1] - side[a - 2]) * length, (side[b + 1] - side[b]) * length
    start, end = side[a - 1], side[b]
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * rise
        + (3 * t**2 - 2 * t**3) * end
        + (t**3 - t**2) * fall
    )
