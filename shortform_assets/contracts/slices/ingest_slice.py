"""What the mezzanine is made with."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.known_names import X264Preset


class IngestSlice(Contract):
    max_height: int = Field(ge=144, le=4320)
    """Sources whose shorter side is longer than this are scaled down."""
    max_rate: float = Field(ge=10, le=120)
    """Faster sources are halved until they fit."""
    crf: int = Field(ge=0, le=35)
    preset: X264Preset
    max_hours: float = Field(gt=0, le=24)
