"""Clip-local media, face tracks and crop paths. One record a clip, gathered in a set a stage."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import Blob, Contract, Dropped, FrameRate, Measure, Pixels, Ratio
from shortform_assets.contracts.existing_text import PictureText, SeenText
from shortform_assets.contracts.geometry import CropBox, OutputBox, PictureArea, between
from shortform_assets.contracts.source import ChannelMix


class MediaSegment(Contract):
    """One span, losslessly copied from the preceding key frame.

    Of the file's decoded frames (presentation order) those from `first_frame` on, `frames` of them, are
    the span. `video` is MP4 without audio. `audio` is 48 kHz stereo FLAC and lasts exactly the span.
    """

    video: Blob
    audio: Blob
    first_frame: int = Field(ge=0)
    frames: int = Field(gt=0)


class ClipMedia(Contract):
    clip_id: str
    width: int
    height: int
    rate: FrameRate
    frames: int = Field(gt=0)
    segments: tuple[MediaSegment, ...] = Field(min_length=1)
    channel_mix: ChannelMix = Field(default="as_is", exclude_if=lambda mix: mix == "as_is")
    """What was made of the source's left and right; see Mezzanine."""
    held_frames: int = Field(default=0, ge=0, exclude_if=lambda frames: not frames)
    """Frames in which the source's last picture stands, because its recording ended before the sound."""


class ClipMediaSet(Contract):
    clips: tuple[ClipMedia, ...]
    dropped: tuple[Dropped, ...] = ()


ACTIVITY_MS = 500
"""A half second: the stretch of time that one value of `FaceTrack.activity` stands for."""


class FaceTrack(Contract):
    """One face followed within one shot; dense series are in `FaceTracks.series` under `track_id`.

    Box medians in source pixels. Series arrays (safetensors), n samples each, keys `<track_id>/<name>`:
    frame int32 (n,), box float32 (n, 4: x1 y1 x2 y2 in source pixels), score float32 (n,), mouth float32
    (n,: lip opening over inter-ocular distance after removal of rigid motion, NaN where not landmarked),
    pose float32 (n, 3: yaw, pitch, roll in degrees), blink float32 (n,), emotion float32 (n, 7), shape
    float32 (n, 6, 2: mouth points in the frame of the head) and look float32 (k,); asd float32 (n,) only
    where the user's own network judged who speaks. Of the whole picture:
    `picture/frame`, `picture/change`, `picture/motion`, `picture/energy` (what moves where) and
    `picture/still` (a picture a shot). Read them with `reframing.see.series`.
    """

    track_id: str
    shot: int
    first_frame: int
    last_frame: int
    samples: int
    width: Pixels
    height: Pixels
    emotion: str = ""
    x: Pixels = 0.0
    y: Pixels = 0.0
    """Median centre of the box."""
    look: tuple[Ratio, ...] = ()
    """What head and shoulders look like: a coarse colour histogram that sums to 1."""
    activity: tuple[Measure, ...] = ()
    """Mouth movement in each half second of the clip, from the one that holds `first_frame` on; -1 where
    the face was not landmarked."""


class FaceTracks(Contract):
    """Faces of one clip, from one decode."""

    clip_id: str
    media: str
    """Digest of the ClipMedia this was made from."""
    width: int
    height: int
    rate: FrameRate
    frames: int
    cuts: tuple[int, ...]
    """Clip frames at which a new shot begins, 0 not included; joins of spans are cuts."""
    step: int
    """Frames between two samples."""
    tracks: tuple[FaceTrack, ...]
    series: Blob
    judges: tuple[str, ...] = Field(default=(), exclude_if=lambda names: not names)
    """Models of the user's own that took part, as `name:hash` of their files; without any it is left out."""
    areas: tuple[PictureArea, ...] = Field(default=(), exclude_if=lambda areas: not areas)
    """The active picture of every shot; left out where no shot has bars."""
    texts: tuple[PictureText, ...] = Field(default=(), exclude_if=lambda texts: not texts)
    """Text in the picture, bars included, by when it begins."""


