"""The review page: one HTML file beside the clips, for deciding what to post; and the same with controls, to be served.

Everything on it is escaped by Jinja; it loads nothing but the videos and posters in its own folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import OutputState
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.delivery.manifest import DeliveryReport, Files, passed, source_ms
from shortform_assets.text.clock import clock

if TYPE_CHECKING:
    from jinja2 import Template

_SERVED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(__file__).with_name("review_page")
_ASSETS = {
    "review_served.js": "text/javascript",
    "review_served.css": "text/css",
    "review_icon.svg": "image/svg+xml",
}

Standing = Literal["ready", "draft", "problems", "failed", "waiting"]

_WORST_FIRST: tuple[Standing, ...] = ("failed", "problems", "waiting", "draft", "ready")
_LABELS: dict[Standing, str] = {
    "ready": "Ready",
    "draft": "Draft, not for posting",
    "problems": "Needs a look",
    "failed": "Failed",
    "waiting": "Not finished",
}
_RIGHT_TO_LEFT = {"ar", "fa", "he", "iw", "ur", "yi", "ps", "sd", "ug"}


@dataclass(frozen=True)
class _Output:
    state: OutputState
    job: RenderJob
    files: Mapping[str, str]

    @property
    def standing(self) -> Standing:
        outcome = self.state.outcome
        if outcome is None:
            return "waiting"
        if outcome.state == "failed":
            return "failed"
        if not passed(outcome):
            return "problems"
        return "draft" if self.job.draft else "ready"


@dataclass(frozen=True)
class _Clip:
    rank: int
    outputs: tuple[_Output, ...]
    plan: PlannedClip | None
    times: Sequence[Sequence[int]]

    @property
    def job(self) -> RenderJob:
        return self.outputs[0].job

    @property
    def standing(self) -> Standing:
        """The worst of its outputs."""
        return next(kind for kind in _WORST_FIRST if any(o.standing == kind for o in self.outputs))


def review_page(report: DeliveryReport) -> str:
    """HTML, with links to the report's files in its own folder."""
    return _template("review.html.j2").render(_shown(report))


@dataclass(frozen=True)
class WaitingEdits:
    """What a person changed since the clips were made, for the served page."""

    count: int
    states: Mapping[str, str]
    """Clip id -> `dropped`, `trimmed`, `retitled` or `pinned`."""
    added: Sequence[str]
    """Titles of clips that the next run adds."""


def served_page(
    report: DeliveryReport, numbers: Mapping[str, int], waiting: WaitingEdits, styles: Sequence[str]
) -> str:
    """The same page with controls: it works where `review_asset`s and the review server are beside it.

    `numbers` are the clips' in the plan by clip id; `styles` are the pins that the clips could be restyled to.
    """
    shown = _shown(report)
    return _template("review_served.html.j2").render(
        **shown, numbers=numbers, waiting=waiting, styles=styles, policy=served_policy()
    )


def served_policy() -> str:
    """Content-Security-Policy of the served page: its own files, and no script that is written into the page."""
    return _SERVED_POLICY


def review_asset(name: str) -> tuple[bytes, str] | None:
    """Bytes and media type of a file of the served page; None where it has none of this name."""
    kind = _ASSETS.get(name)
    return None if kind is None else ((_FOLDER / name).read_bytes(), kind)


def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=clock, url=lambda name: quote(name, safe=""))
    return environment.get_template(name)


def _shown(report: DeliveryReport) -> dict[str, Any]:
    composition, plan, language = report.composition, report.plan, report.language
    clips = _clips(report)
    return {
        "heading": report.heading,
        "style": composition.style,
        "language": language,
        "direction": "rtl" if language.split("-")[0].lower() in _RIGHT_TO_LEFT else "auto",
        "clips": clips,
        "transcript": _names(report.transcript),
        "edit_lists": _names(report.edit_lists),
        "edit_list_notes": report.edit_list_notes,
        "posts": _names(report.posts),
        "counts": {kind: sum(clip.standing == kind for clip in clips) for kind in _LABELS},
        "labels": _LABELS,
        "untitled": sum(bool(clip.plan and clip.plan.needs_title) for clip in clips),
        "minutes": clock(sum(clip.job.rate.ms(clip.job.frames) for clip in clips)),
        "degraded": report.degraded,
        "shortfall": plan.shortfall or composition.empty_reason,
        "titles": {clip.clip_id: clip.title for clip in plan.clips},
        "dropped": report.dropped,
        "not_chosen": sorted(plan.fell_out, key=lambda moment: -moment.score),
    }


def _names(files: Files) -> dict[str, str]:
    return {kind: name for kind, (name, _) in files.items()}


def _clips(report: DeliveryReport) -> list[_Clip]:
    plan = report.plan
    jobs = {job.output_id: job for job in report.composition.outputs}
    planned = {clip.clip_id: clip for clip in plan.clips}
    outputs: dict[str, list[_Output]] = {}
    for state in report.states:
        output = _Output(state, jobs[state.output_id], _names(report.files.get(state.output_id, {})))
        outputs.setdefault(state.clip_id, []).append(output)
    return [
        _Clip(rank, tuple(group), clip := planned.get(clip_id), source_ms(clip, plan) if clip else [])
        for rank, (clip_id, group) in enumerate(outputs.items(), 1)
    ]
