"""The steps from one schema number to the next, oldest first for each kind. A step that was released never changes.

A step takes the JSON object of one number and returns that of the next. It knows the shapes of its time only by
what is written here, never by today's classes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

from shortform_assets.contracts.base import canonical_json

Fields = dict[str, Any]
Upgrade = Callable[[Fields], Fields]

_SHIPPED_BEFORE_NUMBERS = frozenset(
    {
        "6f70ac1bfee0c83e2389e9335f3f335ee3acad03fbe41708e4ccb9f1b77b144d",
        "4aadd12a58f0d91ed1496836c23ab7ce8e79a2522ec633dda25c9b910a445457",
    }
)
"""SHA-256 of the acme@1 and shortform@1 that Shortform published by itself before there were schema numbers."""
_SIZES = {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)}
"""Pixels of the outputs that there were before aspect ratios carried their size: they never change any more."""
_LETTER_EM, _LINE_EM, _PADDING_EM = 0.6, 1.25, 0.45
"""An average bold letter, the distance of two lines, and the space around the text of a card."""


def numbered(fields: Fields) -> Fields:
    """0 to 1: before there were numbers the same keys were written without one."""
    return fields


def style_origin(fields: Fields) -> Fields:
    """Style, 0 to 1: whether it came along with Shortform is written down beside it."""
    known = hashlib.sha256(canonical_json(fields)).hexdigest() in _SHIPPED_BEFORE_NUMBERS
    return {"style": fields, "shipped": known}


def publication_of_config(fields: Fields) -> Fields:
    """Genre publication, 0 to 1: `digest` is called `config`, for it is not the publication's own."""
    return {"config" if key == "digest" else key: value for key, value in fields.items()}


def genre_with_caption_pace(fields: Fields) -> Fields:
    """Genre, 1 to 2: how long a page stays is the genre's to say, which was the same for all before."""
    pace = {"caption_hold_ms": 400, "caption_min_ms": 700}
    return {**fields, "enhancement": {**pace, **fields["enhancement"]}}


def job_with_sizes(fields: Fields) -> Fields:
    """Render job, 0 to 1: text blocks say what they take of the output, which the renderer measured itself before.

    Fonts are not at hand here, so letters count as bold ones do on average: a card is a little wider or narrower.
    """
    job = fields["job"]
    clip, style = job["enhancement"], job["style"]
    pages = []
    for page in clip["pages"]:
        lines = [" ".join(word["text"] for word in line) for line in page["lines"]]
        pages.append({**page, "size": _sizes(page, lines, style["captions"]["size"], 0.0)})
    hook = clip.get("hook")
    if hook and style.get("hook"):
        hook = {**hook, "size": _sizes(hook, hook["lines"], style["hook"]["size"], _PADDING_EM)}
    return {**fields, "job": {**job, "enhancement": {**clip, "pages": pages, "hook": hook}}}


def style_with_creative_layer(fields: Fields) -> Fields:
    """Style, 1 to 2: what it does not say of looks, overlays and sound is as it was before they could be chosen."""
    return fields


def job_with_creative_layer(fields: Fields) -> Fields:
    """Render job, 1 to 2: as its style."""
    return fields


def genre_with_creative_layer(fields: Fields) -> Fields:
    """Genre, 2 to 3: as the style."""
    return fields


def record_with_translation(fields: Fields) -> Fields:
    """Source record, 1 to 2: captions could not be translated before."""
    return fields


def outcome_with_gate(fields: Fields) -> Fields:
    """Outcome, 1 to 2: what the gate says beside problems was not asked before."""
    return fields


def _sizes(block: Fields, lines: list[str], share: float, padding: float) -> Fields:
    found = {}
    for aspect in block["anchor"]:
        width, height = _SIZES[aspect]
        em = share * block["scale"] * math.sqrt(height * 1920)
        across = max(map(len, lines)) * _LETTER_EM + 2 * padding
        found[aspect] = (
            round(min(1.0, across * em / width), 4),
            round((len(lines) * _LINE_EM + 2 * padding) * em / height, 4),
        )
    return found
