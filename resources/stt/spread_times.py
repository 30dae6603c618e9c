"""Times for the words of a text of which only the stretch is known: spread over the voice in it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from resources.stt.segments import segment
from shortform_assets.ports.recognizer import RawSegment, RawWord
from shortform_assets.speech.words.voice_activity import Span
from shortform_assets.speech.words.word_assembly import UNSPACED
from shortform_assets.text.spacing import words_of


def spread(text: str, language: str, spans: Sequence[Span], avg_logprob: float) -> RawSegment:
    """`text` as a segment over the voiced `spans` (milliseconds, in order, apart, at least one).

    Each word gets its share of the voice by its length, and none of the pauses; it is not `timed`. In
    languages without spaces between words each of their characters is one.
    """
    words = text.split() if language not in UNSPACED else words_of(text)
    begins = [0, *accumulate(high - low for low, high in spans)]
    marks = [0, *accumulate(len(word) + 1 for word in words)]
    confidence = min(1.0, math.exp(avg_logprob))

    def at(mark: int, ends: bool) -> float:
        voiced = begins[-1] * mark / marks[-1]
        # What ends where a span ends stays in it; what starts there starts in the next.
        span = (bisect_left if ends else bisect_right)(begins, voiced) - 1
        return round((spans[span][0] + voiced - begins[span]) / 1000, 3)

    timed = [
        RawWord(f" {word}", at(marks[i], False), at(marks[i + 1], True), confidence, timed=False)
        for i, word in enumerate(words)
    ]
    return segment(spans[0][0] / 1000, spans[-1][1] / 1000, text, timed, avg_logprob)
