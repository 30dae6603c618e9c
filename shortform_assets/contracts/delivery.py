"""Outcomes and the delivery."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Blob, Contract, Measure
from shortform_assets.contracts.clips import Aspect

State = Literal["pending", "in_progress", "completed", "failed"]


class Quality(Contract):
    """What was measured on the finished file."""

    width: int
    height: int
    frames: int
    duration_ms: int
    video_codec: str
    audio_codec: str
    loudness_lufs: Measure
    true_peak_dbtp: Measure
    size: int
    problems: tuple[str, ...] = ()
    """Everything that keeps the file from being posted; empty is ready."""


class Outcome(Contract):
    """The terminal state of one output: created once, never changed."""

    output_id: str
    attempt: int = Field(ge=1)
    state: Literal["completed", "failed"]
    video: Blob | None = None
    poster: Blob | None = None
    quality: Quality | None = None
    error: str = ""


class OutputState(Contract):
    """One output as it stands."""

    output_id: str
    clip_id: str
    aspect: Aspect
    title: str
    state: State
    attempts: int = 0
    outcome: Outcome | None = None


class RenderedOutputs(Contract):
    """Job ids of a composition, and what was dispatched by this run."""

    composition: str
    """Digest of the composition."""
    output_ids: tuple[str, ...]
    dispatched: tuple[str, ...] = ()


class Delivery(Contract):
    """Outcomes as they stand. `complete` when every output has a terminal outcome."""

    composition: str
    complete: bool
    outputs: tuple[OutputState, ...]
    manifest: Blob
    review: Blob
