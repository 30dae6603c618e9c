"""The evidence by which the hallucination guard judges, one rule for each kind of invention."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from shortform_assets.contracts.slices.speech_slice import GuardSlice
from shortform_assets.ports.recognizer import RawSegment
from shortform_assets.speech.guard.second_opinion import Doubt
from shortform_assets.speech.guard.stock_phrases import is_stock, plain
from shortform_assets.speech.words.voice_activity import VoiceActivity
from shortform_assets.speech.words.word_assembly import DraftWord

_MARGIN_MS = 250
"""Provider word times are off by this much; a word farther from any voice was not spoken."""
_LONGEST_CYCLE, _GRAM = 24, 4
"""Words: the longest phrase that is looked for in a loop, and the run whose return shows one."""
_WEAK_COVER, _WEAK_CONFIDENCE, _STRAY_CONFIDENCE = 0.5, 0.45, 0.3
"""Less voice than half of the time, and mean word probabilities: unsure, and hardly believed. By trial on
noise, music and crowds; "words invented" and "true words removed" of benchmarks/speech.py guard it from
both sides."""
_FASTEST_MS, _FAST_RUN = 60, 4
"""No word of talk is shorter (a syllable takes 100 to 200 ms), so several in a row are not spoken."""
_SLOWEST_MS, _SLOW_MS = 600, 3_000
"""Of voice for a letter, in a segment with this much voice or more."""
_LONG_TOKEN = 24
"""Letters; few words are longer, and one that is must not repeat itself."""
_NOT_SPEECH = re.compile(r"^[\[(*♪♫].*[\])*♪♫][.!]?$|^[♪♫].*|.*[♪♫]$", re.DOTALL)


@dataclass(frozen=True)
class Evidence:
    """What a rule may look at: the words that are left, in order, and all that is known of them."""

    words: Sequence[DraftWord]
    segments: Sequence[RawSegment]
    voice: VoiceActivity
    limits: GuardSlice
    language: str

    def cover(self, first: int, last: int) -> float:
        return self.voice.cover(self.words[first].start, self.words[last].end)

    def confidence(self, first: int, last: int) -> float:
        return fmean(word.confidence for word in self.words[first : last + 1])

    def text(self, first: int, last: int) -> str:
        return " ".join(word.text for word in self.words[first : last + 1])

    def by_segment(self) -> list[tuple[int, int]]:
        return self._split(lambda a, b: a.segment != b.segment)

    def by_window(self) -> list[tuple[int, int]]:
        """Segments that were decoded in one go; they share all of the decoder's numbers."""
        return self._split(lambda a, b: self._numbers(a) != self._numbers(b))

    def by_sentence(self) -> list[tuple[int, int]]:
        return self._split(lambda a, b: a.segment != b.segment or a.text[-1:] in ".?!…。？！")

    def _numbers(self, word: DraftWord) -> tuple[float, float, float]:
        segment = self.segments[word.segment]
        return segment.avg_logprob, segment.no_speech_prob, segment.compression_ratio

    def _split(self, apart: Callable[[DraftWord, DraftWord], bool]) -> list[tuple[int, int]]:
        words = self.words
        return _ranges(len(words), [i for i in range(1, len(words)) if apart(words[i - 1], words[i])])


Rule = Callable[[Evidence], list[Doubt]]


def _unheard(now: Evidence) -> list[Doubt]:
    """Windows that the decoder takes for silence or does not believe.

    Surely nobody speaks where it does both, or does not believe what it hears in little voice. Silence in
    which it goes in circles or has little voice goes unless another provider hears the same; where nothing
    else speaks against the words, they go only if another one hears something else altogether.
    """
    found = []
    for first, last in now.by_window():
        segment = now.segments[now.words[first].segment]
        silent = segment.no_speech_prob > now.limits.max_no_speech
        unlikely = segment.avg_logprob < now.limits.min_log_probability
        weak = now.cover(first, last) < _WEAK_COVER
        if unlikely and (silent or weak):
            reason = "taken for silence by the recognizer, with little confidence"
            found.append(Doubt(first, last, reason, sure=True))
        elif silent:
            lost = _lost(now, first)
            reason = f"taken for silence by the recognizer{', which goes in circles' if lost else ''}"
            found.append(Doubt(first, last, reason, removed=lost or weak))
        elif unlikely:
            found.append(Doubt(first, last, "hardly believed by the recognizer", removed=False))
    return found


def _unvoiced(now: Evidence) -> list[Doubt]:
    """Words where the voice detector hears nobody. Words without times of their own share their segment's."""
    found = []
    for first, last in now.by_segment():
        piece = now.words[first : last + 1]
        spans = [(word.start, word.end) for word in piece]
        if piece[0].timing == "proportional":
            spans = [(piece[0].start, piece[-1].end)] * len(piece)
        outside = [now.voice.cover(*span, _MARGIN_MS) < now.limits.min_voice_cover for span in spans]
        for a, b in runs(outside):
            a, b = first + a, first + b
            sure = _is_stock(now, a, b) or not _any_voice(now, a, b)
            found.append(Doubt(a, b, "outside any voice activity", sure=sure))
    return found


def _any_voice(now: Evidence, first: int, last: int) -> bool:
    """Whether there is voice so near that the words' times may just be wrong."""
    return now.voice.inside(now.words[first].start, now.words[last].end, 4 * _MARGIN_MS) > 0


