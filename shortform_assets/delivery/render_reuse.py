"""Completed renders that may be used again by any composition of any source with the identical job."""

from __future__ import annotations

import hashlib

from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.contracts.versioned import OUTCOME
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore

RENDER_VERSION = 1
"""Raised whenever the renderer draws the same job differently: older renders are then not reused."""


def picture_of(job: RenderJob) -> RenderJob:
    """The job without what is never drawn, so that a new title or hashtag costs no render.

    Renderers are handed this, so that nothing else can get into the picture unseen.
    """
    unseen = {"title": "", "description": "", "hashtags": (), "words": ()}
    plain = job.enhancement.model_copy(update=unseen)
    return job.model_copy(update={"enhancement": plain, "output_id": ""})


def earlier_render(store: ObjectStore, job: RenderJob) -> Outcome | None:
    """A completed render of the identical job, if its files are still there."""
    try:
        found = OUTCOME.load(store.read(render_key(job)), render_key(job))
    except (KeyError, InputError):
        return None
    if not all(blob and store.has(blob) for blob in (found.video, found.poster)):
        return None
    return found.model_copy(update={"output_id": job.output_id, "attempt": 1})


def render_key(job: RenderJob) -> str:
    ingredients = [RENDER_VERSION, picture_of(job).model_dump(mode="json")]
    return f"renders/{hashlib.sha256(canonical_json(ingredients)).hexdigest()}.json"
