"""The delivery group: renders dispatched, outcomes gathered. Read afresh on every run."""

import time

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.bench import StoreBench
from shortform_assets.contracts.creative import Composition
from shortform_assets.contracts.delivery import RenderedOutputs
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import DeliverySlice
from shortform_assets.contracts.source import SourceRecord, SourceVideo
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.graph.assets.asset_options import stage
from shortform_assets.graph.reuse import as_failure, fresh

RETRY_TAG = "shortform/retry"
"""Run tag; `failed` opens a new generation for the failed outputs."""


@dg.asset(
    **stage("delivery", {"ffmpeg"}, tools={"renderer"}),
    ins={"terms": dg.AssetIn(["genre", "delivery"])},
)
def rendered_outputs(
    context: dg.AssetExecutionContext, composition: Composition, terms: DeliverySlice
) -> dg.MaterializeResult[Ref]:
    """Dispatches the outputs that lack an outcome; a local executor drains them, a remote one returns.

    What a remote one was given and has outlived its deadline is sent again, or failed.
    """
    from shortform_assets.delivery import (
        DispatchedJobs,
        Terms,
        dispatch,
        folder_of,
        open_generation,
        renderer_version,
        sweep,
    )

    store, renderer, progress = (
        context.resources.store,
        context.resources.renderer,
        context.resources.progress,
    )
    version = renderer_version(renderer.renderer)
    now = Terms(renderer.name, int(time.time() * 1000), terms.deadline_seconds, terms.max_attempts, version)
    with as_failure():
        if context.run_tags.get(RETRY_TAG) == "failed":
            open_generation(store, context.partition_key, composition, now)
        sent = dispatch(store, context.partition_key, composition, now)
        for output, lost in sent.renewed:
            context.log.warning(f"output {output} is rendered again: {lost}")
        keys = sent.unfinished
        if not renderer.drains:
            swept = sweep(store, now.now_ms, renderer.name, folder_of(context.partition_key, composition))
            keys = sent.created + tuple(key for key, _ in swept.again)
        for key in keys:
            progress.output(key.rsplit("/", 1)[-1], "pending", 0.0)
        renderer.dispatch(DispatchedJobs(store), keys, progress.output)
    progress.finish("rendered_outputs", reused=not keys)
    outputs = tuple(job.output_id for job in composition.outputs)
    return fresh(
        context,
        RenderedOutputs(
            composition=composition.digest(),
            output_ids=outputs,
            dispatched=tuple(key.rsplit("/", 1)[-1] for key in keys),
        ),
    )


@dg.asset(
    **stage("delivery", {"html"}),
    deps=[rendered_outputs],
    ins={"edits": dg.AssetIn(["edits", "creative"])},
)
def delivery(
    context: dg.AssetExecutionContext,
    composition: Composition,
    clip_plan: ClipPlan,
    transcript: Transcript,
    speaker_turns: SpeakerTurns,
    edits: CreativeEdits,
    source_record: SourceRecord,
    source_video: SourceVideo,
) -> dg.MaterializeResult[Ref]:
    """Outcomes as they stand: states, quality, manifest and review page."""
    from shortform_assets.delivery import DeliveryRequest, deliver, states

    store, key = context.resources.store, context.partition_key
    fallbacks = Artifacts(store).degraded(key, CONTRACTS)
    degraded = tuple(f"{name}: {why}" for name, reasons in fallbacks.items() for why in reasons)
    with as_failure(), StoreBench.over(store) as bench:
        request = DeliveryRequest(
            composition,
            states(store, key, composition),
            clip_plan,
            transcript,
            speaker_turns,
            edits,
            source_video,
            source_record.name,
            degraded,
            heading=source_record.title or source_record.name,
        )
        found = deliver(bench, request)
    for state in found.outputs:
        if state.outcome and state.outcome.error:
            context.log.warning(f"output {state.output_id} failed: {state.outcome.error}")
    return fresh(context, found)
