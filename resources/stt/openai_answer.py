"""Answers of OpenAI-compatible servers: checked, and turned into what the speech room reads.

The shapes differ: OpenAI puts bare words beside the segments, whisper.cpp inside them, speaches may leave
the segments out, vLLM and gpt-4o the words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from resources.stt.segments import USUAL_LOGPROB, Nonsense, cut_segments, segment
from resources.stt.word_fitting import spell
from shortform_assets.ports.recognizer import RawSegment, RawTranscript, RawWord


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


class _Word(_Shape):
    word: str
    start: FiniteFloat
    end: FiniteFloat
    probability: FiniteFloat | None = None


class _Segment(_Shape):
    start: FiniteFloat
    end: FiniteFloat
    text: str
    words: list[_Word] | None = None
    avg_logprob: FiniteFloat | None = None
    no_speech_prob: FiniteFloat | None = None
    compression_ratio: FiniteFloat | None = None


class _LogProb(_Shape):
    logprob: FiniteFloat


class _Usage(_Shape):
    seconds: FiniteFloat | None = None


class OpenAIAnswer(_Shape):
    """What the server sent."""

    text: str
    segments: list[_Segment] | None = None
    words: list[_Word] | None = None
    logprobs: list[_LogProb] | None = None
    usage: _Usage | None = None


def read_answer(body: bytes) -> OpenAIAnswer:
    """`body` as an answer; Nonsense where it is none."""
    try:
        return OpenAIAnswer.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        if fault["type"] == "json_invalid":
            page = body.lstrip()[:1] == b"<"
            raise Nonsense("is a web page, not JSON" if page else "is not JSON") from None
        where = ".".join(map(str, fault["loc"])) or "the whole"
        raise Nonsense(f"has the wrong shape ({where}: {fault['msg']})") from None


def transcript(answer: OpenAIAnswer, language: str, seconds: float) -> RawTranscript:
    """The answer as segments with words; Nonsense where its words are not those of its text."""
    if answer.segments:
        segments = _with_words(answer, answer.segments)
    elif answer.words:
        segments = cut_segments(answer.text, [_raw(word, None) for word in answer.words])
    elif answer.text.strip():
        probs = [item.logprob for item in answer.logprobs or ()]
        sure = sum(probs) / len(probs) if probs else USUAL_LOGPROB
        segments = [segment(0.0, seconds, answer.text, (), sure)]
    else:
        segments = []
    return RawTranscript(language, 1.0, tuple(segments))


def _with_words(answer: OpenAIAnswer, segments: list[_Segment]) -> list[RawSegment]:
    # Each word is as sure as its segment where the server says no more.
    words = [_raw(word, found.avg_logprob) for found in segments for word in found.words or ()]
    if answer.words:
        words = [_raw(word, _logprob_at(segments, word)) for word in answer.words]
    spelled = spell([found.text for found in segments], words) if words else [()] * len(segments)
    if spelled is None:
        raise Nonsense("has words that are not those of its text")
    return [_measured(found, own) for found, own in zip(segments, spelled, strict=True)]


def _measured(found: _Segment, words: Sequence[RawWord]) -> RawSegment:
    """A segment with the decoder's numbers, where the server gives them."""
    sure = USUAL_LOGPROB if found.avg_logprob is None else found.avg_logprob
    made = segment(found.start, found.end, found.text, words, sure)
    ratio = made.compression_ratio if found.compression_ratio is None else found.compression_ratio
    return replace(made, no_speech_prob=found.no_speech_prob or 0.0, compression_ratio=ratio)


def _raw(word: _Word, avg_logprob: float | None) -> RawWord:
    sure = word.probability
    if sure is None:
        sure = math.exp(min(0.0, USUAL_LOGPROB if avg_logprob is None else avg_logprob))
    return RawWord(word.word, word.start, word.end, min(1.0, max(0.0, sure)))


def _logprob_at(segments: Sequence[_Segment], word: _Word) -> float | None:
    middle = (word.start + word.end) / 2
    return next((s.avg_logprob for s in segments if s.start <= middle <= s.end), None)
