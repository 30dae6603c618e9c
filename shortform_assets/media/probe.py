"""What is in a source file: every stream, which two to use, and a clear refusal of what is no video."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.source import AudioStream, SourceVideo, VideoStream
from shortform_assets.errors import InputError
from shortform_assets.media.mp4_boxes import walk_boxes
from shortform_assets.media.track_choice import choose_audio
from shortform_assets.ports.workbench import Workbench

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

MIN_MS = 1000
"""Shorter sources hold nothing to clip."""

# Playlists and other formats that open further files are not among them.
_VIDEO_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,m4v,h264,"
    "hevc,dv,rm,nut,ivf,wtv,gxf,obu,av1,vob,nsv,swf"
)
_OTHER_FORMATS = "mp3,wav,flac,aac,aiff,w64,jpeg_pipe,png_pipe,webp_pipe,gif,bmp_pipe,tiff_pipe,apng"
LOCAL_ONLY = {
    "protocol_whitelist": "file",
    "format_whitelist": f"{_VIDEO_FORMATS},{_OTHER_FORMATS}",
}
"""Options under which a foreign file may be opened."""

_TIMECODE = re.compile(r"\d\d:\d\d:\d\d[:;]\d\d")
_SAMPLE_FRAMES, _SAMPLE_PACKETS = 8, 400
"""Pictures decoded to see whether the stream does decode, and packets after which that is given up.
Our choice; test_broken_files_are_refused_by_name."""


def read_source(bench: Workbench, path: Path, name: str) -> SourceVideo:
    """Probe `path` and keep a copy of its bytes; a file outside the scratch folder stays as it is.

    `name` is what the user calls it, for messages. Raises InputError, naming the file and what to do, when
    it is not a video with picture and sound of at least a second that can be decoded.
    """
    _check_file(path, name)
    probed = _probe(path, name)
    if path.parent != bench.scratch:
        copy = bench.scratch / "original"
        _copy(path, copy)
        path = copy
    return SourceVideo(content=bench.keep(path), **probed)


def moving_pictures(path: Path, name: str) -> tuple[VideoStream, int] | None:
    """The first moving pictures of a file, with or without sound, and their length in ms; None where it has none that
    can be decoded, or is of another kind than the phones and editors write."""
    import av

    try:
        with av.open(str(path), options=dict(LOCAL_ONLY), metadata_errors="replace") as container:
            if container.format.name not in ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"):
                return None
            for number in range(len(container.streams.video)):
                stream = _video_stream(path, number)
                if stream and not stream.attached_picture:
                    return stream, _duration_ms(container, path, stream.index)
    except (av.FFmpegError, OSError, ValueError):
        return None
    return None


def container_seconds(path: Path) -> float | None:
    """Length by the container's header, at once and without a look at the streams; None where it does not say."""
    import av

    try:
        with av.open(str(path), options=dict(LOCAL_ONLY)) as container:
            return (container.duration or 0) / 1e6 or None
    except (av.FFmpegError, OSError, ValueError):
        return None


def _check_file(path: Path, name: str) -> None:
    if path.is_dir():
        raise InputError("this is a folder, not a video file", name, "name the files in it")
    if not path.is_file():
        raise InputError("there is no such file", name, "check the path")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", name, "check its permissions") from error
    if empty:
        raise InputError("the file is empty", name, "copy or record it again")


def _probe(path: Path, name: str) -> dict[str, Any]:
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path), options=LOCAL_ONLY, metadata_errors="replace") as container:
            return _describe(container, path, name)
    except (FFmpegError, ValueError) as error:
        raise InputError(*_why_unreadable(path, name)) from error


def _describe(container: InputContainer, path: Path, name: str) -> dict[str, Any]:
    if container.format.name not in (*_VIDEO_FORMATS.split(","), "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"):
        what = "a sound file" if container.streams.audio else "a picture"
        raise InputError(f"this is {what}, not a video", name, "give a video of people talking")
    if container.format.name.startswith("mov") and _encrypted(path):
        raise InputError("it is encrypted (DRM)", name, "give a copy without protection")
    audio = tuple(_audio_stream(stream) for stream in container.streams.audio)
    video = tuple(
        described for i in range(len(container.streams.video)) if (described := _video_stream(path, i))
    )
    moving = [stream for stream in video if not stream.attached_picture]
    if not moving:
        if [s for s in container.streams.video if not _is_still(s)]:
            raise InputError(
                "none of its pictures can be decoded", name, "convert it to H.264 in MP4 or export it again"
            )
        raise InputError("it has no picture", name, "give a video, not a sound recording")
    if not any(s.sample_rate and s.channels for s in audio):
        raise InputError("it has no sound", name, "give a video in which people can be heard")
    chosen = max(moving, key=lambda s: (s.default, s.width * s.height, -s.index))
    duration_ms = _duration_ms(container, path, chosen.index)
    if duration_ms < MIN_MS:
        raise InputError(
            f"it is too short ({duration_ms / 1000:.2f} s)", name, "give a video of at least a second"
        )
    return {
        "container": container.format.name,
        "duration_ms": duration_ms,
        "video": video,
        "audio": audio,
        "chosen_video": chosen.index,
        "chosen_audio": choose_audio(path, audio, duration_ms),
        "timecode": _timecode(container, chosen.index),
    }


def _encrypted(path: Path) -> bool:
    """Whether the samples of an MP4 are scrambled (ISO/IEC 23001-7): they would decode to noise."""
    return any(box.endswith(("/encv", "/enca")) for box in walk_boxes(path))


