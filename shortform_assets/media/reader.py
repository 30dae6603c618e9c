"""Pictures out of trusted media: one sequential decode, counted to the frame."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.errors import ClipFault
from shortform_assets.workbench import Workbench

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

_SEEK_BACK = 2.0
"""Seconds before the wanted frame at which to look for a key frame first."""


def read_clip(
    bench: Workbench, media: ClipMedia, *, every: int = 1, size: tuple[int, int] | None = None
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (clip frame, BGR uint8 picture of shape (height, width, 3)) for clip frames 0, every, 2*every...

    `size` is (width, height) of the pictures, by default that of the media. Raises ClipFault when the media
    hold fewer frames than promised.
    """
    start = 0
    for segment in media.segments:
        # The next multiple of `every` at or after this segment's start.
        lead = -start % every
        seen = 0
        if lead < segment.frames:
            path = bench.open(segment.video)
            first, count = segment.first_frame, segment.frames
            for frame, picture in read_frames(
                path, first + lead, count - lead, every=every, size=size, sequential=True
            ):
                seen += 1
                yield start + frame - first, picture
            wanted = len(range(lead, count, every))
            if seen < wanted:
                raise ClipFault(
                    f"its media end early: {seen} of {wanted} pictures could be read of clip frames "
                    f"{start} to {start + count}"
                )
        start += segment.frames


def read_frames(
    path: Path,
    first_frame: int = 0,
    frames: int | None = None,
    *,
    every: int = 1,
    size: tuple[int, int] | None = None,
    sequential: bool = False,
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (frame, BGR uint8 (height, width, 3)) of the file's frames in presentation order.

    `frames` counts from `first_frame` on (to the end by default), of which every `every`-th is yielded.
    The file must have a constant frame rate and start at 0, as a mezzanine does. It is entered at the key
    frame before `first_frame`, unless `sequential` says to decode and count from the start.
    """
    import av

    end = None if frames is None else first_frame + frames
    with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        to_picture = _Converter(size)
        seek = not sequential and first_frame > _SEEK_BACK * float(stream.average_rate or 30)
        numbered = _seek(container, first_frame) if seek else enumerate(container.decode(stream))
        for number, frame in numbered:
            if end is not None and number >= end:
                return
            if number >= first_frame and (number - first_frame) % every == 0:
                yield number, to_picture(frame)


def _seek(container: InputContainer, first_frame: int) -> Iterator[tuple[int, VideoFrame]]:
    """Frames numbered by their time, from a key frame at or before `first_frame` on."""
    stream = container.streams.video[0]
    rate, base = stream.average_rate, stream.time_base
    assert rate is not None
    assert base is not None
    back = _SEEK_BACK
    while True:
        seconds = max(0.0, first_frame / float(rate) - back)
        # The index is by decoding time, so that the key frame found may still be shown too late.
        container.seek(int(seconds / base), stream=stream, backward=True)
        decoded = container.decode(stream)
        first = next(decoded, None)
        if first is None or _number(first, base * rate) <= first_frame or seconds == 0.0:
            break
        back *= 4
    if first is not None:
        yield _number(first, base * rate), first
        for frame in decoded:
            yield _number(frame, base * rate), frame


def _number(frame: VideoFrame, frames_a_tick: Fraction) -> int:
    assert frame.pts is not None
    return round(frame.pts * frames_a_tick)


class _Converter:
    """One swscale context for all frames; BT.709 is assumed of HD pictures that do not say."""

    def __init__(self, size: tuple[int, int] | None) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self._size = size
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
        )
        picture: np.ndarray = out.to_ndarray()
        return picture


_UNSPECIFIED = 2
