"""Speaker diarization: who talks within a window, cut into pieces, joined over the recording by voice.

The scheme of Bredin, "pyannote.audio 2.1 speaker diarization pipeline" (Interspeech 2023), made cheap:
windows overlap by a quarter instead of nine tenths, so that every second of speech is embedded once; and
pieces of a few seconds are clustered instead of a window's speakers, because similar voices within one
window are often taken for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats
from shortform_assets.ports.voice_model import VoiceModel
from shortform_assets.speech.who.clustering import cluster_voices, normalised
from shortform_assets.speech.who.mel_filter_banks import HOP, fbank

FRAME = 270
"""Samples from one activity frame to the next."""
_FIRST = 495
"""The sample in the middle of a window's first frame."""
_WINDOW_MS, _STEP_MS = 10_000, 7_500
"""Windows as pyannote segmentation 3.0 was trained on. How far they overlap is our choice; held by
test_local_speakers_are_joined_over_windows and the "diarization error rate" of benchmarks/speech.py."""
_MARGIN_MS = (_WINDOW_MS - _STEP_MS) // 2
"""Half of the overlap: a window counts up to here from its edges."""
_BATCH = 8
"""Windows between two words of progress."""
_LONGEST, _PAUSE = 2.5, 0.12
"""Seconds: pieces are at most this long and end at pauses of this length."""
_SHORTEST, _TRUSTED = 0.25, 1.2
"""Seconds of clean speech from which a piece is embedded, and from which it may found a cluster."""
_OWN_VOICE = 0.85
"""The weight of a piece's own voice against that of its window's speaker."""
_GOES_ON = 0.15
"""Added to the likeness of whoever talks right before or after without a pause."""

Activity = NDArray[np.bool_]


@dataclass(frozen=True)
class _Piece:
    """A stretch of one local speaker's talk, in frames of the whole recording."""

    window: int
    local: int
    start: int
    stop: int
    seconds: float
    """Of it that is clean: nobody else talks."""
    embedding: Floats | None

    def overlaps(self, other: _Piece) -> bool:
        """Whether the two share half of the shorter one's time."""
        shared = min(self.stop, other.stop) - max(self.start, other.start)
        return 2 * shared > min(self.stop - self.start, other.stop - other.start)

    def touches(self, other: _Piece) -> bool:
        """Whether one goes on where the other ends, as far as their windows can tell."""
        distance = min(abs(self.start - other.stop), abs(self.stop - other.start))
        return distance <= 2 and (self.window != other.window or self.local == other.local)


