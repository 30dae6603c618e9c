"""File names for people: readable, in any script, and safe on every file system and in every shell."""

from __future__ import annotations

from shortform_assets.contracts.creative import Composition
from shortform_assets.text.slug import slug

_SLUG_BYTES = 100
"""Of a title: usual file systems take names of 255; test_names_are_unique_and_safe."""


def file_stems(composition: Composition) -> dict[str, str]:
    """Output id -> `01-title-of-the-clip-9x16`: the clip's rank, its title, the aspect ratio, and whether it is a draft.

    The rank makes names unique and keeps reserved ones (`con`, `nul`) from standing alone. Where a clip
    has two outputs in one aspect ratio, the second carries its output id.
    """
    ranks: dict[str, int] = {}
    stems: dict[str, str] = {}
    for job in composition.outputs:
        rank = ranks.setdefault(job.clip_id, len(ranks) + 1)
        stem = f"{rank:02d}-{_readable(job.enhancement.title)}-{job.aspect.replace(':', 'x')}{'-draft' * job.draft}"
        stems[job.output_id] = f"{stem}-{_readable(job.output_id)}" if stem in stems.values() else stem
    return stems


def _readable(title: str) -> str:
    # What is left of "don't" without its apostrophe reads better in one piece.
    return slug(title.replace("'", "").replace("\u2019", ""), _SLUG_BYTES, "clip")
