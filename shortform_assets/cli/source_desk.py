"""The desk behind a served review page: every edit and run goes through the commands' own functions."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resources.bench import StoreBench
from shortform_assets.cli.background_run import BackgroundRun
from shortform_assets.cli.clip_sheet import camera_plot, clip_sheet
from shortform_assets.cli.fix_command import fix
from shortform_assets.cli.plan_commands import (
    ClipChoice,
    add_clip,
    edit_clip,
    open_draft,
    retitle_clip,
    trim_clip,
)
from shortform_assets.cli.project import Project
from shortform_assets.cli.reframe_command import reframe
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.creative import Composition
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.edits import CreativeEdits, FramingEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.source import SourceVideo
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.creative import style_versions
from shortform_assets.delivery import (
    DeliveryRequest,
    WaitingEdits,
    delivery_report,
    review_asset,
    served_page,
    states,
)
from shortform_assets.errors import InputError
from shortform_assets.reframing import FramingRequest

_LACK = "there are no finished clips yet"


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EditRequest(_Request):
    """What a control of the page asks for; texts are as they would be typed on the command line."""

    verb: Literal["pin", "drop", "trim", "add", "retitle", "fix", "reframe"]
    number: int | None = Field(default=None, ge=1)
    """Of the clip in the plan; a fix without it is for the whole source."""
    first: int | None = Field(default=None, ge=0)
    last: int | None = Field(default=None, ge=0)
    """Words of the transcript that a trimmed clip begins and ends with."""
    start: str = ""
    end: str = ""
    title: str = ""
    wrong: str = ""
    right: str = ""
    follow: str | None = None
    layout: str | None = None
    aspect: str | None = None
    auto: bool = False


class RunOrder(_Request):
    """rerun applies what waits, retry tries failed outputs again, restyle puts the clips into another style."""

    what: Literal["rerun", "retry", "restyle"]
    style: str = ""


R = TypeVar("R", bound=_Request)


class SourceDesk:
    """A `ReviewDesk` over one source of a project."""

    def __init__(self, project: Project, key: str, out: Path) -> None:
        """`out` is where a run from the page leaves its files, as that of the command line does."""
        project.current(key, "delivery", Delivery, _LACK)
        self._project, self._key, self._out = project, key, out
        self._run = BackgroundRun()
        # One at a time: each reads the edits that the one before wrote.
        self._lock = threading.Lock()
        self._files: dict[str, Any] = {}

    def page(self) -> str:
        project, key = self._project, self._key
        with self._lock, StoreBench.over(project.store) as bench:
            composition = project.current(key, "composition", Composition, _LACK)
            plan = project.current(key, "clip_plan", ClipPlan, _LACK)
            record = project.registry.record(key)
            fallen = project.artifacts.degraded(key, CONTRACTS)
            report = delivery_report(
                bench,
                DeliveryRequest(
                    composition,
                    states(project.store, key, composition),
                    plan,
                    project.current(key, "transcript", Transcript, _LACK),
                    project.current(key, "speaker_turns", SpeakerTurns, _LACK),
                    project.registry.creative_edits(key),
                    project.current(key, "source_video", SourceVideo, _LACK),
                    record.name,
                    tuple(f"{name}: {why}" for name, reasons in fallen.items() for why in reasons),
                    heading=record.title or record.name,
                ),
            )
            kinds = (*report.files.values(), report.transcript, report.edit_lists, report.posts)
            files = {name: blob for each in kinds for name, blob in each.values()}
            delivered = project.current(key, "delivery", Delivery, _LACK).files
            self._files = {**{file.name: file.blob for file in delivered}, **files}
            numbers = {clip.clip_id: n for n, clip in enumerate(plan.clips, start=1)}
            pins = [f"{name}@{n}" for name, all_of in style_versions(project.store).items() for n in all_of]
            return served_page(report, numbers, self._waiting(plan), pins)

    def file(self, name: str) -> Path | None:
        if not self._files:
            self.page()
        blob = self._files.get(name)
        return None if blob is None else self._project.store.open_local(blob)

    def asset(self, name: str) -> tuple[bytes, str] | None:
        return review_asset(name)

    def clip(self, number: int) -> Mapping[str, Any]:
        with self._lock:
            return clip_sheet(self._project, self._key, number)

    def camera(self, number: int, aspect: str) -> bytes:
        with self._lock:
            return camera_plot(self._project, self._key, number, aspect)

    def edit(self, request: bytes) -> Mapping[str, Any]:
        asked = _read(EditRequest, request)
        said = io.StringIO()
        with self._lock:
            _apply(Terminal(file=said), self._project, self._key, asked)
            waiting = self._waiting(self._project.current(self._key, "clip_plan", ClipPlan, _LACK))
        # The last line tells which command applies it; here that is a button.
        told = [line for line in said.getvalue().splitlines() if not line.startswith("`shortform rerun")]
        return {"told": told, "waiting": waiting.count, "states": waiting.states, "added": waiting.added}

    def start(self, request: bytes) -> None:
        asked = _read(RunOrder, request)
        out = ["--out", str(self._out)]
        match asked.what:
            case "rerun":
                self._run.start(["rerun", self._key, *out])
            case "retry":
                self._run.start(["rerun", self._key, "--failed", *out])
            case "restyle":
                if not asked.style.strip():
                    raise InputError("no style was named", fix="choose one of the list")
                self._run.start(["restyle", self._key, f"--style={asked.style}", *out])

    def progress(self) -> Mapping[str, Any]:
        return self._run.state()

    def end(self) -> None:
        """End a run that is going on; what it did is kept."""
        self._run.end()

    def _waiting(self, plan: ClipPlan) -> WaitingEdits:
        """What was edited since the last run: all of it is counted, and what becomes of clips is told."""
        project, registry, key = self._project, self._project.registry, self._key
        framed = project.known(key, "edits/framing", FramingEdits) or FramingEdits()
        fixed = project.known(key, "edits/creative", CreativeEdits) or CreativeEdits()
        planned = max(0, len(registry.plan_edits(key).edits) - plan.edits)
        others = len(registry.framing_edits(key).edits) - len(framed.edits)
        others += len(registry.creative_edits(key).edits) - len(fixed.edits)
        count = planned + max(0, others)
        if not planned:
            return WaitingEdits(count, {}, ())
        before = {n: clip.clip_id for n, clip in enumerate(plan.clips, start=1)}
        rows = open_draft(project, key).rows
        changed = {before[row.number]: row.state for row in rows if row.state and row.number in before}
        return WaitingEdits(count, changed, [row.clip.title for row in rows if row.number not in before])


def _read(kind: type[R], data: bytes) -> R:
    """The request in `data`; InputError where it is none."""
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the request"
        raise InputError(f"it cannot be understood ({first['msg']})", where, "reload the page") from None


def _apply(terminal: Terminal, project: Project, key: str, asked: EditRequest) -> None:
    """The edit, by the function of the command of its name."""
    number = asked.number
    if asked.verb == "fix":
        fix(terminal, key, asked.wrong, asked.right, number)
        return
    if asked.verb == "add":
        add_clip(terminal, key, ClipChoice(None, asked.start, asked.end, None), asked.title)
        return
    if number is None:
        raise InputError("no clip was named", "number", "reload the page")
    match asked.verb:
        case "pin" | "drop":
            edit_clip(terminal, key, asked.verb, ClipChoice(number))
        case "retitle":
            retitle_clip(terminal, key, number, asked.title)
        case "trim":
            draft = open_draft(project, key)
            start, end = draft.quotes_of(draft.clip(number), asked.first, asked.last)
            trim_clip(terminal, key, number, start, end)
        case "reframe":
            request = FramingRequest(asked.follow, asked.layout, (), asked.aspect, asked.auto)
            if not request:
                raise InputError("nothing was chosen", fix="choose whom to follow or a layout")
            reframe(terminal, key, number, request)
