"""Log mel filter banks as Kaldi computes them, the input of speaker-embedding models."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 16000
WINDOW, HOP, FFT, MELS = 400, 160, 512, 80
_LOW_HZ, _PREEMPHASIS = 20.0, 0.97


def fbank(samples: Floats) -> Floats:
    """Log mel energies (n, 80) of mono 16 kHz `samples` in -1..1, a row every 10 ms.

    25 ms Hamming windows, no dither, only whole windows; fewer than 400 samples give no row.
    """
    count = 1 + (len(samples) - WINDOW) // HOP
    if count < 1:
        return np.zeros((0, MELS), np.float32)
    scaled = np.asarray(samples, np.float32) * 32768.0
    frames = np.lib.stride_tricks.sliding_window_view(scaled, WINDOW)[: count * HOP : HOP].copy()
    frames -= frames.mean(axis=1, keepdims=True)
    shifted = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    frames = (frames - _PREEMPHASIS * shifted) * _window()
    power = np.abs(np.fft.rfft(frames, FFT, axis=1)) ** 2
    mel = np.maximum(power @ _filters(), np.finfo(np.float32).eps)
    return np.log(mel).astype(np.float32)


@cache
def _window() -> Floats:
    return np.hamming(WINDOW).astype(np.float32)


@cache
def _filters() -> NDArray[np.float64]:
    """Triangles on the mel scale, (257, 80)."""
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    edges = np.linspace(_mel(_LOW_HZ), _mel(RATE / 2), MELS + 2)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    position = _mel(bins)[:, None]
    rise, fall = (position - left) / (centre - left), (right - position) / (right - centre)
    return np.maximum(0.0, np.minimum(rise, fall))


def _mel(hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log(1.0 + np.asarray(hz) / 700.0)
