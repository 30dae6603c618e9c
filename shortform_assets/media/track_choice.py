"""Which of several sound tracks people talk in."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shortform_assets.contracts.source import AudioStream
from shortform_assets.media.audio_arrays import decode_window, speech_envelope
from shortform_assets.media.channels import examine, mixed

# Set by hand, held by tests/media/test_mezzanine.py.
_WINDOWS, _WINDOW_SECONDS = 4, 5.0
"""Places along the source where a track is listened to, and how long each."""
_ENVELOPE_HZ = 50.0
"""Values a second of the loudness: the pace of syllables, up to 8 Hz, is told from what is faster."""
_ALIKE = 0.5
"""A track this much as speech-like as the best counts as speech too, and the tags decide."""


def choose_audio(path: Path, streams: tuple[AudioStream, ...], duration_ms: int) -> int:
    """Stream index of the track to use: likely speech first, then the default, then the fullest."""
    usable = [s for s in streams if s.sample_rate and s.channels]
    if len(usable) == 1:
        return usable[0].index
    scores = {s.index: speech_likeness(_excerpt(path, s.index, duration_ms)) for s in usable}
    best = max(scores.values())
    return max(
        usable,
        key=lambda s: (scores[s.index] >= _ALIKE * best, s.default, s.channels, s.sample_rate, -s.index),
    ).index


def speech_likeness(samples: np.ndarray) -> float:
    """How much mono 16 kHz sound swells and falls at the pace of syllables, 0 to about 1.

    Depth of the envelope's modulation at 2 to 8 Hz (Houtgast and Steeneken, 1985): high for speech, low for
    hum, noise and silence.
    """
    envelope = speech_envelope(samples, _ENVELOPE_HZ).astype(np.float64)
    level = float(envelope.mean()) if len(envelope) else 0.0
    # Below -60 dBFS there is nobody to hear.
    if len(envelope) < _ENVELOPE_HZ or level < 1e-3:
        return 0.0
    spectrum = np.abs(np.fft.rfft((envelope / level - 1.0) * np.hanning(len(envelope)))) ** 2
    hertz = np.fft.rfftfreq(len(envelope), 1 / _ENVELOPE_HZ)
    power = spectrum[(hertz >= 2) & (hertz <= 8)].sum() * 2 / len(envelope) ** 2 / 0.375
    return float(np.sqrt(power))


def _excerpt(path: Path, index: int, duration_ms: int) -> np.ndarray:
    """A few seconds from several places of one track, joined; whatever can be decoded."""
    from av.error import FFmpegError

    parts = []
    for window in range(_WINDOWS):
        start = duration_ms / 1000 * (window + 0.5) / _WINDOWS - _WINDOW_SECONDS / 2
        try:
            parts.append(decode_window(path, index, max(0.0, start), _WINDOW_SECONDS, "stereo"))
        except FFmpegError:
            continue
    parts = [part for part in parts if part.size]
    if not parts:
        return np.zeros(0, np.float32)
    sound = np.concatenate(parts)
    # A phase-inverted voice would be silent in the sum.
    return np.asarray(mixed(sound, examine(sound).mix).mean(axis=1), np.float32)
