"""Which outputs are made and how they are encoded."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.clips import Aspect
from shortform_assets.contracts.creative import Encode


class DeliverySlice(Contract):
    aspects: tuple[Aspect, ...] = Field(min_length=1)
    encode: Encode
    deadline_seconds: int = Field(ge=10)
    """A job with no outcome after this long is dispatched again."""
    max_attempts: int = Field(ge=1, le=10)
