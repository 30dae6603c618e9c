"""What makes a good clip in this genre."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio


class SelectionSlice(Contract):
    min_seconds: float = Field(gt=0)
    target_seconds: float = Field(gt=0)
    max_seconds: float = Field(gt=0)
    clips_per_hour: float = Field(gt=0)
    min_clips: int = Field(ge=0)
    max_clips: int = Field(ge=1)
    min_score: Ratio
    pad_ms: int = Field(ge=0, le=1000)
    """How far a cut may move from a word edge into the silence beside it."""
    weights: dict[str, float]
    """Feature -> weight of the local editor's score."""
    hook_words: tuple[str, ...] = ()
    weak_openers: tuple[str, ...] = ()
