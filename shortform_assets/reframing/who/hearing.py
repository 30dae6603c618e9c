"""What is heard at the samples of a shot: how loud, whether somebody speaks, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.speech import Turn

Line = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Set on the scenes of benchmarks/reframing.py and ASW's dev half; held by its "speaker in crop" and "switch
# delay".
SAMPLE_RATE = 16_000
"""Hertz of the samples, mono."""
HOP_MS = 10
"""Between two levels of the sound."""
QUIET_DB, FLOOR_DB = 30.0, -60.0
"""Sound this much below the clip's loud parts, or below the floor, is silence."""
PAUSE_MS = 250
"""Without turns, a silence shorter than this is a breath within what is said."""
EDGE_MS = 250
"""How far the diarizer's edges may be from where the sound begins and ends."""
LEAD_MS = 40
"""Lips open this long before they are heard."""


@dataclass(frozen=True)
class HeardSamples:
    """What is heard, at the clip's sample frames."""

    envelope: Line
    """(n,) level in dB, syllables and slower, as early as the lips that make it."""
    voiced: Mask
    """(n,) someone speaks."""
    voices: tuple[frozenset[str], ...]
    """(n,) whose turn it is, by the diarizer."""


def hear(
    samples: NDArray[np.float32], frames: NDArray[np.int32], fps: float, turns: Sequence[Turn]
) -> HeardSamples:
    """What is heard at clip `frames`, from mono 16 kHz `samples` and clip-local `turns`."""
    level = _level(samples)
    floor = max(float(np.percentile(level, 95)) - QUIET_DB, FLOOR_DB)
    loud = level > floor
    ms = frames / fps * 1000 + LEAD_MS
    # What lies below the floor is noise, not syllables.
    envelope = np.interp(ms, (np.arange(len(level)) + 0.5) * HOP_MS, np.maximum(level, floor))
    if turns:
        edges = [(_edge(t.start_ms, loud, 1), _edge(t.end_ms, loud, -1), t.speaker) for t in turns]
        voices = tuple(frozenset(who for start, end, who in edges if start <= at < end) for at in ms)
        return HeardSamples(envelope, np.array([bool(v) for v in voices]), voices)
    at = np.clip((ms / HOP_MS).astype(int), 0, len(level) - 1)
    return HeardSamples(envelope, _without_breaths(loud)[at], (frozenset(),) * len(frames))


def _level(samples: NDArray[np.float32]) -> Line:
    """Level in dB every `HOP_MS`."""
    hop = SAMPLE_RATE * HOP_MS // 1000
    count = max(1, len(samples) // hop)
    padded = np.zeros(count * hop, np.float64)
    padded[: min(len(samples), len(padded))] = samples[: len(padded)]
    power = (padded.reshape(count, hop) ** 2).mean(axis=1)
    # 60 ms of smoothing keeps syllables (2 to 8 Hz) and drops the voice's own pitch.
    smooth = np.convolve(power, np.hanning(8)[1:-1] / np.hanning(8).sum(), mode="same")[:count]
    return np.asarray(10 * np.log10(smooth + 1e-8))


def _edge(ms: int, loud: Mask, inward: int) -> int:
    """Where the sound begins (`inward` 1) or ends (-1) near an edge of a turn; the edge itself where the
    sound neither begins nor ends there: music goes on, voices overlap."""
    first = round(ms / HOP_MS) if inward > 0 else round(ms / HOP_MS) - 1
    most = EDGE_MS // HOP_MS

    def heard(at: int) -> bool:
        return 0 <= at < len(loud) and bool(loud[at])

    if heard(first):
        steps = (k for k in range(1, most + 1) if not heard(first - inward * k))
        moved = 1 - next(steps, 1)
    else:
        moved = next((k for k in range(1, most + 1) if heard(first + inward * k)), 0)
    return ms + inward * moved * HOP_MS


def _without_breaths(loud: Mask) -> Mask:
    """`loud` with short silences filled."""
    found = loud.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[True], loud, [True]]).astype(int)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        found[first:last] |= (last - first) * HOP_MS < PAUSE_MS
    return found
