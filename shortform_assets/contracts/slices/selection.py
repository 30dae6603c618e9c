"""What makes a good clip in this genre."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from shortform_assets.contracts.base import Contract, Ratio
from shortform_assets.contracts.selection import FEATURES

Weight = Annotated[float, Field(ge=0, le=100)]


class SelectionSlice(Contract):
    min_seconds: float = Field(ge=3, le=600)
    target_seconds: float = Field(ge=3, le=600)
    max_seconds: float = Field(ge=3, le=600)
    clips_per_hour: float = Field(gt=0, le=120)
    min_clips: int = Field(ge=0, le=500)
    max_clips: int = Field(ge=1, le=500)
    min_score: Ratio
    """Nothing below this is chosen, whatever the target."""
    diversity: Ratio
    """What a second clip about one topic, or of the speaker who has most, loses of its score."""
    pad_ms: int = Field(ge=0, le=1000)
    """How far a cut may move from a word edge into the silence beside it."""
    max_pause_ms: int = Field(ge=0, le=20_000)
    """Silences inside a clip are shortened to this; 0 leaves them all."""
    weights: dict[str, Weight]
    """Feature -> weight of the local editor's score; a feature that is not named counts for nothing."""
    hook_words: tuple[str, ...] = ()
    weak_openers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> SelectionSlice:
        for low, high in (
            ("min_seconds", "target_seconds"),
            ("target_seconds", "max_seconds"),
            ("min_clips", "max_clips"),
        ):
            a, b = getattr(self, low), getattr(self, high)
            if a > b:
                raise ValueError(f"{low} ({a:g}) is more than {high} ({b:g})")
        unknown = sorted(set(self.weights) - set(FEATURES))
        if unknown:
            raise ValueError(f"weights.{unknown[0]} is no feature; there are {', '.join(FEATURES)}")
        if not any(self.weights.values()):
            raise ValueError("weights must give at least one feature more than 0")
        return self
