"""The sound of one output: joined, cleaned, and brought to loudness before the picture is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.media.audio_arrays import read_stereo
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.loudness import (
    NEARLY_SILENT_LUFS,
    SILENCE_LUFS,
    integrated_loudness,
    measure_loudness,
)
from shortform_assets.ports.workbench import Workbench
from shortform_assets.rendering.declipping import declipped
from shortform_assets.rendering.noise_reduction import reduce_noise
from shortform_assets.rendering.sound_chain import CLIPPED_SHARE, cleaning_steps, mix_said, noise_to_lower
from shortform_assets.rendering.sound_effects import with_effects
from shortform_assets.rendering.sound_facts import SAMPLE_RATE, Sound, sound_facts
from shortform_assets.rendering.sound_mix import bleep, faded, level_speakers, with_bed

_MOST_GAIN_DB = 24.0
"""Where nobody says anything: more would raise the noise of a room to where it is heard. Our choice."""
_MOST_VOICE_GAIN_DB = 60.0
"""Whatever has words is brought to the target: -14 LUFS from a whisper at -74. Below that 16 bits hold no voice."""
_CLOSE_ENOUGH_LU = 0.2
"""EBU R 128 asks for 0.5 LU; AAC and the limiter take the rest."""
_TRIES = 8
"""Gains and ceilings that are tried; the second is right unless the limiter works hard."""
_COMPRESSOR = "ratio=2:attack=15:release=180:knee=4"
"""Twice as loud becomes 3 dB less so; attack and release in ms, slower than a syllable's onset, faster than a pause."""
_COMPRESS_ABOVE_DB = 4.0
"""Above the speech's own loudness: only its peaks are touched."""
_LIMITER = "attack=5:release=60"
"""Milliseconds, FFmpeg's own defaults but for the faster release. Guarded, as all here, by
tests/rendering/test_render_sound.py."""
_JOIN_FADE_S = 0.004
"""Seconds. Jump cuts in sound click; a fade this short is not heard."""
_SAID_GAIN_DB = 20.0
"""A recording that has to be raised by more is worth a word: the next one wants another microphone setting."""
_CODEC_ROOM_DB = 1.0
"""AAC does not keep peaks: so much is left free below the ceiling to begin with; the rest is measured."""
JOINED = "joined.wav"
"""In the scratch folder: the clip's sound before it is treated."""
AAC_PRIMING = 1024
"""Samples by which FFmpeg's AAC encoder delays sound. Without an edit list no player skips them."""
_OVERSAMPLED = 192000
"""Hz: peaks between samples are found at four times 48 kHz (ITU-R BS.1770, annex 2)."""


@dataclass(frozen=True)
class PreparedSound:
    """Files in the bench's scratch folder: `coded` as it goes into the output, `joined` as the clip's media
    have it; and what was done that one would want to know."""

    coded: Path
    joined: Path
    notes: tuple[str, ...]


def prepare_sound(bench: Workbench, job: RenderJob) -> PreparedSound:
    """The clip's sound, coded, of its length and at the job's loudness and true peak.

    Measured once, repaired where that says so (`sound_chain`), levelled, covered and laid over its bed
    (`sound_mix`), then brought to loudness by one gain measured by ITU-R BS.1770, so that dynamics stay as they
    were but for a gentle compressor and a limiter on the peaks. Near silence in which nobody speaks is not raised.
    """
    joined, level = bench.scratch / JOINED, bench.scratch / "level.wav"
    inputs = [arg for segment in job.media.segments for arg in ("-i", str(bench.open(segment.audio)))]
    _run(inputs, ";".join(_join(job)), joined)
    treated, notes = _treated(bench, job, joined)
    loudness = integrated_loudness(treated)
    room, spoken = _CODEC_ROOM_DB, job.enhancement.audio.spoken
    if loudness <= SILENCE_LUFS or (loudness < NEARLY_SILENT_LUFS and not spoken):
        _run(["-i", str(treated)], f"[0:a]{_limited(job, 0.0, room)}[out]", level)
        return PreparedSound(_coded(bench, job, level), joined, notes)
    most = _MOST_VOICE_GAIN_DB if spoken else _MOST_GAIN_DB
    chain, gain = "", job.encode.loudness_lufs - loudness
    if job.enhancement.audio.compress:
        # First to where the threshold is above the filter's lowest, then relative to the speech itself, so that
        # quiet and loud recordings are treated alike.
        threshold = job.encode.loudness_lufs + _COMPRESS_ABOVE_DB
        lift = min(gain, most)
        chain = f"volume={lift:.3f}dB,acompressor=threshold={threshold:.2f}dB:{_COMPRESSOR},"
        gain, most = gain - lift, most - lift
    for n in range(_TRIES):
        gain = min(gain, most)
        _run(["-i", str(treated)], f"[0:a]{chain}{_limited(job, gain, room)}[out]", level)
        # A limiter that works hard gives back less than it is given: correct by what is missing.
        error = job.encode.loudness_lufs - integrated_loudness(level)
        if abs(error) > _CLOSE_ENOUGH_LU and gain + error <= most and n < _TRIES - 1:
            gain += error
            continue
        # Coding takes longer than all that is measured: what is too quiet is not coded.
        coded = _coded(bench, job, level)
        over = measure_loudness(coded)[1] - job.encode.true_peak_dbtp
        if over <= 0:
            break
        room += over + 0.1
    return PreparedSound(coded, joined, notes)


