"""Amazon Transcribe's result file: checked, and turned into what the speech room reads."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from resources.stt.segments import Nonsense, cut_segments
from shortform_assets.ports.recognizer import RawTranscript, RawWord


class _Alternative(BaseModel):
    content: str
    confidence: FiniteFloat = 0.0


class _Item(BaseModel):
    """Amazon writes its numbers as strings."""

    type: Literal["pronunciation", "punctuation"]
    alternatives: list[_Alternative] = Field(min_length=1)
    start_time: FiniteFloat | None = None
    end_time: FiniteFloat | None = None


class _Transcript(BaseModel):
    transcript: str


class _Results(BaseModel):
    transcripts: list[_Transcript] = Field(min_length=1)
    items: list[_Item]


class _Document(BaseModel):
    results: _Results


def transcript(body: bytes, language: str) -> RawTranscript:
    """The result file as segments with words; Nonsense where it is no such file."""
    try:
        results = _Document.model_validate_json(body).results
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the whole"
        raise Nonsense(f"has the wrong shape ({where}: {fault['msg']})") from None
    words = [_word(item) for item in results.items if item.type == "pronunciation"]
    text = results.transcripts[0].transcript
    if not words and not text.strip():
        return RawTranscript(language, 1.0, ())
    return RawTranscript(language, 1.0, tuple(cut_segments(text, words)))


def _word(item: _Item) -> RawWord:
    if item.start_time is None or item.end_time is None:
        raise Nonsense("has a word without times")
    best = item.alternatives[0]
    return RawWord(best.content, item.start_time, item.end_time, min(1.0, max(0.0, best.confidence)))
