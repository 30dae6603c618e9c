"""Sounds in which nobody says a word, synthesised from a seed: mono 16 kHz, float32 in -1..1."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
RATE = 16_000

_CHORDS = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67))
"""MIDI notes: A minor, F, C, G."""
_TALKERS = 14


def silence(seconds: float) -> Sound:
    """Digital silence."""
    return np.zeros(round(seconds * RATE), np.float32)


def room(seconds: float, seed: int = 0) -> Sound:
    """A room: brown and pink noise, mains hum, an air conditioner that swells, clicks, knocks and steps."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    mix = 0.02 * coloured(count, 2.0, random) + 0.01 * coloured(count, 1.0, random)
    mix *= 1 + 0.5 * np.sin(2 * np.pi * time / 23)
    for harmonic, level in ((1, 0.006), (2, 0.003), (3, 0.002)):
        mix += level * np.sin(2 * np.pi * 50 * harmonic * time)
    for _ in range(round(seconds * 0.8)):
        length = int(RATE * random.uniform(0.004, 0.12))
        at = int(random.integers(0, count - length))
        fall = np.exp(-np.linspace(0, 6, length))
        ring = np.sin(2 * np.pi * random.uniform(90, 2500) * np.arange(length) / RATE)
        hit = 0.5 * random.standard_normal(length) + ring
        mix[at : at + length] += random.uniform(0.02, 0.2) * hit * fall
    return np.clip(mix, -1, 1).astype(np.float32)


def music(seconds: float, seed: int = 0) -> Sound:
    """Music-like tones: chords, an arpeggio, a lead that bends its notes, bass and drums."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    mix = np.zeros(count + 4 * RATE)
    beat = 60 / 104
    for bar in range(int(seconds / (4 * beat))):
        chord, start = _CHORDS[bar % len(_CHORDS)], bar * 4 * beat
        for note in chord:
            _add(mix, start, _tone(note, 4 * beat, 0.4), 0.05)
        _add(mix, start, _tone(chord[0] - 12, 4 * beat, 0.1), 0.12)
        for step in range(8):
            _add(mix, start + step * beat / 2, _tone(chord[step % 4] + 12, beat / 2, 0.01), 0.06)
        for step in range(4):
            _add(mix, start + step * beat, _drum(step % 2 == 1, random), 0.25)
        # A lead with vibrato is what voice detectors mistake for singing.
        if bar % 4 >= 2:
            for step in range(2):
                lead = _tone(int(random.choice(chord)) + 12, 2 * beat, 0.08, vibrato=0.02)
                _add(mix, start + 2 * step * beat, lead, 0.14)
    return np.clip(mix[:count], -1, 1).astype(np.float32)


def crowd(voices: Sequence[Sound], seconds: float, seed: int = 0) -> Sound:
    """Many people talking at once in a hall, some nearer than others, and no word among it.

    Each of the fourteen talkers says the sentences `voices` (mono 16 kHz) in an order, pitch and loudness of
    their own, and every sentence is played backwards.
    """
    from scipy.signal import fftconvolve, resample_poly

    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    mix = np.zeros(count)
    for _ in range(_TALKERS):
        factor = int(random.integers(76, 135))
        said = [resample_poly(sound[::-1], 100, factor) for sound in voices]
        order = cycle(random.permutation(len(said)))
        track = np.zeros(count)
        at = -int(random.integers(0, 3 * RATE))
        while at < count:
            sound = said[next(order)]
            low, high = max(0, at), min(count, at + len(sound))
            if low < high:
                track[low:high] += sound[low - at : high - at]
            at += len(sound) + int(RATE * random.exponential(0.5))
        mix += random.uniform(0.25, 1.0) * track
    echo = random.standard_normal(RATE // 2) * np.exp(-np.linspace(0, 7, RATE // 2))
    echo[0] = 4.0
    hall = fftconvolve(mix, echo)[:count]
    return (0.5 * hall / max(1e-9, float(np.abs(hall).max()))).astype(np.float32)


def coloured(count: int, power: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Noise of unit variance whose power falls with frequency to the `power`: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    # Below 20 Hz nothing is heard, and brown noise has most of its power there.
    shape = np.where(frequency < 20, 0.0, np.maximum(frequency, 20) ** (-power / 2))
    noise = np.fft.irfft(spectrum * shape, count)
    return noise / noise.std()


def looped(sound: Sound, seconds: float) -> Sound:
    """`sound` over and over."""
    count = round(seconds * RATE)
    return np.tile(sound, -(-count // len(sound)))[:count]


def _tone(note: int, seconds: float, attack: float, vibrato: float = 0.0) -> NDArray[np.float64]:
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = 440 * 2 ** ((note - 69) / 12)
    phase = 2 * np.pi * pitch * (time + vibrato / (2 * np.pi * 5.5) * np.sin(2 * np.pi * 5.5 * time))
    wave: NDArray[np.float64] = sum(
        (np.sin(k * phase) / k**1.5 for k in range(1, 7)), start=np.zeros(len(time))
    )
    rise = np.minimum(1, time / max(attack, 1e-3)) * np.minimum(1, (seconds - time) / 0.05)
    return wave * rise * np.exp(-time / (2 * seconds))


def _drum(snare: bool, random: np.random.Generator) -> NDArray[np.float64]:
    time = np.arange(round(0.22 * RATE)) / RATE
    fall = np.exp(-time * (22 if snare else 14))
    if snare:
        return fall * random.standard_normal(len(time)) * 0.5
    return fall * np.sin(2 * np.pi * (48 * time + 6 * (1 - np.exp(-time * 30))))


def _add(mix: NDArray[np.float64], start: float, part: NDArray[np.float64], level: float) -> None:
    at = round(start * RATE)
    mix[at : at + len(part)] += level * part
