"""Pictures out of trusted media: one sequential decode, exact to the frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.errors import ClipFault, ShortformError
from shortform_assets.ports.workbench import Workbench

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SEEK_BACK = 2
"""Seconds before the wanted frame at which to look for a key frame first."""


def read_clip(
    bench: Workbench, media: ClipMedia, *, every: int = 1, size: tuple[int, int] | None = None
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (clip frame, BGR uint8 picture of shape (height, width, 3)) for clip frames 0, every, 2*every...

    `size` is (width, height) of the pictures, by default that of the media. A damaged picture is replaced by
    the one before it. Raises ClipFault when a segment cannot be read or ends early.
    """
    start = 0
    for segment in media.segments:
        # The next multiple of `every` at or after this segment's start.
        lead, count = -start % every, segment.frames
        wanted, seen = len(range(lead, count, every)), 0
        if wanted:
            path, first = bench.open(segment.video), segment.first_frame
            try:
                pictures = read_frames(
                    path,
                    first + lead,
                    count - lead,
                    FrameReading(every, size, media.rate, bench.cores),
                )
                for frame, picture in pictures:
                    seen += 1
                    yield start + frame - first, picture
            except UnreadableError as error:
                raise ClipFault(f"its media cannot be read: {error}") from error
            if seen < wanted:
                raise ClipFault(
                    f"its media end early: {seen} of {wanted} pictures could be read of clip frames "
                    f"{start} to {start + count}"
                )
        start += count


@dataclass(frozen=True)
class FrameReading:
    """Which pictures of a stretch, and as what."""

    every: int = 1
    size: tuple[int, int] | None = None
    """Width and height, by default those of the file."""
    rate: FrameRate | None = None
    """By default what the file's header says."""
    cores: int | None = None
    """Threads that decode, and that scale; see `decode_on`."""


def decode_on(stream: VideoStream, cores: int | None) -> None:
    """Let `cores` threads decode; without a number FFmpeg counts, which knows affinity and no container's quota."""
    stream.thread_type = "AUTO"
    if cores is not None:
        stream.codec_context.thread_count = cores


class UnreadableError(ShortformError):
    """A file that is not the video it should be."""


def read_frames(
    path: Path,
    first_frame: int = 0,
    frames: int | None = None,
    how: FrameReading = FrameReading(),
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (frame, BGR uint8 (height, width, 3)) of the file's frames in presentation order.

    `frames` counts from `first_frame` on (to the end by default), of which every `how.every`-th is yielded.
    The file must start at 0 and have a constant frame rate, as a mezzanine does. It is entered at the key frame
    before `first_frame`. A picture that cannot be decoded is replaced by the one before it. Raises UnreadableError
    when the file cannot be opened.
    """
    import av
    from av.error import FFmpegError

    try:
        container = av.open(str(path), options={"protocol_whitelist": "file"})
    except FFmpegError as error:
        raise UnreadableError(f"{path.name}: {error.strerror}") from error
    with container:
        if not container.streams.video:
            raise UnreadableError(f"{path.name}: there is no picture in it")
        decode_on(container.streams.video[0], how.cores)
        every = how.every
        clock = how.rate.fraction if how.rate else container.streams.video[0].average_rate or Fraction(30)
        end = None if frames is None else first_frame + frames
        to_picture = _Converter(how.size, how.cores)
        last: VideoFrame | None = None
        number = 0
        for shown, frame in _from(container, clock, first_frame):
            while last is not None and number < shown and (end is None or number < end):
                if number >= first_frame and (number - first_frame) % every == 0:
                    yield number, to_picture(last)
                number += 1
            if end is not None and number >= end:
                return
            last, number = frame, max(number, shown)
        if last is not None and number >= first_frame and (number - first_frame) % every == 0:
            yield number, to_picture(last)


def _from(container: InputContainer, clock: Fraction, first_frame: int) -> Iterator[tuple[int, VideoFrame]]:
    """Frames with their numbers, from a key frame at or before `first_frame` on."""
    back = _SEEK_BACK
    while True:
        seconds = first_frame / clock - back
        if seconds > 0:
            stream = container.streams.video[0]
            assert stream.time_base is not None
            # The index is by decoding time, so that the key frame found may still be shown too late.
            container.seek(int(seconds / stream.time_base), stream=stream, backward=True)
        elif back > _SEEK_BACK:
            container.seek(0)
        numbered = decode_numbered(container, clock)
        first = next(numbered, None)
        if first is None or first[0] <= first_frame or seconds <= 0:
            break
        back *= 4
    if first is not None:
        yield first
        yield from numbered


def decode_numbered(container: InputContainer, clock: Fraction) -> Iterator[tuple[int, VideoFrame]]:
    """Every frame of the first video stream that can be decoded, numbered by its time on `clock`."""
    from av.error import FFmpegError

    stream = container.streams.video[0]
    for packet in container.demux(stream):
        frames: list[VideoFrame] = []
        with suppress(FFmpegError):
            frames = packet.decode()
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None:
                yield round(frame.pts * frame.time_base * clock), frame


class _Converter:
    """One swscale context for all frames; BT.709 is assumed of HD pictures that do not say."""

    def __init__(self, size: tuple[int, int] | None, cores: int | None) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self._size, self._threads = size, cores or 0
        self._reformatter = VideoReformatter()
        self._interpolation = Interpolation.AREA if size else Interpolation.BILINEAR

    def __call__(self, frame: VideoFrame) -> np.ndarray:
        from av.video.reformatter import Colorspace

        width, height = self._size or (frame.width, frame.height)
        untold = int(frame.colorspace) == _UNSPECIFIED and frame.height >= 720
        out = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgr24",
            interpolation=self._interpolation,
            src_colorspace=Colorspace.ITU709 if untold else None,
            threads=self._threads,
        )
        picture: np.ndarray = out.to_ndarray()
        return picture


_UNSPECIFIED = 2
"""Matrix coefficients that the stream does not tell (ISO/IEC 23091-2)."""
