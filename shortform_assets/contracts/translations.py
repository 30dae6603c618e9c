"""Captions in another language: what is asked for, and what the user brings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shortform_assets.contracts.base import Blob, Contract

LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
"""BCP 47, as in `es`, `pt-BR` or `zh-Hant`."""
TranslationPlace = Literal["second_line", "instead"]
"""second_line: below the words that are said. instead: in their place."""


class TranslationRule(Contract):
    """Captions are translated into a language, by the first of the panel's models where the user brings nothing."""

    language: LanguageTag
    """BCP 47."""
    show: TranslationPlace = "second_line"
    """Below the words that are said, or in their place."""


class WantedTranslation(Contract):
    """What one source's record asks for."""

    language: LanguageTag
    file: Blob | None = None
    """The user's own subtitles in that language, SRT, VTT or JSON; without them a model translates."""


class TranslatedCue(Contract):
    """Own subtitles: text in source [start_ms, end_ms)."""

    start_ms: int = Field(ge=0)
    end_ms: int
    text: str


class CaptionTranslation(Contract):
    """A translation of the captions, as the plan needs it."""

    language: LanguageTag
    show: TranslationPlace
    cues: tuple[TranslatedCue, ...] = ()
    """The user's own, by start; empty where a model is to translate."""
