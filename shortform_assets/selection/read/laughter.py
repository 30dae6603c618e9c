"""Laughter and applause, heard between the words by what they are made of; no model is needed.

A laugh is a train of bursts at four to six a second (Bachorowski et al., 2001, J. Acoust. Soc. Am. 110(3)); a
laughing crowd is a broad murmur without a tone; clapping is broadband noise of nearly flat spectrum. Speech
has the rhythm too, so only what lies outside the words counts, and only where it follows talk: music and
street noise begin when they like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

RATE = 16_000
"""Hertz."""
HOP_MS, ENVELOPE_MS = 100, 10
"""Between two values of what is heard, and of the level inside them, which must follow bursts of six a second."""
RHYTHM_HZ, MODULATION_HZ = (3.5, 7.0), (1.0, 20.0)
"""Bursts of a laugh (Bachorowski et al. 2001: four to six, and half a burst to either side), and all that counts as
modulation; test_a_laugh_is_laughter."""
BAND_HZ = (400.0, 7000.0)
"""Where flatness is measured: above the tones of a voice, below the end of the sound."""
# Set by hand; tests/selection/test_laughter.py holds laughter, clapping, music, breath and room tone apart.
MARGIN_MS = 80
"""Words are heard this much beyond their times: what benchmarks/speech.py allows as the 95th percentile
of their error."""
AFTER_TALK_MS = 1200
"""A reaction begins this soon after a word; test_a_laugh_long_after_the_talk_is_not_about_it."""
LENGTH_MS = (500, 12_000)
"""Of a reaction: what is shorter is a breath, what is longer is music or noise."""
BREATH_MS = 300
"""Silence that a laugh may hold."""
FLOOR_PERCENTILE, ABOVE_FLOOR_DB = 5, 5.0
"""The level of the room is this percentile of all levels; what is heard is that much louder."""
BELOW_TALK_DB = 20.0
"""And that much quieter than the words at most."""
CLAP_DB = 14.0
"""And clapping that much."""
FLAT = 0.25
"""Spectral flatness from which a sound is clapping."""
MURMUR = 0.03
"""And from which it is no single voice."""
RHYTHMIC, BURSTING_DB = 0.45, 4.0
"""Share of the modulation that is in a laugh's rhythm, and how deep it must be."""


@dataclass(frozen=True)
class Texture:
    """What a sound is made of, a value every 100 ms."""

    flatness: np.ndarray
    """Geometric over arithmetic mean of the power spectrum, 0 for a tone to 1 for white noise."""
    envelope: np.ndarray
    """(n, 10) level in dB every 10 ms."""


def texture(samples: np.ndarray) -> Texture:
    """Texture of 16 kHz sound; a begun hop at its end is left out."""
    hop = RATE * HOP_MS // 1000
    count = len(samples) // hop
    hops = np.asarray(samples[: count * hop], dtype=np.float64).reshape(count, hop)
    power = np.abs(np.fft.rfft(hops * np.hanning(hop), axis=1)) ** 2
    hertz = np.fft.rfftfreq(hop, 1 / RATE)
    band = power[:, (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])]
    # Neighbouring bins are joined: the flatness of a single periodogram of noise is far under 1.
    bands = band[:, : band.shape[1] // 12 * 12].reshape(count, -1, 12).mean(axis=2) + 1e-12
    flatness = np.exp(np.log(bands).mean(axis=1)) / bands.mean(axis=1)
    fine = hops.reshape(count, HOP_MS // ENVELOPE_MS, -1)
    return Texture(flatness, 10 * np.log10(np.mean(fine**2, axis=2) + 1e-7))


def reactions(
    level: np.ndarray, sound: Texture, spoken: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Laughter and applause, 1 where there is some, a value every 100 ms. `spoken` are the words' times in ms."""
    laughter, applause = np.zeros(len(level)), np.zeros(len(level))
    if not len(level) or not spoken:
        return laughter, applause
    talk, after = _talk(len(level), spoken)
    spoken_db = float(np.median(level[talk])) if talk.any() else 0.0
    floor = max(float(np.percentile(level, FLOOR_PERCENTILE)), -65.0)
    loud = level > max(floor + ABOVE_FLOOR_DB, spoken_db - BELOW_TALK_DB)
    rhythm, depth = _rhythm(sound.envelope)
    for a, b in _runs(loud & ~talk):
        at = slice(a, b)
        if not LENGTH_MS[0] <= (b - a) * HOP_MS <= LENGTH_MS[1] or not after[a]:
            continue
        flatness = float(np.median(sound.flatness[at]))
        bursts = float(np.median(rhythm[at])) >= RHYTHMIC and float(np.median(depth[at])) >= BURSTING_DB
        if flatness >= FLAT and not bursts:
            applause[at] = float(np.median(level[at])) > spoken_db - CLAP_DB
        elif bursts or flatness >= MURMUR:
            laughter[at] = 1.0
    return laughter, applause


def _talk(count: int, spoken: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Hops in which words are said, and hops soon after one."""
    talk, after = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for start, end in spoken:
        first, last = max(0, start - MARGIN_MS) // HOP_MS, (end + MARGIN_MS) // HOP_MS
        talk[first : last + 1] = True
        after[last : last + AFTER_TALK_MS // HOP_MS + 2] = True
    return talk, after


def _runs(on: np.ndarray) -> Iterator[tuple[int, int]]:
    """Stretches [a, b) of True; short breaks inside one are bridged."""
    marked = np.flatnonzero(on)
    if not len(marked):
        return
    parts = np.split(marked, np.flatnonzero(np.diff(marked) > 1 + BREATH_MS // HOP_MS) + 1)
    for part in parts:
        yield int(part[0]), int(part[-1]) + 1


def _rhythm(envelope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every hop, over the second around it: share of the modulation in RHYTHM_HZ, and its depth in dB."""
    per_hop = HOP_MS // ENVELOPE_MS
    size = 10 * per_hop
    line = np.pad(envelope.reshape(-1), size // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(line, size)[: len(envelope) * per_hop : per_hop]
    hertz = np.fft.rfftfreq(size, ENVELOPE_MS / 1000)
    inside = (hertz >= RHYTHM_HZ[0]) & (hertz <= RHYTHM_HZ[1])
    counted = (hertz >= MODULATION_HZ[0]) & (hertz <= MODULATION_HZ[1])
    share, depth = np.zeros(len(envelope)), np.zeros(len(envelope))
    for a in range(0, len(envelope), 4096):
        block = windows[a : a + 4096]
        block = block - block.mean(axis=1, keepdims=True)
        power = np.abs(np.fft.rfft(block * np.hanning(size), axis=1)) ** 2
        share[a : a + 4096] = power[:, inside].sum(axis=1) / np.maximum(power[:, counted].sum(axis=1), 1e-9)
        depth[a : a + 4096] = block.std(axis=1)
    return share, depth
