"""Recognition in chunks: every word once, memory bounded, a second try where the decoder got lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.genres import load_genre
from shortform_assets.speech import listen as listening
from shortform_assets.speech.listen import listen
from shortform_assets.speech.recognizer import RawSegment, RawTranscript, RawWord
from shortform_assets.speech.voice_activity import Voice

SPEECH = load_genre("podcast").speech.model_copy(update={"align": False})
CHUNK = 10_000


def clock(start_ms: int, end_ms: int) -> np.ndarray:
    """Sound that says what time it is, so that a fake can tell where it listens."""
    return (np.arange(start_ms * 16, end_ms * 16) / 16000).astype(np.float32)


class Scripted:
    """Hears the words that lie wholly in what it is given, five to a segment, half words as "cut"."""

    name = "scripted"

    def __init__(self, words: list[tuple[int, int]], lost_at: float = -1) -> None:
        self.words, self.lost_at, self.longest, self.languages = words, lost_at, 0.0, []

    def recognize(
        self, samples: np.ndarray, language: str | None, beam_size: int, progress: Callable[[float], None]
    ) -> RawTranscript:
        begin, end = float(samples[0]), float(samples[-1])
        self.longest = max(self.longest, end - begin)
        self.languages.append(language)
        heard = []
        for number, (low, high) in enumerate(self.words):
            a, b = low / 1000, high / 1000
            if b <= begin + 0.001 or a >= end - 0.001:
                continue
            whole = a >= begin - 0.001 and b <= end + 0.001
            heard.append(
                RawWord(f" w{number}" if whole else " cut", max(a, begin) - begin, min(b, end) - begin, 0.9)
            )
        segments = []
        for i in range(0, len(heard), 5):
            group = heard[i : i + 5]
            lost = beam_size == 1 and group[0].start + begin <= self.lost_at < group[-1].end + begin
            segments.append(
                RawSegment(
                    group[0].start,
                    group[-1].end,
                    " lost lost lost" if lost else "".join(word.text for word in group),
                    tuple(RawWord(" lost", w.start, w.end, 0.9) for w in group) if lost else tuple(group),
                    -0.2,
                    0.1,
                    9.0 if lost else 1.3,
                )
            )
        progress(1.0)
        return RawTranscript("en", 0.9, tuple(segments))


def script(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    at, words = 0, []
    for pause, length in parts:
        words.append((at + pause, at + pause + length))
        at += pause + length
    return words


def said(segments: tuple[RawSegment, ...]) -> list[str]:
    return [word.text.strip() for segment in segments for word in segment.words]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([30, 60, 80, 400, 3000]), st.integers(100, 700)), min_size=1, max_size=120
    )
)
def test_every_word_is_heard_once_and_never_cut(parts: list[tuple[int, int]]) -> None:
    words = script(parts)
    recognizer = Scripted(words)
    progress: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listening, "CHUNK_MS", CHUNK)
        # Words closer than a quarter second are one voiced span, often longer than a chunk.
        spans = []
        for low, high in words:
            if spans and low - spans[-1][1] < 250:
                spans[-1] = (spans[-1][0], high)
            else:
                spans.append((low, high))
        heard = listen(clock, Voice(spans), recognizer, SPEECH, progress.append)
    assert said(heard.segments) == [f"w{i}" for i in range(len(words))]
    for segment in heard.segments:
        for word in segment.words:
            low, high = words[int(word.text.strip()[1:])]
            assert abs(word.start * 1000 - low) <= 2
            assert abs(word.end * 1000 - high) <= 2
    assert recognizer.longest <= (CHUNK + 700) / 1000
    assert all(0 <= share <= 1 for share in progress)
    # The language is settled once and kept.
    assert recognizer.languages[0] is None
    assert set(recognizer.languages[1:]) <= {"en"}


def test_where_the_decoder_gets_lost_it_is_asked_again_and_that_is_listed() -> None:
    words = script([(60, 300)] * 20)
    heard = listen(clock, Voice([(0, 7200)]), Scripted(words, lost_at=3.0), SPEECH, lambda x: None)
    assert said(heard.segments) == [f"w{i}" for i in range(20)]
    assert [(action.kind, action.text) for action in heard.repairs] == [("repaired", "lost lost lost")]


def test_nothing_is_recognised_where_there_is_no_voice() -> None:
    recognizer = Scripted([(0, 500)])
    heard = listen(clock, Voice([]), recognizer, SPEECH, lambda x: None)
    assert (heard.segments, heard.language, recognizer.languages) == ((), "", [])
