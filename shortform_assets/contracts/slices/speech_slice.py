"""How speech becomes words and turns."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio


class GuardSlice(Contract):
    """Thresholds of the hallucination guard."""

    max_compression_ratio: float = Field(gt=1)
    min_log_probability: float = Field(le=0)
    max_no_speech: Ratio
    max_repeats: int = Field(ge=1)
    min_voice_cover: Ratio
    """A word with less than this share of its time inside voice activity is suspect."""


class SpeechSlice(Contract):
    language: str
    """ISO 639-1, or `auto`."""
    providers: tuple[str, ...] = Field(min_length=1)
    """Who transcribes, in order: `whisper`, `moonshine`, `whisperx:MODEL`, `openai:MODEL`, `amazon-transcribe`.
    The first one that can do the language is asked; the next one when it fails."""
    second_opinion: str
    """The provider that hears doubtful stretches again; empty for none."""
    beam_size: int = Field(ge=1, le=10)
    align: bool
    guard: GuardSlice
    max_speakers: int = Field(ge=1, le=20)
