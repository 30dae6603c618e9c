"""What a person asks of one clip's camera, checked against what the clip holds and anchored in the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, CropPaths, Layout
from shortform_assets.contracts.edits import FramingEdit
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.errors import InputError

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
STANDING: tuple[Layout, ...] = ("stacked", "panels", "screen", "fit")
"""Layouts without one camera that could be pointed."""


@dataclass(frozen=True)
class Point:
    """Where the camera is to look at a moment of the clip."""

    HOW: ClassVar = "write TIME:X,Y, such as 3.5:960,540 or 3.5:50%,50%, the time from the start of the clip"

    at_ms: int
    """From the start of the clip."""
    across: str
    """Pixels of the clip's media from the left, or percent of its width."""
    down: str
    """Pixels from the top, or percent of the height."""


@dataclass(frozen=True)
class FramingRequest:
    """Wishes for one clip, as they are typed; all are optional."""

    follow: str | None = None
    """A voice (S1) or a person (P2)."""
    layout: str | None = None
    points: Sequence[Point] = ()
    aspect: str | None = None
    """Only this aspect ratio; all without it."""
    auto: bool = False
    """Take back what was asked before."""

    def __bool__(self) -> bool:
        return bool(self.follow or self.layout or self.points or self.auto)


@dataclass(frozen=True)
class FramedClip:
    """A clip of the plan with its camera and its media; `number` counts from 1 as in `shortform plan`."""

    number: int
    clip: PlannedClip
    rate: FrameRate
    path: CropPaths
    media: ClipMedia

    @property
    def where(self) -> dict[str, object]:
        """The stretches of the source that the clip is made of: they anchor an edit through other plans."""
        spans = tuple((self.rate.ms(s.start_frame), self.rate.ms(s.end_frame)) for s in self.clip.spans)
        stretch = {"start_ms": min(s for s, _ in spans), "end_ms": max(e for _, e in spans)}
        return {**stretch, "spans_ms": spans if len(spans) > 1 else ()}


def requested_edits(framed: FramedClip, request: FramingRequest) -> list[FramingEdit]:
    """The edits that `request` means; InputError, which names what there is, where the clip cannot be so."""
    ratio = _aspect(request.aspect)
    edits = [FramingEdit(verb="auto", aspect=ratio, **framed.where)] if request.auto else []
    if request.follow:
        if ratio:
            raise InputError("who is followed is the same in every aspect ratio", "--aspect", "leave it out")
        edits.append(FramingEdit(verb="follow", speaker=_speaker(framed, request.follow), **framed.where))
    if request.layout:
        chosen = _layout(framed, request.layout)
        edits.append(FramingEdit(verb="layout", layout=chosen, aspect=ratio, **framed.where))
    for point in request.points:
        frame = _frame(framed, point)
        x = _share(point.across, framed.media.width, "wide")
        y = _share(point.down, framed.media.height, "high")
        _pointable(framed, frame, ratio, request.layout)
        at = framed.rate.ms(framed.clip.timeline.to_source(frame))
        edits.append(FramingEdit(verb="keyframe", at_ms=at, x=x, y=y, aspect=ratio, **framed.where))
    return edits


def _aspect(text: str | None) -> Aspect | None:
    if text is None:
        return None
    for aspect in ASPECTS:
        if text.strip() in (aspect, aspect.replace(":", "x")):
            return aspect
    raise InputError(f"{text!r} is no aspect ratio", "--aspect", f"there are {', '.join(ASPECTS)}")


def _speaker(framed: FramedClip, name: str) -> str:
    names = [n for verdict in framed.path.verdicts for n in (verdict.speaker, verdict.person) if n]
    found = next((n for n in names if n.lower() == name.strip().lower()), None)
    if found is None:
        there = sorted({_called(v.person, v.speaker) for v in framed.path.verdicts} - {""})
        raise InputError(
            f"nobody called {name!r} is seen in clip {framed.number}",
            "--follow",
            f"there are {', '.join(there)}" if there else "no face in it has a name",
        )
    return found


def _called(person: str, speaker: str) -> str:
    return f"{speaker} ({person})" if speaker and person else speaker or person


def _layout(framed: FramedClip, text: str) -> Layout:
    wanted = {"two-up": "stacked", "slide": "screen"}.get(text.strip().lower(), text.strip().lower())
    found = next((layout for layout in LAYOUTS if layout == wanted), None)
    can = framed.path.choices or LAYOUTS
    if found is None:
        raise InputError(
            f"{text!r} is no layout", "--layout", f"clip {framed.number} can be {', '.join(can)}"
        )
    if found not in can:
        raise InputError(
            f"clip {framed.number} has not the people or pictures for {found}",
            "--layout",
            f"it can be {', '.join(can)}",
        )
    return found


def _frame(framed: FramedClip, point: Point) -> int:
    """The frame of the clip that `point` is about."""
    frame = framed.rate.nearest(point.at_ms)
    if not 0 <= frame < framed.clip.frames:
        length = framed.rate.ms(framed.clip.frames) / 1000
        raise InputError(
            f"{point.at_ms / 1000:g} s is outside the clip", "--keyframe", f"it is {length:.1f} s long"
        )
    return frame


def _share(text: str, size: int, which: str) -> float:
    """Pixels of `size`, or percent, as a share of the picture."""
    number = text.strip()
    try:
        value = float(number.removesuffix("%")) / (100 if number.endswith("%") else size)
    except ValueError:
        raise InputError(f"{text!r} is no place in a picture", "--keyframe", Point.HOW) from None
    if not 0 <= value <= 1:
        raise InputError(
            f"{number} is outside the picture", "--keyframe", f"the source is {size} pixels {which}"
        )
    return value


def _pointable(framed: FramedClip, frame: int, aspect: Aspect | None, layout: str | None) -> None:
    """InputError where no output has a camera to point at `frame`."""
    if layout is not None and layout not in STANDING:
        return
    cameras = (camera for camera in framed.path.aspects if aspect in (None, camera.aspect))
    found = {camera.at(frame).layout for camera in cameras}
    if not found - set(STANDING):
        raise InputError(
            f"the picture at {framed.rate.ms(frame) / 1000:.2f} s is {' and '.join(sorted(found))}: "
            "it has no camera to point",
            "--keyframe",
            "add --layout single",
        )
