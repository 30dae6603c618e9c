"""Human edits, append-only, anchored by source time and quoted words so that they survive reruns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.clips import Aspect


class PlanEdit(Contract):
    """pin, drop, trim, add or retitle. `start_ms, end_ms` say which stretch of the source is meant."""

    verb: Literal["pin", "drop", "trim", "add", "retitle"]
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    quote: str = ""
    to_start_ms: int | None = None
    to_end_ms: int | None = None
    title: str = ""


class FramingEdit(Contract):
    """Follow a speaker, force a layout or set a camera keyframe for the clip at `start_ms, end_ms`."""

    verb: Literal["follow", "layout", "keyframe"]
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    speaker: str = ""
    layout: str = ""
    aspect: Aspect | None = None
    at_ms: int = 0
    x: float = 0.0
    y: float = 0.0


class CreativeEdit(Contract):
    """Replace words in captions, titles and exports."""

    verb: Literal["fix"]
    wrong: str
    right: str
    start_ms: int | None = None
    end_ms: int | None = None


class PlanEdits(Contract):
    edits: tuple[PlanEdit, ...] = ()


class FramingEdits(Contract):
    edits: tuple[FramingEdit, ...] = ()


class CreativeEdits(Contract):
    edits: tuple[CreativeEdit, ...] = ()
