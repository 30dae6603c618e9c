"""Steady noise lowered by what is measured of it in pauses (Ephraim and Malah, 1985: log-spectral amplitude).

On speech with added noise it leaves more of the voice than FFmpeg's `afftdn` and than DeepFilterNet 3, takes no
model, and neither moves the sound nor differs between machines; the figures are in docs/rendering.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shortform_assets.rendering.sound_facts import Sound

# Guarded by tests/rendering/test_sound_chain.py.
_SIZE, _HOP = 2048, 512
"""Samples: 43 ms, in which a vowel stands still, moved by a quarter."""
_QUIET_SHARE = 0.1
"""Of the windows, the quietest, that are taken for noise alone."""
_INERTIA = 0.98
"""Weight of the window before in the ratio of speech to noise, against musical tones (the authors' value)."""
_LEAST_RATIO = 10 ** (-25 / 10)
"""Of speech to noise, -25 dB: less would let single windows fall silent (Cappé 1994)."""


def reduce_noise(sound: Sound, less_db: float) -> Sound:
    """`sound`, (samples, 2), with its noise lowered by at most `less_db`; both channels by the same gains."""
    count = (len(sound) + 2 * _SIZE) // _HOP + 1
    window = np.sqrt(np.hanning(_SIZE + 1)[:-1])
    padded = np.zeros((count * _HOP + _SIZE, 2))
    padded[_SIZE : _SIZE + len(sound)] = sound
    at = _HOP * np.arange(count)[:, None] + np.arange(_SIZE)
    spectra = [np.fft.rfft(padded[at, side] * window, axis=1) for side in (0, 1)]
    power = sum(np.square(np.abs(spectrum)) for spectrum in spectra)
    gains = np.maximum(_gains(np.asarray(power), len(sound)), 10 ** (-less_db / 20))
    made = np.zeros_like(padded)
    for side, spectrum in enumerate(spectra):
        parts = np.fft.irfft(spectrum * gains, _SIZE, axis=1) * window
        for n, part in enumerate(parts):
            made[n * _HOP : n * _HOP + _SIZE, side] += part
    # Overlapping squared windows add up to a constant.
    whole = made[_SIZE : _SIZE + len(sound)] / (_SIZE / _HOP / 2)
    return whole.astype(np.float32)


def _gains(power: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """(windows, bins) from `power` of the same shape."""
    from scipy.special import exp1

    begins = np.arange(len(power)) * _HOP
    inside = (begins >= _SIZE) & (begins <= length)
    loudness = power.sum(axis=1)
    quiet = inside & (loudness <= np.percentile(loudness[inside], 100 * _QUIET_SHARE))
    noise = power[quiet].mean(axis=0) + 1e-12
    noise = np.convolve(np.pad(noise, 2, mode="edge"), np.ones(5) / 5, "valid")
    gains, before = np.empty_like(power), np.ones(power.shape[1])
    for n, spectrum in enumerate(power):
        above = np.minimum(spectrum / noise, 1e4)
        ratio = np.maximum(_INERTIA * before + (1 - _INERTIA) * np.maximum(above - 1, 0), _LEAST_RATIO)
        share = ratio / (1 + ratio)
        gains[n] = np.minimum(share * np.exp(0.5 * exp1(np.maximum(share * above, 1e-8))), 1)
        before = np.square(gains[n]) * above
    return gains
