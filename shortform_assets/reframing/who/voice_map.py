"""One voice-to-person map for the whole source.

A person is a seat and a look: faces in different shots and clips belong together when head and shoulders
look alike and they are never seen at the same time. A diarized voice belongs to the person whose mouth
moves during its turns and rests during the others', in every view that cameras have of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import (
    ACTIVITY_MS,
    FaceTrack,
    FaceTracks,
    FaceTracksSet,
    VoicedFace,
    VoiceMap,
)
from shortform_assets.contracts.selection import Timeline
from shortform_assets.contracts.speech import SpeakerTurns, Turn

# Set on the scenes of benchmarks/reframing.py; held by its "speaker in crop" and
# tests/reframing/test_voices.py.
ALIKE = 0.62
"""Least share of colours that two views of a person have in common, when the seat is the same."""
OTHER_SEAT = 0.12
"""How much more alike two views in different seats must look."""
MOVES = 0.012
"""Mouth movement in a half second above which it counts as talking."""
MIN_BINS, MIN_SHARE, MIN_LEAD = 5, 0.3, 0.12
"""Half seconds seen, share of them with a moving mouth, and lead over other voices' turns for a match."""
CLOSE = 0.8
"""Share of the evidence for a match from which somebody else is as likely."""


@dataclass
class _Person:
    look: NDArray[np.float64]
    weight: float
    seats: list[tuple[float, float, float]]
    faces: list[tuple[FaceTracks, FaceTrack]] = field(default_factory=list)

    def likeness(self, clip: FaceTracks, track: FaceTrack) -> float:
        """How sure it is that `track` shows this person: negative when it cannot be."""
        for other, face in self.faces:
            if other.clip_id == clip.clip_id and _together(face, track):
                return -1.0
        common = float(np.minimum(self.look, np.array(track.look)).sum())
        x, y, size = _seat(clip, track)
        same = any(
            abs(x - a) < 0.12 and abs(y - b) < 0.15 and 0.6 < size / max(c, 1e-6) < 1.7
            for a, b, c in self.seats
        )
        return common - ALIKE - (0.0 if same else OTHER_SEAT)

    def add(self, clip: FaceTracks, track: FaceTrack) -> None:
        total = self.weight + track.samples
        self.look = (self.look * self.weight + np.array(track.look) * track.samples) / total
        self.weight = total
        self.seats.append(_seat(clip, track))
        self.faces.append((clip, track))


def map_voices(tracks: FaceTracksSet, turns: Mapping[str, Sequence[Turn]]) -> VoiceMap:
    """Persons and voices of all faces; `turns` are clip-local (milliseconds of the clip), by clip id."""
    people = _people(tracks)
    voice = _voices(people, turns)
    faces = [
        VoicedFace(
            clip_id=clip.clip_id, track_id=face.track_id, person=f"P{number}", speaker=voice.get(number, "")
        )
        for number, person in enumerate(people, start=1)
        for clip, face in person.faces
    ]
    return VoiceMap(faces=tuple(sorted(faces, key=lambda f: (f.clip_id, f.track_id))))


def _people(tracks: FaceTracksSet) -> list[_Person]:
    """Faces gathered into persons, the longest seen first."""
    faces = [(clip, face) for clip in tracks.clips for face in clip.tracks if face.look]
    faces.sort(key=lambda pair: (-pair[1].samples, pair[0].clip_id, pair[1].track_id))
    people: list[_Person] = []
    for clip, face in faces:
        likeness = [person.likeness(clip, face) for person in people]
        best = int(np.argmax(likeness)) if likeness else -1
        if best < 0 or likeness[best] < 0:
            people.append(_Person(np.zeros(len(face.look)), 0.0, []))
            best = len(people) - 1
        people[best].add(clip, face)
    return people


