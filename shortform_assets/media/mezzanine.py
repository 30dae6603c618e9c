"""The media every later stage may trust, copied where they already comply and encoded once where not."""

from __future__ import annotations

import re
import wave
from fractions import Fraction
from pathlib import Path

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.slices import IngestSlice
from shortform_assets.contracts.source import Mezzanine, SourceVideo, VideoStream
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.media.audio import SPEECH_RATE
from shortform_assets.media.copying import timescale, write_pictures
from shortform_assets.media.ffmpeg import BITEXACT, FfmpegError, run_ffmpeg
from shortform_assets.media.picture import HDR_TRANSFERS, display_size, picture_filters
from shortform_assets.media.probe import LOCAL_ONLY, read_packets
from shortform_assets.media.timing import Timing, choose_rate, read_timing
from shortform_assets.workbench import Workbench

SOUND_RATE = 48_000
THREADS = 2
"""Fixed, because x264 makes other bytes with another number of threads."""

_WHERE = "the source video"
_MAX_KEY_SECONDS = 10
_GOP_SECONDS = 2
_MIN_DECODED = 0.5
_DECODED = re.compile(r"(\d+) packets read.*?; (\d+) frames decoded; (\d+) decode errors")


def make_mezzanine(bench: Workbench, source: SourceVideo, ingest: IngestSlice) -> Mezzanine:
    """Normalise the chosen picture and sound of `source`; t = 0 is the first picture that can be decoded.

    The picture is copied where it complies (see `complies`). Raises InputError where the source is too long
    or half of its pictures cannot be decoded; damage below that is noted on the bench.
    """
    if source.duration_ms > ingest.max_hours * 3_600_000:
        raise InputError(
            f"it lasts {source.duration_ms / 3_600_000:.1f} hours, more than ingest.max_hours "
            f"({ingest.max_hours:g})",
            _WHERE,
            "cut it, or raise the limit in the genre",
        )
    path = bench.open(source.content)
    video = next(s for s in source.video if s.index == source.chosen_video)
    timing = read_timing(path, video.index)
    if timing is None:
        raise InputError("it has fewer than two pictures", _WHERE, "record or export it again")
    if reasons := why_not_copied(video, timing, ingest):
        return _encode(bench, path, source, video, timing, ingest, reasons)
    try:
        return _remux(bench, path, source, video, timing)
    except FfmpegError as error:
        return _encode(bench, path, source, video, timing, ingest, (f"it cannot be copied: {error}",))


def why_not_copied(video: VideoStream, timing: Timing, ingest: IngestSlice) -> tuple[str, ...]:
    """What keeps the picture from being copied; nothing for H.264 4:2:0 8-bit progressive SDR, upright, with
    square pixels, a constant rate of 23 or more, key frames at the start and every 10 s, within limits."""
    rate = timing.steady
    size = display_size(video, ingest.max_height)
    rules = {
        f"it is {video.codec}, not h264": video.codec != "h264",
        f"its pixels are {video.pixel_format}": video.pixel_format != "yuv420p",
        "it is interlaced": video.interlaced,
        f"it is turned by {video.rotation} degrees": video.rotation != 0,
        "its pixels are not square": video.sample_aspect[0] != video.sample_aspect[1],
        "it is HDR": video.color_transfer in HDR_TRANSFERS,
        f"its colours are {video.color_space}": video.color_space not in ("", "bt709"),
        f"its primaries are {video.color_primaries}": video.color_primaries == "bt2020",
        f"it is {video.width}x{video.height}": size != (video.width, video.height),
        "parts of it are damaged or missing": not timing.complete,
        "its frame rate is not constant": rate is None,
        f"it has {rate.fps if rate else 0:g} frames a second": rate is not None
        and not 23 <= rate.fps <= ingest.max_rate * 1.01,
        "its key frames are far apart": rate is not None and timing.max_key_gap > _MAX_KEY_SECONDS * rate.fps,
    }
    return tuple(reason for reason, broken in rules.items() if broken)


