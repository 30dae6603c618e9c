"""File names for people: readable, in any script, and safe on every file system and in every shell."""

from __future__ import annotations

import unicodedata

from shortform_assets.contracts.creative import Composition
from shortform_assets.text.graphemes import start_in_bytes

_SLUG_BYTES = 100


def file_stems(composition: Composition) -> dict[str, str]:
    """Output id -> `01-title-of-the-clip-9x16`: the clip's rank, its title, the aspect ratio.

    The rank makes names unique and keeps reserved ones (`con`, `nul`) from standing alone. Where a clip
    has two outputs in one aspect ratio, the second carries its output id.
    """
    ranks: dict[str, int] = {}
    stems: dict[str, str] = {}
    for job in composition.outputs:
        rank = ranks.setdefault(job.clip_id, len(ranks) + 1)
        stem = f"{rank:02d}-{slug(job.enhancement.title)}-{job.aspect.replace(':', 'x')}"
        stems[job.output_id] = f"{stem}-{slug(job.output_id)}" if stem in stems.values() else stem
    return stems


def slug(title: str) -> str:
    """Lower-case letters, marks and digits of any script joined by single hyphens; `clip` if none is left."""
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " "
        for letter in unicodedata.normalize("NFC", title).lower().replace("'", "").replace("\u2019", "")
    )
    words, length = [], 0
    for word in kept.split():
        length += len(word.encode()) + 1
        if length > _SLUG_BYTES:
            break
        words.append(word)
    # One endless word has to be cut somewhere.
    return "-".join(words) or start_in_bytes(kept.strip(), _SLUG_BYTES).strip() or "clip"
