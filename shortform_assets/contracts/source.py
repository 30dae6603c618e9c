"""Inputs and the source group: the record, the probed original, and the mezzanine."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Blob, Contract, FrameRate
from shortform_assets.contracts.translations import WantedTranslation


class Brief(Contract):
    """What the user asked for: topics to look for, source ranges to leave out, how many clips."""

    about: tuple[str, ...] = ()
    exclude_ms: tuple[tuple[int, int], ...] = ()
    count: int | None = Field(default=None, ge=1, le=500)


class StageReset(Contract):
    """A wish that stages of one source be computed again, whatever stands under their recipes."""

    stages: tuple[str, ...] = Field(min_length=1)


class SourceRecord(Contract):
    """One registered source video. The only contract that holds a URI or a name."""

    uri: str
    etag: str
    name: str
    genre: str
    brand: str | None = None
    title: str | None = None
    rights: str | None = None
    campaign: str | None = None
    style: str | None = None
    """A style pin, `name` or `name@version`."""
    glossary: tuple[str, ...] = ()
    """Guests, brands and terms as they are written, most important first."""
    transcript: Blob | None = None
    """The user's own transcript: SRT, VTT or JSON."""
    translation: WantedTranslation | None = None
    """Comes before what the genre says."""
    brief: Brief = Brief()


class VideoStream(Contract):
    index: int
    codec: str
    width: int
    height: int
    rotation: Literal[0, 90, 180, 270] = 0
    """Clockwise degrees the picture must be turned for display."""
    sample_aspect: tuple[int, int] = (1, 1)
    average_rate: FrameRate | None = None
    nominal_rate: FrameRate | None = None
    pixel_format: str = ""
    color_transfer: str = ""
    color_primaries: str = ""
    color_space: str = ""
    interlaced: bool = False
    start_ms: int = 0
    attached_picture: bool = False
    default: bool = False


class AudioStream(Contract):
    index: int
    codec: str
    sample_rate: int
    channels: int
    language: str = ""
    start_ms: int = 0
    default: bool = False


class SourceVideo(Contract):
    """The original bytes and a full stream probe."""

    content: Blob
    container: str
    duration_ms: int = Field(gt=0)
    video: tuple[VideoStream, ...]
    audio: tuple[AudioStream, ...]
    chosen_video: int
    """Stream index the pipeline uses."""
    chosen_audio: int
    """Stream index the pipeline uses."""
    timecode: str = Field(default="", exclude_if=lambda code: not code)
    """Of the first picture, as the file says it (`01:00:00:00`, with `;` where numbers are dropped); empty: none."""


ChannelMix = Literal["as_is", "left", "right", "invert_right"]
"""What was made of left and right: nothing, one of them on both sides, or the right one turned round."""


class Mezzanine(Contract):
    """Trusted media: constant frame rate, upright, square pixels, SDR BT.709, 48 kHz stereo, t = 0 shared.

    `video` is MP4: one H.264 4:2:0 stream and one AAC stream. `speech` is 16 kHz mono 16-bit WAV.
    """

    video: Blob
    speech: Blob
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    rate: FrameRate
    frames: int = Field(gt=0)
    speech_samples: int = Field(ge=0)
    remuxed: bool
    """True where the video stream was copied, not encoded again."""
    channel_mix: ChannelMix = Field(default="as_is", exclude_if=lambda mix: mix == "as_is")
    """A voice on one side is on both, and one that is phase-inverted on the other side no longer is."""
    held_frames: int = Field(default=0, ge=0, exclude_if=lambda frames: not frames)
    """Frames at the end in which the last picture stands, because the sound goes on."""

    @property
    def duration_ms(self) -> int:
        return self.rate.ms(self.frames)
