"""`plan`, `pin`, `drop`, `trim`, `add` and `retitle`: what was chosen, and the human hand on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from shortform_assets.cli.command_line import Commands, From, Key, Number, Quote, To
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Terminal, out
from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.selection import ClipPlan, Moments, PlannedClip
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.errors import InputError
from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection import parse_time

if TYPE_CHECKING:
    from shortform_assets.selection import PlanDraft


@dataclass(frozen=True)
class ClipChoice:
    """A clip as it is named on the command line: by number, by a stretch of the source, or by words in it."""

    number: int | None = None
    start: str | None = None
    end: str | None = None
    quote: str | None = None

    def of(self, draft: PlanDraft) -> PlannedClip:
        """The clip; InputError where it is named in no way, in several, or is not there."""
        stretch = self.start is not None or self.end is not None
        given = [self.number is not None, stretch, self.quote is not None]
        if sum(given) != 1:
            what = "no clip was named" if not any(given) else "a clip was named in more than one way"
            raise InputError(what, fix="give its number, --from and --to, or --quote")
        if self.number is not None:
            return draft.clip(self.number)
        if self.quote is not None:
            return draft.clip_with(self.quote)
        return draft.clip_at(*_stretch(self.start, self.end))


def show_plan(terminal: Terminal, key: str, *, as_data: bool, everything: bool) -> None:
    """Print the plan with the edits that wait for the next run."""
    from shortform_assets.cli.plan_table import PlanView, as_json, show
    from shortform_assets.selection import Row

    project = Project()
    key = project.require(key)
    plan = project.current(key, "clip_plan", ClipPlan)
    waiting = len(project.registry.plan_edits(key).edits) - plan.edits
    # Without waiting edits, nothing but the plan itself is read.
    rows = open_draft(project, key).rows if waiting else [Row(n, c, "") for n, c in enumerate(plan.clips, 1)]
    view = PlanView(key, plan, rows, waiting)
    terminal.data(as_json(view)) if as_data else show(terminal, view, everything=everything)


def edit_clip(terminal: Terminal, key: str, verb: str, choice: ClipChoice) -> None:
    """`pin` or `drop` a clip."""
    project, draft, key = _opened(key)
    _write(terminal, project, key, draft, draft.anchor(choice.of(draft), verb))


def trim_clip(terminal: Terminal, key: str, number: int, start: str | None, end: str | None) -> None:
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
    _write(terminal, project, key, draft, draft.anchor(clip, "trim", **to))


def add_clip(terminal: Terminal, key: str, choice: ClipChoice, title: str) -> None:
    """A new clip of the whole sentences around words or in a stretch of the source."""
    project, draft, key = _opened(key)
    if choice.quote is not None:
        if choice.start is not None or choice.end is not None:
            raise InputError("words and times were both given", fix="give --quote, or --from and --to")
        edit = draft.added(draft.passage(choice.quote), choice.quote, title)
    else:
        low, high = _stretch(choice.start, choice.end)
        edit = PlanEdit(verb="add", start_ms=low, end_ms=high, title=title)
    _write(terminal, project, key, draft, edit)


def retitle_clip(terminal: Terminal, key: str, number: int, title: str) -> None:
    """Another title, on the clip and in everything that names it."""
    project, draft, key = _opened(key)
    if not title.strip():
        raise InputError("the title is empty", fix="give the words that the clip is to be called by")
    _write(terminal, project, key, draft, draft.anchor(draft.clip(number), "retitle", title=title))


def _opened(key: str) -> tuple[Project, PlanDraft, str]:
    project = Project()
    key = project.require(key)
    return project, open_draft(project, key), key


def open_draft(project: Project, key: str) -> PlanDraft:
    """The plan of `key` with the edits that wait; InputError where there is none yet."""
    from shortform_assets.selection import PlanDraft, PlanMaterial

    return PlanDraft(
        project.current(key, "clip_plan", ClipPlan),
        PlanMaterial(
            project.current(key, "moments", Moments),
            project.current(key, "transcript", Transcript),
            project.current(key, "speaker_turns", SpeakerTurns),
            project.current(key, "genre/selection", SelectionSlice),
        ),
        project.registry.plan_edits(key).edits,
        _grammar(),
    )


@cache
def _grammar() -> SentenceParser:
    """Loaded once: a review page makes many drafts."""
    from resources.spacy_parser import EnglishGrammar

    return EnglishGrammar().load()


def _stretch(start: str | None, end: str | None) -> tuple[int, int]:
    if start is None or end is None:
        raise InputError(
            "a stretch needs both ends", fix="give --from and --to, such as --from 12:30 --to 13:05"
        )
    low, high = parse_time(start, "--from"), parse_time(end, "--to")
    if low >= high:
        raise InputError(f"{start} is not before {end}", fix="give the earlier time with --from")
    return low, high


def _write(terminal: Terminal, project: Project, key: str, draft: PlanDraft, edit: PlanEdit) -> None:
    """Say what the edit does, then append it; nothing is written where it does nothing."""
    told = draft.outcome(edit)
    project.registry.add_edit(key, edit)
    for line in told:
        terminal.say(line)
    terminal.say(f"`shortform rerun {key}` applies it; no other clip is computed again")


def register(app: Commands) -> None:
    """Add the commands to `app`."""

    @app.command()
    def plan(
        key: Key,
        as_data: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
        everything: Annotated[bool, typer.Option("--all", help="Every moment that fell out.")] = False,
    ) -> None:
        """The clips that were chosen, why, and why the rest fell out."""
        show_plan(out, key, as_data=as_data, everything=everything)

    @app.command()
    def pin(key: Key, number: Number = None, start: From = None, end: To = None, quote: Quote = None) -> None:
        """Keep a clip as it is, whatever else changes."""
        edit_clip(out, key, "pin", ClipChoice(number, start, end, quote))

    @app.command()
    def drop(
        key: Key, number: Number = None, start: From = None, end: To = None, quote: Quote = None
    ) -> None:
        """Leave a clip out; nothing takes its place."""
        edit_clip(out, key, "drop", ClipChoice(number, start, end, quote))

    @app.command()
    def trim(
        key: Key,
        number: Annotated[int, typer.Argument(help="Number of the clip in `shortform plan`.")],
        start: Annotated[str | None, typer.Option("--from", help="First words, or a time.")] = None,
        end: Annotated[str | None, typer.Option("--to", help="Last words, or a time.")] = None,
    ) -> None:
        """Move the edges of a clip: to words exactly, or to the sentence nearest to a time."""
        trim_clip(out, key, number, start, end)

    @app.command()
    def add(
        key: Key,
        quote: Quote = None,
        start: From = None,
        end: To = None,
        title: Annotated[str, typer.Option(help="Title; taken from its words without.")] = "",
    ) -> None:
        """A clip of your own: the whole sentences around words or in a stretch of the source."""
        add_clip(out, key, ClipChoice(None, start, end, quote), title)

    @app.command()
    def retitle(
        key: Key,
        number: Annotated[int, typer.Argument(help="Number of the clip in `shortform plan`.")],
        title: Annotated[str, typer.Argument(help="The new title.")],
    ) -> None:
        """Give a clip another title."""
        retitle_clip(out, key, number, title)
