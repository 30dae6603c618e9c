"""What makes a good clip in this genre."""

from __future__ import annotations

from collections import ChainMap
from typing import Annotated

from pydantic import Field, model_validator

from shortform_assets.contracts.base import Contract, Ratio, Words, one_of
from shortform_assets.contracts.selection import FEATURES, LEARNED
from shortform_assets.contracts.slices.panel_slice import PanelSlice

Weight = Annotated[float, Field(ge=0, le=100)]
"""What a feature counts against the others; only the ratios matter."""

PENALTIES = {
    "weak_opener": 0.15,
    "missing_question": 0.25,
    "open_question": 0.2,
    "unclosed": 0.2,
    "thin": 0.2,
    "incoherent": 0.2,
}
"""What a fault takes from the score of 0 to 1. The last two are for what substance and coherence nearly lack: no
other merit makes up for it. Set by hand; "planted moments in the plan" and "chosen time that is
filler" of benchmarks/selection.py, test_a_fault_never_raises_the_score_and_a_genre_can_forgive_it."""


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
    cut_fillers: bool = True
    """Take out "um", "you know" and false starts that stand in silence."""
    max_parts: int = Field(default=2, ge=1, le=2)
    """2 lets a clip join a beginning and its later end across an interruption."""
    max_topic_share: Ratio = 0.4
    """At most this share of the target comes from one topic, or what its length gives it where that is more."""
    weights: dict[Annotated[str, one_of("feature", ChainMap(FEATURES, LEARNED))], Weight]
    """Feature -> weight of the local editor's score; a feature that is not named counts for nothing."""
    penalties: dict[Annotated[str, one_of("fault", PENALTIES)], Ratio] = PENALTIES
    """Fault -> what it takes from the local editor's score; one that is not named costs nothing."""
    topic_grain: float = Field(default=12.5, ge=4, le=60)
    """How unlike its neighbours a topic must be; more gives fewer and longer topics."""
    max_moments: int = Field(default=3000, ge=50, le=20_000)
    """So many candidates are measured."""
    hook_words: tuple[Words, ...] = ()
    weak_openers: tuple[Words, ...] = ()

    panel: PanelSlice = PanelSlice()

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
        if not any(self.weights.values()):
            raise ValueError("weights must give at least one feature more than 0")
        return self
