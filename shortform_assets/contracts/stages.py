"""Which contract every stage writes. A stage is named like its asset key, parts joined by a slash."""

from __future__ import annotations

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet, FaceTracksSet
from shortform_assets.contracts.creative import Composition, EnhancementPlan
from shortform_assets.contracts.delivery import Delivery, RenderedOutputs
from shortform_assets.contracts.edits import CreativeEdits, FramingEdits, PlanEdits
from shortform_assets.contracts.selection import ClipPlan, Moments, Shots
from shortform_assets.contracts.slices import (
    DeliverySlice,
    EnhancementSlice,
    IngestSlice,
    ReframingSlice,
    SelectionSlice,
    SpeechSlice,
)
from shortform_assets.contracts.source import Mezzanine, SourceRecord, SourceVideo
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract

WORKFLOW: dict[str, type[Contract]] = {
    "source_video": SourceVideo,
    "mezzanine": Mezzanine,
    "transcript": Transcript,
    "speaker_turns": SpeakerTurns,
    "shots": Shots,
    "moments": Moments,
    "clip_plan": ClipPlan,
    "clip_media": ClipMediaSet,
    "face_tracks": FaceTracksSet,
    "crop_paths": CropPathsSet,
    "enhancement_plan": EnhancementPlan,
    "composition": Composition,
}
"""The twelve stages that are reused by recipe, in order."""

CONTRACTS: dict[str, type[Contract]] = {
    "source_record": SourceRecord,
    "genre/ingest": IngestSlice,
    "genre/speech": SpeechSlice,
    "genre/selection": SelectionSlice,
    "genre/reframing": ReframingSlice,
    "genre/enhancement": EnhancementSlice,
    "genre/delivery": DeliverySlice,
    "style_contract": StyleContract,
    "edits/plan": PlanEdits,
    "edits/framing": FramingEdits,
    "edits/creative": CreativeEdits,
    **WORKFLOW,
    "rendered_outputs": RenderedOutputs,
    "delivery": Delivery,
}
