"""The creative group: what is laid over every clip, and the render index."""

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.ledger import Ledger
from resources.llm.caption_translator import CaptionTranslator
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet
from shortform_assets.contracts.creative import EnhancementPlan
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import DeliverySlice, EnhancementSlice, SelectionSlice
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.errors import InputError
from shortform_assets.graph.assets.asset_options import stage
from shortform_assets.graph.caption_languages import wanted_translation
from shortform_assets.graph.reuse import as_failure, once

PROFILE_TAG = "shortform/profile"
"""Run tag; `draft` makes the outputs small and fast, to decide by: the next run without it makes them as they are to be."""


@dg.asset(
    **stage("creative", {"python"}, "shortform_assets.creative.enhance:plan_enhancement", tools={"fonts"}),
    ins={
        "enhancement": dg.AssetIn(["genre", "enhancement"]),
        "selection": dg.AssetIn(["genre", "selection"]),
        "edits": dg.AssetIn(["edits", "creative"]),
    },
)
def enhancement_plan(
    context: dg.AssetExecutionContext,
    clip_plan: ClipPlan,
    transcript: Transcript,
    speaker_turns: SpeakerTurns,
    crop_paths: CropPathsSet,
    style_contract: StyleContract,
    enhancement: EnhancementSlice,
    selection: SelectionSlice,
    edits: CreativeEdits,
    source_record: SourceRecord,
) -> dg.MaterializeResult[Ref]:
    """Caption pages and their translation, hook title, overlays and audio treatment of every clip."""
    from shortform_assets.creative import EnhancementRequest, plan_enhancement

    store, key = context.resources.store, context.partition_key
    with as_failure():
        translation = wanted_translation(store, source_record, enhancement)
        asked = translation is not None and not translation.cues
        resets = Artifacts(store).resets(key, "enhancement_plan")
        translator = CaptionTranslator(selection.panel, Ledger(store, key), store, resets, asked)
    request = EnhancementRequest(
        clip_plan,
        transcript,
        speaker_turns,
        crop_paths,
        style_contract,
        enhancement,
        edits,
        source_record.glossary,
        translation,
    )
    return once(context, plan_enhancement, request, using=(context.resources.fonts, translator))


@dg.asset(
    **stage("creative", {"python"}, "shortform_assets.rendering.compose_jobs:compose"),
    ins={"delivery": dg.AssetIn(["genre", "delivery"])},
)
def composition(
    context: dg.AssetExecutionContext,
    enhancement_plan: EnhancementPlan,
    crop_paths: CropPathsSet,
    clip_media: ClipMediaSet,
    style_contract: StyleContract,
    delivery: DeliverySlice,
) -> dg.MaterializeResult[Ref]:
    """The render index: one self-contained render job an output, best clip first."""
    from shortform_assets.rendering import compose

    profile = context.run_tags.get(PROFILE_TAG)
    if profile not in (None, "draft"):
        with as_failure():
            raise InputError("there is no such profile", f"{PROFILE_TAG}: {profile}", "choose draft, or none")
    draft = profile is not None
    return once(context, compose, enhancement_plan, crop_paths, clip_media, style_contract, delivery, draft)
