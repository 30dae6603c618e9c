"""What is heard over the whole source, measured once in windows and summed over any stretch after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.read.laughter import HOP_MS, RATE, Texture, reactions, texture

FRAME_MS = 40
"""Sound in which the pitch is looked for: 640 samples hold 2.8 periods of the lowest."""
BLOCK_MS = 60_000
"""Sound held in memory at a time. Our choice."""
FLOOR_DB = -70.0
"""Level that `measure` gives to no sound at all; test_loudness_is_relative_to_the_source."""
PITCH_HZ = (70.0, 400.0)
"""Of voices, men's lowest to children's; test_pitch_is_heard_within_half_a_semitone."""


class SoundMeasures:
    """Level in dB, pitch in semitones (NaN where unvoiced), laughter and applause (0 to 1), all every 100 ms."""

    def __init__(
        self,
        level: np.ndarray,
        pitch: np.ndarray,
        laughter: np.ndarray | None = None,
        applause: np.ndarray | None = None,
    ) -> None:
        self.level, self.pitch = level, pitch
        self.laughter = np.zeros(len(level)) if laughter is None else laughter
        self.applause = np.zeros(len(level)) if applause is None else applause
        loud = level[level > FLOOR_DB + 5]
        # Speech level, not silence level: the upper part of what is heard.
        self.usual_db = float(np.percentile(loud, 60)) if len(loud) else FLOOR_DB

    def loudness(self, start_ms: int, end_ms: int) -> float | None:
        """Mean level of the louder half of the stretch in dB relative to the source's usual, or None."""
        part = self._part(self.level, start_ms, end_ms)
        if not len(part) or self.usual_db <= FLOOR_DB:
            return None
        return float(np.sort(part)[len(part) // 2 :].mean()) - self.usual_db

    def pitch_range(self, start_ms: int, end_ms: int) -> float | None:
        """Interdecile range of the pitch in semitones, or None with under a second of voice."""
        part = self._part(self.pitch, start_ms, end_ms)
        part = part[~np.isnan(part)]
        if len(part) < 10:
            return None
        low, high = np.percentile(part, [10, 90])
        return float(high - low)

    def laughter_ms(self, start_ms: int, end_ms: int) -> float:
        """How long somebody laughs in the stretch."""
        return HOP_MS * float(self._part(self.laughter, start_ms, end_ms).sum())

    def applause_ms(self, start_ms: int, end_ms: int) -> float:
        """How long there is clapping in the stretch."""
        return HOP_MS * float(self._part(self.applause, start_ms, end_ms).sum())

    @staticmethod
    def _part(series: np.ndarray, start_ms: int, end_ms: int) -> np.ndarray:
        return series[start_ms // HOP_MS : max(start_ms // HOP_MS + 1, end_ms // HOP_MS)]


SILENT = SoundMeasures(np.zeros(0), np.zeros(0))
"""Of a source that nobody listened to: what needs the sound is not measured."""


def listen(
    bench: Workbench, path: Path, duration_ms: int, spoken: Sequence[tuple[int, int]] = ()
) -> SoundMeasures:
    """Measure the 16 kHz speech at `path`, a minute at a time.

    `spoken` are the words' times in ms: laughter and applause are looked for between them, and not at all
    where there are none.
    """
    from shortform_assets.media.audio_arrays import read_speech

    levels, pitches, textures = [], [], []
    for start in range(0, duration_ms, BLOCK_MS):
        samples = np.asarray(read_speech(path, start, min(duration_ms, start + BLOCK_MS)), dtype=np.float32)
        level, pitch = measure(samples)
        levels.append(level)
        pitches.append(pitch)
        textures.append(texture(samples))
        bench.progress(0.9 * min(1.0, (start + BLOCK_MS) / duration_ms), "listening")
    if not levels:
        return SILENT
    level = np.concatenate(levels)
    whole = Texture(
        np.concatenate([t.flatness for t in textures]), np.concatenate([t.envelope for t in textures])
    )
    return SoundMeasures(level, np.concatenate(pitches), *reactions(level, whole, spoken))


def measure(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Level (n,) in dBFS and pitch (n,) in semitones above 55 Hz, a value a hop of 100 ms.

    Pitch is the peak of the normalised autocorrelation of a 40 ms frame (Boersma, 1993, without its
    interpolation); frames that are quiet or whose peak is below 0.5 are unvoiced.
    """
    hop, size = RATE * HOP_MS // 1000, RATE * FRAME_MS // 1000
    count = len(samples) // hop
    if not count:
        return np.zeros(0), np.zeros(0)
    hops = samples[: count * hop].reshape(count, hop)
    level = 10 * np.log10(np.mean(np.square(hops, dtype=np.float64), axis=1) + 1e-7)
    frames = hops[:, (hop - size) // 2 : (hop - size) // 2 + size].astype(np.float64)
    frames = (frames - frames.mean(axis=1, keepdims=True)) * np.hanning(size)
    window = np.hanning(size)
    spectrum = np.fft.rfft(frames, 2 * size, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :size]
    taper = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)[:size]
    low, high = int(RATE / PITCH_HZ[1]), int(RATE / PITCH_HZ[0])
    # The window's own autocorrelation fades with the lag: divide it out, as Boersma does.
    shape = (correlation / np.maximum(correlation[:, :1], 1e-12)) / (taper / taper[0]).clip(0.05)
    lags = shape[:, low:high]
    best = lags.argmax(axis=1)
    voiced = (lags[np.arange(count), best] > 0.5) & (level > max(FLOOR_DB + 15, float(level.max()) - 30))
    pitch = np.where(voiced, 12 * np.log2(RATE / (best + low) / 55.0), np.nan)
    return level, pitch
