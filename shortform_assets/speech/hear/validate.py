"""What providers answer, checked before anything is built on it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import accumulate

from shortform_assets.ports.recognizer import ProviderFailed, RawSegment, RawTranscript, RawWord
from shortform_assets.speech.words.word_assembly import UNSPACED
from shortform_assets.text.spacing import words_of

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
        for low, high in segment.voiced:
            _insist(low, seconds, "voice")
            _insist(high, seconds, "voice")
        words = segment.words or spread(segment, language)
        for word in words:
            _insist(word.start, seconds, "a word's start")
            _insist(word.end, seconds, "a word's end")
        timed = tuple(_clamped(word, seconds) for word in words)
        segments.append(replace(segment, words=timed, voiced=()))
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


def spread(segment: RawSegment, language: str) -> tuple[RawWord, ...]:
    """The words of a segment without word times, over the voice in it: not `timed`.

    Each word gets its share of the voice by its length, and none of the pauses; in languages without spaces
    between words each of their characters is one.
    """
    texts = segment.text.split() if language not in UNSPACED else words_of(segment.text)
    spans = segment.voiced or ((segment.start, max(segment.start, segment.end)),)
    begins = [0.0, *accumulate(high - low for low, high in spans)]
    marks = [0, *accumulate(len(text) + 1 for text in texts)]
    confidence = min(1.0, math.exp(min(0.0, segment.avg_logprob)))

    def at(mark: int, ends: bool) -> float:
        voiced = begins[-1] * mark / marks[-1]
        # What ends where a span ends stays in it; what starts there starts in the next.
        span = (bisect_left if ends else bisect_right)(begins, voiced) - 1
        low, high = spans[min(max(span, 0), len(spans) - 1)]
        return min(high, low + voiced - begins[min(max(span, 0), len(spans) - 1)])

    return tuple(
        RawWord(f" {text}", at(marks[i], False), at(marks[i + 1], True), confidence, timed=False)
        for i, text in enumerate(texts)
    )


def _short(segment: RawSegment) -> str:
    return f"{segment.start:.2f} to {segment.end:.2f} s"
