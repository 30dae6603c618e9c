"""Completed renders that may be used again by any composition of any source with the identical job."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shortform_assets.code_versions import code_of
from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.contracts.versioned import OUTCOME
from shortform_assets.delivery.job_records import has_files
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore

RENDERER = "shortform_assets.rendering.render_output:render"
"""What draws an output, as `module:function`."""
_MEASURE = "shortform_assets.delivery.quality:measure"


def renderer_named(name: str | None) -> str:
    """`module:function` of the renderer that is meant: this release's where none is named."""
    return name or RENDERER


def renderer_version(renderer: str | None = None) -> str:
    """The code that draws and measures an output; `renderer` is as for `renderer_named`.

    Empty where it is not the project's. What another one drew is not reused: it may be another picture.
    """
    return code_of(renderer_named(renderer), _MEASURE).version


def same_code(version: str, other: str) -> bool:
    """Whether two versions are of one source, whatever libraries the two machines have."""
    return version.partition(".")[0] == other.partition(".")[0]


def picture_of(job: RenderJob) -> RenderJob:
    """The job without what is never drawn, so that a new title or hashtag costs no render.

    Renderers are handed this, so that nothing else can get into the picture unseen.
    """
    unseen = {"title": "", "description": "", "hashtags": (), "words": ()}
    plain = job.enhancement.model_copy(update=unseen)
    return job.model_copy(update={"enhancement": plain, "output_id": ""})


def earlier_render(store: ObjectStore, job: RenderJob, renderer: str) -> Outcome | None:
    """A completed render of the identical job, by this version of the renderer, whose files are still there."""
    folder = render_folder(job, renderer)
    found = _usable(store, folder, _numbers(store, folder))
    return found.model_copy(update={"output_id": job.output_id, "attempt": 1}) if found else None


def remember_render(store: ObjectStore, job: RenderJob, renderer: str, outcome: Outcome) -> None:
    """Keep a completed render of this version of the renderer for whoever wants the identical job again.

    One that can be used is kept already, or this is the next number: what lost its files stays as it is.
    """
    folder = render_folder(job, renderer)
    numbers = _numbers(store, folder)
    while _usable(store, folder, numbers) is None:
        number = max(numbers, default=0) + 1
        if store.create(f"{folder}/{number}.json", OUTCOME.dump(outcome)):
            return
        numbers = _numbers(store, folder)


def render_folder(job: RenderJob, renderer: str) -> str:
    """Where the renders of this job by this version of the renderer are kept, `<n>.json` each."""
    ingredients = [renderer, picture_of(job).model_dump(mode="json")]
    return f"renders/{hashlib.sha256(canonical_json(ingredients)).hexdigest()}"


def _numbers(store: ObjectStore, folder: str) -> list[int]:
    """Of the kept renders, the newest first."""
    names = (key.rsplit("/", 1)[-1].removesuffix(".json") for key in store.list(folder))
    return sorted((int(name) for name in names if name.isdecimal()), reverse=True)


def _usable(store: ObjectStore, folder: str, numbers: Sequence[int]) -> Outcome | None:
    """The newest render that can be read and has its files."""
    for number in numbers:
        key = f"{folder}/{number}.json"
        try:
            found = OUTCOME.load(store.read(key), key)
        except (KeyError, InputError):
            continue
        if has_files(store, found):
            return found
    return None
