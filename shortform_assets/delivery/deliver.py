"""The delivery: outcomes as they stand, with everything a folder of finished clips consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shortform_assets.contracts.base import Blob, Dropped
from shortform_assets.contracts.creative import Composition, RenderJob
from shortform_assets.contracts.delivery import Delivery, DeliveryFile, OutputState
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.delivery.captions_export import srt, vtt
from shortform_assets.delivery.manifest import manifest
from shortform_assets.delivery.names import file_stems
from shortform_assets.delivery.review import review_page
from shortform_assets.workbench import Workbench

MANIFEST_NAME, REVIEW_NAME = "manifest.json", "index.html"


def deliver(
    bench: Workbench,
    composition: Composition,
    states: Sequence[OutputState],
    plan: ClipPlan,
    transcript_language: str,
    degraded: tuple[str, ...] = (),
    *,
    dropped: Sequence[Dropped] = (),
    heading: str = "Clips for review",
) -> Delivery:
    """Assemble the delivery of `composition`.

    `degraded` are the reasons of stages that fell back; `dropped` are clips given up before the
    composition. A planned clip that is in neither and has no output is listed as lost without reason.
    """
    left_out = _left_out(composition, plan, dropped)
    reasons = (*degraded, *(why for state in states if state.outcome for why in state.outcome.degraded))
    reasons = tuple(dict.fromkeys(reasons))
    files = _files(bench, composition, states)
    for_tools = manifest(
        states,
        composition,
        plan,
        files,
        dropped=left_out,
        language=transcript_language,
        degraded=reasons,
    )
    for_people = review_page(
        states,
        composition,
        plan,
        {output: {kind: name for kind, (name, _) in kinds.items()} for output, kinds in files.items()},
        dropped=left_out,
        language=transcript_language,
        degraded=reasons,
        heading=heading,
    )
    for_tools_blob, for_people_blob = _keep(bench, for_tools), _keep(bench, for_people.encode())
    return Delivery(
        composition=composition.digest(),
        complete=all(state.state in ("completed", "failed") for state in states),
        outputs=tuple(states),
        manifest=for_tools_blob,
        review=for_people_blob,
        files=(
            *(
                DeliveryFile(name=name, blob=blob)
                for kinds in files.values()
                for name, blob in kinds.values()
            ),
            DeliveryFile(name=MANIFEST_NAME, blob=for_tools_blob),
            DeliveryFile(name=REVIEW_NAME, blob=for_people_blob),
        ),
    )


def _left_out(composition: Composition, plan: ClipPlan, dropped: Sequence[Dropped]) -> tuple[Dropped, ...]:
    made = {job.clip_id for job in composition.outputs}
    known = {drop.clip_id: drop for drop in (*dropped, *composition.dropped)}
    for clip in plan.clips:
        if clip.clip_id not in made and clip.clip_id not in known:
            known[clip.clip_id] = Dropped(
                clip_id=clip.clip_id,
                stage="composition",
                reason="It has no output; see the checks of its run.",
            )
    return tuple(known.values())


def _files(
    bench: Workbench, composition: Composition, states: Sequence[OutputState]
) -> Mapping[str, dict[str, tuple[str, Blob]]]:
    """Output id -> kind -> file name and blob, for the completed ones."""
    jobs: dict[str, RenderJob] = {job.output_id: job for job in composition.outputs}
    stems = file_stems(composition)
    found: dict[str, dict[str, tuple[str, Blob]]] = {}
    for state in states:
        outcome = state.outcome
        if not outcome or not outcome.video or not outcome.poster:
            continue
        stem, job = stems[state.output_id], jobs[state.output_id]
        kinds = {"video": (f"{stem}.mp4", outcome.video), "poster": (f"{stem}.jpg", outcome.poster)}
        if pages := job.enhancement.pages:
            kinds["srt"] = (f"{stem}.srt", _keep(bench, srt(pages, job.rate).encode()))
            kinds["vtt"] = (f"{stem}.vtt", _keep(bench, vtt(pages, job.rate).encode()))
        found[state.output_id] = kinds
    return found


def _keep(bench: Workbench, data: bytes) -> Blob:
    path = bench.scratch / "delivery.part"
    path.write_bytes(data)
    return bench.keep(path)