def _annotations(now: Evidence) -> list[Doubt]:
    """[Music], (applause), and lyrics marks."""
    return [
        Doubt(first, last, "an annotation, not speech", sure=True)
        for first, last in now.by_segment()
        if _NOT_SPEECH.match(now.text(first, last))
    ]


def _stutters(now: Evidence) -> list[Doubt]:
    """A single token that repeats itself: "W-W-W-W-W-..."."""
    looped = []
    for word in now.words:
        body = word.text.casefold().encode()
        ratio = len(body) / len(zlib.compress(body))
        looped.append(len(word.text) >= _LONG_TOKEN and ratio > now.limits.max_compression_ratio / 2)
    return [Doubt(a, b, "one token repeated within a word", sure=True) for a, b in runs(looped)]


def _loops(now: Evidence) -> list[Doubt]:
    """A phrase repeated over and over, where decoder or sound speak against it; its first time stays."""
    said = [plain(word.text) for word in now.words]
    found: list[Doubt] = []
    at = 0
    while at < len(said):
        cycle, times = _cycle(said, at, now.limits.max_repeats)
        if not times:
            at += 1
            continue
        first, last = at, at + cycle * times - 1
        pace = (now.words[last].end - now.words[first].start) / (last - first + 1)
        weak = now.cover(first, last) < _WEAK_COVER or pace < 1.5 * _FASTEST_MS
        if weak or any(_lost(now, i) for i in range(first, last + 1)):
            reason = f"the same {cycle} word(s) {times} times in a row"
            found.append(Doubt(first + cycle, last, reason))
        at = last + 1
    return found


def _cycle(said: Sequence[str], at: int, max_repeats: int) -> tuple[int, int]:
    """Length and number of repeats of the phrase that begins at `at`; (0, 0) where it is no loop."""
    for cycle in range(1, _LONGEST_CYCLE + 1):
        phrase = said[at : at + cycle]
        times = 1
        while said[at + cycle * times : at + cycle * (times + 1)] == phrase:
            times += 1
        # People do say one word six times in a row.
        if times > (max_repeats if cycle > 1 else 2 * max_repeats):
            return cycle, times
    return 0, 0


def _repeats(now: Evidence) -> list[Doubt]:
    """Four words that come back again and again in a window that is far too compressible, not in a row."""
    said = [plain(word.text) for word in now.words]
    again = [False] * len(said)
    for first, last in now.by_window():
        if not _lost(now, first):
            continue
        places: dict[tuple[str, ...], list[int]] = {}
        for i in range(first, last - _GRAM + 2):
            places.setdefault(tuple(said[i : i + _GRAM]), []).append(i)
        for where in places.values():
            for i in where[1:] if len(where) > now.limits.max_repeats else ():
                again[i : i + _GRAM] = [True] * _GRAM
    return [Doubt(a, b, "the same words again and again") for a, b in runs(again)]


def _lost(now: Evidence, word: int) -> bool:
    segment = now.segments[now.words[word].segment]
    return segment.compression_ratio > now.limits.max_compression_ratio


def _stock_phrases(now: Evidence) -> list[Doubt]:
    """What models learned from subtitles, with little voice or little belief behind it."""
    found = []
    for first, last in now.by_sentence():
        if not _is_stock(now, first, last):
            continue
        silent = max(now.segments[word.segment].no_speech_prob for word in now.words[first : last + 1])
        faint = now.cover(first, last) < _WEAK_COVER
        if silent > now.limits.max_no_speech or faint or now.confidence(first, last) < _STRAY_CONFIDENCE:
            found.append(Doubt(first, last, "a stock phrase with little voice behind it", sure=faint))
    return found


def _is_stock(now: Evidence, first: int, last: int) -> bool:
    return is_stock(now.text(first, last), now.language)


def _rushed(now: Evidence) -> list[Doubt]:
    """Runs of words faster than anyone talks, that the decoder hardly believes."""
    fast = [w.end - w.start < _FASTEST_MS and w.confidence < 2 * _WEAK_CONFIDENCE for w in now.words]
    return [
        Doubt(a, b, "faster than speech")
        for a, b in runs(fast)
        if b - a + 1 >= _FAST_RUN and now.confidence(a, b) < _WEAK_CONFIDENCE + 0.1
    ]


def _stretched(now: Evidence) -> list[Doubt]:
    """Few words over much voice, that the decoder hardly believes: what it writes over a babble."""
    found = []
    for first, last in now.by_segment():
        segment = now.segments[now.words[first].segment]
        voiced = now.voice.inside(round(segment.start * 1000), round(segment.end * 1000))
        letters = sum(char.isalnum() for char in now.text(first, last))
        slow = voiced >= _SLOW_MS and voiced > _SLOWEST_MS * max(1, letters)
        if slow and now.confidence(first, last) < _WEAK_CONFIDENCE:
            found.append(Doubt(first, last, "slower than speech"))
    return found


RULES: tuple[Rule, ...] = (
    _unheard,
    _unvoiced,
    _annotations,
    _stutters,
    _loops,
    _repeats,
    _stock_phrases,
    _rushed,
    _stretched,
)
"""From the surest to the least."""


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Inclusive ranges of consecutive True."""
    edges = [i for i in range(1, len(flags)) if flags[i] != flags[i - 1]]
    return [(a, b) for a, b in _ranges(len(flags), edges) if flags[a]]


def _ranges(count: int, edges: Sequence[int]) -> list[tuple[int, int]]:
    starts = [0, *edges] if count else []
    return [(a, b - 1) for a, b in zip(starts, [*edges, count], strict=False)]
