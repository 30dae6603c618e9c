"""What humans want of a clip's framing, from edits that are anchored in the source."""

from __future__ import annotations

from dataclasses import dataclass, field

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import FaceTracks
from shortform_assets.contracts.edits import FramingEdit, FramingEdits
from shortform_assets.contracts.selection import PlannedClip


@dataclass(frozen=True)
class Wishes:
    """The edits of one clip as they stand: the last word on each subject counts."""

    follow: str = ""
    """Voice (S1) or person (P1)."""
    layout: dict[Aspect, str] = field(default_factory=dict)
    pins: dict[Aspect, dict[int, tuple[float, float]]] = field(default_factory=dict)
    """Clip frame -> point that is to be in the middle, source pixels."""

    @staticmethod
    def of(edits: FramingEdits, tracks: FaceTracks) -> Wishes:
        """What `edits`, as `local_edits` gives them, ask of the clip of `tracks`."""
        follow = ""
        layout: dict[Aspect, str] = {}
        pins: dict[Aspect, dict[int, tuple[float, float]]] = {}
        for edit in edits.edits:
            for aspect in (edit.aspect,) if edit.aspect else ASPECTS:
                if edit.verb == "layout":
                    layout[aspect] = edit.layout
                elif edit.verb == "keyframe":
                    frame = min(tracks.rate.nearest(edit.at_ms), tracks.frames - 1)
                    pins.setdefault(aspect, {})[frame] = (edit.x * tracks.width, edit.y * tracks.height)
                elif edit.verb == "auto":
                    layout.pop(aspect, None)
                    pins.pop(aspect, None)
            if edit.verb == "follow":
                follow = edit.speaker
            elif edit.verb == "auto" and edit.aspect is None:
                follow = ""
        return Wishes(follow, layout, pins)


def local_edits(edits: FramingEdits, clip: PlannedClip, rate: FrameRate) -> FramingEdits:
    """The framing edits made for this clip, in milliseconds of the clip.

    An edit is meant for a stretch of the source: it concerns every clip that shares at least half its time
    with it, and is dropped with the moment it is about where the clip no longer holds that.
    """
    local = (_local(edit, clip, rate) for edit in edits.edits if _concerns(edit, clip, rate))
    return FramingEdits(edits=tuple(edit for edit in local if edit is not None))


def _concerns(edit: FramingEdit, clip: PlannedClip, rate: FrameRate) -> bool:
    meant = [
        (rate.nearest(start), rate.nearest(end))
        for start, end in edit.spans_ms or ((edit.start_ms, edit.end_ms),)
    ]
    ranges = [span for start, end in meant for span in clip.timeline.clip_ranges(start, end)]
    shared = sum(end - start for start, end in ranges)
    return 2 * shared >= max(1, min(sum(end - start for start, end in meant), clip.frames))


def _local(edit: FramingEdit, clip: PlannedClip, rate: FrameRate) -> FramingEdit | None:
    """`edit` without where it was made, which changes nothing about the picture."""
    here = {"start_ms": 0, "end_ms": rate.ms(clip.frames), "spans_ms": ()}
    if edit.verb != "keyframe":
        return edit.model_copy(update=here)
    frame = clip.timeline.to_clip(rate.nearest(edit.at_ms))
    return None if frame is None else edit.model_copy(update={**here, "at_ms": rate.ms(frame)})
