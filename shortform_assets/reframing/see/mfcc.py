"""Mel-frequency cepstral coefficients with the settings of python_speech_features, which networks for active
speakers are trained on: 25 ms rectangular windows every 10 ms, 26 filters, 13 coefficients (Davis and
Mermelstein 1980). Kaldi's, for speaker embeddings, are other numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Hertz."""
WINDOW, HOP, FFT = 400, 160, 512
"""Samples: 25 ms, 10 ms, and the power of two above."""
FILTERS, COEFFICIENTS, LIFTER = 26, 13, 22
"""Mel filters, coefficients that are kept, and the sine lifter's length (Young et al., The HTK Book)."""
_PREEMPHASIS = 0.97
"""All these are the defaults of python_speech_features 0.6;
test_coefficients_are_those_that_the_network_was_trained_on."""


def mfcc(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coefficients (n, 13) of mono 16 kHz `samples` in -1..1, a row every 10 ms, the last of a window that
    reaches the end; the first of a row is the logarithm of the window's energy. No samples give one row."""
    from scipy.fft import dct

    # The scale of 16-bit files: the energy is absolute.
    scaled = np.asarray(samples, np.float64) * 32768.0
    scaled[1:] -= _PREEMPHASIS * scaled[:-1].copy()
    count = 1 + max(0, -(-(len(scaled) - WINDOW) // HOP))
    padded = np.zeros((count - 1) * HOP + WINDOW)
    padded[: len(scaled)] = scaled
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames, FFT, axis=1)) ** 2 / FFT
    # No sound at all has no logarithm.
    bands, energy = (
        np.where(x == 0, np.finfo(float).eps, x) for x in (power @ _filters(), power.sum(axis=1))
    )
    found = dct(np.log(bands), type=2, axis=1, norm="ortho")[:, :COEFFICIENTS]
    found *= 1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER)
    found[:, 0] = np.log(energy)
    return np.asarray(found, np.float32)


@cache
def _filters() -> NDArray[np.float64]:
    """Triangles between whole bins of the FFT, evenly spaced on the mel scale: (257, 26)."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    hertz = 700 * (10 ** (np.linspace(0, top, FILTERS + 2) / 2595) - 1)
    edges = np.floor((FFT + 1) * hertz / RATE)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    bins = np.arange(FFT // 2 + 1)[:, None]
    rise, fall = (bins - left) / (centre - left), (right - bins) / (right - centre)
    return np.maximum(0.0, np.minimum(rise, fall))
