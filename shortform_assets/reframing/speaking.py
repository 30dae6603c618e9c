"""Who speaks, frame by frame: the lips that move with the sound, or nobody on screen.

Every live face gets evidence from its mouth (movement, and agreement with the speech envelope in the 2 to
8 Hz band of syllables) and from the diarizer's turns where its voice is known. A Viterbi path over the
faces and "nobody" then decides for a whole shot at once, so that a pause does not flip the speaker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.speech import Turn
from shortform_assets.reframing.liveness import State
from shortform_assets.reframing.series import TrackSeries

Line = NDArray[np.float64]

SAMPLE_RATE = 16_000
AROUND_SECONDS = 0.5
AGREE_SECONDS = 1.0
AGREEMENT, VOICE, DOUBT = 0.7, 0.8, 0.7
"""Weights beside the mouth's own evidence: agreement with the sound, the voice map, an unsure face."""
SWITCH = 6.0
"""Evidence needed to change the speaker; clear evidence is about 1 a sample."""
QUIET_DB = 30.0
"""Without turns, sound this much below the clip's loud parts is silence."""


@dataclass(frozen=True)
class Sound:
    """What is heard, at the clip's sample frames."""

    envelope: Line
    """(n,) level in dB, syllables and slower."""
    voiced: NDArray[np.bool_]
    """(n,) someone speaks."""
    voices: tuple[frozenset[str], ...]
    """(n,) whose turn it is, by the diarizer."""


@dataclass(frozen=True)
class Candidate:
    """A face that may be the one speaking."""

    series: TrackSeries
    state: State
    speaker: str = ""


def hear(samples: NDArray[np.float32], frames: NDArray[np.int32], fps: float, turns: Sequence[Turn]) -> Sound:
    """What is heard at clip `frames`, from mono 16 kHz `samples` and clip-local `turns`."""
    hop = SAMPLE_RATE // 100
    count = max(1, len(samples) // hop)
    padded = np.zeros(count * hop, np.float64)
    padded[: min(len(samples), len(padded))] = samples[: len(padded)]
    power = (padded.reshape(count, hop) ** 2).mean(axis=1)
    # 60 ms of smoothing keeps syllables (2 to 8 Hz) and drops the voice's own pitch.
    smooth = np.convolve(power, np.hanning(8)[1:-1] / np.hanning(8).sum(), mode="same")
    level = 10 * np.log10(smooth + 1e-8)
    seconds = frames / fps
    envelope = np.interp(seconds, (np.arange(count) + 0.5) / 100, level)
    ms = seconds * 1000
    voices = tuple(frozenset(t.speaker for t in turns if t.start_ms <= at < t.end_ms) for at in ms)
    if turns:
        voiced = np.array([bool(v) for v in voices])
    else:
        loud = float(np.percentile(level, 95))
        voiced = (envelope > loud - QUIET_DB) & (loud > -60)
    return Sound(envelope, voiced, voices)


def who_speaks(
    faces: Mapping[str, Candidate], frames: NDArray[np.int32], sound: Sound, fps: float, live_mouth_std: float
) -> list[str]:
    """The speaking track at each of the shot's sample `frames` (n,), or an empty string for nobody."""
    names = [name for name, face in faces.items() if face.state != "static"]
    known = frozenset(face.speaker for face in faces.values() if face.speaker)
    # Nobody needs no evidence, only that no face has any; in silence nobody speaks.
    scores = [np.where(sound.voiced, 0.0, 1.0)]
    for name in names:
        face = faces[name]
        mouth = _on(frames, face.series)
        seen = np.isfinite(mouth)
        moving = movement(mouth, frames, fps)
        # Above the threshold is evidence for, below it against.
        score = np.clip(np.log2((moving + 1e-4) / live_mouth_std), -2.0, 2.0)
        score += AGREEMENT * _agreement(mouth, sound.envelope, frames, fps)
        if face.state == "unsure":
            score -= DOUBT
        score += VOICE * np.array([_vote(voices, face.speaker, known) for voices in sound.voices])
        scores.append(np.where(sound.voiced & seen, np.clip(score, -2.0, 2.5), -2.0))
    path = _best_path(np.stack(scores, axis=1))
    return ["" if state == 0 else names[state - 1] for state in path]


def movement(mouth: Line, frames: NDArray[np.int32], fps: float) -> Line:
    """Standard deviation (n,) of the mouth opening within half a second of each sample."""
    found = np.zeros(len(mouth))
    low = np.searchsorted(frames, frames - AROUND_SECONDS * fps, side="left")
    high = np.searchsorted(frames, frames + AROUND_SECONDS * fps, side="right")
    for i in range(len(mouth)):
        part = mouth[low[i] : high[i]]
        part = part[np.isfinite(part)]
        found[i] = part.std() if len(part) >= 4 else 0.0
    return found


def _agreement(mouth: Line, envelope: Line, frames: NDArray[np.int32], fps: float) -> Line:
    """Correlation (n,) of mouth opening and level within a second of each sample, slow drift removed."""
    found = np.zeros(len(mouth))
    low = np.searchsorted(frames, frames - AGREE_SECONDS * fps, side="left")
    high = np.searchsorted(frames, frames + AGREE_SECONDS * fps, side="right")
    for i in range(len(mouth)):
        one, other = mouth[low[i] : high[i]], envelope[low[i] : high[i]]
        good = np.isfinite(one)
        if good.sum() < 8:
            continue
        one, other = one[good] - one[good].mean(), other[good] - other[good].mean()
        norm = np.sqrt((one @ one) * (other @ other))
        found[i] = one @ other / norm if norm > 1e-9 else 0.0
    return found


def _vote(voices: frozenset[str], speaker: str, known: frozenset[str]) -> float:
    """For a face with the voice that is heard, against one with another known voice."""
    if not voices:
        return 0.0
    if speaker in voices:
        return 1.0
    # A face without a voice cannot be the one whose voice has a face here already.
    return -1.0 if speaker or voices <= known else 0.0


def _on(frames: NDArray[np.int32], series: TrackSeries) -> Line:
    """The mouth opening at `frames`, NaN where the face was not landmarked."""
    found = np.full(len(frames), np.nan)
    at = np.searchsorted(frames, series.frame)
    inside = at < len(frames)
    inside[inside] = frames[at[inside]] == series.frame[inside]
    found[at[inside]] = series.mouth[inside]
    return found


def _best_path(scores: Line) -> list[int]:
    """The states (n,) with the highest sum of `scores` (n, k) minus `SWITCH` a change (Viterbi 1967)."""
    total = scores[0].copy()
    came = np.zeros(scores.shape, np.intp)
    for i in range(1, len(scores)):
        best = int(np.argmax(total))
        change = total[best] - SWITCH > total
        came[i] = np.where(change, best, np.arange(len(total)))
        total = np.where(change, total[best] - SWITCH, total) + scores[i]
    path = [int(np.argmax(total))]
    for i in range(len(scores) - 1, 0, -1):
        path.append(int(came[i, path[-1]]))
    return path[::-1]
