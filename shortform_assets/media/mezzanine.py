"""The media every later stage may trust, copied where they already comply and encoded once where not."""

from __future__ import annotations

import re
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.slices import IngestSlice
from shortform_assets.contracts.source import ChannelMix, Mezzanine, SourceVideo, VideoStream
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.media.audio_arrays import SPEECH_RATE
from shortform_assets.media.channels import examine_source
from shortform_assets.media.ffmpeg import BITEXACT, run_ffmpeg
from shortform_assets.media.filters import (
    HDR_TRANSFERS,
    SOUND_RATE,
    display_size,
    picture_filters,
    sound_filters,
)
from shortform_assets.media.probe import LOCAL_ONLY, read_packets
from shortform_assets.media.stream_copy import timescale, write_pictures
from shortform_assets.media.stream_timing import Timing, choose_rate, read_timing
from shortform_assets.ports.workbench import Workbench

THREADS = 2
"""Fixed, because x264 makes other bytes with another number of threads."""

_WHERE = "the source video"
_MAX_KEY_SECONDS = 10
"""A source whose key frames lie further apart is encoded anew: clips are copied from a key frame on."""
_GOP_SECONDS = 2
"""Between key frames of what is encoded here: two seconds, as Apple's HLS authoring specification asks."""
_MAY_LACK = Fraction(1, 2)
"""Seconds by which sound may outlast the picture, as encoders leave it; talk that is longer is kept, over the last
picture. Our choice."""
_MIN_DECODED = 0.5
"""Share of the packets that must decode: set by hand, held by tests/media/test_mezzanine.py."""
_DECODED = re.compile(r"(\d+) packets read.*?; (\d+) frames decoded; (\d+) decode errors")


_MIXES: dict[ChannelMix, str] = {
    "left": "there is sound on the left only: it is on both sides now",
    "right": "there is sound on the right only: it is on both sides now",
    "invert_right": "left and right cancelled each other: the right channel was turned round",
}


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
    timing = read_timing(path, video.index, source.chosen_audio)
    if timing is None:
        raise InputError("none of its pictures has a time", _WHERE, "record or export it again")
    size = display_size(video, ingest.max_height)
    channels = examine_source(path, source.chosen_audio, source.duration_ms)
    mix = channels.mix
    if mix != "as_is":
        bench.note(sound_channels=_MIXES[mix], correlation=round(channels.correlation, 2))
    held = timing.sound_seconds - timing.seconds
    if held <= _MAY_LACK:
        held = Fraction(0)
    else:
        bench.note(picture_ends_before_sound_s=round(float(held), 1))
    reasons = why_not_copied(video, timing, ingest)
    if held:
        reasons += (f"its picture ends {float(held):.1f} s before its sound",)
    if timing.steady and not reasons:
        plan = _Plan(path, source, timing, timing.steady, timing.packets, size, bench.scratch, mix)
        try:
            return _remux(bench, plan, video)
        except ShortformError as error:
            reasons = (f"it cannot be copied: {error}",)
    bench.note(encoded_because="; ".join(reasons))
    rate = choose_rate(timing, ingest.max_rate)
    pictured = max(1, round(timing.seconds * rate.fraction))
    frames = max(pictured, round((timing.seconds + held) * rate.fraction))
    plan = _Plan(path, source, timing, rate, frames, size, bench.scratch, mix, frames - pictured)
    return _encode(bench, plan, video, ingest)


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
        "parts of it are damaged, missing or cut away by an edit list": not timing.complete,
        "its frame rate is not constant": rate is None,
        f"it has {rate.fps if rate else 0:g} frames a second": rate is not None
        and not 23 <= rate.fps <= ingest.max_rate * 1.01,
        "its key frames are far apart": rate is not None and timing.max_key_gap > _MAX_KEY_SECONDS * rate.fps,
    }
    return tuple(reason for reason, broken in rules.items() if broken)


@dataclass(frozen=True)
class _Plan:
    """What is made of what, and how long and large it must come out."""

    path: Path
    source: SourceVideo
    timing: Timing
    rate: FrameRate
    frames: int
    size: tuple[int, int]
    scratch: Path
    mix: ChannelMix
    held_frames: int = 0

    @property
    def video(self) -> Path:
        return self.scratch / "mezzanine.mp4"

    @property
    def speech(self) -> Path:
        return self.scratch / "speech.wav"


def _remux(bench: Workbench, plan: _Plan, video: VideoStream) -> Mezzanine:
    # Every picture is put exactly on the clock: containers round times to milliseconds and worse.
    copied = bench.scratch / "copied.mp4"
    _copy_pictures(plan, copied, video.index)
    bench.progress(0.3, "mezzanine")
    args = ["-map", "1:v", "-c:v", "copy"]
    if (video.color_space, video.color_primaries, video.color_transfer) != ("bt709",) * 3:
        args += ["-bsf:v", "h264_metadata=" + ":".join(f"{key}=1" for key in _COLOURS)]
    _run(bench, plan, ["-i", str(copied)], args)
    copied.unlink()
    return _finish(bench, plan, remuxed=True)


_COLOURS = ("colour_primaries", "transfer_characteristics", "matrix_coefficients")


def _copy_pictures(plan: _Plan, target: Path, index: int) -> None:
    import av

    origin, rate = plan.timing.origin, plan.rate
    with av.open(str(plan.path), options=LOCAL_ONLY, metadata_errors="replace") as container:
        stream = container.streams[index]
        pictures = (
            (round((packet.pts * packet.time_base - origin) * rate.fraction), packet)
            for packet in read_packets(container, stream)
            if packet.pts is not None
        )
        write_pictures(target, stream, rate, plan.timing.delay, pictures)


