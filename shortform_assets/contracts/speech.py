"""Transcript, speaker turns: what is said, when, by whom. All times are source milliseconds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio


class Word(Contract):
    """One written word with its punctuation and case."""

    text: str
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    confidence: Ratio
    timing: Literal["aligned", "recognized", "proportional"] = "aligned"
    """Where its times come from: forced alignment, the recognizer, or its share of a longer stretch."""

    @property
    def aligned(self) -> bool:
        return self.timing == "aligned"


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


class Interval(Contract):
    start_ms: int
    end_ms: int


class PassedOver(Contract):
    """A provider that was not used, and why."""

    provider: str
    reason: str


class ToldSpeaker(Contract):
    """Words `first` to `last` of the transcript are said by `speaker`, as the user's transcript calls them."""

    first: int
    last: int
    speaker: str


class Transcript(Contract):
    """Words in order of start, never overlapping the end of the source; sentences cover all words."""

    language: str
    language_confidence: Ratio
    provider: str
    """Who heard it; several are joined by ` + `."""
    passed_over: tuple[PassedOver, ...] = ()
    duration_ms: int
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    guard: tuple[GuardAction, ...] = ()
    faint: tuple[Interval, ...] = ()
    """Speech that the voice detector misses; two providers agreed on its words."""
    told: tuple[ToldSpeaker, ...] = ()
    """In order and apart; empty where nobody says who speaks."""


class HeardWord(Contract):
    """A word as its provider wrote it, leading space included; seconds from the start of the source."""

    text: str
    start: float
    end: float
    probability: float
    timed: bool = True


class HeardSegment(Contract):
    """What was decoded in one go, and how sure the decoder was."""

    start: float
    end: float
    text: str
    words: tuple[HeardWord, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


class HeardChunk(Contract):
    """One provider's answer for some minutes of the source: the part of the work that a rerun picks up."""

    provider: str
    segments: tuple[HeardSegment, ...]
    repairs: tuple[GuardAction, ...] = ()


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
    names: tuple[str, ...] = ()
    """People's names by index into `speakers`, empty where one has none; all of it where nobody told."""
