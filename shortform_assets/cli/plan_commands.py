"""`plan`, `pin`, `drop`, `trim`, `add` and `retitle`: what was chosen, and the human hand on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from shortform_assets.cli.project import Project
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.selection import ClipPlan, Moments, PlannedClip
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.errors import InputError
from shortform_assets.selection import parse_time

if TYPE_CHECKING:
    from shortform_assets.selection import PlanDraft

C = TypeVar("C", bound=Contract)

Key = Annotated[str, typer.Argument(help="Partition key, or how it begins; see `shortform list`.")]
Number = Annotated[int | None, typer.Argument(help="Number of the clip in `shortform plan`.")]
From = Annotated[str | None, typer.Option("--from", help="Where it begins in the source, such as 12:30.")]
To = Annotated[str | None, typer.Option("--to", help="Where it ends in the source, such as 13:05.")]
Quote = Annotated[str | None, typer.Option(help="Words that are said in it.")]


def show_plan(console: Console, key: str, *, as_data: bool, everything: bool) -> None:
    """Print the plan with the edits that wait for the next run."""
    from shortform_assets.cli.plan_table import as_json, show
    from shortform_assets.selection import Row

    project = Project()
    key = project.require(key)
    plan = _current(project, key, "clip_plan", ClipPlan)
    edits = project.registry.plan_edits(key).edits
    waiting = len(edits) - plan.edits
    # Without waiting edits, nothing but the plan itself is read.
    rows = _draft(project, key).rows if waiting else [Row(n, c, "") for n, c in enumerate(plan.clips, 1)]
    if as_data:
        print(json.dumps(as_json(key, plan, rows, waiting), indent=1, ensure_ascii=False))
    else:
        show(console, plan, rows, waiting, key, everything=everything)


def edit_clip(
    console: Console,
    key: str,
    verb: str,
    *,
    number: int | None,
    start: str | None,
    end: str | None,
    quote: str | None,
) -> None:
    """`pin` or `drop` the clip that is named by number, by a stretch of the source or by words said in it."""
    project, draft, key = _opened(key)
    _write(console, project, key, draft, draft.anchor(_named(draft, number, start, end, quote), verb))


def trim_clip(console: Console, key: str, number: int, start: str | None, end: str | None) -> None:
    """Move the edges of a clip: to words exactly, or to the sentence nearest to a time."""
    if start is None and end is None:
        raise InputError(
            "nothing to trim to was given", fix='give --from or --to, such as --to "the last words"'
        )
    project, draft, key = _opened(key)
    clip = draft.clip(number)
    to: dict[str, object] = {}
    for value, option, name in ((start, "--from", "to_start"), (end, "--to", "to_end")):
        if value is None:
            continue
        if any(c.isalpha() for c in value):
            draft.passage(value)
            to[f"{name}_quote"] = value
        else:
            to[f"{name}_ms"] = parse_time(value, option)
    _write(console, project, key, draft, draft.anchor(clip, "trim", **to))


def add_clip(
    console: Console, key: str, *, quote: str | None, start: str | None, end: str | None, title: str
) -> None:
    """A new clip of the whole sentences around words or in a stretch of the source."""
    project, draft, key = _opened(key)
    if quote is not None:
        if start is not None or end is not None:
            raise InputError("words and times were both given", fix="give --quote, or --from and --to")
        edit = draft.added(draft.passage(quote), quote, title)
    else:
        low, high = _stretch(start, end)
        edit = PlanEdit(verb="add", start_ms=low, end_ms=high, title=title)
    _write(console, project, key, draft, edit)


def retitle_clip(console: Console, key: str, number: int, title: str) -> None:
    """Another title, on the clip and in everything that names it."""
    project, draft, key = _opened(key)
    if not title.strip():
        raise InputError("the title is empty", fix="give the words that the clip is to be called by")
    _write(console, project, key, draft, draft.anchor(draft.clip(number), "retitle", title=title))


def _opened(key: str) -> tuple[Project, PlanDraft, str]:
    project = Project()
    key = project.require(key)
    return project, _draft(project, key), key


def _draft(project: Project, key: str) -> PlanDraft:
    from shortform_assets.selection import PlanDraft

    return PlanDraft(
        _current(project, key, "clip_plan", ClipPlan),
        _current(project, key, "moments", Moments),
        _current(project, key, "transcript", Transcript),
        _current(project, key, "speaker_turns", SpeakerTurns),
        _current(project, key, "genre/selection", SelectionSlice),
        project.registry.plan_edits(key).edits,
    )


def _current(project: Project, key: str, stage: str, contract: type[C]) -> C:
    ref = project.artifacts.current(key, stage)
    if ref is None:
        raise InputError("there is no plan yet", key, f"run `shortform rerun {key}` first")
    found = project.artifacts.load(ref, contract)
    assert isinstance(found, contract)
    return found


def _named(
    draft: PlanDraft, number: int | None, start: str | None, end: str | None, quote: str | None
) -> PlannedClip:
    given = [number is not None, start is not None or end is not None, quote is not None]
    if sum(given) != 1:
        what = "no clip was named" if not any(given) else "a clip was named in more than one way"
        raise InputError(what, fix="give its number, --from and --to, or --quote")
    if number is not None:
        return draft.clip(number)
    if quote is not None:
        return draft.clip_with(quote)
    return draft.clip_at(*_stretch(start, end))


def _stretch(start: str | None, end: str | None) -> tuple[int, int]:
    if start is None or end is None:
        raise InputError(
            "a stretch needs both ends", fix="give --from and --to, such as --from 12:30 --to 13:05"
        )
    low, high = parse_time(start, "--from"), parse_time(end, "--to")
    if low >= high:
        raise InputError(f"{start} is not before {end}", fix="give the earlier time with --from")
    return low, high


def _write(console: Console, project: Project, key: str, draft: PlanDraft, edit: PlanEdit) -> None:
    """Say what the edit does, then append it; nothing is written where it does nothing."""
    told = draft.outcome(edit)
    project.registry.add_edit(key, edit)
    for line in told:
        console.print(Text(line), soft_wrap=True)
    console.print(
        Text(f"`shortform rerun {key}` applies it; no other clip is computed again"), soft_wrap=True
    )


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    from shortform_assets.cli.main import console, reported

    @app.command()
    def plan(
        key: Key,
        as_data: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
        everything: Annotated[bool, typer.Option("--all", help="Every moment that fell out.")] = False,
    ) -> None:
        """The clips that were chosen, why, and why the rest fell out."""
        with reported():
            show_plan(console, key, as_data=as_data, everything=everything)

    @app.command()
    def pin(key: Key, number: Number = None, start: From = None, end: To = None, quote: Quote = None) -> None:
        """Keep a clip as it is, whatever else changes."""
        with reported():
            edit_clip(console, key, "pin", number=number, start=start, end=end, quote=quote)

    @app.command()
    def drop(
        key: Key, number: Number = None, start: From = None, end: To = None, quote: Quote = None
    ) -> None:
        """Leave a clip out; nothing takes its place."""
        with reported():
            edit_clip(console, key, "drop", number=number, start=start, end=end, quote=quote)

    @app.command()
    def trim(
        key: Key,
        number: Annotated[int, typer.Argument(help="Number of the clip in `shortform plan`.")],
        start: Annotated[str | None, typer.Option("--from", help="First words, or a time.")] = None,
        end: Annotated[str | None, typer.Option("--to", help="Last words, or a time.")] = None,
    ) -> None:
        """Move the edges of a clip: to words exactly, or to the sentence nearest to a time."""
        with reported():
            trim_clip(console, key, number, start, end)

    @app.command()
    def add(
        key: Key,
        quote: Quote = None,
        start: From = None,
        end: To = None,
        title: Annotated[str, typer.Option(help="Title; taken from its words without.")] = "",
    ) -> None:
        """A clip of your own: the whole sentences around words or in a stretch of the source."""
        with reported():
            add_clip(console, key, quote=quote, start=start, end=end, title=title)

    @app.command()
    def retitle(
        key: Key,
        number: Annotated[int, typer.Argument(help="Number of the clip in `shortform plan`.")],
        title: Annotated[str, typer.Argument(help="The new title.")],
    ) -> None:
        """Give a clip another title."""
        with reported():
            retitle_clip(console, key, number, title)
