"""The review page: one HTML file beside the clips, for deciding what to post.

Everything on it is escaped by Jinja; it loads nothing but the videos and posters in its own folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.creative import Composition, RenderJob
from shortform_assets.contracts.delivery import OutputState
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.delivery.manifest import source_ms

Standing = Literal["ready", "problems", "failed", "waiting"]

_WORST_FIRST: tuple[Standing, ...] = ("failed", "problems", "waiting", "ready")
_LABELS: dict[Standing, str] = {
    "ready": "Ready",
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
        return "problems" if outcome.quality and outcome.quality.problems else "ready"


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


def review_page(
    states: Sequence[OutputState],
    composition: Composition,
    plan: ClipPlan,
    files: Mapping[str, Mapping[str, str]],
    *,
    transcript: Mapping[str, str] | None = None,
    dropped: Sequence[Dropped] = (),
    language: str = "",
    degraded: Sequence[str] = (),
    heading: str = "Clips for review",
) -> str:
    """HTML. `files` maps output id -> kind (video, poster, srt, vtt, json) -> name in the page's folder,
    `transcript` the kinds of the whole source's."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(clock=_clock, url=lambda name: quote(name, safe=""))
    template = environment.from_string(Path(__file__).with_name("review.html.j2").read_text(encoding="utf-8"))
    clips = _clips(states, composition, plan, files)
    return template.render(
        heading=heading,
        style=composition.style,
        language=language,
        direction="rtl" if language.split("-")[0].lower() in _RIGHT_TO_LEFT else "auto",
        clips=clips,
        transcript=transcript or {},
        counts={kind: sum(clip.standing == kind for clip in clips) for kind in _LABELS},
        labels=_LABELS,
        minutes=_clock(sum(clip.job.rate.ms(clip.job.frames) for clip in clips)),
        degraded=degraded,
        shortfall=plan.shortfall or composition.empty_reason,
        titles={clip.clip_id: clip.title for clip in plan.clips},
        dropped=dropped,
        not_chosen=sorted(plan.fell_out, key=lambda moment: -moment.score),
    )


def _clips(
    states: Sequence[OutputState],
    composition: Composition,
    plan: ClipPlan,
    files: Mapping[str, Mapping[str, str]],
) -> list[_Clip]:
    jobs = {job.output_id: job for job in composition.outputs}
    planned = {clip.clip_id: clip for clip in plan.clips}
    outputs: dict[str, list[_Output]] = {}
    for state in states:
        output = _Output(state, jobs[state.output_id], files.get(state.output_id, {}))
        outputs.setdefault(state.clip_id, []).append(output)
    return [
        _Clip(rank, tuple(group), clip := planned.get(clip_id), source_ms(clip, plan) if clip else [])
        for rank, (clip_id, group) in enumerate(outputs.items(), 1)
    ]


def _clock(ms: int) -> str:
    """`1:02:03` or `2:03`."""
    seconds = ms // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