def _encode(bench: Workbench, plan: _Plan, video: VideoStream, ingest: IngestSlice) -> Mezzanine:
    filters = [f"setpts=PTS-{_shift(plan)}/TB", *picture_filters(video, plan.size, plan.rate)]
    # Counted here and not by -frames:v, with which FFmpeg would drop sound that is a sample too long.
    filters.append(f"trim=end_frame={plan.frames}")
    args = ["-filter_complex", f"[0:{video.index}]{','.join(filters)}[picture]", "-map", "[picture]"]
    args += [
        "-fps_mode",
        "passthrough",
        "-c:v",
        "libx264",
        "-preset",
        ingest.preset,
        "-crf",
        str(ingest.crf),
        "-profile:v",
        "high",
    ]
    args += ["-g", str(round(_GOP_SECONDS * plan.rate.fps)), "-threads:v", str(THREADS)]
    _judge_decoding(bench, _run(bench, plan, [], args), video.index)
    return _finish(bench, plan, remuxed=False)


def _run(bench: Workbench, plan: _Plan, inputs: list[str], video_args: list[str]) -> str:
    """One FFmpeg, one decode: picture and 48 kHz sound into an MP4, 16 kHz sound into a WAV."""

    def run(more: list[str], sound: str) -> str:
        # Filters that know the time must not be set up anew when a picture is tagged otherwise midway.
        args = [
            "-v",
            "verbose",
            "-max_error_rate",
            "1",
            *_clock(plan),
            "-reinit_filter:v",
            "0",
            "-i",
            str(plan.path),
            *inputs,
            *more,
        ]
        args += ["-filter_complex_threads", "1", "-filter_threads", str(THREADS)]
        args += [
            "-filter_complex",
            f"[{sound}]{sound_filters(_shift(plan), plan.rate, plan.frames, plan.mix)}",
        ]
        args += [*video_args, "-video_track_timescale", str(timescale(plan.rate))]
        args += [
            "-map",
            "[sound]",
            "-c:a",
            "aac",
            "-b:a",
            "192k",
            "-threads:a",
            "1",
            *BITEXACT,
            str(plan.video),
        ]
        args += ["-map", "[speech]", "-c:a", "pcm_s16le", *BITEXACT, str(plan.speech)]
        return run_ffmpeg(
            args,
            duration_ms=plan.rate.ms(plan.frames),
            progress=lambda part: bench.progress(0.98 * part, "mezzanine"),
        )

    log = run([], f"0:{plan.source.chosen_audio}")
    if _SOUND_CHANGED not in log:
        return log
    # The layout of the sound changes midway: it is made uniform first, with its times.
    uniform = bench.scratch / "sound.nut"
    args = [*_clock(plan), "-i", str(plan.path), "-map", f"0:{plan.source.chosen_audio}"]
    args += ["-af", f"aresample={SOUND_RATE},aformat=sample_fmts=s16:channel_layouts=stereo"]
    run_ffmpeg([*args, "-c:a", "pcm_s16le", *BITEXACT, str(uniform)])
    log = run(["-i", str(uniform)], f"{1 + len(inputs) // 2}:a")
    uniform.unlink()
    return log


_SOUND_CHANGED = "because audio parameters changed"


def _clock(plan: _Plan) -> list[str]:
    """Times are kept as they are in the file; transport streams are mended and moved to 0 by FFmpeg."""
    return [] if plan.source.container in ("mpegts", "mpeg") else ["-copyts"]


def _shift(plan: _Plan) -> str:
    """Seconds from FFmpeg's t = 0 to the first picture, as a fraction in an expression."""
    origin, source = plan.timing.origin, plan.source
    if not _clock(plan):
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
    if damaged := max(errors, log.count(": concealing "), log.count("corrupt decoded frame")):
        bench.note(damaged_pictures=damaged)


def _finish(bench: Workbench, plan: _Plan, *, remuxed: bool) -> Mezzanine:
    """Check what was made against what was asked for, by reading it back, and keep it."""
    import av

    with wave.open(str(plan.speech), "rb") as speech:
        samples = speech.getnframes()
    with av.open(str(plan.video)) as container:
        stream = container.streams.video[0]
        times = sorted(p.pts for p in container.demux(stream) if p.pts is not None)
        tick = stream.time_base * plan.rate.fraction if stream.time_base else Fraction(0)
        facts = {
            "size": ((stream.width, stream.height), plan.size),
            "frames": (len(times), plan.frames),
            "clock": ([t * tick for t in times] == list(range(len(times))), True),
            "speech samples": (samples, plan.rate.samples(plan.frames, SPEECH_RATE)),
        }
    wrong = [f"{what} {got} instead of {wanted}" for what, (got, wanted) in facts.items() if got != wanted]
    if wrong:
        raise ShortformError(f"the mezzanine did not come out as planned: {', '.join(wrong)}")
    bench.progress(1.0, "mezzanine")
    return Mezzanine(
        video=bench.keep(plan.video),
        speech=bench.keep(plan.speech),
        width=plan.size[0],
        height=plan.size[1],
        rate=plan.rate,
        frames=plan.frames,
        speech_samples=samples,
        remuxed=remuxed,
        channel_mix=plan.mix,
        held_frames=plan.held_frames,
    )