def _remux(
    bench: Workbench, path: Path, source: SourceVideo, video: VideoStream, timing: Timing
) -> Mezzanine:
    rate = timing.steady
    assert rate is not None
    # Every picture is put exactly on the clock: containers round times to milliseconds and worse.
    copied = bench.scratch / "copied.mp4"
    _copy_pictures(path, copied, video.index, timing, rate)
    bench.progress(0.3, "mezzanine")
    args = ["-map", "1:v", "-c:v", "copy"]
    if not video.color_space:
        args += ["-bsf:v", "h264_metadata=" + ":".join(f"{key}=1" for key in _COLOURS)]
    sound = f"[0:{source.chosen_audio}]{_sound_filters(source, timing, rate, timing.packets)}"
    out = _Outputs(bench.scratch, rate, timing.packets)
    _run(bench, [path, copied], source, args, sound, out)
    copied.unlink()
    return _finish(bench, out, (video.width, video.height), remuxed=True)


_COLOURS = ("colour_primaries", "transfer_characteristics", "matrix_coefficients")


def _copy_pictures(path: Path, target: Path, index: int, timing: Timing, rate: FrameRate) -> None:
    import av

    with av.open(str(path), options=LOCAL_ONLY, metadata_errors="replace") as container:
        stream = container.streams[index]
        pictures = (
            (round((packet.pts * packet.time_base - timing.origin) * rate.fraction), packet)
            for packet in read_packets(container, stream)
            if packet.pts is not None
        )
        write_pictures(target, stream, rate, timing.delay, pictures)


def _encode(
    bench: Workbench,
    path: Path,
    source: SourceVideo,
    video: VideoStream,
    timing: Timing,
    ingest: IngestSlice,
    reasons: tuple[str, ...],
) -> Mezzanine:
    rate = choose_rate(timing, ingest.max_rate)
    frames = max(1, round(timing.seconds * rate.fraction))
    size = display_size(video, ingest.max_height)
    picture = f"[0:{video.index}]setpts=PTS-{_shift(source, timing)}/TB,"
    picture += ",".join(picture_filters(video, size, rate)) + "[picture];"
    args = ["-map", "[picture]", "-frames:v", str(frames), "-c:v", "libx264", "-preset", ingest.preset]
    args += ["-crf", str(ingest.crf), "-profile:v", "high", "-g", str(round(_GOP_SECONDS * rate.fps))]
    args += ["-threads:v", str(THREADS), "-colorspace", "bt709", "-color_primaries", "bt709"]
    args += ["-color_trc", "bt709", "-color_range", "tv", "-fps_mode", "passthrough"]
    sound = f"{picture}[0:{source.chosen_audio}]{_sound_filters(source, timing, rate, frames)}"
    out = _Outputs(bench.scratch, rate, frames)
    bench.note(encoded_because="; ".join(reasons))
    log = _run(bench, [path], source, args, sound, out)
    _judge_decoding(bench, log, video.index)
    return _finish(bench, out, size, remuxed=False)


class _Outputs:
    """Where the two files go and how long they must be."""

    def __init__(self, scratch: Path, rate: FrameRate, frames: int) -> None:
        self.video, self.speech = scratch / "mezzanine.mp4", scratch / "speech.wav"
        self.rate, self.frames = rate, frames


def _run(
    bench: Workbench,
    inputs: list[Path],
    source: SourceVideo,
    video_args: list[str],
    graph: str,
    out: _Outputs,
) -> str:
    """One FFmpeg, one decode: picture and 48 kHz sound into an MP4, 16 kHz sound into a WAV."""
    # Times are kept as they are in the file; transport streams are mended and moved to 0 by FFmpeg.
    clock = [] if _restarts(source) else ["-copyts"]
    args = ["-v", "verbose", *clock, *(arg for path in inputs for arg in ("-i", str(path)))]
    args += ["-filter_complex_threads", "1"]
    args += ["-filter_threads", str(THREADS), "-filter_complex", graph]
    args += [*video_args, "-video_track_timescale", str(timescale(out.rate))]
    args += ["-map", "[sound]", "-c:a", "aac", "-b:a", "192k", "-threads:a", "1", *BITEXACT, str(out.video)]
    args += ["-map", "[speech]", "-c:a", "pcm_s16le", *BITEXACT, str(out.speech)]
    return run_ffmpeg(
        args,
        duration_ms=out.rate.ms(out.frames),
        progress=lambda part: bench.progress(0.98 * part, "mezzanine"),
    )


