"""The sound of one output: joined, cleaned, and brought to loudness before the picture is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.loudness import NEARLY_SILENT_LUFS, measure_loudness
from shortform_assets.ports.workbench import Workbench

SAMPLE_RATE = 48000
"""Hertz of every output: the most that Reels take."""
_MOST_GAIN_DB = 24.0
"""A talk at -38 LUFS still reaches -14; more would raise the noise of a room to where it is heard. Our choice."""
_CLOSE_ENOUGH_LU = 0.3
"""EBU R 128 asks for 0.5 LU; AAC and the limiter take the rest."""
_TRIES = 4
"""Gains that are tried; the second is right unless the limiter works hard."""
_COMPRESSOR = "ratio=2:attack=15:release=180:knee=4"
"""Twice as loud becomes 3 dB less so; attack and release in ms, slower than a syllable's onset, faster than a pause."""
_COMPRESS_ABOVE_DB = 4.0
"""Above the speech's own loudness: only its peaks are touched."""
_LIMITER = "attack=5:release=60"
"""Milliseconds, FFmpeg's own defaults but for the faster release. Guarded, as all here, by
tests/rendering/test_render_sound.py."""
_JOIN_FADE_S = 0.004
"""Seconds. Jump cuts in sound click; a fade this short is not heard."""
_CODEC_ROOM_DB = 1.0
"""AAC does not keep peaks: so much is left free below the ceiling to begin with; the rest is measured."""
_OVERSAMPLED = 192000
"""Hz: peaks between samples are found at four times 48 kHz (ITU-R BS.1770, annex 2)."""


@dataclass(frozen=True)
class PreparedSound:
    """Two WAV files in the bench's scratch folder: as it goes into the output, and as the clip's media have it."""

    finished: Path
    joined: Path


def prepare_sound(bench: Workbench, job: RenderJob) -> PreparedSound:
    """A 48 kHz stereo float WAV of exactly the clip's length at the job's loudness and true peak.

    Measured by ITU-R BS.1770 and corrected by one gain, so that dynamics stay as they were but for a
    gentle compressor and a limiter on the peaks. Near silence is not raised.
    """
    joined, level = bench.scratch / "joined.wav", bench.scratch / "level.wav"
    inputs = [arg for segment in job.media.segments for arg in ("-i", str(bench.open(segment.audio)))]
    _run(inputs, ";".join(_join(job)), joined)
    loudness, _ = measure_loudness(joined)
    room = _CODEC_ROOM_DB
    if loudness < NEARLY_SILENT_LUFS:
        _run(["-i", str(joined)], f"[0:a]{_limited(job, 0.0, room)}[out]", level)
        return PreparedSound(level, joined)
    chain, gain = "", job.encode.loudness_lufs - loudness
    if job.enhancement.audio.compress:
        # Relative to the speech itself, so that quiet and loud recordings are treated alike.
        threshold = min(0.0, max(-60.0, loudness + _COMPRESS_ABOVE_DB))
        chain = f"acompressor=threshold={threshold:.2f}dB:{_COMPRESSOR},"
    for _ in range(_TRIES):
        gain = min(gain, _MOST_GAIN_DB)
        _run(["-i", str(joined)], f"[0:a]{chain}{_limited(job, gain, room)}[out]", level)
        # A limiter that works hard gives back less than it is given: correct by what is missing.
        error = job.encode.loudness_lufs - measure_loudness(level)[0]
        over = _coded_peak(bench, job, level) - job.encode.true_peak_dbtp
        quiet = abs(error) > _CLOSE_ENOUGH_LU and gain + error <= _MOST_GAIN_DB
        if over <= 0 and not quiet:
            break
        gain += error if quiet else 0.0
        room += max(0.0, over + 0.1)
    return PreparedSound(level, joined)


def _coded_peak(bench: Workbench, job: RenderJob, level: Path) -> float:
    """True peak in dBTP of the sound as the output will carry it: coded, not as it goes in."""
    coded = bench.scratch / "coded.m4a"
    run_ffmpeg(["-i", str(level), *audio_codec(job), "-fflags", "+bitexact", str(coded)])
    return measure_loudness(coded)[1]


def audio_codec(job: RenderJob) -> list[str]:
    """The output's sound: AAC at 48 kHz, stereo."""
    return ["-c:a", "aac", "-b:a", f"{job.encode.audio_kbps}k", "-ar", str(SAMPLE_RATE), "-ac", "2"]


def _join(job: RenderJob) -> Iterator[str]:
    segments = job.media.segments
    for i, segment in enumerate(segments):
        samples = job.rate.samples(segment.frames, SAMPLE_RATE)
        chain = [f"[{i}:a:0]aresample={SAMPLE_RATE}", "aformat=sample_fmts=flt:channel_layouts=stereo"]
        chain += [f"apad=whole_len={samples}", f"atrim=end_sample={samples}"]
        if len(segments) > 1:
            out = samples / SAMPLE_RATE - _JOIN_FADE_S
            chain += [f"afade=t=in:d={_JOIN_FADE_S}", f"afade=t=out:st={max(0.0, out):.6f}:d={_JOIN_FADE_S}"]
        yield ",".join(chain) + f"[a{i}]"
    treatment, total = job.enhancement.audio, job.rate.samples(job.frames, SAMPLE_RATE)
    chain = [f"concat=n={len(segments)}:v=0:a=1", f"apad=whole_len={total}", f"atrim=end_sample={total}"]
    if treatment.highpass_hz:
        chain.append(f"highpass=f={treatment.highpass_hz}")
    if treatment.fade_in_ms:
        chain.append(f"afade=t=in:d={treatment.fade_in_ms / 1000:.3f}")
    if treatment.fade_out_ms:
        start = max(0.0, total / SAMPLE_RATE - treatment.fade_out_ms / 1000)
        chain.append(f"afade=t=out:st={start:.6f}:d={treatment.fade_out_ms / 1000:.3f}")
    yield "".join(f"[a{i}]" for i in range(len(segments))) + ",".join(chain) + "[out]"


def _limited(job: RenderJob, gain_db: float, room_db: float) -> str:
    """A gain and a limiter for true peaks: peaks between samples show when oversampled."""
    ceiling = 10 ** ((job.encode.true_peak_dbtp - room_db) / 20)
    limiter = f"alimiter=limit={ceiling:.5f}:{_LIMITER}:level=0:latency=1"
    total = job.rate.samples(job.frames, SAMPLE_RATE)
    return (
        f"volume={gain_db:.3f}dB,aresample={_OVERSAMPLED},{limiter},aresample={SAMPLE_RATE},"
        f"apad=whole_len={total},atrim=end_sample={total}"
    )


def _run(inputs: list[str], graph: str, out: Path) -> None:
    args = [*inputs, "-filter_complex", graph, "-map", "[out]", "-c:a", "pcm_f32le", "-ac", "2"]
    run_ffmpeg([*args, "-fflags", "+bitexact", "-f", "wav", str(out)])
