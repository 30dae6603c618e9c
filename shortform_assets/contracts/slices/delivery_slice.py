"""Which outputs are made and how they are encoded."""

from __future__ import annotations

from pydantic import Field, field_validator

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import Contract, each_once
from shortform_assets.contracts.creative import Encode
from shortform_assets.contracts.output_profiles import ProfileName


class DeliverySlice(Contract):
    aspects: tuple[Aspect, ...] = Field(min_length=1)
    encode: Encode
    profiles: tuple[ProfileName, ...] = ()
    """Platforms that the files are for: each file is held to the limits of those that take its aspect ratio."""
    deadline_seconds: int = Field(ge=10, le=86_400)
    """A job with no outcome after this long is dispatched again."""
    max_attempts: int = Field(ge=1, le=10)

    _once = field_validator("aspects", "profiles")(each_once)
