"""What a render executor on another machine sends to its worker: one job, one attempt."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RenderOrder(BaseModel):
    """The event of one invocation. The same order may come twice: its attempt is begun once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: str = Field(pattern="^s3://")
    """Address of the store that has the job, its media, and gets the result."""
    job: str
    """Key of the job: the folder of `job.json`."""
    attempt: int = Field(ge=1)
    renderer: str | None = None
    """`module:function` that draws; None for this release's."""
    pulse_seconds: float | None = Field(default=None, gt=0)
    """Between two beats of `progress.json`; None for the worker's own rhythm."""
