"""Transcript, speaker turns: what is said, when, by whom. All times are source milliseconds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio


class Word(Contract):
    """One written word with its punctuation and case. `aligned` is True where forced alignment found its times;
    elsewhere they are the recognizer's own."""

    text: str
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    confidence: Ratio
    aligned: bool = True


class Sentence(Contract):
    """Word indices, both inclusive. `closed` is False where no terminal punctuation ends it."""

    first: int
    last: int
    closed: bool = True


class GuardAction(Contract):
    """Something the hallucination guard removed or repaired."""

    kind: Literal["removed", "repaired"]
    reason: str
    text: str
    start_ms: int
    end_ms: int


class Transcript(Contract):
    """Words in order of start, never overlapping the end of the source; sentences cover all words."""

    language: str
    language_confidence: Ratio
    provider: str
    duration_ms: int
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    guard: tuple[GuardAction, ...] = ()


class Interval(Contract):
    start_ms: int
    end_ms: int


class Turn(Contract):
    """One speaker, one stretch of talk. Turns of two speakers may overlap in time."""

    speaker: str
    start_ms: int
    end_ms: int
    overlap: bool = False


class SpeakerTurns(Contract):
    """Who speaks when over the whole source. Speakers are named S1, S2, ... by order of first speech."""

    speakers: tuple[str, ...]
    turns: tuple[Turn, ...]
    voice_activity: tuple[Interval, ...]
    word_speakers: tuple[int, ...]
    """For every transcript word the index into `speakers`, or -1."""
