"""`preview`: a still or a draft of one clip, from what the store holds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from resources.artifacts import Artifacts
from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.ledger import Ledger
from resources.llm.caption_translator import CaptionTranslator
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import DeliverySlice, EnhancementSlice, SelectionSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative import (
    EnhancementRequest,
    ensure_shipped_styles,
    plan_enhancement,
    resolve_style,
)
from shortform_assets.errors import InputError
from shortform_assets.graph.caption_languages import wanted_translation
from shortform_assets.rendering import compose, opening, render, still

_NOT_FRAMED = "there are no framed clips yet"
_STILL_AT = 0.6
"""Share of the first caption page at which a still is taken: most of it has been said. Our choice."""


@dataclass(frozen=True)
class PreviewRequest:
    """What is to be seen of a clip: a still without `seconds`, else a draft of so long from its beginning."""

    clip: int
    style: str | None = None
    aspect: str | None = None
    seconds: float | None = None
    at: float | None = None
    """Seconds into the clip of the still."""
    draft: bool = False
    """At half size."""


def preview_clip(terminal: Terminal, key: str, request: PreviewRequest, out: Path | None) -> None:
    """Draw clip number `request.clip` from what the store holds; no stage is run and no result replaced.

    Raises InputError where there are no clips yet, no such clip, style or aspect ratio.
    """
    project = Project()
    key = project.require(key)
    target = out or Path(f"preview-{request.clip}{'.png' if request.seconds is None else '.mp4'}")
    if target.is_dir():
        raise InputError("this is a folder", str(target), "name the file to write")
    with StoreBench.over(project.store) as bench:
        job = _job(project, key, request, bench)
        rate = job.rate
        if request.seconds is not None:
            frames = max(1, rate.nearest(round(request.seconds * 1000)))
        else:
            frames = 1 + (_moment(job) if request.at is None else rate.nearest(round(request.at * 1000)))
            if request.at is not None and frames > job.frames:
                raise InputError(
                    f"the clip lasts {rate.ms(job.frames) / 1000:.1f} s", "--at", "name a time before its end"
                )
        made = render(bench, opening(job, frames)).video
        if request.seconds is None:
            picture = bench.scratch / "still.png"
            still(made, min(frames, job.frames) - 1, picture)
            made = picture
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)
        for reason in bench.degraded:
            terminal.say(reason, style="yellow")
    terminal.say(f"clip {request.clip} in {job.style.pin}, {job.aspect}: {target}")


def _job(project: Project, key: str, request: PreviewRequest, bench: StoreBench) -> RenderJob:
    """What would render the clip, made as the creative stages make it, for this clip alone."""
    plan = project.current(key, "clip_plan", ClipPlan, _NOT_FRAMED)
    if not 1 <= request.clip <= len(plan.clips):
        raise InputError(f"there is no clip {request.clip}", key, f"choose one of 1 to {len(plan.clips)}")
    alone = plan.model_copy(update={"clips": (plan.clips[request.clip - 1],)})
    crops = project.current(key, "crop_paths", CropPathsSet, _NOT_FRAMED)
    media = project.current(key, "clip_media", ClipMediaSet, _NOT_FRAMED)
    rules = project.current(key, "genre/enhancement", EnhancementSlice, _NOT_FRAMED)
    delivery = project.current(key, "genre/delivery", DeliverySlice, _NOT_FRAMED)
    aspect = request.aspect or delivery.aspects[0]
    framed = [framing.aspect for camera in crops.clips for framing in camera.aspects]
    if aspect not in framed:
        raise InputError(
            f"nothing is framed in {aspect}", "--aspect", f"choose one of {', '.join(dict.fromkeys(framed))}"
        )
    style, record = _style(project, key, request.style), project.registry.record(key)
    translation = wanted_translation(project.store, record, rules)
    plan_request = EnhancementRequest(
        alone,
        project.current(key, "transcript", Transcript, _NOT_FRAMED),
        project.current(key, "speaker_turns", SpeakerTurns, _NOT_FRAMED),
        crops,
        style,
        rules,
        project.registry.creative_edits(key),
        record.glossary,
        translation,
    )
    selection = project.current(key, "genre/selection", SelectionSlice, _NOT_FRAMED)
    asked = translation is not None and not translation.cues
    resets = Artifacts(project.store).resets(key, "enhancement_plan")
    translator = CaptionTranslator(selection.panel, Ledger(project.store, key), project.store, resets, asked)
    made = plan_enhancement(bench, FallbackFonts().load(), translator.load(), plan_request)
    only = delivery.model_copy(update={"aspects": (aspect,)})
    index = compose(bench, made, crops, media, style, only, request.draft)
    if not index.outputs:
        lost = {drop.clip_id: drop.reason for drop in index.dropped}
        why = lost.get(alone.clips[0].clip_id, "it is newer than its camera")
        raise InputError(
            f"clip {request.clip} cannot be drawn: {why}", key, f"run `shortform rerun {key}` first"
        )
    return index.outputs[0]


def _style(project: Project, key: str, pin: str | None) -> StyleContract:
    if pin is None:
        return project.current(key, "style_contract", StyleContract, _NOT_FRAMED)
    ensure_shipped_styles(project.store)
    return resolve_style(project.store, pin, held=project.registry.holds_style(key, pin))


def _moment(job: RenderJob) -> int:
    """The frame of a still: well into the first page, where the hook stands, too."""
    if not job.enhancement.pages:
        return min(job.media.frames, job.rate.nearest(1000)) - 1
    page = job.enhancement.pages[0]
    return page.start_frame + int((page.end_frame - page.start_frame) * _STILL_AT)
