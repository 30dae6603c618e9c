"""What providers answer, checked before anything is built on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from shortform_assets.ports.recognizer import ProviderFailed, RawSegment, RawTranscript, RawWord
from shortform_assets.speech.words.word_assembly import UNSPACED

_SLACK = 1.0
"""Seconds by which a time may lie beyond the end; rounding and padding do that, nonsense goes further."""
"""The slack of a decoder that pads what it is given to whole seconds; faults answer hours."""
_MOST_WORDS_A_SECOND = 30
"""Six times the fastest talk (auctioneers: 5 words a second), so that only loops of a decoder are beyond it."""
_TOLD_WORDS = 12
"""So many words of an unusable answer are told; the rest repeats them."""


class UnusableAnswer(ProviderFailed):
    """An answer that cannot be true of its sound, or none because the recognizer crashed over it.

    That is this sound's misfortune, not yet the provider's failure: it is heard otherwise, or left out.
    """

    def __init__(self, what: str, said: str = "") -> None:
        super().__init__(what)
        self.said = said
        """How the answer begins."""


def checked(raw: RawTranscript, seconds: float, language: str, name: str) -> tuple[RawSegment, ...]:
    """The segments in order of time, every word with times within [0, seconds]; UnusableAnswer if absurd.

    Words without times get their share of the segment by length, and are marked so.
    """
    try:
        return _checked(raw, seconds, language)
    except ValueError as error:
        said = " ".join(segment.text for segment in raw.segments).split()
        told = " ".join(said[:_TOLD_WORDS]) + (" …" if len(said) > _TOLD_WORDS else "")
        raise UnusableAnswer(f"{name} answered {error}", told) from None


def _checked(raw: RawTranscript, seconds: float, language: str) -> tuple[RawSegment, ...]:
    segments = []
    for segment in raw.segments:
        if not segment.text.strip() and not segment.words:
            continue
        for what, value in (("start", segment.start), ("end", segment.end)):
            _insist(value, seconds, f"a segment's {what}")
        if segment.end < segment.start - _SLACK:
            raise ValueError(f"a segment that ends before it starts: {_short(segment)}")
        words = segment.words or _shares(segment, language)
        for word in words:
            _insist(word.start, seconds, "a word's start")
            _insist(word.end, seconds, "a word's end")
        segments.append(replace(segment, words=tuple(_clamped(word, seconds) for word in words)))
    count = sum(len(segment.words) for segment in segments)
    if count > _MOST_WORDS_A_SECOND * (seconds + 1):
        raise ValueError(f"{count} words for {seconds:.0f} s of sound")
    return tuple(sorted(segments, key=lambda segment: segment.start))


def _insist(value: float, seconds: float, what: str) -> None:
    if not math.isfinite(value) or not -_SLACK <= value <= seconds + _SLACK:
        raise ValueError(f"{what} at {value:.2f} s; there are {seconds:.2f} s of sound")


def _clamped(word: RawWord, seconds: float) -> RawWord:
    start = min(max(0.0, word.start), seconds)
    return replace(word, start=start, end=min(max(start, word.end), seconds))


def _shares(segment: RawSegment, language: str) -> Sequence[RawWord]:
    spaced = language not in UNSPACED
    texts = segment.text.split() if spaced else [mark for mark in segment.text if not mark.isspace()]
    total = sum(len(text) + 1 for text in texts)
    length = max(0.0, segment.end - segment.start)
    confidence = min(1.0, math.exp(min(0.0, segment.avg_logprob)))
    words, at = [], 0
    for text in texts:
        start = segment.start + length * at / total
        at += len(text) + 1
        end = segment.start + length * at / total
        words.append(RawWord(f" {text}", start, end, confidence, timed=False))
    return words


def _short(segment: RawSegment) -> str:
    return f"{segment.start:.2f} to {segment.end:.2f} s"
