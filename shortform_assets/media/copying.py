"""Coded pictures copied into an MP4 on an exact clock, without decoding."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from shortform_assets.contracts.base import FrameRate


def write_pictures(
    target: Path, template: Any, rate: FrameRate, delay: int, pictures: Iterable[tuple[int, Any]]
) -> None:
    """Write (place, packet) pairs, given in the order of decoding, as one video stream.

    `place` is the picture's number in the order of showing, 0 first: it becomes its exact time at `rate`.
    Decoding starts `delay` pictures before showing. `template` is the stream that the packets come from.
    """
    import av

    options = {"fflags": "+bitexact", "video_track_timescale": str(timescale(rate))}
    with av.open(str(target), "w", format="mp4", options=options) as out:
        stream: Any = out.add_stream_from_template(template, opaque=True)
        # Codes of the input container mean nothing to MP4.
        stream.codec_context.codec_tag = "\0\0\0\0"
        for count, (place, packet) in enumerate(pictures):
            packet.stream = stream
            packet.time_base = Fraction(rate.den, rate.num)
            packet.pts, packet.dts, packet.duration = place, count - delay, 1
            out.mux(packet)


def timescale(rate: FrameRate) -> int:
    """Ticks a second in which every frame's time is whole, fine enough for sound beside it."""
    scale = rate.num
    while scale < 10_000:
        scale *= 2
    return scale
