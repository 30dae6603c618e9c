"""Segments made here, for providers that give words without them or numbers that are not all there."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import replace

from resources.stt.word_fitting import spell
from shortform_assets.ports.recognizer import RawSegment, RawWord
from shortform_assets.ports.voice_finder import Span

USUAL_LOGPROB = -0.5
"""For providers that do not say how sure they are: what Whisper shows for ordinary speech."""
_PAUSE = 1.0
"""Seconds between two words that part segments."""
_LEAST_SURE = 0.01
"""Taken for any lower probability of a word, whose logarithm would outweigh all others. Our choice."""
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")


class Nonsense(Exception):
    """The answer is not a transcript; says what is wrong, after "the answer"."""


def cut_segments(text: str, words: Sequence[RawWord]) -> list[RawSegment]:
    """Segments of one text with word times: at sentence ends and pauses. Nonsense where they disagree."""
    spelled = spell([text], words)
    if spelled is None or not spelled[0]:
        raise Nonsense("has words that are not those of its text")
    groups: list[list[RawWord]] = []
    for word in spelled[0]:
        last = groups[-1][-1] if groups else None
        if last is None or last.text.endswith(_SENTENCE_ENDS) or word.start - last.end > _PAUSE:
            groups.append([])
        groups[-1].append(word)
    return [
        segment(
            group[0].start,
            max(word.end for word in group),
            "".join(word.text for word in group),
            group,
            sum(math.log(max(word.probability, _LEAST_SURE)) for word in group) / len(group),
        )
        for group in groups
    ]


def segment(start: float, end: float, text: str, words: Sequence[RawWord], avg_logprob: float) -> RawSegment:
    """A segment of a server that says no more: the compression ratio is Whisper's own measure of the text."""
    raw = text.strip().encode()
    ratio = len(raw) / len(zlib.compress(raw)) if raw else 0.0
    return RawSegment(start, end, text, tuple(words), avg_logprob, 0.0, ratio)


def untimed(text: str, spans: Sequence[Span], avg_logprob: float) -> RawSegment:
    """`text` without word times, said in the voiced `spans` (milliseconds, in order, apart, at least one)."""
    voiced = tuple((low / 1000, high / 1000) for low, high in spans)
    return replace(segment(voiced[0][0], voiced[-1][1], text, (), avg_logprob), voiced=voiced)