def diarize(
    read: Callable[[int, int], Floats],
    duration_ms: int,
    has_voice: Callable[[int, int], bool],
    model: VoiceModel,
    max_speakers: int,
    progress: Callable[[float], None],
) -> Activity:
    """(frames, speakers): who talks in every frame of 270 samples; no column where nobody does.

    `read(start_ms, end_ms)` gives the samples; windows for which `has_voice` is False are passed over.
    """
    last = max(0, -(-(duration_ms - _WINDOW_MS) // _STEP_MS)) * _STEP_MS
    starts = [s for s in range(0, last + 1, _STEP_MS) if has_voice(s, s + _WINDOW_MS)]
    pieces: list[_Piece] = []
    for first in range(0, len(starts), _BATCH):
        batch = starts[first : first + _BATCH]
        windows = np.stack([_window(read, start, duration_ms) for start in batch])
        for i, active in enumerate(model.activity(windows) > 0.5):
            core = _core(batch[i], batch[i] == last)
            pieces += _pieces(first + i, batch[i], core, windows[i], active, model)
        progress((first + len(batch)) / len(starts))
    frames = -(-duration_ms * SAMPLE_RATE // (1000 * FRAME)) + 1
    return _join(pieces, frames, max_speakers)


def _window(read: Callable[[int, int], Floats], start: int, duration_ms: int) -> Floats:
    samples = read(start, min(start + _WINDOW_MS, duration_ms))[: _WINDOW_MS * SAMPLE_RATE // 1000]
    return np.pad(samples, (0, _WINDOW_MS * SAMPLE_RATE // 1000 - len(samples)))


def _core(start_ms: int, is_last: bool) -> tuple[int, int]:
    """The frames of a window that count: neighbours' cores meet, the outer ones reach to the ends."""
    low = start_ms + _MARGIN_MS if start_ms else 0
    high = start_ms + _WINDOW_MS - (0 if is_last else _MARGIN_MS)
    return _frame(low), _frame(high)


def _frame(ms: int) -> int:
    return round(ms * SAMPLE_RATE / 1000 / FRAME)


def _pieces(
    window: int, start_ms: int, core: tuple[int, int], samples: Floats, active: Activity, model: VoiceModel
) -> list[_Piece]:
    offset = _frame(start_ms)
    low, high = max(0, core[0] - offset), min(len(active), core[1] - offset)
    alone = active & (active.sum(axis=1, keepdims=True) == 1)
    features: Floats | None = None
    found = []
    for local in range(active.shape[1]):
        for start, stop in _cut(active[low:high, local]):
            clean = np.zeros(len(active), np.bool_)
            clean[low + start : low + stop] = alone[low + start : low + stop, local]
            seconds, embedding = int(clean.sum()) * FRAME / SAMPLE_RATE, None
            if seconds >= _SHORTEST:
                features = fbank(samples) if features is None else features
                embedding = _embedding(features[_rows(clean, len(features))], model)
            begin = offset + low
            found.append(_Piece(window, local, begin + start, begin + stop, seconds, embedding))
    return found


def _embedding(features: Floats, model: VoiceModel) -> Floats | None:
    """One voice; None where there are no sounds of it, or the model makes no numbers of them: a single
    such piece would spoil every mean that it enters."""
    if not len(features):
        return None
    found = model.embed(features - features.mean(axis=0))
    return found if np.isfinite(found).all() and found.any() else None


def _cut(active: Activity) -> list[tuple[int, int]]:
    """Ranges of talk: ended by pauses, long ones cut into equal parts."""
    edges = (
        np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]]))).reshape(-1, 2).tolist()
    )
    runs: list[list[int]] = []
    for start, stop in edges:
        if runs and (start - runs[-1][1]) * FRAME < _PAUSE * SAMPLE_RATE:
            runs[-1][1] = stop
        else:
            runs.append([start, stop])
    parts = []
    for start, stop in runs:
        count = -(-(stop - start) * FRAME // int(_LONGEST * SAMPLE_RATE))
        marks = [start + (stop - start) * i // count for i in range(count + 1)]
        parts += list(pairwise(marks))
    return parts


def _rows(clean: Activity, count: int) -> NDArray[np.int64]:
    """The filter-bank rows that fall into clean activity frames."""
    frame = np.clip((np.arange(count) * HOP + HOP - _FIRST + FRAME // 2) // FRAME, 0, len(clean) - 1)
    return np.flatnonzero(clean[frame])


def _join(pieces: Sequence[_Piece], frames: int, max_speakers: int) -> Activity:
    heard = [piece for piece in pieces if piece.embedding is not None]
    trusted = [piece for piece in heard if piece.seconds >= _TRUSTED] or heard
    if not trusted:
        return np.zeros((frames, 0), np.bool_)
    embeddings = np.stack([piece.embedding for piece in trusted if piece.embedding is not None])
    _, centroids = cluster_voices(embeddings, np.array([piece.seconds for piece in trusted]), max_speakers)
    active = np.zeros((frames, len(centroids)), np.bool_)
    for piece, speaker in zip(pieces, _assign(pieces, centroids), strict=True):
        if speaker >= 0:
            active[piece.start : piece.stop, speaker] = True
    return active


def _assign(pieces: Sequence[_Piece], centroids: Floats) -> list[int]:
    """The cluster of every piece, the longest first; two that overlap are never the same person.

    A scrap goes with the piece that it touches; one without any voice of its own
    or of its window's speaker is nobody's, -1.
    """
    local = _local_voices(pieces)
    by_window: dict[int, list[int]] = {}
    for i, piece in enumerate(pieces):
        by_window.setdefault(piece.window, []).append(i)
    labels = [-1] * len(pieces)
    for i in sorted(range(len(pieces)), key=lambda i: (-pieces[i].seconds, i)):
        piece = pieces[i]
        mates = [j for j in by_window[piece.window] if labels[j] >= 0 and pieces[j].local != piece.local]
        taken = {labels[j] for j in mates if piece.overlaps(pieces[j])}
        near = [j for w in (-1, 0, 1) for j in by_window.get(piece.window + w, ())]
        touching = {labels[j] for j in near if labels[j] >= 0 and piece.touches(pieces[j])} - taken
        if touching and piece.seconds < _TRUSTED / 2:
            labels[i] = min(touching)
            continue
        voice = local.get((piece.window, piece.local))
        if voice is None:
            continue
        likeness = centroids @ voice
        if piece.embedding is not None:
            own = _OWN_VOICE * min(1.0, piece.seconds / _TRUSTED)
            likeness = (1 - own) * likeness + own * (centroids @ normalised(piece.embedding))
        likeness[list(touching)] += _GOES_ON
        for speaker in np.argsort(-likeness, kind="stable"):
            if int(speaker) not in taken:
                labels[i] = int(speaker)
                break
    return labels


def _local_voices(pieces: Sequence[_Piece]) -> dict[tuple[int, int], Floats]:
    """The mean voice of every window's local speakers."""
    total: dict[tuple[int, int], Floats] = {}
    for piece in pieces:
        if piece.embedding is not None:
            key = (piece.window, piece.local)
            total[key] = total.get(key, np.float32(0)) + piece.seconds * normalised(piece.embedding)
    return {key: normalised(voice) for key, voice in total.items()}
