"""Genre slices: the part of a genre that one group of stages reads. All defaults are in base.yaml."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.slices.delivery_slice import DeliverySlice
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.slices.ingest_slice import IngestSlice
from shortform_assets.contracts.slices.reframing_slice import FaceSlice, ReframingSlice
from shortform_assets.contracts.slices.selection_slice import SelectionSlice
from shortform_assets.contracts.slices.speech_slice import SpeechSlice


class GenreConfig(Contract):
    """A genre, resolved: base.yaml, what it extends, and its own YAML, merged and checked."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    description: str = Field(min_length=1, pattern=r"\S")
    ingest: IngestSlice
    speech: SpeechSlice
    selection: SelectionSlice
    reframing: ReframingSlice
    enhancement: EnhancementSlice
    delivery: DeliverySlice


class GenrePublication(Contract):
    """That a genre meant the config of this digest when it was published."""

    config: str


SLICES = ("ingest", "speech", "selection", "reframing", "enhancement", "delivery")

__all__ = [
    "SLICES",
    "DeliverySlice",
    "EnhancementSlice",
    "FaceSlice",
    "GenreConfig",
    "GenrePublication",
    "IngestSlice",
    "ReframingSlice",
    "SelectionSlice",
    "SpeechSlice",
]
