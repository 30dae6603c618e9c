"""The gate that every finished file passes before it is an output: measured on the file itself, decoded once.

Whatever is found in `problems` makes the output a failed one; see `workers/render.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Quality
from shortform_assets.delivery.gate.picture_lines import PictureGate
from shortform_assets.delivery.gate.plan_lines import platform_notes, text_faults, upscale, upscale_notes
from shortform_assets.delivery.gate.sound_lines import SoundReport, judge_sound
from shortform_assets.delivery.gate.stream_lines import (
    Packets,
    file_faults,
    limit_faults,
    picture_faults,
    sound_faults,
)
from shortform_assets.errors import ClipFault
from shortform_assets.media.loudness import measure_loudness
from shortform_assets.rendering.witness import Witness

Loudness = Callable[[Path], tuple[float, float]]


def measure(
    path: Path,
    job: RenderJob,
    witness: Witness | None = None,
    *,
    notes: tuple[str, ...] = (),
    loudness: Loudness = measure_loudness,
    cores: int | None = None,
) -> Quality:
    """Judge the finished `path` by what `job` asked for and what `witness` saw of it on the way.

    `loudness(path)` gives integrated LUFS and true peak in dBTP; `notes` are what the renderer has to tell, `cores`
    how many threads decode (by default FFmpeg counts).
    Raises ClipFault where the file cannot be read at all; everything less is listed in `problems`. Without a
    witness captions, sync and the like cannot be judged, which is said in `not_checked`.
    """
    import av

    try:
        with av.open(str(path)) as media:
            if not media.streams.video:
                raise ClipFault("The finished file holds no picture.")
            video = media.streams.video[0]
            audio = media.streams.audio[0] if media.streams.audio else None
            packets = Packets.of(media, video)
            problems = [
                *picture_faults(video, packets, job),
                *sound_faults(audio, video, packets),
                *file_faults(path, media),
                *limit_faults(path, video, packets, job),
            ]
            facts = _facts(video, audio, packets)
        gate = PictureGate(job, witness)
        gate.look(path, cores)
        problems += [*gate.faults(), *text_faults(job)]
        lufs, peak = loudness(path) if audio else (-99.0, -99.0)
        sound = SoundReport((), (), None)
        if audio:
            sound = judge_sound(path, job, lufs, peak, witness.sound if witness else None)
    except (av.FFmpegError, OSError) as error:
        raise ClipFault(f"The finished file cannot be read: {error}.") from error
    return Quality(
        **facts,
        loudness_lufs=max(-99.0, lufs),
        true_peak_dbtp=max(-99.0, peak),
        size=path.stat().st_size,
        av_offset_ms=sound.offset_ms,
        upscale=upscale(job),
        problems=(*problems, *sound.faults),
        not_checked=(*_unseen(witness), *sound.not_checked),
        notes=(*notes, *gate.notes(), *upscale_notes(job), *platform_notes(job)),
    )


def _unseen(witness: Witness | None) -> Iterator[str]:
    if witness is None:
        yield "whether captions are seen, and the picture is the planned one"


def _facts(video: Any, audio: Any, packets: Packets) -> dict[str, Any]:
    length = packets.span * video.time_base if packets.times else Fraction(0)
    return {
        "width": video.codec_context.width,
        "height": video.codec_context.height,
        "frames": len(packets.times),
        "duration_ms": round(length * 1000),
        "video_codec": video.codec_context.name,
        "audio_codec": audio.codec_context.name if audio else "",
    }
