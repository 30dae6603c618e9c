"""Clip-local media: the coded pictures of each span, copied, and exactly its stretch of sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, MediaSegment
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.errors import ClipFault
from shortform_assets.media.filters import SOUND_RATE
from shortform_assets.media.stream_copy import coded_span, write_pictures
from shortform_assets.ports.workbench import Workbench

_WARM_UP = 0.25
"""Seconds decoded ahead of the wanted sound: AAC frames overlap."""


def cut_clip(bench: Workbench, mezzanine: Mezzanine, clip_id: str, spans: tuple[Span, ...]) -> ClipMedia:
    """Cut `spans` of source frames out of the mezzanine without encoding pictures again.

    Raises ClipFault where a span is not in the mezzanine or cannot be read whole.
    """
    path = bench.open(mezzanine.video)
    segments = []
    for number, span in enumerate(spans):
        if not 0 <= span.start_frame < span.end_frame <= mezzanine.frames:
            raise ClipFault(
                f"its span {span.start_frame} to {span.end_frame} is not within the source's "
                f"{mezzanine.frames} frames"
            )
        stem = bench.scratch / f"{clip_id}-{number}"
        video, sound = stem.with_suffix(".mp4"), stem.with_suffix(".flac")
        first = _cut_picture(path, video, mezzanine.rate, span)
        _cut_sound(path, sound, mezzanine.rate, span)
        segments.append(
            MediaSegment(
                video=bench.keep(video), audio=bench.keep(sound), first_frame=first, frames=span.frames
            )
        )
        bench.progress((number + 1) / len(spans), "clip media")
    return ClipMedia(
        clip_id=clip_id,
        width=mezzanine.width,
        height=mezzanine.height,
        rate=mezzanine.rate,
        frames=sum(span.frames for span in spans),
        segments=tuple(segments),
        channel_mix=mezzanine.channel_mix,
        held_frames=sum(
            max(0, span.end_frame - max(span.start_frame, mezzanine.frames - mezzanine.held_frames))
            for span in spans
        ),
    )


def _cut_picture(path: Path, target: Path, rate: FrameRate, span: Span) -> int:
    """Copy from the key frame before the span on; how many pictures of the file come before the span."""
    import av

    with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
        key, found = coded_span(container, rate, span.start_frame, span.end_frame)
        wanted = {picture for picture, _ in found if picture < span.end_frame}
        if key > span.start_frame or wanted != set(range(key, span.end_frame)):
            raise ClipFault(
                f"frames {span.start_frame} to {span.end_frame} of the source cannot be read whole"
            )
        places = [(picture - key, packet) for picture, packet in found]
        delay = max(at - place for at, (place, _) in enumerate(places))
        write_pictures(target, container.streams.video[0], rate, max(0, delay), places)
    with av.open(str(target), options={"protocol_whitelist": "file"}) as written:
        stream = written.streams.video[0]
        copied = sum(packet.size > 0 for packet in written.demux(stream))
    if copied != len(places):
        raise ClipFault(f"{copied} of {len(places)} pictures were copied for its media")
    return span.start_frame - key


def _cut_sound(path: Path, target: Path, rate: FrameRate, span: Span) -> None:
    start, length = rate.samples(span.start_frame, SOUND_RATE), rate.samples(span.frames, SOUND_RATE)
    sound = _read_sound(path, start, length)
    pcm = np.rint(np.clip(sound, -1.0, 1.0) * 32767.0).astype(np.int16)
    _write_flac(target, pcm)


def _read_sound(path: Path, start: int, length: int) -> np.ndarray:
    """Samples [start, start + length) of the mezzanine's sound as float32 (length, 2), silence beyond it."""
    import av

    sound = np.zeros((length, 2), np.float32)
    with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.audio[0]
        seconds = max(0.0, start / SOUND_RATE - _WARM_UP)
        assert stream.time_base is not None
        # A seek to the very start would lose what the encoder put before it.
        if seconds > 0:
            container.seek(int(seconds / stream.time_base), stream=stream, backward=True)
        for frame in container.decode(audio=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            at = round(frame.pts * frame.time_base * SOUND_RATE) - start
            if at >= length:
                break
            block = frame.to_ndarray().T
            low, high = max(0, at), min(length, at + len(block))
            if low < high:
                sound[low:high] = block[low - at : high - at]
    return sound


def _write_flac(target: Path, pcm: np.ndarray) -> None:
    """16-bit stereo (samples, 2) into a FLAC of exactly that many samples."""
    import av

    with av.open(str(target), "w", format="flac", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("flac", rate=SOUND_RATE, layout="stereo", format="s16")
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = SOUND_RATE, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
