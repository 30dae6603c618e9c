"""Completed renders that may be used again by any composition of any source with the identical job."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.contracts.versioned import OUTCOME
from shortform_assets.delivery.job_records import has_files
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
    """A completed render of the identical job whose files are still there."""
    found = _usable(store, _numbers(store, job), job)
    return found.model_copy(update={"output_id": job.output_id, "attempt": 1}) if found else None


def remember_render(store: ObjectStore, job: RenderJob, outcome: Outcome) -> None:
    """Keep a completed render for whoever wants the identical job again.

    One that can be used is kept already, or this is the next number: what lost its files stays as it is.
    """
    numbers = _numbers(store, job)
    while _usable(store, numbers, job) is None:
        number = max(numbers, default=0) + 1
        if store.create(f"{render_folder(job)}/{number}.json", OUTCOME.dump(outcome)):
            return
        numbers = _numbers(store, job)


def render_folder(job: RenderJob) -> str:
    """Where the renders of this job are kept, `<n>.json` each."""
    ingredients = [RENDER_VERSION, picture_of(job).model_dump(mode="json")]
    return f"renders/{hashlib.sha256(canonical_json(ingredients)).hexdigest()}"


def _numbers(store: ObjectStore, job: RenderJob) -> list[int]:
    """Of the kept renders, the newest first."""
    names = (key.rsplit("/", 1)[-1].removesuffix(".json") for key in store.list(render_folder(job)))
    return sorted((int(name) for name in names if name.isdecimal()), reverse=True)


def _usable(store: ObjectStore, numbers: Sequence[int], job: RenderJob) -> Outcome | None:
    """The newest render that can be read and has its files."""
    for number in numbers:
        key = f"{render_folder(job)}/{number}.json"
        try:
            found = OUTCOME.load(store.read(key), key)
        except (KeyError, InputError):
            continue
        if has_files(store, found):
            return found
    return None
