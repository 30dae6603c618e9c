"""The beginning of an output, drawn as a draft: to look at in seconds, with the same words, places and cuts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.media.ffmpeg import run_ffmpeg

R = TypeVar("R", bound=Contract)

_DRAFT = {"preset": "ultrafast", "crf": 26}
"""Encodes five times as fast as the master profile's `medium`; blocks are seen where it moves."""


def opening(job: RenderJob, frames: int) -> RenderJob:
    """The draft of the first `frames` of `job`, or of all where it has fewer."""
    end = min(max(1, frames), job.frames)
    segments, at = [], 0
    for segment in job.media.segments:
        if at < end:
            segments.append(segment.model_copy(update={"frames": min(segment.frames, end - at)}))
        at += segment.frames
    framings = tuple(
        framing.model_copy(update={"end_frame": min(framing.end_frame, end)})
        for framing in job.framing.framings
        if framing.start_frame < end
    )
    return job.model_copy(
        update={
            "frames": end,
            "media": job.media.model_copy(update={"frames": end, "segments": tuple(segments)}),
            "framing": job.framing.model_copy(update={"framings": framings}),
            "enhancement": _until(job.enhancement, end),
            "encode": job.encode.model_copy(update=_DRAFT),
        }
    )


def _until(record: R, end: int) -> R:
    """What `record` says of frames before `end`, at any depth: whatever begins later is left out of its lists."""
    changed: dict[str, Any] = {}
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, Contract):
            changed[name] = _until(value, end)
        elif isinstance(value, tuple) and any(hasattr(item, "start_frame") for item in value):
            changed[name] = tuple(_cut(item, end) for item in value if item.start_frame < end)
    return record.model_copy(update=changed)


def _cut(item: Any, end: int) -> Any:
    return item.model_copy(update={"end_frame": min(item.end_frame, end)})


def still(video: Path, frame: int, picture: Path) -> None:
    """Frame number `frame` of a finished output as a PNG in full-range RGB."""
    chain = f"select='eq(n,{frame})',scale=in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24"
    args = ["-i", str(video), "-vf", chain, "-frames:v", "1", "-update", "1", "-f", "image2", "-c:v", "png"]
    run_ffmpeg([*args, str(picture)])
