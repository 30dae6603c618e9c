"""Clips synthesised with known pictures and sounds, and the jobs that render them."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from present import present

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
)
from shortform_assets.contracts.creative import AudioTreatment, ClipEnhancement, Encode, RenderJob
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg

RATE = FrameRate(num=30)
WIDTH, HEIGHT = 640, 360
Painter = Callable[[int], np.ndarray]


def style_of(bench, name: str = "shortform") -> StyleContract:
    ensure_shipped_styles(bench.store)
    return resolve_style(bench.store, name)


def segment(
    bench, paint: Painter, sound: np.ndarray, frames: int, *, lead: int = 7, rate=RATE
) -> MediaSegment:
    """`frames` pictures after `lead` grey ones, with B-frames, and (samples, 2) sound in -1..1."""
    tag = f"{frames}-{lead}-{len(list(bench.scratch.iterdir()))}"
    video, flac, wav = (bench.scratch / f"{tag}.{ext}" for ext in ("mp4", "flac", "wav"))
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-pix_fmt", "yuv420p", "-bf", "2"]
    encode += ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709"]
    with pipe_frames([*encode, str(video)], WIDTH, HEIGHT, rate) as write:
        for _ in range(lead):
            write(np.full((HEIGHT, WIDTH, 3), 128, np.uint8))
        for n in range(frames):
            write(paint(n))
    with wave.open(str(wav), "wb") as out:
        out.setparams((2, 2, 48000, 0, "NONE", ""))
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    run_ffmpeg(["-i", str(wav), "-c:a", "flac", str(flac)])
    return MediaSegment(video=bench.keep(video), audio=bench.keep(flac), first_frame=lead, frames=frames)


def media(segments: Sequence[MediaSegment], rate: FrameRate = RATE) -> ClipMedia:
    return ClipMedia(
        clip_id="clip",
        width=WIDTH,
        height=HEIGHT,
        rate=rate,
        frames=sum(s.frames for s in segments),
        segments=tuple(segments),
    )


def panel(width: float, height: float, *keys: tuple[int, float, float], slot=(0, 0, 1, 1)) -> Panel:
    path = tuple(Keyframe(frame=f, x=x, y=y) for f, x, y in keys)
    return Panel(slot=slot, width=width, height=height, path=path)


def framing(start: int, end: int, *panels: Panel, layout="single", fill="none") -> Framing:
    return Framing(start_frame=start, end_frame=end, layout=layout, reason="test", panels=panels, fill=fill)


def job(
    bench, clip: ClipMedia, *framings: Framing, size=(270, 480), pages=(), hook=None, logo=None, fade_ms=0
) -> RenderJob:
    return RenderJob(
        output_id="0" * 16,
        clip_id="clip",
        aspect="9:16",
        width=size[0],
        height=size[1],
        rate=clip.rate,
        frames=clip.frames,
        media=clip,
        framing=AspectFraming(aspect="9:16", framings=framings),
        enhancement=ClipEnhancement(
            clip_id="clip",
            title="Test",
            pages=pages,
            hook=hook,
            logo=logo or {},
            audio=AudioTreatment(highpass_hz=0, compress=False, fade_in_ms=fade_ms, fade_out_ms=fade_ms),
        ),
        style=style_of(bench),
        encode=Encode(
            crf=16,
            preset="veryfast",
            max_bitrate_kbps=8000,
            gop_seconds=2,
            audio_kbps=160,
            loudness_lufs=-14,
            true_peak_dbtp=-1,
        ),
    )


def silence(frames: int, rate: FrameRate = RATE) -> np.ndarray:
    return np.zeros((rate.samples(frames, 48000), 2))


def pictures(path: Path) -> Iterator[tuple[Fraction, np.ndarray]]:
    """Presentation time in seconds and RGB picture of every frame."""
    import av

    with av.open(str(path)) as media:
        for frame in media.decode(video=0):
            yield present(frame.pts) * present(frame.time_base), frame.to_ndarray(format="rgb24")


def samples(path: Path) -> np.ndarray:
    """The left channel at 48 kHz, sample 0 at time 0."""
    import av

    with av.open(str(path)) as media:
        frames = list(media.decode(audio=0))
    return np.concatenate([np.zeros(max(0, present(frames[0].pts))), *(f.to_ndarray()[0] for f in frames)])
