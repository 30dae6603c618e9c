"""A recognizer that knows the script and can tell from the sound what time it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from shortform_assets.ports.recognizer import (
    ProviderFailed,
    RawSegment,
    RawTranscript,
    RawWord,
    RecognitionRequest,
)

Word = tuple[int, int]
"""Start and end in source milliseconds."""


def clock(start_ms: int, end_ms: int) -> np.ndarray:
    """Sound that says what time it is."""
    return (np.arange(start_ms * 16, end_ms * 16) / 16000).astype(np.float32)


class Scripted:
    """Provider and recognizer in one: hears the words that lie wholly in what it is given, five to a segment,
    half words as "cut". `faults` maps the number of a call (from 1) to what happens then."""

    parallel = 4

    def __init__(
        self,
        words: Sequence[Word],
        *,
        name: str = "scripted",
        languages: frozenset[str] | None = None,
        lost_at: float = -1,
        faults: dict[int, Callable[[RawTranscript], RawTranscript]] | None = None,
    ) -> None:
        self.name, self.languages, self.words, self.lost_at = name, languages, list(words), lost_at
        self.faults = faults or {}
        self.calls = 0
        self.longest = 0.0
        self.fingerprint = f"{name}-1"
        self._lock = threading.Lock()

    def load(self) -> Scripted:
        return self

    def detect(self, _: np.ndarray) -> tuple[str, float]:
        return "en", 0.9

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        samples = request.samples
        with self._lock:
            self.calls += 1
            call = self.calls
            self.longest = max(self.longest, len(samples) / 16000)
        heard = []
        for number, (low, high) in enumerate(self.words):
            inside = np.flatnonzero((samples >= low / 1000) & (samples < high / 1000))
            if len(inside):
                whole = len(inside) >= (high - low) * 16 - 32
                start, end = inside[0] / 16000, (inside[-1] + 1) / 16000
                heard.append(RawWord(f" w{number}" if whole else " cut", start, end, 0.9))
        segments = []
        for i in range(0, len(heard), 5):
            group = heard[i : i + 5]
            at = float(samples[int(group[0].start * 16000)])
            lost = request.beam_size == 1 and at <= self.lost_at < at + group[-1].end - group[0].start
            words = tuple(RawWord(" lost", w.start, w.end, 0.9) for w in group) if lost else tuple(group)
            text = "".join(word.text for word in words)
            segments.append(
                RawSegment(group[0].start, group[-1].end, text, words, -0.2, 0.1, 9.0 if lost else 1.3)
            )
        request.progress(1.0)
        answer = RawTranscript(request.language, 0.9, tuple(segments))
        return self.faults[call](answer) if call in self.faults else answer


def dies(_: RawTranscript) -> RawTranscript:
    raise ProviderFailed("scripted died mid-file")


def crashes(_: RawTranscript) -> RawTranscript:
    raise RuntimeError("the library crashed")


def beyond_the_end(answer: RawTranscript) -> RawTranscript:
    late = tuple(RawWord(w.text, w.start + 1e4, w.end + 1e4, 0.9) for w in answer.segments[-1].words)
    last = answer.segments[-1]
    return RawTranscript(
        answer.language,
        0.9,
        (*answer.segments[:-1], RawSegment(1e4, 1e4 + 5, last.text, late, -0.2, 0.1, 1.3)),
    )


def not_a_number(answer: RawTranscript) -> RawTranscript:
    first = answer.segments[0]
    words = tuple(RawWord(w.text, float("nan"), w.end, 0.9) for w in first.words)
    return RawTranscript("en", 0.9, (RawSegment(first.start, first.end, first.text, words, -0.2, 0.1, 1.3),))


def babbles(answer: RawTranscript) -> RawTranscript:
    words = tuple(RawWord(" spam", 0.0, 0.1, 0.9) for _ in range(100_000))
    return RawTranscript("en", 0.9, (RawSegment(0.0, 0.1, " spam" * 100_000, words, -0.2, 0.1, 1.3),))
