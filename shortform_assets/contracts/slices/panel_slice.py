"""Which language models judge, by what rubric, and what they may cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from shortform_assets.contracts.base import Contract, Ratio, each_once, unknown_name
from shortform_assets.contracts.known_names import LLM_PROVIDERS


def _model_string(model: str) -> str:
    provider, colon, name = model.partition(":")
    if not colon or name.split() != [name]:
        raise PydanticCustomError(
            "model_string", "it is no model string, write provider:model, as in openai:gpt-5-mini"
        )
    if provider not in LLM_PROVIDERS:
        raise unknown_name(provider, "provider of PydanticAI", LLM_PROVIDERS)
    return model


ModelString = Annotated[str, AfterValidator(_model_string)]
"""`provider:model`. Which models a provider has is known to it alone."""
PlainName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Criterion(Contract):
    """What a model scores from 0 to 10."""

    description: str = Field(min_length=1, max_length=400, pattern=r"\S")
    weight: float = Field(default=1.0, ge=0, le=100)


class Price(Contract):
    """US dollars a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


RUBRIC: dict[str, Criterion] = {
    "hook": Criterion(
        weight=1.5, description="the first sentence makes a stranger want to hear the next one"
    ),
    "tone": Criterion(weight=1.0, description="a feeling is carried: humour, anger, surprise, tenderness"),
    "quotability": Criterion(
        weight=1.2, description="holds a line that people would repeat or put on a card"
    ),
    "completeness": Criterion(
        weight=1.5,
        description="stands alone: nothing before it is needed, the question is in it, the payoff too",
    ),
    "energy": Criterion(weight=0.6, description="keeps moving: no filler, no small talk, no repetition"),
    "speaker_changes": Criterion(
        weight=0.4, description="the exchange between speakers adds to it; 5 where one person speaks well"
    ),
    "engagement": Criterion(weight=1.0, description="people would comment on it, argue with it, send it on"),
}
"""What the panel scores unless a genre says otherwise. The weights are those of a mean, and our choice."""


class PanelSlice(Contract):
    """No `models`: the local editor alone decides, and nothing here counts."""

    models: tuple[ModelString, ...] = Field(default=(), max_length=7)
    """PydanticAI model strings, `provider:model`. Each of them votes."""
    rubric: dict[PlainName, Criterion] = Field(default=RUBRIC, min_length=1, max_length=20)
    weight: Ratio = 0.5
    """How much the panel counts against the local editor's score, from 0 to 1."""
    measured: bool = False
    """Whether these models were measured (`benchmarks/editors.py --panel`) and may overrule what was learnt from editors:
    only then do their proposals count where that speaks, and their scores in full."""
    max_usd: float = Field(default=1.0, ge=0)
    """What one run may cost at most, whatever is left under the cap of the source."""
    max_tokens: int = Field(default=1_500_000, ge=0)
    """Tokens sent and received together."""
    window_words: int = Field(default=1200, ge=100, le=20_000)
    """About how many words a model is shown at once when it proposes."""
    proposals: int = Field(default=4, ge=1, le=20)
    """At most this many are taken from one window."""
    judged: int = Field(default=120, ge=0, le=1000)
    """At most this many moments are judged, the local editor's best first."""
    batch: int = Field(default=8, ge=1, le=30)
    """Moments that one question compares."""
    finalists: int = Field(default=24, ge=0, le=100)
    """At most this many, of all batches, are put side by side at the end; fewer than 2 leave each batch its own order."""
    final_words: int = Field(default=6000, ge=200, le=200_000)
    """About how many words of finalists a model is shown at once; more are ranked in overlapping parts."""
    judge_by: Literal["auto", "numbers", "pairs"] = "auto"
    """`pairs`: no numbers are asked for, but how likely the model prefers one clip to another, for small models; its server must
    give log probabilities. `auto`: pairs of those whose name tells at most 4 billion parameters."""
    pairs_each: int = Field(default=4, ge=2, le=100)
    """With about how many others each moment is compared, in both orders, where pairs are read."""
    anchor: Ratio = Field(default=0.82, ge=0.6)
    """Share of a quote's letters that must be said, in order, for it to count as said."""
    concurrency: int = Field(default=4, ge=1, le=32)
    """Calls under way at once, for each model."""
    retries: int = Field(default=2, ge=0, le=5)
    """How often a call is repeated after an invalid answer, and after a failure of the server."""
    call_seconds: float = Field(default=90, gt=0, le=3600)
    total_seconds: float = Field(default=1200, gt=0, le=86_400)
    """After this no further call is begun, and none is waited for."""
    answer_tokens: int = Field(default=6000, ge=256, le=100_000)
    """The longest answer, its reasoning included; what is set aside for each call."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    seed: int = 7

    _once = field_validator("models")(each_once)
    prices: dict[ModelString, Price] = Field(default_factory=dict)
    """Model string -> price, where the bundled price list lacks it or is wrong."""

    @model_validator(mode="after")
    def _possible(self) -> PanelSlice:
        if self.call_seconds > self.total_seconds:
            raise ValueError(
                f"call_seconds ({self.call_seconds:g}) is more than total_seconds ({self.total_seconds:g})"
            )
        if self.answer_tokens > self.max_tokens > 0:
            raise ValueError(
                f"answer_tokens ({self.answer_tokens}) is more than max_tokens ({self.max_tokens}): "
                "not one call could be made"
            )
        if not any(criterion.weight for criterion in self.rubric.values()):
            raise ValueError("rubric must give at least one criterion a weight above 0")
        return self
