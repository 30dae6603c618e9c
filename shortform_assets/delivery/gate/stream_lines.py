"""Container, codecs, clocks and limits: what the packets of a finished file say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.output_profiles import PlatformLimits
from shortform_assets.media.mp4_boxes import walk_boxes

_AV_TOLERANCE_MS = 60
"""Between the lengths of sound and picture: two AAC frames (43 ms) and half a picture of 30 a second."""
_START_TOLERANCE_MS = 25
"""Between the starts of the two streams: one AAC frame (21 ms), which a file without edit list begins with."""
_PROFILES = ("High", "Main", "Baseline", "Constrained Baseline")
"""Of H.264: what High's decoders play. x264 names the least that its settings need."""


@dataclass(frozen=True)
class Packets:
    """Times of a stream's packets in its time base, ascending, and the places of key frames among them."""

    times: list[int]
    keys: list[int]
    bytes: int

    @staticmethod
    def of(media: Any, stream: Any) -> Packets:
        found = [(p.pts, p.is_keyframe, p.size) for p in media.demux(stream) if p.pts is not None and p.size]
        found.sort()
        keys = [at for at, (_, key, _) in enumerate(found) if key]
        return Packets([pts for pts, _, _ in found], keys, sum(size for _, _, size in found))

    @property
    def span(self) -> int:
        """Ticks from the first packet to the end of the last one."""
        if len(self.times) < 2:
            return 0
        return round((self.times[-1] - self.times[0]) * len(self.times) / (len(self.times) - 1))


def picture_faults(video: Any, packets: Packets, job: RenderJob) -> Iterator[str]:
    """Codec, profile, size, number and times of the pictures."""
    codec, times = video.codec_context, packets.times
    if codec.name != "h264" or codec.pix_fmt != "yuv420p":
        yield f"The picture is {codec.name} {codec.pix_fmt}, not h264 yuv420p."
    elif codec.profile not in _PROFILES:
        yield f"The picture is coded in profile {codec.profile or 'unknown'}, not High."
    if (codec.width, codec.height) != (job.width, job.height):
        yield f"The picture is {codec.width}x{codec.height}, not {job.width}x{job.height}."
    if len(times) != job.frames:
        yield f"It has {len(times)} frames, not {job.frames}."
    step = 1 / (job.rate.fraction * video.time_base)
    gaps = {b - a for a, b in pairwise(times)}
    # A time base that cannot hold the rate exactly rounds each frame to its nearest tick.
    if any(abs(gap - step) >= 1 for gap in gaps):
        yield f"The frames are not evenly timed at {job.rate.fps:.3f} a second."
    if not packets.keys or packets.keys[0] != 0:
        yield "It does not begin with a key frame."


def sound_faults(audio: Any, video: Any, packets: Packets) -> Iterator[str]:
    """Codec, rate, channels and length of the sound; that it begins with the picture."""
    if audio is None:
        yield "It has no sound."
        return
    codec = audio.codec_context
    if codec.name != "aac" or codec.sample_rate != 48000 or codec.channels != 2:
        yield f"The sound is {codec.name} {codec.sample_rate} Hz {codec.channels} channels, not aac 48000 Hz 2."
    if audio.duration and packets.times:
        apart = abs(audio.duration * audio.time_base - packets.span * video.time_base) * 1000
        if apart > _AV_TOLERANCE_MS:
            yield f"Sound and picture differ in length by {round(apart)} ms."
        late = (Fraction(audio.start_time or 0) * audio.time_base - packets.times[0] * video.time_base) * 1000
        if abs(late) > _START_TOLERANCE_MS:
            yield f"The sound begins {round(abs(late))} ms {'after' if late > 0 else 'before'} the picture."


def file_faults(path: Path, media: Any) -> Iterator[str]:
    """The container: MP4 that starts at once, without edit list."""
    if "mp4" not in media.format.name:
        yield f"The file is {media.format.name}, not MP4."
        return
    boxes = list(walk_boxes(path))
    if any(box.endswith("/elst") for box in boxes):
        yield "It holds an edit list, which Reels refuses."
    if "moov" not in boxes or "mdat" not in boxes or boxes.index("moov") > boxes.index("mdat"):
        yield "It cannot start playing before it is loaded whole (no faststart)."


def limit_faults(path: Path, video: Any, packets: Packets, job: RenderJob) -> Iterator[str]:
    """What keeps the file from the platforms that it is for."""
    length = float(packets.span * video.time_base)
    for limits in job.limits:
        for fault in _beyond(limits, path.stat().st_size, length, packets, job):
            yield f"{limits.name} does not take it: {fault}."


def _beyond(
    limits: PlatformLimits, size: int, length: float, packets: Packets, job: RenderJob
) -> Iterator[str]:
    # Half a frame of grace, for what is cut to whole frames.
    grace = 0.5 / job.rate.fps
    if length < limits.min_ms / 1000 - grace:
        yield f"it lasts {length:.1f} s, at least {limits.min_ms / 1000:g} s are asked for"
    if limits.max_ms and length > limits.max_ms / 1000 + grace:
        yield f"it lasts {length:.1f} s, at most {limits.max_ms / 1000:g} s are allowed"
    if limits.max_bytes and size > limits.max_bytes:
        yield f"it has {size / 1e6:.1f} MB, at most {limits.max_bytes / 1e6:g} MB are allowed"
    # 23.976 is 23 and a bit; 59.94 is below 60.
    if job.rate.fps < limits.min_rate or (limits.max_rate and job.rate.fps > limits.max_rate):
        yield f"it has {job.rate.fps:.3f} pictures a second, not {limits.min_rate:g} to {limits.max_rate:g}"
    if limits.max_kbps and length and packets.bytes * 8 / length > limits.max_kbps * 1000:
        yield f"its picture has {packets.bytes * 8 / length / 1000:.0f} kbit/s, above {limits.max_kbps}"
    keys = [*packets.keys, len(packets.times)]
    apart = max((b - a for a, b in pairwise(keys)), default=0) / job.rate.fps
    if limits.max_key_seconds and apart > limits.max_key_seconds + grace:
        yield f"its key frames are {apart:.1f} s apart, at most {limits.max_key_seconds:g} s are allowed"
