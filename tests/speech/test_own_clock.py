"""Transcripts on another clock than the recording's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shortform_assets.speech.own.own_clock import (
    ClockFit,
    TextIndex,
    fit_clock,
    keeps_time,
    listening_places,
    on_clock,
)
from shortform_assets.speech.own.own_cues import OwnCue
from shortform_assets.speech.words.voice_activity import Span

NTSC = 1001 / 1000
SHIFTS = st.sampled_from([-5_000.0, 1_200.0, 6_000.0, 61_000.0, -3_600_000.0])


def talk(seed: int, seconds: int) -> tuple[list[tuple[str, float, float]], list[Span]]:
    """Words with their times, and where there is voice: sentences of three to twelve words, pauses between."""
    rng = np.random.default_rng(seed)
    words, spans, at = [], [], 500.0
    while at < seconds * 1000 - 6_000:
        first = at
        for _ in range(rng.integers(3, 13)):
            length = float(rng.uniform(150, 450))
            # A few words are most of what is said.
            words.append((f"w{int(rng.zipf(1.3)) % 900}", at, at + length))
            at += length
        spans.append((round(first), round(at)))
        at += float(rng.uniform(250, 1500))
    return words, spans


def cues_of(words: list[tuple[str, float, float]], spans: list[Span], gaps: bool) -> list[OwnCue]:
    """A cue a sentence; without `gaps` each lasts until the next, as captions do that never go away."""
    found = []
    for i, (low, high) in enumerate(spans):
        text = " ".join(word for word, start, _ in words if low - 1 <= start < high)
        end = high if gaps or i + 1 == len(spans) else spans[i + 1][0]
        found.append(OwnCue(low, end, text))
    return found


def misheard(words: list[tuple[str, float, float]], place: Span, seed: int) -> list[tuple[str, float]]:
    """What a model hears there: every sixth word wrong, times off by 0.2 s."""
    rng = np.random.default_rng(seed)
    return [
        ("wrong" if rng.random() < 1 / 6 else word, start + rng.uniform(-200, 200))
        for word, start, _ in words
        if place[0] <= start < place[1]
    ]


def found_fit(
    cues: list[OwnCue], words: list[tuple[str, float, float]], spans: list[Span]
) -> ClockFit | None:
    index = TextIndex(cues)
    places = [misheard(words, place, i) for i, place in enumerate(listening_places(spans))]
    anchors = [anchor for heard in places if (anchor := index.anchor(heard))]
    return fit_clock(anchors) if anchors else None


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans(), SHIFTS, st.sampled_from([1, NTSC, 25 / 24, 24 / 25 / NTSC]))
def test_a_shift_and_a_frame_rate_are_taken_out(seed: int, gaps: bool, shift: float, rate: float) -> None:
    words, spans = talk(seed, 900)
    right = cues_of(words, spans, gaps)
    wrong = [
        OwnCue(round((cue.start_ms - shift) / rate), round((cue.end_ms - shift) / rate), cue.text)
        for cue in right
        if cue.start_ms >= shift
    ]
    assume(len(wrong) > 20)
    assert not keeps_time(wrong, spans, 900_000)
    fit = found_fit(wrong, words, spans)
    assert fit is not None
    again = {cue.text: cue.start_ms for cue in on_clock(wrong, fit)}
    off = [abs(again[cue.text] - cue.start_ms) for cue in right if cue.text in again]
    # A tenth of a per cent over 15 min is 0.9 s, which is not told from loose times; nor is where in a cue that lasts
    # through a pause its words are.
    assert np.median(off) < (600 if gaps and rate != NTSC else 900)


@given(st.integers(0, 10_000), st.integers(-150, 150))
def test_a_transcript_in_time_is_left_alone(seed: int, jitter: int) -> None:
    words, spans = talk(seed, 300)
    cues = [
        OwnCue(max(0, c.start_ms + jitter), c.end_ms + jitter, c.text) for c in cues_of(words, spans, True)
    ]
    assert keeps_time(cues, spans, 300_000)
    assert found_fit(cues, words, spans) == (1.0, 0.0)
    # Captions without gaps say nothing of where the voice is: it is listened to, and they stay.
    assert found_fit(cues_of(words, spans, False), words, spans) == (1.0, 0.0)


@given(st.integers(0, 10_000))
def test_another_text_is_found_nowhere(seed: int) -> None:
    words, spans = talk(seed, 300)
    others, their_spans = talk(seed + 20_000, 300)
    foreign = cues_of([(f"x{word}", a, b) for word, a, b in others], their_spans, True)
    assert found_fit(foreign, words, spans) is None


def test_places_that_contradict_each_other_give_no_clock() -> None:
    """A part of the talk was cut out of the recording after the transcript was made."""
    words, spans = talk(1, 900)
    cues = [
        OwnCue(
            c.start_ms + 40_000 * (c.start_ms > 450_000), c.end_ms + 40_000 * (c.start_ms > 450_000), c.text
        )
        for c in cues_of(words, spans, True)
    ]
    assert found_fit(cues, words, spans) is None


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        (ClockFit(1.0, -3_600_000.0), "3600.0 s earlier"),
        (ClockFit(25 / 24, 1_250.0), "1.04167 times as slow and 1.2 s later"),
    ],
)
def test_the_correction_in_words(fit: ClockFit, said: str) -> None:
    assert fit.said() == said
