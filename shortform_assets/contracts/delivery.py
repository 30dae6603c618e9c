"""Outcomes and the delivery."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import Blob, Contract, Dropped, Measure
from shortform_assets.contracts.creative import RenderJob

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
    av_offset_ms: Measure | None = Field(default=None, exclude_if=lambda offset: offset is None)
    """By how much the sound is late against the clip's own; None where that could not be measured."""
    upscale: Measure = Field(default=0.0, exclude_if=lambda factor: not factor)
    """How many output pixels stand for one of the source, along a side, where that is most; 0 is not known."""
    problems: tuple[str, ...] = ()
    """Everything that keeps the file from being posted: the output has failed."""
    not_checked: tuple[str, ...] = Field(default=(), exclude_if=lambda lines: not lines)
    """What could not be judged; ready are files without problems of which all was judged."""
    notes: tuple[str, ...] = Field(default=(), exclude_if=lambda lines: not lines)
    """What was done to picture and sound that one would want to know."""


class RenderTask(Contract):
    """What `job.json` holds: the render job, and the terms under which it was dispatched.

    Times are milliseconds since the epoch. Written once, when the output is dispatched.
    """

    job: RenderJob
    executor: str
    """Name of the executor it was handed to."""
    dispatched_ms: int
    deadline_ms: int = Field(gt=0)
    """An attempt that has not answered after this long is given up."""
    max_attempts: int = Field(ge=1)
    renderer: str = ""
    """Version of the code that was asked to draw it; empty before versions were kept, or where it is not ours."""


class Attempt(Contract):
    """What `attempts/<n>.json` holds: somebody began attempt n, or `attempts/<n>.sent.json`: it was sent."""

    attempt: int = Field(ge=1)
    at_ms: int
    executor: str = ""


class RenderProgress(Contract):
    """What `progress.json` holds: how far an attempt is, written again and again while it runs.

    It decides nothing: where it is lost, only somebody who waits knows less.
    """

    attempt: int = Field(ge=1)
    beat: int = 0
    """Grows with every writing: an attempt whose beat stands still has died."""
    fraction: Measure = 0.0
    """How much is done, 0 to 1."""
    lost: str = ""
    """Why this attempt will leave no outcome, a sentence; empty while it may."""


class Outcome(Contract):
    """The terminal state of one output: created once, never changed."""

    output_id: str
    attempt: int = Field(ge=1)
    state: Literal["completed", "failed"]
    video: Blob | None = None
    poster: Blob | None = None
    quality: Quality | None = None
    error: str = ""
    degraded: tuple[str, ...] = ()
    """Why the render was made by a fallback; such a render is not reused for another composition."""


class EndedRender(Contract):
    """What a message says of one render."""

    job: str
    """Folder of its `job.json`."""
    outcome: Outcome | None = None
    """Its end; None where the sender has written it to the store."""


class RenderEnded(Contract):
    """The body of a message to the webhook: a render has ended. In the form of Standard Webhooks."""

    type: Literal["render.ended"]
    timestamp: str = Field(default="", max_length=64)
    """When it ended, as the sender says; nothing depends on it."""
    data: EndedRender


class OutputState(Contract):
    """One output as it stands."""

    output_id: str
    clip_id: str
    aspect: Aspect
    title: str
    state: State
    generation: int = 0
    attempts: int = 0
    """Attempts begun in this generation; 0 with a completed outcome: an identical render was reused."""
    outcome: Outcome | None = None
    lost: str = Field(default="", exclude_if=lambda why: not why)
    """Why what this output had counts no more, in a few words; it is rendered anew by the next delivery."""


class RenderedOutputs(Contract):
    """Job ids of a composition, and what was dispatched by this run."""

    composition: str
    """Digest of the composition."""
    output_ids: tuple[str, ...]
    dispatched: tuple[str, ...] = ()


class DeliveryFile(Contract):
    """One file of the export, under a name that is safe on every file system."""

    name: str
    blob: Blob


class Delivery(Contract):
    """Outcomes as they stand. `complete` when every output has a terminal outcome."""

    composition: str
    complete: bool
    outputs: tuple[OutputState, ...]
    dropped: tuple[Dropped, ...] = ()
    """Clips of the plan without output, and why."""
    manifest: Blob
    review: Blob
    files: tuple[DeliveryFile, ...] = ()
    """Everything an export writes: videos, posters, captions, `manifest.json` and `index.html`."""