def _voices(people: Sequence[_Person], turns: Mapping[str, Sequence[Turn]]) -> dict[int, str]:
    """Person number (from 1) -> voice."""
    from scipy.optimize import linear_sum_assignment

    speakers = sorted({turn.speaker for clip in turns.values() for turn in clip})
    if not people or not speakers:
        return {}
    column = {speaker: i for i, speaker in enumerate(speakers)}
    seen, moved = np.zeros((2, len(people), len(speakers)))
    for row, person in enumerate(people):
        for clip, face in person.faces:
            for speaker, activity in _heard(face, clip.rate, turns.get(clip.clip_id, ())):
                seen[row, column[speaker]] += 1
                moved[row, column[speaker]] += activity > MOVES
    share = moved / np.maximum(seen, 1)
    others_seen = seen.sum(axis=1, keepdims=True) - seen
    others = (moved.sum(axis=1, keepdims=True) - moved) / np.maximum(others_seen, 1)
    lead = share - others
    fits = (seen >= MIN_BINS) & (share >= MIN_SHARE) & (lead >= MIN_LEAD)
    # Long evidence counts more than short: a lead over many half seconds is no accident.
    worth = np.where(fits, lead * np.sqrt(seen), 0.0)
    rows, columns = linear_sum_assignment(-worth)
    owner = {int(r): int(c) for r, c in zip(rows, columns, strict=True) if worth[r, c] > 0}
    doubtful = {c for r, c in owner.items() if _rivalled(r, c, owner, worth, people)}
    owner = {r: c for r, c in owner.items() if c not in doubtful}
    # Another camera sees the same person in another seat: a voice has all views that are never seen at once,
    # and whose mouths were seen at rest while others spoke.
    sure = np.where(others_seen >= MIN_BINS, worth, 0.0)
    sure[:, sorted(doubtful)] = 0.0
    for row in (int(r) for r in np.argsort(-sure.max(axis=1), kind="stable")):
        best = int(np.argmax(sure[row]))
        views = [people[r] for r, c in owner.items() if c == best]
        if row not in owner and sure[row, best] > 0 and not any(_meet(people[row], v) for v in views):
            owner[row] = best
    return {row + 1: speakers[column] for row, column in owner.items()}


def _rivalled(
    row: int, column: int, owner: Mapping[int, int], worth: NDArray[np.float64], people: Sequence[_Person]
) -> bool:
    """Whether somebody who has no voice and is seen at the same time fits as well: lips on a television move
    all the time, and only their agreement with the sound tells."""
    rivals = (
        r for r in range(len(people)) if r not in owner and worth[r, column] >= CLOSE * worth[row, column]
    )
    return any(_meet(people[row], people[r]) for r in rivals)


def _meet(one: _Person, other: _Person) -> bool:
    """Whether both are seen at the same time somewhere."""
    return any(
        clip.clip_id == another.clip_id and _together(face, mate)
        for clip, face in one.faces
        for another, mate in other.faces
    )


def _heard(face: FaceTrack, rate: FrameRate, turns: Sequence[Turn]) -> list[tuple[str, float]]:
    """The half seconds in which `face` is landmarked and exactly one voice is heard."""
    first = rate.ms(face.first_frame) // ACTIVITY_MS
    found = []
    for number, activity in enumerate(face.activity):
        middle = (first + number) * ACTIVITY_MS + ACTIVITY_MS // 2
        voices = {turn.speaker for turn in turns if turn.start_ms <= middle < turn.end_ms}
        if activity >= 0 and len(voices) == 1:
            found.append((voices.pop(), activity))
    return found


def _seat(clip: FaceTracks, face: FaceTrack) -> tuple[float, float, float]:
    return face.x / clip.width, face.y / clip.height, face.height / clip.height


def _together(one: FaceTrack, other: FaceTrack) -> bool:
    return (
        one.shot == other.shot and one.first_frame <= other.last_frame and other.first_frame <= one.last_frame
    )


def local_turns(turns: SpeakerTurns, timeline: Timeline, rate: FrameRate) -> tuple[Turn, ...]:
    """The turns heard in a clip, in milliseconds of the clip, by start; a turn cut by a join is split."""
    found = [
        turn.model_copy(update={"start_ms": rate.ms(start), "end_ms": rate.ms(end)})
        for turn in turns.turns
        for start, end in timeline.clip_ranges(rate.nearest(turn.start_ms), rate.nearest(turn.end_ms))
    ]
    return tuple(sorted(found, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker)))
