"""How speech becomes words and turns."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from shortform_assets.contracts.base import Contract, Ratio, each_once
from shortform_assets.contracts.known_names import Language
from shortform_assets.contracts.speech_providers import provider_name

ProviderName = Annotated[str, AfterValidator(provider_name)]


class GuardSlice(Contract):
    """Thresholds of the hallucination guard."""

    max_compression_ratio: float = Field(gt=1, le=100)
    min_log_probability: float = Field(ge=-100, le=0)
    max_no_speech: Ratio
    max_repeats: int = Field(ge=1, le=100)
    min_voice_cover: Ratio
    """A word with less than this share of its time inside voice activity is suspect."""


class RecognitionSlice(Contract):
    """What decides a transcript, besides who hears it."""

    language: Language
    """ISO 639-1, or `auto`."""
    second_opinion: Annotated[str, AfterValidator(lambda name: name and provider_name(name))]
    """The provider that hears doubtful stretches again; empty for none."""
    beam_size: int = Field(ge=1, le=10)
    align: bool
    guard: GuardSlice


class SpeechSlice(RecognitionSlice):
    providers: tuple[ProviderName, ...] = Field(min_length=1)
    """Who transcribes, in order, by the names in `contracts/speech_providers.py`. The first one that can do the
    language is asked; the next one when it fails."""
    max_speakers: int = Field(ge=1, le=20)

    _once = field_validator("providers")(each_once)

    @property
    def recognition(self) -> RecognitionSlice:
        """Without those who might be asked: the one that answers enters a recipe by itself."""
        return RecognitionSlice(**{name: getattr(self, name) for name in RecognitionSlice.model_fields})