def _sound_filters(source: SourceVideo, timing: Timing, rate: FrameRate, frames: int) -> str:
    """48 kHz stereo and 16 kHz mono that begin with the first picture and last exactly as long."""
    # async=1 fills gaps with silence; first_pts=0 pads a late start and cuts off an early one.
    return (
        f"asetpts=PTS-{_shift(source, timing)}/TB,aresample={SOUND_RATE}:async=1:first_pts=0,"
        f"aformat=sample_fmts=fltp:channel_layouts=stereo,"
        f"apad=whole_len={rate.samples(frames, SOUND_RATE)},"
        f"atrim=end_sample={rate.samples(frames, SOUND_RATE)},asplit[sound][wide];"
        f"[wide]aresample={SPEECH_RATE},aformat=sample_fmts=s16:channel_layouts=mono,"
        f"apad=whole_len={rate.samples(frames, SPEECH_RATE)},"
        f"atrim=end_sample={rate.samples(frames, SPEECH_RATE)}[speech]"
    )


def _restarts(source: SourceVideo) -> bool:
    return source.container in ("mpegts", "mpeg")


def _shift(source: SourceVideo, timing: Timing) -> str:
    """Seconds from FFmpeg's t = 0 to the first picture, as a fraction in an expression."""
    origin = timing.origin
    if _restarts(source):
        # FFmpeg subtracts the start of the earlier of the two streams in use.
        starts = [s.start_ms for s in source.video if s.index == source.chosen_video]
        starts += [s.start_ms for s in source.audio if s.index == source.chosen_audio]
        origin -= Fraction(min(starts), 1000)
    return f"({origin.numerator}/{origin.denominator})"


def _judge_decoding(bench: Workbench, log: str, index: int) -> None:
    """Note damage; refuse the source when half of the pictures are lost."""
    found = [
        match for line in log.splitlines() if f"#0:{index} " in line and (match := _DECODED.search(line))
    ]
    if not found:
        return
    packets, decoded, errors = map(int, found[-1].groups())
    if decoded < _MIN_DECODED * packets or decoded == 0:
        raise InputError(
            f"only {decoded} of its {packets} pictures can be decoded",
            _WHERE,
            "copy it again or export it again",
        )
    if errors:
        bench.note(decode_errors=errors, pictures_decoded=decoded)


def _finish(bench: Workbench, out: _Outputs, size: tuple[int, int], *, remuxed: bool) -> Mezzanine:
    """Check what was made against what was asked for, by reading it back, and keep it."""
    import av

    with wave.open(str(out.speech), "rb") as speech:
        samples = speech.getnframes()
    with av.open(str(out.video)) as container:
        stream = container.streams.video[0]
        times = sorted(p.pts for p in container.demux(stream) if p.pts is not None)
        tick = stream.time_base * out.rate.fraction if stream.time_base else Fraction(0)
        facts = {
            "size": ((stream.width, stream.height), size),
            "frames": (len(times), out.frames),
            "clock": ([t * tick for t in times] == list(range(len(times))), True),
            "speech samples": (samples, out.rate.samples(out.frames, SPEECH_RATE)),
        }
    wrong = [f"{what} {got} instead of {wanted}" for what, (got, wanted) in facts.items() if got != wanted]
    if wrong:
        raise ShortformError(f"the mezzanine did not come out as planned: {', '.join(wrong)}")
    bench.progress(1.0, "mezzanine")
    return Mezzanine(
        video=bench.keep(out.video),
        speech=bench.keep(out.speech),
        width=size[0],
        height=size[1],
        rate=out.rate,
        frames=out.frames,
        speech_samples=samples,
        remuxed=remuxed,
    )
