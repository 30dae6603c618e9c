"""The delivery for tools: one JSON that says what every file is, and what became of everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shortform_assets.contracts.base import Blob, Dropped
from shortform_assets.contracts.creative import Composition, RenderJob
from shortform_assets.contracts.delivery import Outcome, OutputState
from shortform_assets.contracts.selection import ClipPlan, PlannedClip

MANIFEST_VERSION = 1
"""Number of the layout, written into it as `version`."""

Files = Mapping[str, tuple[str, Blob]]
"""Kind (video, poster, srt, vtt, json; `srt es` and `vtt es` of a translation) -> file name and bytes."""


@dataclass(frozen=True)
class DeliveryReport:
    """All that there is to tell of a delivery, to tools and to people."""

    states: Sequence[OutputState]
    composition: Composition
    plan: ClipPlan
    """With the fixes of its texts applied."""
    files: Mapping[str, Files]
    """Output id -> its files, for the completed ones."""
    transcript: Files
    """Of the whole source."""
    edit_lists: Files
    """For editors' programs: fcpxml, edl, otio."""
    edit_list_notes: Sequence[str]
    """What these cannot say, or why one is missing."""
    posts: Files
    """For posting tools, by platform."""
    dropped: Sequence[Dropped]
    language: str
    degraded: Sequence[str]
    heading: str


def manifest(report: DeliveryReport) -> bytes:
    """UTF-8 JSON."""
    states, composition, plan, files = report.states, report.composition, report.plan, report.files
    jobs = {job.output_id: job for job in composition.outputs}
    clips = {clip.clip_id: clip for clip in plan.clips}
    value = {
        "version": MANIFEST_VERSION,
        "composition": composition.digest(),
        "style": composition.style,
        "language": report.language,
        "editor": plan.editor,
        "draft": any(job.draft for job in composition.outputs),
        "complete": all(state.state in ("completed", "failed") for state in states),
        "degraded": list(report.degraded),
        "target_count": plan.target_count,
        "shortfall": plan.shortfall or composition.empty_reason,
        "outputs": [
            _output(
                state, jobs[state.output_id], clips.get(state.clip_id), plan, files.get(state.output_id, {})
            )
            for state in states
        ],
        "transcript": _described(report.transcript),
        "edit_lists": _described(report.edit_lists),
        "edit_list_notes": list(report.edit_list_notes),
        "posts": _described(report.posts),
        "dropped": [drop.model_dump(mode="json") for drop in report.dropped],
        "not_chosen": [moment.model_dump(mode="json") for moment in plan.fell_out],
    }
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _output(
    state: OutputState,
    job: RenderJob,
    clip: PlannedClip | None,
    plan: ClipPlan,
    files: Files,
) -> dict[str, Any]:
    outcome = state.outcome
    quality = outcome.quality if outcome else None
    burnt, translation = job.enhancement.burnt_in, job.enhancement.translation
    return {
        "output_id": state.output_id,
        "clip_id": state.clip_id,
        "state": state.state,
        "ready": outcome is not None and postable(job, outcome),
        "draft": job.draft,
        "error": outcome.error if outcome else state.lost,
        "problems": list(quality.problems) if quality else [],
        "not_checked": list(quality.not_checked) if quality else [],
        "notes": [
            *([burnt.note] if burnt else []),
            *([translation.note] if translation else []),
            *(quality.notes if quality else ()),
        ],
        "degraded": list(outcome.degraded) if outcome else [],
        "title": job.enhancement.title,
        "needs_title": clip.needs_title if clip else False,
        "description": job.enhancement.description,
        "hashtags": list(job.enhancement.hashtags),
        "translation": translation.language if translation else "",
        "aspect": job.aspect,
        "width": job.width,
        "height": job.height,
        "duration_ms": job.rate.ms(job.frames),
        "source_ms": source_ms(clip, plan) if clip else [],
        "score": clip.score if clip else None,
        "reason": clip.reason if clip else "",
        "quote": clip.quote if clip else "",
        "speakers": list(clip.speakers) if clip else [],
        "quality": quality.model_dump(mode="json", exclude={"problems", "not_checked", "notes"})
        if quality
        else None,
        "files": _described(files),
    }


def postable(job: RenderJob, outcome: Outcome) -> bool:
    """Whether it may go out: no draft, and passed."""
    return not job.draft and passed(outcome)


def passed(outcome: Outcome) -> bool:
    """Whether the gate judged all of the file and found nothing. Outcomes older than the gate may hold problems."""
    quality = outcome.quality
    judged = quality is not None and not quality.problems and not quality.not_checked
    return outcome.state == "completed" and judged


def _described(files: Files) -> dict[str, dict[str, Any]]:
    return {
        kind: {"name": name, "sha256": blob.sha256, "size": blob.size}
        for kind, (name, blob) in sorted(files.items())
    }


def source_ms(clip: PlannedClip, plan: ClipPlan) -> list[list[int]]:
    """Where the clip's spans are in the source: [start, end) in milliseconds, in playing order."""
    return [[plan.rate.ms(span.start_frame), plan.rate.ms(span.end_frame)] for span in clip.spans]
