"""The decoded sound: loudness, peaks, dead or cancelling channels, holes, and whether it is in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.media.audio_arrays import SPEECH_RATE, read_stereo
from shortform_assets.media.channels import correlation, one_sided
from shortform_assets.media.loudness import NEARLY_SILENT_LUFS

LOUDNESS_TOLERANCE_LU = 0.5
"""EBU R 128 (2023), for programmes that can be measured beforehand."""
TRUE_PEAK_CEILING_DBTP = -0.8
"""0.2 dB above the profile's -1 dBTP: true-peak meters differ by so much (EBU Tech 3341)."""
_CANCELS = -0.5
"""Correlation of left and right below which a telephone's one loudspeaker plays next to nothing."""
_HOLE_SECONDS, _WINDOW_S = 0.3, 0.05
"""A pause within a word is shorter; guarded, as the levels, by tests/rendering/test_quality_gate.py."""
_LEAST_TALK_SECONDS = 0.15
"""Of the clip's own sound that must be lost in a hole: a syllable."""
_TALKING_DB, _HOLE_DB = -20.0, -45.0
"""Against the loudest twentieth of the windows: there is sound in the clip, and there is none in the file."""
_OFFSET_MS = 20.0
"""Sound earlier or later than this is told; ITU-R BT.1359 has viewers notice at +45 and -125 ms."""
_LEAST_LIKENESS = 0.15
"""Normalised cross-correlation below which the clip's sound is not found in the file's."""
_REACH_S = 0.5
"""Seconds to either side in which the clip's sound is looked for in the file's: a later one is not found. Our choice."""

Stereo = NDArray[np.float32]


@dataclass(frozen=True)
class SoundReport:
    """What was found, and by how many milliseconds the sound is late, where that could be told."""

    faults: tuple[str, ...]
    not_checked: tuple[str, ...]
    offset_ms: float | None


def judge_sound(path: Path, job: RenderJob, lufs: float, peak: float, clip_sound: Path | None) -> SoundReport:
    """Judge the sound of the file; `clip_sound` is the clip's own before it was treated."""
    sound = read_stereo(path)
    faults = [*_level_faults(lufs, peak, job), *_channel_faults(sound)]
    if clip_sound is None:
        return SoundReport(tuple(faults), ("holes in the sound, and whether it is in time",), None)
    own = read_stereo(clip_sound)
    silent = _level(own).max(initial=-120.0) < -60.0
    if silent:
        # Nothing to be heard is what the source has.
        return SoundReport(tuple(f for f in faults if f != _SILENT), (), None)
    faults += _hole_faults(sound, own)
    late, likeness = delay_ms(sound, own)
    if likeness < _LEAST_LIKENESS:
        if job.enhancement.audio.spoken:
            faults.append("Its sound is not that of the clip.")
        return SoundReport(tuple(faults), (), None)
    if abs(late) > _OFFSET_MS:
        faults.append(f"Its sound is {abs(late):.0f} ms {'late' if late > 0 else 'early'}.")
    return SoundReport(tuple(faults), (), late)


_SILENT = "It is nearly silent."


def _level_faults(lufs: float, peak: float, job: RenderJob) -> Iterator[str]:
    target = job.encode.loudness_lufs
    if lufs < NEARLY_SILENT_LUFS:
        yield _SILENT
    elif abs(lufs - target) > LOUDNESS_TOLERANCE_LU:
        yield f"Its loudness is {lufs:.1f} LUFS, not {target:.1f}."
    if peak > job.encode.true_peak_dbtp + 0.2:
        yield f"Its true peak is {peak:.1f} dBTP, above {job.encode.true_peak_dbtp + 0.2:.1f}."


def _channel_faults(sound: Stereo) -> Iterator[str]:
    if dead := one_sided(sound):
        yield f"There is nothing on the {'right' if dead == 'left' else 'left'} channel."
    elif correlation(sound) < _CANCELS:
        yield "Its two channels cancel each other: little is heard from one loudspeaker."


def _hole_faults(sound: Stereo, own: Stereo) -> Iterator[str]:
    """Stretches without sound where the clip has some."""
    has, had = _level(sound), _level(own)
    count = min(len(has), len(had))
    if count == 0:
        return
    has, had = has[:count], had[:count]
    silent = has < float(np.percentile(has, 95)) + _HOLE_DB
    talked = had > float(np.percentile(had, 95)) + _TALKING_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    # Pauses of the clip are within such a stretch, too, and do not end it.
    holes = [
        (b - a, a)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if talked[a:b].sum() * _WINDOW_S >= _LEAST_TALK_SECONDS
    ]
    windows, at = max(holes, default=(0, 0))
    if windows * _WINDOW_S >= _HOLE_SECONDS:
        yield f"It is silent for {windows * _WINDOW_S:.1f} s from {at * _WINDOW_S:.1f} s on, where the clip is not."


def _level(sound: Stereo) -> NDArray[np.float64]:
    """dBFS of the louder channel, in windows of 50 ms."""
    size = int(_WINDOW_S * SPEECH_RATE)
    count = len(sound) // size
    power = (
        np.square(sound[: count * size], dtype=np.float64).reshape(count, size, 2).mean(axis=1).max(axis=1)
    )
    return 10 * np.log10(np.maximum(power, 1e-12))


def delay_ms(sound: Stereo, own: Stereo) -> tuple[float, float]:
    """By how much `sound` comes after `own`, and how alike the two are then, 0 to 1.

    Cross-correlation of each pair of channels, phase-neutral, within half a second; the pair that is most alike
    counts, for a channel may have been turned round, copied or left out on purpose.
    """
    size = 1 << (len(sound) + len(own)).bit_length()
    reach = int(_REACH_S * SPEECH_RATE)
    best = (0.0, 0.0)
    for theirs in own.T:
        scale = float(np.linalg.norm(theirs))
        if scale < 1e-6:
            continue
        turned = np.conj(np.fft.rfft(theirs, size))
        for ours in sound.T:
            norm = float(np.linalg.norm(ours)) * scale
            if norm < 1e-6:
                continue
            product = np.fft.irfft(np.fft.rfft(ours, size) * turned, size) / norm
            around = np.abs(np.concatenate([product[-reach:], product[: reach + 1]]))
            at = int(around.argmax())
            if around[at] > best[1]:
                best = ((at - reach) * 1000 / SPEECH_RATE, float(around[at]))
    return best
