"""Face tracks of one clip from one decode: cuts, faces, landmarks, mouth, pose, blink, emotion; bars and text."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ACTIVITY_MS, ClipMedia, FaceTrack, FaceTracks
from shortform_assets.contracts.existing_text import PictureText
from shortform_assets.contracts.geometry import PictureArea
from shortform_assets.contracts.slices.reframing_slice import FaceSlice
from shortform_assets.errors import ClipFault
from shortform_assets.media.audio_arrays import read_clip_sound
from shortform_assets.media.cuts import with_cuts
from shortform_assets.media.reader import read_clip
from shortform_assets.ports.workbench import Workbench
from shortform_assets.reframing.see.active_speaker import Listener
from shortform_assets.reframing.see.bars import BarFinder
from shortform_assets.reframing.see.detect import Picture
from shortform_assets.reframing.see.emotion import LABELS
from shortform_assets.reframing.see.follow import FaceReaders, ShotFollower
from shortform_assets.reframing.see.picture_motion import PictureMeter
from shortform_assets.reframing.see.picture_text import TextWatcher
from shortform_assets.reframing.see.series import ClipSeries, TrackSeries, save_series
from shortform_assets.reframing.see.user_judges import BUNDLED, Judges

MIN_SAMPLES = 3
"""A face seen in fewer is a false find or gone before anybody looks."""
LOOK_SECONDS = 0.16
"""Between two looks at one face: half a syllable."""


def track_faces(
    bench: Workbench,
    readers: FaceReaders,
    media: ClipMedia,
    faces: FaceSlice,
    judges: Judges = BUNDLED,
) -> FaceTracks:
    """Follow every face of the clip within each of its shots, and what bars and text its picture has. `readers` are
    the models that are always there, `judges` the user's own.

    Raises ClipFault when the media do not hold the frames they promise.
    """
    listener = None
    if judges.speaker:
        listener = Listener(judges.speaker, read_clip_sound(bench, media), media.rate.fps)
    pictures = read_clip(bench, media)
    found = follow_clip(
        pictures, replace(readers, emotion=judges.emotion, listener=listener), media, faces, bench.progress
    )
    path = bench.scratch / f"tracks-{media.clip_id}.safetensors"
    save_series(path, found.series)
    return FaceTracks(
        clip_id=media.clip_id,
        media=media.digest(),
        width=media.width,
        height=media.height,
        rate=media.rate,
        frames=media.frames,
        cuts=tuple(found.cuts),
        step=found.step,
        tracks=tuple(
            summary(name, found.shots[name], series, media.rate)
            for name, series in found.series.tracks.items()
        ),
        series=bench.keep(path),
        judges=judges.names,
        areas=found.areas,
        texts=found.texts,
    )


class Followed:
    """What one pass over a clip gathers."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.cuts: list[int] = []
        self.shots: dict[str, int] = {}
        self.series: ClipSeries
        self.areas: tuple[PictureArea, ...] = ()
        self.texts: tuple[PictureText, ...] = ()


def follow_clip(
    pictures: Iterable[tuple[int, Picture]],
    readers: FaceReaders,
    media: ClipMedia,
    faces: FaceSlice,
    progress: Callable[[float], None] | None = None,
) -> Followed:
    """The pass itself, over `pictures` (clip frame, BGR) in order."""
    fps = media.rate.fps
    step = max(1, round(fps / faces.analysis_rate))
    every = step * max(1, round(fps / step / faces.detection_rate))
    lag = max(1, round(LOOK_SECONDS * fps / step))
    joins = frozenset(itertools.accumulate(s.frames for s in media.segments[:-1]))
    found, tracks = Followed(step), dict[str, TrackSeries]()
    camera, bars = PictureMeter(media.width, media.height), BarFinder(media.width, media.height)
    words = TextWatcher(readers.text, (media.width, media.height), fps)
    shot: ShotFollower | None = None
    since, count = 0, 0
    for frame in with_cuts(pictures, joins):
        count += 1
        if frame.cut:
            found.cuts.append(frame.number)
            bars.end_shot()
        if shot is None or frame.cut:
            _collect(shot, len(found.cuts) - 1, tracks, found.shots)
            shot = ShotFollower(readers, faces.detection_threshold, faces.max_faces, lag)
            since = 0
        camera.see(frame)
        if since % step == 0:
            shot.sample(frame.number, frame.picture, detect=since % every == 0)
            camera.sample(frame)
            words.sample(frame.number, frame.picture, frame.cut)
            if since % every == 0:
                bars.see(frame.picture)
        shot.watch(frame.number, frame.picture)
        since += 1
        if progress and frame.number % 50 == 0:
            progress(frame.number / media.frames)
    if count != media.frames:
        raise ClipFault(f"the clip's media hold {count} frames, not {media.frames}: cut them again.")
    _collect(shot, len(found.cuts), tracks, found.shots)
    bars.end_shot()
    found.texts = words.texts(media.frames)
    found.series, found.areas = ClipSeries(tracks, camera.series()), bars.areas()
    return found


def _collect(
    shot: ShotFollower | None, number: int, tracks: dict[str, TrackSeries], shots: dict[str, int]
) -> None:
    for series in shot.finish() if shot else []:
        if len(series.frame) >= MIN_SAMPLES:
            name = f"t{len(tracks)}"
            tracks[name], shots[name] = series, number


def summary(name: str, shot: int, series: TrackSeries, rate: FrameRate) -> FaceTrack:
    """What the contract says of one face."""
    size = np.median(series.box[:, 2:] - series.box[:, :2], axis=0)
    middle = np.median((series.box[:, 2:] + series.box[:, :2]) / 2, axis=0)
    landmarked = ~np.isnan(series.mouth)
    emotion = ""
    if landmarked.any():
        emotion = LABELS[int(np.argmax(series.emotion[landmarked].mean(axis=0)))]
    return FaceTrack(
        track_id=name,
        shot=shot,
        first_frame=int(series.frame[0]),
        last_frame=int(series.frame[-1]),
        samples=len(series.frame),
        width=float(size[0]),
        height=float(size[1]),
        emotion=emotion,
        x=float(middle[0]),
        y=float(middle[1]),
        look=tuple(float(v) for v in series.look),
        activity=tuple(_activity(series, rate)),
    )


def _activity(series: TrackSeries, rate: FrameRate) -> list[float]:
    """Mouth movement in each half second of the clip that the track touches; -1 where it is not known."""
    bins = series.frame * (1000 * rate.den) // (rate.num * ACTIVITY_MS)
    found = []
    for number in range(int(bins[0]), int(bins[-1]) + 1):
        mouth = series.mouth[bins == number]
        mouth = mouth[~np.isnan(mouth)]
        found.append(float(mouth.std()) if len(mouth) >= 3 else -1.0)
    return found
