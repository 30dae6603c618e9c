"""What came out of a made episode, judged against what is known about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shortform_assets.contracts.clips import AspectFraming, CropPaths
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.speech import Transcript
from shortform_assets.demo.episode_truth import Box, EpisodeTruth, face_box, poster_box

_EDGE_MS = 400
"""How far a clip's edge may stand from the sentence it opens or closes on: padding and silence."""


@dataclass(frozen=True)
class ClipJudgement:
    """One clip against the truth. Frames are those in which exactly one host talks and is in the shot."""

    clip_id: str
    judged_frames: int
    speaker_in_crop: int
    poster_subject: int
    """Frames in which the crop shows the poster's face whole and no host's."""
    opens_on_sentence: bool
    closes_on_sentence: bool
    kinds: frozenset[str]
    """What kind of talk is in it: talk, filler, ad, intro, outro."""


def judge_clip(truth: EpisodeTruth, clip: PlannedClip, crops: CropPaths) -> ClipJudgement:
    """Judge one clip's words and its 9:16 camera."""
    camera = next(aspect for aspect in crops.aspects if aspect.aspect == "9:16")
    judged = inside = poster = 0
    for frame in range(clip.frames):
        source = clip.timeline.to_source(frame)
        now = truth.rate.ms(source)
        talking = {turn.speaker for turn in truth.turns if turn.start_ms <= now < turn.end_ms}
        crop = _crop(camera, frame)
        faces = [face_box(truth, host, source) for host in truth.hosts]
        if not any(face and _within(face, crop) for face in faces):
            picture = poster_box(truth, source)
            poster += bool(picture and _within(picture, crop))
        if len(talking) != 1:
            continue
        face = face_box(truth, talking.pop(), source)
        if face is not None:
            judged += 1
            inside += _within(face, crop)
    first, last = truth.rate.ms(clip.spans[0].start_frame), truth.rate.ms(clip.spans[-1].end_frame)
    spoken = [s for s in truth.sentences if s.start_ms < last - _EDGE_MS and s.end_ms > first + _EDGE_MS]
    return ClipJudgement(
        clip_id=clip.clip_id,
        judged_frames=judged,
        speaker_in_crop=inside,
        poster_subject=poster,
        opens_on_sentence=bool(spoken) and first <= spoken[0].start_ms + _EDGE_MS,
        closes_on_sentence=bool(spoken) and last >= spoken[-1].end_ms - _EDGE_MS,
        kinds=frozenset(sentence.kind for sentence in spoken),
    )


def judge_plan(truth: EpisodeTruth, plan: ClipPlan, crops: tuple[CropPaths, ...]) -> list[ClipJudgement]:
    """Judge every clip that has a camera, in the order of the plan."""
    cameras = {path.clip_id: path for path in crops}
    return [judge_clip(truth, clip, cameras[clip.clip_id]) for clip in plan.clips if clip.clip_id in cameras]


def word_errors(truth: EpisodeTruth, transcript: Transcript) -> tuple[int, int]:
    """(substitutions + insertions + deletions, true words) of the transcript; case and punctuation ignored."""
    from rapidfuzz.distance import Levenshtein

    said = _plain(" ".join(sentence.text for sentence in truth.sentences))
    heard = _plain(" ".join(word.text for word in transcript.words))
    return Levenshtein.distance(said, heard), len(said)


def _plain(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def _crop(camera: AspectFraming, frame: int) -> list[Box]:
    return [panel.crop(frame) for panel in camera.at(frame).panels]


def _within(face: Box, panels: list[Box]) -> bool:
    return any(p[0] <= face[0] and p[1] <= face[1] and face[2] <= p[2] and face[3] <= p[3] for p in panels)
