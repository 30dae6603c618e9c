"""`reframe`: whom the camera of one clip follows, in which layout, or where it points when."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from shortform_assets.cli.command_line import Commands, Key
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Listing, Terminal
from shortform_assets.cli.terminal import out as terminal
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.clips import ClipMedia, ClipMediaSet, CropPathsSet, Layout
from shortform_assets.contracts.edits import FramingEdit
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.errors import InputError
from shortform_assets.reframing import (
    FramedClip,
    FramingRequest,
    Point,
    requested_edits,
)
from shortform_assets.selection import parse_time

_NOT_FRAMED = "nothing is framed yet"


def reframe(terminal: Terminal, key: str, number: int, request: FramingRequest) -> None:
    """Append what is asked of clip `number` to the source's edits; without a wish, show how it is framed.

    Nothing is computed: the next run applies it. Raises InputError, before anything is written, where the
    clip cannot be framed so.
    """
    project = Project()
    key = project.require(key)
    framed = framed_clip(project, key, number)
    if not request:
        show(terminal, framed)
        return
    for edit in requested_edits(framed, request):
        project.registry.add_edit(key, edit)
        terminal.say(f"clip {number}, {framed.clip.title}: {_told(edit, framed.media)}")
    terminal.say(f"`shortform rerun {key}` applies it and renders again only clip {number}")


def show(terminal: Terminal, framed: FramedClip) -> None:
    """Who is in the clip, what it can be, and how the upright output is framed now."""
    path, media = framed.path, framed.media
    people = Listing("who", "voice", "seen as", "speaks")
    for verdict in path.verdicts:
        frames = sum(end - start for start, end in verdict.speaking)
        people.row(
            verdict.person or verdict.track_id,
            verdict.speaker or "-",
            verdict.state,
            f"{path.rate.ms(frames) / 1000:.1f} s",
        )
    terminal.show(people)
    framings = Listing("from", "to", "layout", "why")
    for framing in path.aspects[0].framings:
        start, end = (path.rate.ms(f) / 1000 for f in (framing.start_frame, framing.end_frame))
        framings.row(f"{start:.2f}", f"{end:.2f}", framing.layout, framing.reason)
    terminal.show(framings)
    terminal.say(
        f"clip {framed.number} is {media.width}x{media.height}; its layouts: {', '.join(path.choices)}"
    )


def framed_clip(project: Project, key: str, number: int) -> FramedClip:
    """Clip `number` of the plan with its camera; InputError where it has none."""
    plan = project.current(key, "clip_plan", ClipPlan, _NOT_FRAMED)
    if not 1 <= number <= len(plan.clips):
        there = f"the plan's clips are 1 to {len(plan.clips)}" if plan.clips else "the plan holds no clip"
        raise InputError(f"there is no clip {number}", "--clip", there)
    clip = plan.clips[number - 1]
    crops = project.current(key, "crop_paths", CropPathsSet, _NOT_FRAMED)
    cuts = project.current(key, "clip_media", ClipMediaSet, _NOT_FRAMED)
    path = next((path for path in crops.clips if path.clip_id == clip.clip_id), None)
    media = next((cut for cut in cuts.clips if cut.clip_id == clip.clip_id), None)
    if path is None or media is None:
        why = next((d.reason for d in crops.dropped if d.clip_id == clip.clip_id), "")
        fix = f"it was dropped: {why}" if why else f"run `shortform rerun {key}` first"
        raise InputError(f"clip {number} has no camera", key, fix)
    return FramedClip(number, clip, plan.rate, path, media)


def _point(text: str) -> Point:
    """TIME:X,Y as typed."""
    when, _, place = text.rpartition(":")
    across, comma, down = place.partition(",")
    if not when or not comma:
        raise InputError(f"{text!r} is no keyframe", "--keyframe", Point.HOW)
    return Point(parse_time(when, "--keyframe"), across, down)


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


def register(app: Commands) -> None:
    """Add the command to `app`."""

    @app.command("reframe")
    def reframe_clip(
        key: Key,
        clip: Annotated[int, typer.Option(help="Number of the clip in `shortform plan`.")],
        follow: Annotated[
            str | None, typer.Option(metavar="SPEAKER", help="Stay with this voice or person: S1, P2.")
        ] = None,
        layout: Annotated[str | None, typer.Option(help=f"One of {', '.join(get_args(Layout))}.")] = None,
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
        points = tuple(_point(text) for text in keyframe or ())
        request = FramingRequest(follow, layout, points, aspect, auto)
        reframe(terminal, key, clip, request)
