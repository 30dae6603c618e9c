"""What an HTTP executor and its server say to each other. A job is one clip, named by its content."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel

from resources.vision.job_store import VisionJob, VisionResult
from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.clips import ClipMedia

HEALTH, JOBS, BLOBS = "/v1/health", "/v1/jobs", "/v1/blobs"

State = Literal["queued", "running", "done", "failed"]


class JobStatus(BaseModel):
    """How a job stands. `done` has a result, `failed` the reason why its worker ended: it may be sent again."""

    state: State
    fraction: float = 0.0
    result: VisionResult | None = None
    reason: str = ""
    blameless: bool = False
    """Of `failed`: no clip would have done better."""


class Lacking(BaseModel):
    """Answer 424: these blobs must be there before the job can be taken."""

    missing: tuple[str, ...]


def job_id(job: VisionJob) -> str:
    """64 hex digits: the same request is the same job."""
    return hashlib.sha256(canonical_json(job.model_dump(mode="json"))).hexdigest()


def media_of(clip: ClipMedia) -> tuple[str, ...]:
    """Hashes of the blobs that tracking needs: the pictures."""
    return tuple(dict.fromkeys(segment.video.sha256 for segment in clip.segments))