def _timecode(container: InputContainer, index: int) -> str:
    """What the chosen pictures, any other stream or the file says; of several the first that is one."""
    streams = sorted(container.streams, key=lambda stream: stream.index != index)
    tags = (tag for found in (*(s.metadata for s in streams), container.metadata) for tag in found.items())
    # Matroska writes the names of tags in capitals.
    said = (value for name, value in tags if name.lower() == "timecode")
    return next((code for code in said if _TIMECODE.fullmatch(code)), "")


def _video_stream(path: Path, number: int) -> VideoStream | None:
    """The description of one video stream, from its header and first frames; None if nothing decodes."""
    import av

    with av.open(str(path), options=LOCAL_ONLY, metadata_errors="replace") as container:
        stream = container.streams.video[number]
        frames = list(_first_frames(container, number))
        if not frames:
            return None
        frame = frames[-1]
        sample_aspect = stream.sample_aspect_ratio or Fraction(1)
        if sample_aspect <= 0:
            sample_aspect = Fraction(1)
        return VideoStream(
            index=stream.index,
            codec=stream.codec_context.codec.canonical_name,
            width=frame.width,
            height=frame.height,
            rotation=_clockwise(frame.rotation),
            sample_aspect=(sample_aspect.numerator, sample_aspect.denominator),
            average_rate=_rate(stream.average_rate),
            nominal_rate=_rate(stream.guessed_rate),
            pixel_format=frame.format.name,
            color_transfer=_TRANSFERS.get(int(frame.color_trc), ""),
            color_primaries=_PRIMARIES.get(int(frame.color_primaries), ""),
            color_space=_SPACES.get(int(frame.colorspace), ""),
            interlaced=sum(f.interlaced_frame for f in frames) * 2 > len(frames),
            start_ms=_start_ms(stream),
            attached_picture=_is_still(stream),
            default=_is_default(stream),
        )


def _first_frames(container: InputContainer, number: int) -> Iterator[VideoFrame]:
    """A few decoded frames from the start; damaged packets are passed over."""
    from av.error import FFmpegError

    found = 0
    for count, packet in enumerate(read_packets(container, container.streams.video[number])):
        frames: list[Any] = []
        with suppress(FFmpegError):
            frames = packet.decode()
        yield from frames
        found += len(frames)
        if found >= _SAMPLE_FRAMES or count >= _SAMPLE_PACKETS:
            return


def read_packets(container: InputContainer, *streams: Any) -> Iterator[Any]:
    """Packets of these streams up to the end or to where the file cannot be read any further."""
    from av.error import FFmpegError

    with suppress(FFmpegError):
        yield from container.demux(*streams)


def _audio_stream(stream: Any) -> AudioStream:
    context = stream.codec_context
    return AudioStream(
        index=stream.index,
        codec=context.codec.canonical_name if context else "",
        sample_rate=context.sample_rate if context else 0,
        channels=context.channels if context else 0,
        language=stream.language or "",
        start_ms=_start_ms(stream),
        default=_is_default(stream),
    )


def _duration_ms(container: InputContainer, path: Path, index: int) -> int:
    """Length in the header or, where it holds none (a browser's WebM), up to the last picture."""
    import av

    if container.duration:
        return int(container.duration // 1000)
    with av.open(str(path), options=LOCAL_ONLY, metadata_errors="replace") as scan:
        stream = scan.streams[index]
        times = [p.pts for p in read_packets(scan, stream) if p.pts is not None]
        if not times or stream.time_base is None:
            return 0
        return round((max(times) - min(times)) * stream.time_base * 1000)


def _why_unreadable(path: Path, name: str) -> tuple[str, str, str]:
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in (b"ftyp", b"mdat", b"wide", b"free", b"skip") and "moov" not in walk_boxes(path):
        return (
            "the recording was never finished or was cut off: its index (moov) is missing",
            name,
            "copy it again or repair it with the camera or `untrunc`",
        )
    if b"\0" not in head and not head.startswith(b"FLV"):
        return "this is a text file, not a video", name, "give the video itself"
    return "this is not a video that can be read", name, "copy it again, or convert it to MP4"


def _copy(source: Path, target: Path) -> None:
    """A copy that shares the blocks of the original where the file system can (Linux FICLONE)."""
    with source.open("rb") as read, target.open("wb") as write:
        try:
            fcntl.ioctl(write.fileno(), 0x40049409, read.fileno())
        except OSError:
            shutil.copyfileobj(read, write, 16 << 20)


def _clockwise(rotation: float) -> Literal[0, 90, 180, 270]:
    turns: tuple[Literal[0, 90, 180, 270], ...] = (0, 90, 180, 270)
    return turns[round(-rotation / 90) % 4]


def _rate(rate: Fraction | None) -> FrameRate | None:
    return FrameRate(num=rate.numerator, den=rate.denominator) if rate and rate > 0 else None


def _start_ms(stream: Any) -> int:
    return round(stream.start_time * stream.time_base * 1000) if stream.start_time else 0


def _is_default(stream: Any) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.default)


def _is_still(stream: Any) -> bool:
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return bool(stream.disposition & still)


# Names of ISO/IEC 23091-2 code points, as FFmpeg spells them.
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    12: "smpte432",
}
"""Of the primaries."""
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    8: "linear",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
"""Of the transfer characteristics."""
_SPACES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020nc",
    10: "bt2020c",
}
"""Of the matrix coefficients."""
