"""The real reframing stages on a file, in this process: tracks, voices, crop paths."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.models import Models
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import (
    ClipMedia,
    CropPaths,
    FaceTracks,
    FaceTracksSet,
    MediaSegment,
    VoiceMap,
)
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.contracts.speech import Turn
from shortform_assets.genres import load_genre
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.reframing.crop_paths import CameraRequest, frame_clip
from shortform_assets.reframing.see.detect import FaceDetector
from shortform_assets.reframing.see.follow import FaceReaders
from shortform_assets.reframing.see.landmarks import FaceLandmarker
from shortform_assets.reframing.see.series import ClipSeries, load_series
from shortform_assets.reframing.see.text_detector import TextDetector
from shortform_assets.reframing.see.tracks import track_faces
from shortform_assets.reframing.who.voice_map import map_voices

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Framed:
    """All that the stages say of one clip, and what it cost in seconds of wall clock and of CPU."""

    media: ClipMedia
    tracks: FaceTracks
    series: ClipSeries
    crops: CropPaths
    turns: tuple[Turn, ...]
    wall: float
    cpu: float

    @property
    def seconds(self) -> float:
        return self.media.frames / self.media.rate.fps


class Stage:
    """Models loaded once, and a store in a temporary folder. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.bench = self._stack.enter_context(StoreBench.over(MediaStore.local(folder), threads=1))
        self._detector = FaceDetector(Models().resolve("centerface"))
        self._text = TextDetector(Models().resolve("text-detector"))
        self._landmarker = self._stack.enter_context(FaceLandmarker(Models().resolve("face-landmarker")))
        self.reframing = load_genre("base").reframing

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def media(self, video: Path, sound: Path) -> ClipMedia:
        """A clip of one segment, of a video of constant frame rate and its sound."""
        import av

        scratch = self.bench.scratch
        run_ffmpeg(["-i", str(video), "-map", "0:v:0", "-c", "copy", str(scratch / "v.mp4")])
        run_ffmpeg(["-i", str(sound), "-vn", "-ar", "48000", "-ac", "2", str(scratch / "a.flac")])
        with av.open(str(scratch / "v.mp4")) as container:
            stream = container.streams.video[0]
            rate = Fraction(stream.average_rate or 25).limit_denominator(1001)
            frames, width, height = stream.frames, stream.width, stream.height
        segment = MediaSegment(
            video=self.bench.keep(scratch / "v.mp4"),
            audio=self.bench.keep(scratch / "a.flac"),
            first_frame=0,
            frames=frames,
        )
        return ClipMedia(
            clip_id=video.stem, width=width, height=height, frames=frames, segments=(segment,),
            rate=FrameRate(num=rate.numerator, den=rate.denominator),
        )  # fmt: skip

    def track(self, media: ClipMedia) -> FaceTracks:
        readers = FaceReaders(self._detector, self._landmarker, self._text)
        return track_faces(self.bench, readers, media, self.reframing.faces)

    def series(self, tracks: FaceTracks) -> ClipSeries:
        return load_series(self.bench.open(tracks.series))

    def frame(self, media: ClipMedia, turns: Sequence[Turn]) -> Framed:
        """The whole way from media to crop paths; `turns` in milliseconds of the clip, or none."""
        wall, cpu = time.perf_counter(), time.process_time()
        tracks = self.track(media)
        mine = tuple(turns)
        voices = map_voices(FaceTracksSet(clips=(tracks,)), {media.clip_id: mine}) if mine else VoiceMap()
        request = CameraRequest(tracks, mine, voices, self.reframing, FramingEdits())
        crops = frame_clip(self.bench, media, request)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Framed(media, tracks, self.series(tracks), crops, mine, wall, cpu)