class FaceTracksSet(Contract):
    clips: tuple[FaceTracks, ...]
    dropped: tuple[Dropped, ...] = ()


class VoicedFace(Contract):
    """Whose face a track shows and whose voice it speaks with; empty where that is not known."""

    clip_id: str
    track_id: str
    person: str = ""
    """P1, P2, ...: a seat and a look, the same in every clip of the source."""
    speaker: str = ""
    """S1, S2, ... of the diarizer."""


class VoiceMap(Contract):
    """One discrete voice-to-person map for the whole source, by clip and track."""

    faces: tuple[VoicedFace, ...] = ()

    def of(self, clip_id: str) -> VoiceMap:
        """The part that concerns one clip: all of it that may enter that clip's recipe.

        Persons are numbered anew, so that dropping another clip leaves this one as it was.
        """
        faces = [face for face in self.faces if face.clip_id == clip_id]
        names = {person: f"P{n}" for n, person in enumerate(dict.fromkeys(f.person for f in faces), start=1)}
        return VoiceMap(faces=tuple(face.model_copy(update={"person": names[face.person]}) for face in faces))


class TrackVerdict(Contract):
    """Live or static, with its evidence, and which person and voice the track belongs to."""

    track_id: str
    state: Literal["live", "static", "unsure"]
    evidence: dict[str, Measure]
    person: str = ""
    speaker: str = ""
    """Diarized speaker (S1, ...) this face belongs to, or empty."""
    speaking: tuple[tuple[int, int], ...] = ()
    """Clip frames [start, end) in which this face is judged to speak."""


class Keyframe(Contract):
    """Top left corner of the crop box at a clip frame, source pixels; linear in between."""

    frame: int
    x: Pixels
    y: Pixels


class Panel(Contract):
    """One picture in the output: a box that moves over the source, shown in a slot of the output."""

    slot: tuple[Ratio, Ratio, Ratio, Ratio]
    """x, y, width, height as shares of the output."""
    width: Pixels
    height: Pixels
    """Size of the crop box in source pixels: constant within a framing, slot's aspect ratio."""
    path: tuple[Keyframe, ...] = Field(min_length=1)
    subject: str = ""
    """track_id the panel follows, or empty."""

    def corner(self, frame: float) -> tuple[float, float]:
        """Top left corner of the crop box at a clip frame, source pixels."""
        frames = [key.frame for key in self.path]
        return (
            between(frames, [key.x for key in self.path], frame),
            between(frames, [key.y for key in self.path], frame),
        )

    def crop(self, frame: float) -> CropBox:
        """The crop box at a clip frame, source pixels."""
        x, y = self.corner(frame)
        return x, y, x + self.width, y + self.height

    def to_output(self, x: float, y: float, frame: float) -> tuple[float, float]:
        """Where a point of the source (pixels) is in the output at a clip frame, as shares of its size;
        outside the slot where the crop does not hold it."""
        left, top, right, bottom = self.crop(frame)
        across, down, wide, tall = self.slot
        return across + (x - left) / (right - left) * wide, down + (y - top) / (bottom - top) * tall

    def seen(self, box: CropBox, frame: float) -> OutputBox | None:
        """The part of `box` (source pixels) that is seen in the output at a clip frame; None where none of it is."""
        left, top, right, bottom = self.crop(frame)
        x1, x2 = (_within_one((v - left) / (right - left)) for v in (box[0], box[2]))
        y1, y2 = (_within_one((v - top) / (bottom - top)) for v in (box[1], box[3]))
        if x2 - x1 <= 0 or y2 - y1 <= 0:
            return None
        x, y, wide, tall = self.slot
        return OutputBox(x + x1 * wide, y + y1 * tall, x + x2 * wide, y + y2 * tall)


def _within_one(share: float) -> float:
    return float(min(max(share, 0.0), 1.0))


