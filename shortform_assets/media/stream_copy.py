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


def coded_span(container: Any, rate: FrameRate, first: int, end: int) -> tuple[int, list[tuple[int, Any]]]:
    """(key, [(picture, packet)]): all that is needed to decode pictures [first, end), in that order.

    `key` is the key frame at or before `first` that decoding begins with. What is shown before it and coded
    after it (leading pictures of an open GOP) is left out: it could not be decoded. The container's video
    must start at 0 and have a constant rate. The list is short when pictures are missing.
    """
    stream = container.streams.video[0]
    tick = stream.time_base * rate.fraction
    # The index is by decoding time, so that the key frame found may still be shown too late.
    back = 1.0
    while True:
        seconds = max(0.0, first / rate.fps - back)
        container.seek(int(seconds / stream.time_base), stream=stream, backward=True)
        key, packets = _collect(container.demux(stream), tick, first, end)
        if key <= first or seconds == 0.0:
            return key, packets
        back *= 4


def _collect(
    packets: Iterable[Any], tick: Fraction, first: int, end: int
) -> tuple[int, list[tuple[int, Any]]]:
    key, needed, found = end, 0, list[tuple[int, Any]]()
    for packet in packets:
        if packet.pts is None:
            continue
        picture = round(packet.pts * tick)
        if packet.is_keyframe and (not found or picture <= first):
            key, needed, found = picture, 0, []
            if key > first:
                break
        if picture >= key:
            found.append((picture, packet))
            needed += picture < end
        if needed == end - key:
            break
    return key, found
