"""A shot of B-roll as a film that fills its place: made once for a file, a size and a length, kept in the store."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shortform_assets.contracts.base import Blob, Contract, FrameRate
from shortform_assets.contracts.overlays import ElementMedia
from shortform_assets.media.ffmpeg import BITEXACT, pipe_frames, run_ffmpeg
from shortform_assets.media.filters import display_size, picture_filters
from shortform_assets.media.shot_media import is_picture, shot_video
from shortform_assets.ports.workbench import Workbench

# Threads decide x264's bytes. A film is scaled to its place already, so it is coded nearly without loss.
_CODEC = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-bf", "0", "-threads", "2", "-an")
_TAGS = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
_COLOUR = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p"
_WHOLE = 1 << 16
"""Pixels that no side has: the size is not limited."""


class ShotLook(Contract):
    """All that decides a film of B-roll."""

    file: Blob
    width: int
    height: int
    """Even pixels."""
    rate: FrameRate
    frames: int


def shot_film(bench: Workbench, look: ShotLook) -> ElementMedia:
    """The film of `look`: H.264 without transparency, BT.709, exactly its frames."""
    source, path = bench.open(look.file), bench.scratch / f"{look.digest()[:16]}.mkv"
    out = [*_CODEC, *_TAGS, *BITEXACT, "-f", "matroska", str(path)]
    if is_picture(source):
        picture = _filling(source, look.width, look.height)
        with pipe_frames(["-vf", _COLOUR, *out], look.width, look.height, look.rate) as write:
            for _ in range(look.frames):
                write(picture)
    else:
        _film(source, look, out)
    return ElementMedia(kind="b_roll", media=bench.keep(path), frames=look.frames)


def _filling(path: Path, width: int, height: int) -> np.ndarray:
    """(height, width, 3) uint8 BGR: the picture upright, cut to the shape from its middle."""
    from PIL import Image, ImageOps

    with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    # What is transparent in it has black behind.
    whole = Image.alpha_composite(Image.new("RGBA", upright.size, (0, 0, 0, 255)), upright).convert("RGB")
    filled = ImageOps.fit(whole, (width, height), Image.Resampling.LANCZOS)
    return np.ascontiguousarray(np.asarray(filled)[:, :, ::-1])


def _film(source: Path, look: ShotLook, out: Sequence[str]) -> None:
    stream, _ = shot_video(source, "b_roll")
    wide, high = display_size(stream, _WHOLE)
    scale = max(look.width / wide, look.height / high)
    covering = tuple(2 * math.ceil(side * scale / 2 - 1e-6) for side in (wide, high))
    filters = picture_filters(stream, (covering[0], covering[1]), look.rate)
    chain = ",".join([*filters, f"crop=w={look.width}:h={look.height}"])
    args = ["-i", str(source), "-map", f"0:{stream.index}", "-vf", chain, "-frames:v", str(look.frames)]
    run_ffmpeg([*args, *out])