Layout = Literal["single", "stacked", "panels", "wide", "screen", "fit", "cutaway", "centre"]
"""single: one person. stacked: two, one above or beside the other. panels: three or four. wide: one picture
that holds everyone who matters. screen: a slide or screen, and whoever explains it. fit: the whole picture.
cutaway: nobody to follow, what moves or stands out is. centre: the middle, where nothing is known."""


class Framing(Contract):
    """Clip frames [start_frame, end_frame) under one layout. Where the panels leave parts of the output
    empty, `fill` says what is seen there."""

    start_frame: int
    end_frame: int
    layout: Layout
    reason: str
    panels: tuple[Panel, ...] = Field(min_length=1)
    fill: Literal["none", "blur"] = "none"
    area: PictureArea | None = Field(default=None, exclude_if=lambda area: area is None)
    """The active picture that all panels stay in and that a fill is made of; None where that is all of it."""


class FaceBox(Contract):
    """Where a face is in the output, as shares of its size, at a clip frame; for captions to avoid."""

    frame: int
    x: Measure
    y: Measure
    width: Measure
    height: Measure

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.x, self.y, self.x + self.width, self.y + self.height)


class AspectFraming(Contract):
    """The camera for one aspect ratio: framings tile [0, frames) without gap."""

    aspect: Aspect
    framings: tuple[Framing, ...] = Field(min_length=1)
    faces: tuple[FaceBox, ...] = ()
    """Live faces in the output about twice a second."""
    texts: tuple[SeenText, ...] = Field(default=(), exclude_if=lambda texts: not texts)
    """Text of the picture in the output."""

    def tiles(self, frames: int) -> bool:
        """Whether the framings cover clip frames [0, frames) once and in order."""
        edges = [0, *(framing.end_frame for framing in self.framings)]
        starts = [framing.start_frame for framing in self.framings]
        return starts == edges[:-1] and edges[-1] == frames and all(a < b for a, b in pairwise(edges))

    def at(self, frame: int) -> Framing:
        """The framing in force at a clip frame; IndexError outside the clip."""
        for framing in self.framings:
            if framing.start_frame <= frame < framing.end_frame:
                return framing
        raise IndexError(f"frame {frame} is in no framing")

    def mostly(self, start: int, end: int) -> int:
        """Index of the framing that is seen longest in clip frames [start, end), the first of equals."""
        return max(
            range(len(self.framings)),
            key=lambda i: min(end, self.framings[i].end_frame) - max(start, self.framings[i].start_frame),
        )

    def faces_during(self, start: int, end: int, margin: int = 0) -> list[FaceBox]:
        """Faces in the output at clip frames [start, end), those sampled up to `margin` frames before or after
        them included.

        A sample of a framing that the stretch does not show does not count.
        """
        shown = [
            (f.start_frame, f.end_frame) for f in self.framings if f.start_frame < end and start < f.end_frame
        ]
        if not shown:
            return []
        low, high = shown[0][0], shown[-1][1]
        return [f for f in self.faces if max(start - margin, low) <= f.frame < min(end + margin, high)]

    def texts_during(self, start: int, end: int) -> list[SeenText]:
        """Text of the picture that is seen in clip frames [start, end)."""
        return [text for text in self.texts if text.start_frame < end and start < text.end_frame]


class CropPaths(Contract):
    """The editable framing artifact of one clip. `media`, `frames` and `cuts` guard against a mismatch."""

    clip_id: str
    media: str
    frames: int
    rate: FrameRate
    cuts: tuple[int, ...]
    width: int = 0
    height: int = 0
    """Size of the media that the boxes are in, source pixels."""
    verdicts: tuple[TrackVerdict, ...]
    aspects: tuple[AspectFraming, ...] = Field(min_length=1)
    choices: tuple[Layout, ...] = ()
    """Layouts that at least one shot of the clip has the people and pictures for."""


class CropPathsSet(Contract):
    clips: tuple[CropPaths, ...]
    dropped: tuple[Dropped, ...] = ()