def _treated(bench: Workbench, job: RenderJob, joined: Path) -> tuple[Path, tuple[str, ...]]:
    """`joined` repaired, levelled, covered and with its bed, and what is said of it."""
    treatment, style = job.enhancement.audio, job.style.audio
    sound = read_stereo(joined, SAMPLE_RATE)
    facts, loudness = sound_facts(sound), integrated_loudness(joined)
    notes = [said] if (said := mix_said(job.media.channel_mix)) else []
    if facts.clipped > CLIPPED_SHARE:
        sound = declipped(sound)
        notes.append(f"{facts.clipped:.1%} of the sound was clipped; the peaks were rebuilt.")
    path, gain, heard = joined, job.encode.loudness_lufs - loudness, loudness > SILENCE_LUFS
    steps = [*cleaning_steps(facts, treatment)] if heard else []
    notes += [step.said for step in steps if step.said]
    if steps:
        path = bench.scratch / "cleaned.wav"
        _run(
            ["-i", str(_written(bench, sound))], f"[0:a]{','.join(step.filter for step in steps)}[out]", path
        )
        sound = read_stereo(path, SAMPLE_RATE)
    if heard and treatment.spoken:
        if less := noise_to_lower(facts, gain, style.denoise):
            sound = reduce_noise(sound, less)
            notes.append(
                f"Noise at {facts.noise_db:.0f} dBFS was lowered by {less:.0f} dB before the sound was raised "
                f"by {gain:.0f} dB."
            )
        elif gain > _SAID_GAIN_DB:
            notes.append(f"It was recorded at {loudness:.0f} LUFS and raised by {gain:.0f} dB.")
    sound, gains = level_speakers(sound, treatment.turns, job.rate)
    if gains:
        told = ", ".join(f"{speaker} {level:+.0f} dB" for speaker, level in gains.items())
        notes.append(f"Speakers were brought to one loudness: {told}.")
    if treatment.bleeps:
        sound = bleep(sound, treatment.bleeps, job.rate)
    if heard and (style.music or treatment.effects):
        voice = integrated_loudness(_written(bench, sound))
        if style.music:
            sound = with_bed(sound, bench.open(style.music.file), style.music, voice)
        sound = with_effects(bench, job, sound, voice)
    return _written(bench, faded(sound, treatment.fade_in_ms, treatment.fade_out_ms)), tuple(notes)


def _written(bench: Workbench, sound: Sound) -> Path:
    from scipy.io import wavfile

    path = bench.scratch / "mixed.wav"
    wavfile.write(path, SAMPLE_RATE, sound.astype(np.float32))
    return path


def _coded(bench: Workbench, job: RenderJob, level: Path) -> Path:
    """The sound as the output carries it: what is measured is what is delivered, and it is coded once.

    As ADTS, which knows no delay: it lies in the packets, and so the sound begins that much later.
    """
    coded = bench.scratch / "coded.aac"
    codec = ["-c:a", "aac", "-b:a", f"{job.encode.audio_kbps}k", "-ar", str(SAMPLE_RATE), "-ac", "2"]
    delay = ["-af", f"atrim=start_sample={AAC_PRIMING}"]
    run_ffmpeg(["-i", str(level), *delay, *codec, "-fflags", "+bitexact", "-f", "adts", str(coded)])
    return coded


def _join(job: RenderJob) -> Iterator[str]:
    segments = job.media.segments
    for i, segment in enumerate(segments):
        samples = job.rate.samples(segment.frames, SAMPLE_RATE)
        chain = [f"[{i}:a:0]aresample={SAMPLE_RATE}", "aformat=sample_fmts=flt:channel_layouts=stereo"]
        chain += [f"apad=whole_len={samples}", f"atrim=end_sample={samples}"]
        if len(segments) > 1 or job.frames > job.media.frames:
            out = samples / SAMPLE_RATE - _JOIN_FADE_S
            chain += [f"afade=t=in:d={_JOIN_FADE_S}", f"afade=t=out:st={max(0.0, out):.6f}:d={_JOIN_FADE_S}"]
        yield ",".join(chain) + f"[a{i}]"
    total = job.rate.samples(job.frames, SAMPLE_RATE)
    chain = [f"concat=n={len(segments)}:v=0:a=1", f"apad=whole_len={total}", f"atrim=end_sample={total}"]
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
