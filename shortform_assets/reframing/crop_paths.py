"""Crop paths of one clip: verdicts on its faces, who speaks, the layout of every shot, and the camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.clips import (
    ClipMedia,
    CropPaths,
    FaceTracks,
    TrackVerdict,
    VoicedFace,
    VoiceMap,
)
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.contracts.geometry import PictureArea
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.contracts.speech import Turn
from shortform_assets.errors import ClipFault
from shortform_assets.media.audio_arrays import read_clip_sound
from shortform_assets.ports.workbench import Workbench
from shortform_assets.reframing.direct.aspect_camera import film
from shortform_assets.reframing.direct.framing_edits import Wishes
from shortform_assets.reframing.direct.layout import choices
from shortform_assets.reframing.see.series import ClipSeries, load_series
from shortform_assets.reframing.where.active_picture import (
    actors_within,
    motion_within,
    still_within,
    texts_within,
)
from shortform_assets.reframing.where.attention import focus_of
from shortform_assets.reframing.where.picture_windows import slide_beside, windows
from shortform_assets.reframing.where.slides import slide_behind
from shortform_assets.reframing.who.hearing import hear
from shortform_assets.reframing.who.liveness import evidence, judge, may_talk
from shortform_assets.reframing.who.scene import Actor, Box, Scene
from shortform_assets.reframing.who.who_speaks import FaceCandidate, talk_along, who_speaks

# Set on the scenes of benchmarks/reframing.py; held by its "subjectless frames" and "full bleed".
SPEAKS = 4
"""Samples of speech from which a face that may be live is believed, when more than its lips vouch for it."""


class CameraRequest(NamedTuple):
    """What the camera of one clip is directed by. Turns and edits are in milliseconds of the clip."""

    # A tuple, so that reuse tells its parts apart by content.
    tracks: FaceTracks
    turns: tuple[Turn, ...]
    voices: VoiceMap
    reframing: ReframingSlice
    edits: FramingEdits


def frame_clip(bench: Workbench, media: ClipMedia, request: CameraRequest) -> CropPaths:
    """The camera of a clip for every aspect ratio.

    Raises ClipFault when tracks and media are not of the same clip.
    """
    _same_clip(request.tracks, media)
    samples = read_clip_sound(bench, media)
    return direct_clip(request, load_series(bench.open(request.tracks.series)), samples)


def direct_clip(request: CameraRequest, series: ClipSeries, samples: NDArray[np.float32]) -> CropPaths:
    """`frame_clip` on loaded `series` and mono 16 kHz `samples`."""
    tracks, reframing = request.tracks, request.reframing
    wishes = Wishes.of(request.edits, tracks)
    actors, evidences = _cast(tracks, series, request.voices, reframing, wishes)
    scenes = _scenes(request, series, actors, samples, wishes)
    speaking = _speaking(scenes)
    verdicts = tuple(
        TrackVerdict(
            track_id=actor.name,
            state=actor.state,
            evidence=evidences[actor.name],
            person=actor.person,
            speaker=actor.speaker,
            speaking=speaking.get(actor.name, ()),
        )
        for actor in actors
    )
    return CropPaths(
        clip_id=tracks.clip_id,
        media=tracks.media,
        frames=tracks.frames,
        rate=tracks.rate,
        cuts=tracks.cuts,
        width=tracks.width,
        height=tracks.height,
        verdicts=verdicts,
        aspects=tuple(film(aspect, tracks, scenes, reframing, wishes) for aspect in ASPECTS),
        choices=tuple(sorted({layout for scene in scenes for layout in choices(scene)})),
    )


def _cast(
    tracks: FaceTracks, series: ClipSeries, voice_map: VoiceMap, reframing: ReframingSlice, wishes: Wishes
) -> tuple[list[Actor], dict[str, dict[str, float]]]:
    """All faces of the clip with the verdicts on them, and the evidence by track."""
    voices = {face.track_id: face for face in voice_map.faces if face.clip_id == tracks.clip_id}
    evidences = {name: evidence(found, series.picture) for name, found in series.tracks.items()}
    actors = []
    for track in tracks.tracks:
        name = track.track_id
        voice = voices.get(name) or VoicedFace(clip_id=tracks.clip_id, track_id=name)
        state = judge(evidences[name], reframing.live_mouth_std)
        if wishes.follow and wishes.follow in (voice.speaker, voice.person):
            # Who is to be followed is alive: the human who says so has seen it.
            state, evidences[name] = "live", {**evidences[name], "asked": 1.0}
        talks = may_talk(evidences[name], reframing.live_mouth_std)
        actors.append(Actor(track, series.tracks[name], state, voice.speaker, voice.person, may_talk=talks))
    alive = _alive(actors)
    for i, actor in enumerate(actors):
        if actor.state == "static" and actor.person in alive:
            # Who is alive in another shot may rest in this one.
            actors[i] = replace(actor, state="unsure")
            evidences[actor.name] = {**evidences[actor.name], "elsewhere": 1.0}
    return actors, evidences


def _alive(actors: Sequence[Actor]) -> set[str]:
    return {actor.person for actor in actors if actor.state == "live"} - {""}


def _same_clip(tracks: FaceTracks, media: ClipMedia) -> None:
    for what, one, other in (
        ("clip", tracks.clip_id, media.clip_id),
        ("media", tracks.media, media.digest()),
        ("frame count", tracks.frames, media.frames),
        ("size", (tracks.width, tracks.height), (media.width, media.height)),
    ):
        if one != other:
            raise ClipFault(
                f"the face tracks were made for another {what} ({one}, not {other}): track again."
            )


def _scenes(
    request: CameraRequest,
    series: ClipSeries,
    actors: Sequence[Actor],
    samples: NDArray[np.float32],
    wishes: Wishes,
) -> list[Scene]:
    """The shots of the clip, each with its subjects and its speaker at every sample."""
    tracks, turns, reframing = request.tracks, request.turns, request.reframing
    fps, picture = tracks.rate.fps, series.picture
    edges = [0, *tracks.cuts, tracks.frames]
    heard = tuple((tracks.rate.frame(t.start_ms), tracks.rate.frame(t.end_ms), t.speaker) for t in turns)
    alive = _alive(actors)
    scenes = []
    for number, (start, end) in enumerate(pairwise(edges)):
        sampled = picture.frame
        inside = sampled[(sampled >= start) & (sampled < end)]
        frames = np.unique(np.concatenate([[start], inside])).astype(np.int32)
        still = picture.still[number] if picture.still is not None else None
        moving, wide = picture, tracks.width
        here = [actor for actor in actors if actor.track.shot == number]
        texts = tuple(t for t in tracks.texts if t.start_frame < end and start < t.end_frame)
        area = _area(tracks, number)
        if area:
            here, texts = actors_within(here, area), texts_within(texts, area)
            still = None if still is None else still_within(still, area, wide)
            moving, wide = motion_within(picture, area, wide), area[2] - area[0]
        here = [
            replace(actor, window=window)
            for actor, window in zip(here, windows(still, here, wide), strict=True)
        ]
        sound = hear(samples, frames, fps, turns)
        candidates = {a.name: FaceCandidate(a.series, a.state, a.speaker) for a in here}
        spoken = who_speaks(candidates, frames, sound, fps, reframing.live_mouth_std)
        overlap = np.array([len(v) > 1 for v in sound.voices])
        subjects = _subjects(here, spoken, alive)
        followed = [a for a in subjects if wishes.follow and wishes.follow in (a.speaker, a.person)]
        subjects = followed or subjects
        names = {actor.name for actor in subjects}
        changes = picture.change[(sampled >= start) & (sampled < end)]
        people = [actor for actor in here if actor.state != "static"]
        scenes.append(
            Scene(
                start=start,
                end=end,
                frames=frames,
                actors=tuple(subjects),
                speaking=tuple(name if name in names else "" for name in spoken),
                overlap=overlap,
                along=talk_along(candidates, frames, overlap, fps, reframing.live_mouth_std) & names,
                change=float(np.median(changes)) if len(changes) else 0.0,
                fps=fps,
                turns=heard,
                focus=focus_of(moving, start, end, people, wide),
                slide=_slide(still, subjects, wide),
                followed=bool(followed),
                texts=texts,
                area=area,
            )
        )
    return scenes


def _area(tracks: FaceTracks, shot: int) -> PictureArea | None:
    area = tracks.areas[shot] if tracks.areas else None
    return None if area == (0, 0, tracks.width, tracks.height) else area


def _slide(still: NDArray[np.uint8] | None, subjects: Sequence[Actor], wide: int) -> Box | None:
    """What is shown beside the window that all `subjects` are in, or behind a single one without a window."""
    if len({actor.window for actor in subjects}) != 1:
        return None
    if window := subjects[0].window:
        return slide_beside(still, window, wide)
    return slide_behind(still, subjects[0], wide) if len(subjects) == 1 else None


def _subjects(actors: Sequence[Actor], spoken: Sequence[str], alive: set[str]) -> list[Actor]:
    """Who may be framed: live faces, and those that may be live and speak with a voice or a person that is
    known elsewhere; without any, those whose lips may be talking; but never a still one."""
    said = {name: spoken.count(name) for name in set(spoken)}
    live = [
        a
        for a in actors
        if a.state == "live"
        or (a.state == "unsure" and said.get(a.name, 0) >= SPEAKS and (a.speaker or a.person in alive))
    ]
    if not live:
        # In a short shot nothing is sure; lips that move so much are not paper.
        live = [a for a in actors if a.state == "unsure" and a.may_talk]
    return sorted(live, key=lambda a: (-a.track.samples * a.track.width * a.track.height, a.name))


def _speaking(scenes: Sequence[Scene]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Track -> clip frames [start, end) in which it speaks: a change is half way between two samples."""
    found: dict[str, list[tuple[int, int]]] = {}
    for scene in scenes:
        changes = [int(a + b + 1) // 2 for a, b in pairwise(scene.frames)]
        each = zip([scene.start, *changes], [*changes, scene.end], scene.speaking, strict=True)
        for start, end, name in each:
            spans = found.setdefault(name, [])
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    return {name: tuple(spans) for name, spans in found.items() if name}


__all__ = ["direct_clip", "frame_clip"]
