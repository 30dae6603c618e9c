"""`reframe`: whom the camera of one clip follows, in which layout, or where it points when."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, TypeVar, get_args

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shortform_assets.cli.project import Project
from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.base import Contract, FrameRate
from shortform_assets.contracts.clips import ClipMedia, ClipMediaSet, CropPaths, CropPathsSet, Layout
from shortform_assets.contracts.edits import FramingEdit
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.errors import InputError

C = TypeVar("C", bound=Contract)

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
STANDING: tuple[Layout, ...] = ("stacked", "panels", "screen", "fit")
"""Layouts without one camera that could be pointed."""
HOW = "write TIME:X,Y, such as 3.5:960,540 or 3.5:50%,50%, the time from the start of the clip"


def reframe(
    console: Console,
    key: str,
    number: int,
    *,
    follow: str | None,
    layout: str | None,
    keyframes: list[str],
    aspect: str | None,
    auto: bool,
) -> None:
    """Append what is asked of clip `number` to the source's edits; without a wish, show how it is framed.

    Nothing is computed: the next run applies it. Raises InputError, before anything is written, where the
    clip cannot be framed so.
    """
    project = Project()
    key = project.require(key)
    plan = _current(project, key, "clip_plan", ClipPlan)
    clip = _clip(plan, number)
    path, media = _framed(project, key, clip, number)
    if not (follow or layout or keyframes or auto):
        show(console, path, media, number)
        return
    ratio = _aspect(aspect)
    edits = [FramingEdit(verb="auto", aspect=ratio, **_where(clip, plan.rate))] if auto else []
    if follow:
        if ratio:
            raise InputError("who is followed is the same in every aspect ratio", "--aspect", "leave it out")
        edits.append(
            FramingEdit(verb="follow", speaker=_speaker(path, follow, number), **_where(clip, plan.rate))
        )
    if layout:
        chosen = _layout(path, layout, number)
        edits.append(FramingEdit(verb="layout", layout=chosen, aspect=ratio, **_where(clip, plan.rate)))
    for text in keyframes:
        frame, x, y = _keyframe(text, clip, plan.rate, media)
        _pointable(path, frame, ratio, layout, plan.rate)
        at = plan.rate.ms(clip.timeline.to_source(frame))
        edits.append(
            FramingEdit(verb="keyframe", at_ms=at, x=x, y=y, aspect=ratio, **_where(clip, plan.rate))
        )
    for edit in edits:
        project.registry.add_edit(key, edit)
        console.print(Text(f"clip {number}, {clip.title}: {_told(edit, media)}"), soft_wrap=True)
    console.print(
        Text(f"`shortform rerun {key}` applies it and renders again only clip {number}"), soft_wrap=True
    )


def show(console: Console, path: CropPaths, media: ClipMedia, number: int) -> None:
    """Who is in the clip, what it can be, and how the upright output is framed now."""
    people = Table("who", "voice", "seen as", "speaks", box=None)
    for verdict in path.verdicts:
        frames = sum(end - start for start, end in verdict.speaking)
        people.add_row(
            verdict.person or verdict.track_id,
            verdict.speaker or "-",
            verdict.state,
            f"{path.rate.ms(frames) / 1000:.1f} s",
        )
    console.print(people)
    framed = Table("from", "to", "layout", "why", box=None)
    for framing in path.aspects[0].framings:
        start, end = (path.rate.ms(f) / 1000 for f in (framing.start_frame, framing.end_frame))
        framed.add_row(f"{start:.2f}", f"{end:.2f}", framing.layout, Text(framing.reason))
    console.print(framed)
    console.print(
        Text(f"clip {number} is {media.width}x{media.height}; its layouts: {', '.join(path.choices)}"),
        soft_wrap=True,
    )


def _current(project: Project, key: str, stage: str, contract: type[C]) -> C:
    ref = project.artifacts.current(key, stage)
    if ref is None:
        raise InputError("nothing is framed yet", key, f"run `shortform rerun {key}` first")
    found = project.artifacts.load(ref, contract)
    assert isinstance(found, contract)
    return found


def _clip(plan: ClipPlan, number: int) -> PlannedClip:
    if not 1 <= number <= len(plan.clips):
        there = f"the plan's clips are 1 to {len(plan.clips)}" if plan.clips else "the plan holds no clip"
        raise InputError(f"there is no clip {number}", "--clip", there)
    return plan.clips[number - 1]


def _framed(project: Project, key: str, clip: PlannedClip, number: int) -> tuple[CropPaths, ClipMedia]:
    crops = _current(project, key, "crop_paths", CropPathsSet)
    media = _current(project, key, "clip_media", ClipMediaSet)
    path = next((path for path in crops.clips if path.clip_id == clip.clip_id), None)
    cut = next((cut for cut in media.clips if cut.clip_id == clip.clip_id), None)
    if path is None or cut is None:
        why = next((d.reason for d in crops.dropped if d.clip_id == clip.clip_id), "")
        fix = f"it was dropped: {why}" if why else f"run `shortform rerun {key}` first"
        raise InputError(f"clip {number} has no camera", key, fix)
    return path, cut


def _where(clip: PlannedClip, rate: FrameRate) -> dict[str, object]:
    """The stretches of the source that the clip is made of: they anchor an edit through other plans."""
    spans = tuple((rate.ms(s.start_frame), rate.ms(s.end_frame)) for s in clip.spans)
    stretch = {"start_ms": min(s for s, _ in spans), "end_ms": max(e for _, e in spans)}
    return {**stretch, "spans_ms": spans if len(spans) > 1 else ()}


def _aspect(text: str | None) -> Aspect | None:
    if text is None:
        return None
    for aspect in ASPECTS:
        if text.strip() in (aspect, aspect.replace(":", "x")):
            return aspect
    raise InputError(f"{text!r} is no aspect ratio", "--aspect", f"there are {', '.join(ASPECTS)}")


def _speaker(path: CropPaths, name: str, number: int) -> str:
    names = [n for verdict in path.verdicts for n in (verdict.speaker, verdict.person) if n]
    found = next((n for n in names if n.lower() == name.strip().lower()), None)
    if found is None:
        there = sorted({_called(v.person, v.speaker) for v in path.verdicts} - {""})
        raise InputError(
            f"nobody called {name!r} is seen in clip {number}",
            "--follow",
            f"there are {', '.join(there)}" if there else "no face in it has a name",
        )
    return found


def _called(person: str, speaker: str) -> str:
    return f"{speaker} ({person})" if speaker and person else speaker or person


def _layout(path: CropPaths, text: str, number: int) -> Layout:
    wanted = {"two-up": "stacked", "slide": "screen"}.get(text.strip().lower(), text.strip().lower())
    found = next((layout for layout in LAYOUTS if layout == wanted), None)
    can = path.choices or LAYOUTS
    if found is None:
        raise InputError(f"{text!r} is no layout", "--layout", f"clip {number} can be {', '.join(can)}")
    if found not in can:
        raise InputError(
            f"clip {number} has not the people or pictures for {found}",
            "--layout",
            f"it can be {', '.join(can)}",
        )
    return found


def _keyframe(text: str, clip: PlannedClip, rate: FrameRate, media: ClipMedia) -> tuple[int, float, float]:
    """Clip frame, and the point as shares of the picture."""
    from shortform_assets.selection import parse_time

    when, _, point = text.rpartition(":")
    across, comma, down = point.partition(",")
    if not when or not comma:
        raise InputError(f"{text!r} is no keyframe", "--keyframe", HOW)
    frame = rate.nearest(parse_time(when, "--keyframe"))
    if not 0 <= frame < clip.frames:
        length = rate.ms(clip.frames) / 1000
        raise InputError(f"{when} is outside the clip", "--keyframe", f"it is {length:.1f} s long")
    return frame, _share(across, media.width, "wide", text), _share(down, media.height, "high", text)


def _share(text: str, size: int, which: str, whole: str) -> float:
    number = text.strip()
    try:
        value = float(number.removesuffix("%")) / (100 if number.endswith("%") else size)
    except ValueError:
        raise InputError(f"{whole!r} is no keyframe", "--keyframe", HOW) from None
    if not 0 <= value <= 1:
        raise InputError(
            f"{number} is outside the picture", "--keyframe", f"the source is {size} pixels {which}"
        )
    return value


def _pointable(
    path: CropPaths, frame: int, aspect: Aspect | None, layout: str | None, rate: FrameRate
) -> None:
    """InputError where no output has a camera to point at `frame`."""
    if layout is not None and layout not in STANDING:
        return
    found = Counter(camera.at(frame).layout for camera in path.aspects if aspect in (None, camera.aspect))
    if not set(found) - set(STANDING):
        raise InputError(
            f"the picture at {rate.ms(frame) / 1000:.2f} s is {' and '.join(sorted(found))}: "
            "it has no camera to point",
            "--keyframe",
            "add --layout single",
        )


def _told(edit: FramingEdit, media: ClipMedia) -> str:
    where = f" in {edit.aspect}" if edit.aspect else ""
    match edit.verb:
        case "follow":
            return f"follows {edit.speaker}"
        case "layout":
            return f"{edit.layout}{where}"
        case "keyframe":
            x, y = round(edit.x * media.width), round(edit.y * media.height)
            return f"looks at {x},{y}{where}, {edit.at_ms / 1000:.2f} s into the source"
    return f"is framed by itself again{where}"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    from shortform_assets.cli.main import console, reported

    @app.command("reframe")
    def reframe_clip(
        key: Annotated[str, typer.Argument(help="Partition key, or how it begins; see `shortform list`.")],
        clip: Annotated[int, typer.Option(help="Number of the clip in `shortform plan`.")],
        follow: Annotated[
            str | None, typer.Option(metavar="SPEAKER", help="Stay with this voice or person: S1, P2.")
        ] = None,
        layout: Annotated[str | None, typer.Option(help=f"One of {', '.join(LAYOUTS)}.")] = None,
        keyframe: Annotated[
            list[str] | None,
            typer.Option(metavar="T:X,Y", help="Point the camera: seconds of the clip, pixels or %."),
        ] = None,
        aspect: Annotated[
            str | None, typer.Option(help=f"Only one of {', '.join(ASPECTS)}; all without it.")
        ] = None,
        auto: Annotated[bool, typer.Option("--auto", help="Take back what was asked before.")] = False,
    ) -> None:
        """Reframe one clip by hand; without a wish, show how it is framed and why."""
        with reported():
            reframe(
                console,
                key,
                clip,
                follow=follow,
                layout=layout,
                keyframes=keyframe or [],
                aspect=aspect,
                auto=auto,
            )
