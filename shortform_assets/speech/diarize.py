"""Speaker diarization: local speakers in overlapping windows, joined over the recording by their voices.

The scheme of Bredin, "pyannote.audio 2.1 speaker diarization pipeline" (Interspeech 2023), made cheap: the
windows overlap by half instead of nine tenths and each local speaker is embedded from a few clean seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.speech.clustering import cluster_voices, normalised
from shortform_assets.speech.fbank import HOP, fbank
from shortform_assets.speech.recognizer import SAMPLE_RATE, Floats, VoiceModel

FRAME = 270
"""Samples from one activity frame to the next."""
_FIRST = 495
"""The sample in the middle of the first frame."""
_WINDOW_MS, _STEP_MS = 10_000, 5_000
_CLEAN_SECONDS, _MIN_SECONDS, _TRUSTED_SECONDS = 3.0, 0.25, 0.9
_BATCH = 8


@dataclass(frozen=True)
class _Local:
    """One local speaker of one window: activity (589,) and an embedding, where there was clean speech."""

    start_frame: int
    window: int
    active: NDArray[np.bool_]
    seconds: float
    embedding: Floats | None


def diarize(
    read: Callable[[int, int], Floats],
    duration_ms: int,
    has_voice: Callable[[int, int], bool],
    model: VoiceModel,
    max_speakers: int,
    progress: Callable[[float], None],
) -> NDArray[np.bool_]:
    """(frames, speakers): who talks in every frame of 270 samples; no column where nobody does.

    `read(start_ms, end_ms)` gives the samples; windows for which `has_voice` is False are passed over.
    """
    starts = [s for s in range(0, max(1, duration_ms - _STEP_MS), _STEP_MS) if has_voice(s, s + _WINDOW_MS)]
    found: list[_Local] = []
    for first in range(0, len(starts), _BATCH):
        batch = starts[first : first + _BATCH]
        windows = np.stack([_window(read, start, duration_ms) for start in batch])
        for offset, (start, samples, active) in enumerate(
            zip(batch, windows, model.activity(windows) > 0.5, strict=True)
        ):
            found += _locals(first + offset, start, samples, active, model)
        progress((first + len(batch)) / len(starts))
    frames = -(-duration_ms * SAMPLE_RATE // (1000 * FRAME)) + 1
    return _join(found, frames, max_speakers)


def _window(read: Callable[[int, int], Floats], start: int, duration_ms: int) -> Floats:
    samples = read(start, min(start + _WINDOW_MS, duration_ms))[: _WINDOW_MS * SAMPLE_RATE // 1000]
    return np.pad(samples, (0, _WINDOW_MS * SAMPLE_RATE // 1000 - len(samples)))


def _locals(
    window: int, start_ms: int, samples: Floats, active: NDArray[np.bool_], model: VoiceModel
) -> list[_Local]:
    features: Floats | None = None
    alone = active & (active.sum(axis=1, keepdims=True) == 1)
    found = []
    for speaker in range(active.shape[1]):
        if not active[:, speaker].any():
            continue
        clean = alone[:, speaker] if alone[:, speaker].sum() * FRAME >= _MIN_SECONDS * SAMPLE_RATE else None
        embedding, seconds = None, 0.0
        if clean is not None:
            features = fbank(samples) if features is None else features
            rows = _rows(clean, len(features))
            seconds = len(rows) * HOP / SAMPLE_RATE
            chosen = features[_middle(rows)]
            embedding = model.embed(chosen - chosen.mean(axis=0))
        begin = round(start_ms * SAMPLE_RATE / 1000 / FRAME)
        found.append(_Local(begin, window, active[:, speaker], seconds, embedding))
    return found


def _rows(clean: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    """The filter-bank rows that fall into clean activity frames."""
    frame = np.clip((np.arange(count) * HOP + HOP - _FIRST + FRAME // 2) // FRAME, 0, len(clean) - 1)
    return np.flatnonzero(clean[frame])


def _middle(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most `_CLEAN_SECONDS` of the rows: the middle ones, where the speaker is settled."""
    most = int(_CLEAN_SECONDS * SAMPLE_RATE / HOP)
    first = max(0, (len(rows) - most) // 2)
    return rows[first : first + most]


def _join(found: list[_Local], frames: int, max_speakers: int) -> NDArray[np.bool_]:
    """Global activity from local speakers: clustered by voice, two of one window never the same person."""
    from scipy.optimize import linear_sum_assignment

    heard = [item for item in found if item.embedding is not None]
    trusted = [item for item in heard if item.seconds >= _TRUSTED_SECONDS] or heard
    if not trusted:
        return np.zeros((frames, 0), np.bool_)
    embeddings = np.stack([item.embedding for item in trusted if item.embedding is not None])
    seconds = np.array([item.seconds for item in trusted])
    _, centroids = cluster_voices(embeddings, seconds / 2, max_speakers)
    score = np.zeros((frames, len(centroids)), np.float32)
    weight = np.full((frames, 1), 1e-6, np.float32)
    shape = (np.hanning(len(found[0].active) + 2)[1:-1] + 0.02).astype(np.float32)
    for window in sorted({item.window for item in found}):
        members = [item for item in found if item.window == window and item.embedding is not None]
        begin = next(item.start_frame for item in found if item.window == window)
        stop = min(frames, begin + len(shape))
        weight[begin:stop, 0] += shape[: stop - begin]
        if not members:
            continue
        likeness = (
            normalised(np.stack([m.embedding for m in members if m.embedding is not None])) @ centroids.T
        )
        for row, column in zip(*linear_sum_assignment(-likeness), strict=True):
            score[begin:stop, column] += (members[row].active * shape)[: stop - begin]
    return np.asarray(score / weight > 0.5)
