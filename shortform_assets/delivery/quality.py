"""What a finished file really is, measured, and what keeps it from being posted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Quality
from shortform_assets.errors import ClipFault
from shortform_assets.media.loudness import NEARLY_SILENT_LUFS
from shortform_assets.media.mp4_boxes import walk_boxes

LOUDNESS_TOLERANCE_LU = 1.0
"""EBU R 128 allows as much for what is not measured beforehand."""
TRUE_PEAK_CEILING_DBTP = -0.8
"""0.2 dB above the profile's -1 dBTP: true-peak meters differ by so much."""
_SAMPLES = 6
"""Pictures that are looked at, spread over the file."""
_BLACK_LUMA = 24
"""Video black is 16; what stays below this everywhere is black."""
_SAME_LUMA = 2
"""Two pictures that differ nowhere by more than coding noise are the same."""
_AV_TOLERANCE_MS = 60
"""More than two AAC frames and one picture; ears notice from about there on."""

Loudness = Callable[[Path], tuple[float, float]]


def measure(path: Path, job: RenderJob, loudness: Loudness | None = None) -> Quality:
    """Probe the finished `path` against what `job` asked for.

    `loudness(path)` gives integrated LUFS and true peak in dBTP, by default `media.loudness`. Raises
    ClipFault where the file cannot be read at all; everything less is listed in `problems`.
    """
    import av

    try:
        with av.open(str(path)) as media:
            if not media.streams.video:
                raise ClipFault("The finished file holds no picture.")
            video = media.streams.video[0]
            audio = media.streams.audio[0] if media.streams.audio else None
            times = sorted(p.pts for p in media.demux(video) if p.pts is not None and p.size)
            problems = [
                *_picture_problems(video, times, job),
                *_sound_problems(audio, video, times, job),
                *_file_problems(path, media),
            ]
            if times and job.frames > job.rate.fps:
                problems += _look(media, video, times)
            facts = _facts(video, audio, times)
    except (av.FFmpegError, OSError) as error:
        raise ClipFault(f"The finished file cannot be read: {error}.") from error
    lufs, peak = (loudness or _loudness())(path) if audio else (-99.0, -99.0)
    if audio:
        problems += _loudness_problems(lufs, peak, job)
    return Quality(
        **facts,
        loudness_lufs=max(-99.0, lufs),
        true_peak_dbtp=max(-99.0, peak),
        size=path.stat().st_size,
        problems=tuple(problems),
    )


def _loudness() -> Loudness:
    from shortform_assets.media.loudness import measure_loudness

    return measure_loudness


def _facts(video: Any, audio: Any, times: list[int]) -> dict[str, Any]:
    length = _span(times) * video.time_base if times else Fraction(0)
    return {
        "width": video.codec_context.width,
        "height": video.codec_context.height,
        "frames": len(times),
        "duration_ms": round(length * 1000),
        "video_codec": video.codec_context.name,
        "audio_codec": audio.codec_context.name if audio else "",
    }


def _picture_problems(video: Any, times: list[int], job: RenderJob) -> Iterator[str]:
    codec = video.codec_context
    if codec.name != "h264" or codec.pix_fmt != "yuv420p":
        yield f"The picture is {codec.name} {codec.pix_fmt}, not h264 yuv420p."
    if (codec.width, codec.height) != (job.width, job.height):
        yield f"The picture is {codec.width}x{codec.height}, not {job.width}x{job.height}."
    if len(times) != job.frames:
        yield f"It has {len(times)} frames, not {job.frames}."
    step = 1 / (job.rate.fraction * video.time_base)
    gaps = {b - a for a, b in pairwise(times)}
    # A time base that cannot hold the rate exactly rounds each frame to its nearest tick.
    if any(abs(gap - step) >= 1 for gap in gaps):
        yield f"The frames are not evenly timed at {job.rate.fps:.3f} a second."


def _sound_problems(audio: Any, video: Any, times: list[int], job: RenderJob) -> Iterator[str]:
    if audio is None:
        yield "It has no sound."
        return
    codec = audio.codec_context
    if codec.name != "aac" or codec.sample_rate != 48000 or codec.channels != 2:
        yield f"The sound is {codec.name} {codec.sample_rate} Hz {codec.channels} channels, not aac 48000 Hz 2."
    if audio.duration and times:
        apart = abs(audio.duration * audio.time_base - _span(times) * video.time_base) * 1000
        if apart > _AV_TOLERANCE_MS:
            yield f"Sound and picture differ in length by {round(apart)} ms."


def _file_problems(path: Path, media: Any) -> Iterator[str]:
    if "mp4" not in media.format.name:
        yield f"The file is {media.format.name}, not MP4."
        return
    boxes = list(walk_boxes(path))
    if any(box.endswith("/elst") for box in boxes):
        yield "It holds an edit list, which Reels refuses."
    if "moov" not in boxes or "mdat" not in boxes or boxes.index("moov") > boxes.index("mdat"):
        yield "It cannot start playing before it is loaded whole (no faststart)."


def _loudness_problems(lufs: float, peak: float, job: RenderJob) -> Iterator[str]:
    target = job.encode.loudness_lufs
    if lufs < NEARLY_SILENT_LUFS:
        yield "It is nearly silent."
    elif abs(lufs - target) > LOUDNESS_TOLERANCE_LU:
        yield f"Its loudness is {lufs:.1f} LUFS, not {target:.1f}."
    if peak > TRUE_PEAK_CEILING_DBTP:
        yield f"Its true peak is {peak:.1f} dBTP, above {TRUE_PEAK_CEILING_DBTP:.1f}."


def _look(media: Any, video: Any, times: list[int]) -> Iterator[str]:
    """Whether a few pictures over the whole length are all black, or all the same."""
    pictures = list(_pictures(media, video, times))
    if not pictures:
        yield "No picture of it can be decoded."
    elif all(int(p.max()) < _BLACK_LUMA for p in pictures):
        yield "The picture is black."
    elif len(pictures) > 1 and all(_same(pictures[0], other) for other in pictures[1:]):
        yield "The picture is frozen."


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return int(np.abs(one.astype(np.int16) - other.astype(np.int16)).max()) <= _SAME_LUMA


def _pictures(media: Any, video: Any, times: list[int]) -> Iterator[np.ndarray]:
    """Small luma pictures: key frames spread over the file, which cost little, and its very last frame.

    Where a seek finds nothing that can be decoded there is none for that place.
    """
    last: Any = None
    for n in range(_SAMPLES):
        media.seek(times[(len(times) - 1) * n // (_SAMPLES - 1)], stream=video, backward=True)
        frames = media.decode(video)
        # A bare next() would end this generator with a RuntimeError.
        last = next(frames, None)
        if last is not None:
            yield _small(last)
    if last is not None:
        yield from map(_small, deque(frames, maxlen=1))


def _small(frame: Any) -> np.ndarray:
    return frame.reformat(width=90, height=160, format="gray").to_ndarray()


def _span(times: list[int]) -> int:
    """Ticks from the first frame to the end of the last one."""
    if len(times) < 2:
        return 0
    return round((times[-1] - times[0]) * len(times) / (len(times) - 1))
