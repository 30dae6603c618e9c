"""Human edits, append-only, anchored by source time and quoted words so that they survive reruns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import Contract, Ratio
from shortform_assets.contracts.clips import Layout


class PlanEdit(Contract):
    """pin, drop, trim, add or retitle. `start_ms, end_ms` say which stretch of the source is meant.

    A trim by times moves an end to the nearest edge of a sentence, a trim by words to exactly those words.
    """

    verb: Literal["pin", "drop", "trim", "add", "retitle"]
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    quote: str = ""
    quote_ms: int | None = None
    """When the quote begins, so that the stretch moves with it."""
    skip_ms: tuple[tuple[int, int], ...] = ()
    """Stretches inside that the clip leaves out: it has several pieces."""
    to_start_ms: int | None = None
    to_end_ms: int | None = None
    to_start_quote: str = ""
    """The clip is to begin with these words."""
    to_end_quote: str = ""
    """The clip is to end with these words."""
    title: str = ""


class FramingEdit(Contract):
    """Follow someone, force a layout, set a camera keyframe, or leave a clip to itself again (auto).

    `start_ms, end_ms` say which stretch of the source is meant.
    """

    verb: Literal["follow", "layout", "keyframe", "auto"]
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    spans_ms: tuple[tuple[int, int], ...] = ()
    """Where the clip has several pieces: the stretches of the source it was made of, [start, end)."""
    speaker: str = ""
    """A voice (S1) or a person (P1)."""
    layout: Layout | Literal[""] = ""
    aspect: Aspect | None = None
    """All aspect ratios without."""
    at_ms: int = Field(default=0, ge=0)
    """When, in the source."""
    x: Ratio = 0.0
    y: Ratio = 0.0
    """The point that is to be in the middle, as shares of the source's width and height."""


class CreativeEdit(Contract):
    """Replace words in captions, titles and exports: everywhere in the source, or only in a part of it."""

    verb: Literal["fix"]
    wrong: str
    right: str
    start_ms: int | None = None
    end_ms: int | None = None
    spans_ms: tuple[tuple[int, int], ...] = ()
    """The clip that is meant: the stretches of the source it was made of, [start, end)."""


class PlanEdits(Contract):
    edits: tuple[PlanEdit, ...] = ()


class FramingEdits(Contract):
    edits: tuple[FramingEdit, ...] = ()


class CreativeEdits(Contract):
    edits: tuple[CreativeEdit, ...] = ()
