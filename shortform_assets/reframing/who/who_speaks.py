"""Who speaks, frame by frame: the lips that move with the sound, or nobody on screen.

Every live face gets evidence from its mouth (movement, and agreement with the speech envelope in the 2 to
8 Hz band of syllables) and from the diarizer's turns where its voice is known. Where the user's own network
(`active_speaker`) has seen a face, its score stands for the mouth: it has heard the sound too. A Viterbi path
over the faces and "nobody" then decides for a whole shot at once, so that a pause does not flip the speaker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.best_path import best_path
from shortform_assets.reframing.see.series import TrackSeries
from shortform_assets.reframing.who.hearing import HeardSamples
from shortform_assets.reframing.who.liveness import State

Line = NDArray[np.float64]

# Set on the scenes of benchmarks/reframing.py and ASW's dev half; held by its "speaker in crop" and "switch
# delay".
AROUND_SECONDS = 0.6
"""A mouth is at work where it moves within so long: people stop between words."""
AGREE_SECONDS = 1.5
"""On either side of a moment: how long mouth and sound are compared."""
AGREEMENT, VOICE, DOUBT = 1.2, 0.8, 0.7
"""Weights beside the mouth's own evidence: agreement with the sound, the voice map, an unsure face."""
SWITCH, PAUSE_SWITCH = 10.0, 1.5
"""Evidence needed to change the speaker while somebody is heard, and where the sound begins or ends;
clear evidence is about 1 a sample."""

ALONG = 0.7
"""Share of the time with several voices in which the lips of someone who takes part move."""


@dataclass(frozen=True)
class FaceCandidate:
    """A face that may be the one speaking."""

    series: TrackSeries
    state: State
    speaker: str = ""


def who_speaks(
    faces: Mapping[str, FaceCandidate],
    frames: NDArray[np.int32],
    sound: HeardSamples,
    fps: float,
    live_mouth_std: float,
) -> list[str]:
    """The speaking track at each of the shot's sample `frames` (n,), or an empty string for nobody."""
    names = [name for name, face in faces.items() if face.state != "static"]
    known = frozenset(face.speaker for face in faces.values() if face.speaker)
    # Nobody needs no evidence, only that no face has any; in silence nobody speaks.
    scores = [np.where(sound.voiced, 0.0, 1.0)]
    for name in names:
        face = faces[name]
        if face.series.asd is not None:
            judged = _on(frames, face.series, face.series.asd)
            seen, score = np.isfinite(judged), np.clip(np.nan_to_num(judged), -2.0, 2.0)
        else:
            mouth = _on(frames, face.series, face.series.mouth)
            seen = np.isfinite(mouth)
            moving = movement(mouth, frames, fps)
            # Above the threshold is evidence for, below it against.
            score = np.clip(np.log2((moving + 1e-4) / live_mouth_std), -2.0, 2.0)
            score += AGREEMENT * _agreement(mouth, sound.envelope, frames, fps)
        if face.state == "unsure":
            score -= DOUBT
        score += VOICE * np.array([_vote(voices, face.speaker, known) for voices in sound.voices])
        scores.append(np.where(sound.voiced & seen, np.clip(score, -2.0, 2.5), -2.0))
    # Speakers take turns in pauses: a change costs little where the sound begins or ends.
    price = np.where(np.diff(sound.voiced, prepend=sound.voiced[:1]), PAUSE_SWITCH, SWITCH)
    path = best_path(np.stack(scores, axis=1), lambda i: float(price[i]))
    return ["" if state == 0 else names[state - 1] for state in path]


def talk_along(
    faces: Mapping[str, FaceCandidate],
    frames: NDArray[np.int32],
    overlap: NDArray[np.bool_],
    fps: float,
    live_mouth_std: float,
) -> frozenset[str]:
    """Those whose lips move most of the time while several voices are heard: `overlap` (n,) at `frames`."""
    found = set()
    for name, face in faces.items():
        mouth = _on(frames, face.series, face.series.mouth)
        moves = movement(mouth, frames, fps)[overlap & np.isfinite(mouth)] >= live_mouth_std
        if face.state == "live" and len(moves) and moves.mean() >= ALONG:
            found.add(name)
    return frozenset(found)


def movement(mouth: Line, frames: NDArray[np.int32], fps: float) -> Line:
    """Standard deviation (n,) of the mouth opening around each sample, what is close counting most."""
    found = np.zeros(len(mouth))
    reach = AROUND_SECONDS * fps
    low = np.searchsorted(frames, frames - reach, side="left")
    high = np.searchsorted(frames, frames + reach, side="right")
    for i in range(len(mouth)):
        part, away = mouth[low[i] : high[i]], frames[low[i] : high[i]] - frames[i]
        good = np.isfinite(part)
        if good.sum() < 4:
            continue
        weight = np.cos(np.pi / 2 * away[good] / reach) ** 2
        weight /= weight.sum()
        found[i] = np.sqrt(weight @ (part[good] - weight @ part[good]) ** 2)
    return found


def _agreement(mouth: Line, envelope: Line, frames: NDArray[np.int32], fps: float) -> Line:
    """Correlation (n,) of mouth opening and level around each sample, its mean removed."""
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


def _on(frames: NDArray[np.int32], series: TrackSeries, values: NDArray[np.float32]) -> Line:
    """The `values` (n,) of a face at `frames`, NaN where it was not seen."""
    found = np.full(len(frames), np.nan)
    at = np.searchsorted(frames, series.frame)
    inside = at < len(frames)
    inside[inside] = frames[at[inside]] == series.frame[inside]
    found[at[inside]] = values[inside]
    return found
