"""Tightening: what goes is silence and hesitation, and no word that stays loses any of its sound."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.selection.cut.frame_edges import CutRequest, Edges
from shortform_assets.selection.cut.tighten import (
    MAX_JUMPS,
    MIN_FILLER_CUT_MS,
    MIN_SPAN_MS,
    find_cuts,
)
from shortform_assets.selection.cut.word_times import WordTimes

RATES = [FrameRate(num=25), FrameRate(num=30000, den=1001), FrameRate(num=60)]
SAID = str.split(
    "um uh you know, i mean, we we the the story of of it goes on like this and he said I know, uh, I know."
)


def spoken(words: list[tuple[str, int, int]], *, timing="aligned", language="en"):
    """Words with the silence before each and their length, in milliseconds, as one sentence."""
    made, now = [], 0
    for text, before, length in words:
        now += before
        made.append(Word(text=text, start_ms=now, end_ms=now + length, confidence=1, timing=timing))
        now += length
    transcript = Transcript(
        language=language,
        language_confidence=1,
        provider="test",
        duration_ms=now + 2000,
        words=tuple(made),
        sentences=(Sentence(first=0, last=len(made) - 1),),
    )
    voice = tuple(Interval(start_ms=w.start_ms, end_ms=w.end_ms) for w in made)
    turns = SpeakerTurns(
        speakers=("S1",),
        turns=(Turn(start_ms=made[0].start_ms, end_ms=made[-1].end_ms, speaker="S1"),),
        voice_activity=voice,
        word_speakers=(0,) * len(made),
    )
    return transcript, turns


def kept(text: str, gap: int = 200, **more) -> str:
    """What is left of a sentence whose words stand `gap` apart."""
    lead = [("Here", 500, 400), ("it", 30, 300), ("begins", 30, 600)]
    tail = [("and", 30, 400), ("ends", 30, 500), ("now.", 30, 400)]
    words = [(w, gap, 300) for w in text.split()]
    tail[0] = (tail[0][0], gap, 400)
    transcript, turns = spoken([*lead, *words, *tail], **more)
    edges = Edges(CutRequest(transcript, turns, RATES[0], 10_000, 180, 0, cut_fillers=True))
    _, ranges = edges.spans(0, len(transcript.words) - 1)
    found = [w.text for a, b in ranges for w in transcript.words[a : b + 1]]
    return " ".join(found[3:-3])


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("um the van", "the van"),
        ("the van, you know, was red", "the van, was red"),
        ("you know what happened", "you know what happened"),
        ("do you know, really", "do you know, really"),
        ("we were we were going", "we were going"),
        ("the the van", "the van"),
        ("th- the van", "the van"),
        ("I know, I know, it was", "I know, I know, it was"),
        ("very very cold", "very very cold"),
        ("never, never again", "never, never again"),
        ("um, you know, uh the van", "the van"),
    ],
)
def test_hesitation_goes_and_emphasis_stays(said, left):
    assert kept(said) == left


def test_nothing_is_cut_without_silence_without_measured_times_or_in_another_language():
    assert kept("um the van", gap=20) == "um the van"
    assert kept("um the van", timing="proportional") == "um the van"
    assert kept("um the van", language="de") == "um the van"
    assert kept("ähm the van", language="de") == "the van"


@st.composite
def talks(draw):
    random = Random(draw(st.integers(0, 2**32)))
    words = [
        (random.choice(SAID), random.choice([0, 20, 70, 130, 300, 900, 2600]), random.choice([60, 180, 420]))
        for _ in range(draw(st.integers(2, 120)))
    ]
    return spoken(words)


@settings(max_examples=120, deadline=None)
@given(talks(), st.sampled_from(RATES), st.sampled_from([0, 700, 1200]))
def test_no_cut_touches_a_word_that_stays(made, rate, max_pause_ms):
    transcript, turns = made
    times = WordTimes(transcript, rate)
    cuts = find_cuts(transcript, turns, times, max_pause_ms, cut_fillers=True)
    assert cuts == sorted(cuts, key=lambda c: c.start_frame)
    fillers = [c for c in cuts if c.before > c.after + 1]
    for cut in cuts:
        assert cut.start_frame < cut.end_frame
        before, after = transcript.words[cut.after], transcript.words[cut.before]
        assert cut.start_frame * 1000 * rate.den >= before.end_ms * rate.num
        assert cut.end_frame * 1000 * rate.den <= after.start_ms * rate.num
    for cut in fillers:
        assert rate.ms(cut.frames) >= MIN_FILLER_CUT_MS
        for other in cuts:
            if other is not cut:
                apart = max(other.start_frame - cut.end_frame, cut.start_frame - other.end_frame)
                assert apart >= times.frame_after(MIN_SPAN_MS)
        minute = [c for c in fillers if 0 <= c.start_frame - cut.start_frame < times.frame_after(60_000)]
        assert len(minute) <= MAX_JUMPS + 1


@settings(max_examples=80, deadline=None)
@given(talks(), st.sampled_from(RATES), st.randoms(use_true_random=False))
def test_spans_and_length_agree_and_edges_are_never_left_in_splinters(made, rate, random):
    transcript, turns = made
    edges = Edges(CutRequest(transcript, turns, rate, 10**6, 180, 1200, cut_fillers=True))
    first = random.randrange(len(transcript.words))
    last = random.randrange(first, len(transcript.words))
    spans, ranges = edges.spans(first, last)
    if not spans:
        return
    assert abs(edges.length_ms(first, last) - rate.ms(sum(s.frames for s in spans))) <= 1
    assert ranges[0][0] == first
    assert ranges[-1][1] == last
    jumps = [n for n, (r, q) in enumerate(pairwise(ranges)) if q[0] > r[1] + 1]
    for n in jumps:
        assert rate.ms(spans[n].frames) >= MIN_SPAN_MS - 50
        assert rate.ms(spans[n + 1].frames) >= MIN_SPAN_MS - 50
