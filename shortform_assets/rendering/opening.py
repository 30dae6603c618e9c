"""The beginning of an output, drawn as a draft: to look at in seconds, with the same words, places and cuts."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeVar

from shortform_assets.contracts.creative import ClipEnhancement, RenderJob
from shortform_assets.media.ffmpeg import run_ffmpeg


class _Timed(Protocol):
    @property
    def start_frame(self) -> int: ...


T = TypeVar("T", bound=_Timed)

_FAST = {"preset": "ultrafast", "crf": 26}
"""Of a whole picture, where half of the time is in coding; blocks are seen where it moves."""


def opening(job: RenderJob, frames: int) -> RenderJob:
    """The draft of the first `frames` of `job`; of all, with its end card, where the clip has no more of them."""
    draft = job.encode if job.draft else job.encode.model_copy(update=_FAST)
    if frames >= job.media.frames:
        return job.model_copy(update={"encode": draft})
    end = max(1, frames)
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
            "elements": tuple(each for each in job.elements if each.start_frame < end),
            "encode": draft,
        }
    )


def _until(clip: ClipEnhancement, end: int) -> ClipEnhancement:
    """What begins in frames before `end`; the sound has nothing after it."""
    sound = clip.audio
    heard = {
        "turns": tuple(turn.model_copy(update={"end_frame": min(turn.end_frame, end)}) for turn in _begun(sound.turns, end)),
        "effects": tuple(cue for cue in sound.effects if cue.frame < end),
        "bleeps": tuple(span.model_copy(update={"end_frame": min(span.end_frame, end)}) for span in _begun(sound.bleeps, end)),
    }  # fmt: skip
    action = clip.call_to_action
    return clip.model_copy(
        update={
            "pages": _begun(clip.pages, end),
            "lower_thirds": _begun(clip.lower_thirds, end),
            "punch_ins": _begun(clip.punch_ins, end),
            "b_roll": _begun(clip.b_roll, end),
            "call_to_action": action if action and action.start_frame < end else None,
            "end_card": None,
            "audio": sound.model_copy(update=heard),
        }
    )


def _begun(items: tuple[T, ...], end: int) -> tuple[T, ...]:
    return tuple(item for item in items if item.start_frame < end)


def still(video: Path, frame: int, picture: Path) -> None:
    """Frame number `frame` of a finished output as a PNG in full-range RGB."""
    chain = f"select='eq(n,{frame})',scale=in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24"
    args = ["-i", str(video), "-vf", chain, "-frames:v", "1", "-update", "1", "-f", "image2", "-c:v", "png"]
    run_ffmpeg([*args, str(picture)])
