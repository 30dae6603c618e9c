"""Another provider's opinion on what is in doubt, and speech that the voice detector half hears."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_guard import LIMITS, TALK, VOICED, kept, segment

from shortform_assets.media.audio_arrays import read_speech
from shortform_assets.ports.recognizer import RawSegment
from shortform_assets.speech.guard.faint_speech import believed, possible_voice
from shortform_assets.speech.guard.second_opinion import agreement
from shortform_assets.speech.words.voice_activity import Span, VoiceActivity, find_voice

LOST = segment("I'm not sure if you know. " * 3, 5, 9, no_speech_prob=0.9, compression_ratio=9)
OVER_MUSIC = segment("talk over a rather loud band", 5, 8, no_speech_prob=0.65, avg_logprob=-0.6)
MUMBLED = segment("the mumbled bit", 5, 6.5, avg_logprob=-1.2)
VOICE = [(0, 9000)]


class Second:
    """Hears one sentence everywhere and notes where it was asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[Any] = []

    def __call__(self, low_ms: int, high_ms: int) -> str:
        self.asked.append((low_ms, high_ms))
        return self.text


def test_only_what_is_in_doubt_is_asked_about_and_with_a_margin() -> None:
    second = Second("")
    kept(VOICE, TALK, segment("Thank you for this.", 5, 7), ask=second)
    assert second.asked == []
    kept(VOICE, TALK, LOST, ask=second)
    assert second.asked == [(4600, 9400)]


@pytest.mark.parametrize(
    ("heard", "opinion", "stays"),
    [
        pytest.param(LOST, LOST.text, True, id="a chant that both hear"),
        pytest.param(LOST, "something else was said here by all", False, id="an invention"),
        pytest.param(LOST, "", False, id="nothing is heard"),
        pytest.param(LOST, "I'm not sure. " * 40, False, id="the other goes in circles too"),
        pytest.param(OVER_MUSIC, "top of over a rather loud bend", True, id="heard alike"),
        pytest.param(OVER_MUSIC, "we talk about the band", True, id="heard badly"),
        pytest.param(OVER_MUSIC, "nothing of that kind", False, id="heard otherwise"),
        pytest.param(MUMBLED, "them mumble bits", True, id="mumbled to both"),
        pytest.param(MUMBLED, "yes", False, id="mumbled to one"),
    ],
)
def test_agreement_settles_what_is_in_doubt(heard: RawSegment, opinion: str, stays: bool) -> None:
    text, removed = kept(VOICE, TALK, heard, ask=Second(opinion))
    assert text == (" ".join(f"{TALK.text} {heard.text}".split()) if stays else TALK.text)
    assert removed == ([] if stays else [heard.text.strip()])


def test_what_is_sure_is_not_put_to_anybody() -> None:
    outro = segment("Thanks for watching!", 20, 22)
    second = Second(outro.text)
    assert kept(VOICED, TALK, outro, ask=second) == (TALK.text, [outro.text])
    assert second.asked == []


def test_an_opinion_is_asked_for_no_more_than_a_minute_of_a_short_source() -> None:
    lost = [
        segment(f"nobody {i} said this at all ever. " * 4, 10 * i, 10 * i + 9, 0.9, -0.3 - i / 100, 0.9, 9)
        for i in range(40)
    ]
    second = Second("")
    assert kept([(0, 400_000)], *lost, ask=second)[0] == ""
    assert 40_000 < sum(high - low for low, high in second.asked) <= 60_000


words = st.lists(
    st.sampled_from(["the", "a", "hammer", "feather", "moon", "Galileo", "objects"]), max_size=12
)


@given(words, words)
def test_agreement_is_a_share_and_whole_where_the_words_are_in_it(said: list[str], other: list[str]) -> None:
    shared = agreement(said, " ".join(other), "en")
    assert 0.0 <= shared <= 1.0
    if said:
        assert agreement(said, " ".join([*other, *said, *other]), "en") == pytest.approx(1.0)
        assert agreement(said, " ".join(["xyz"] * 5), "en") == 0.0


def test_agreement_knows_languages_without_spaces_and_takes_near_misses() -> None:
    assert agreement(["今日", "は", "晴れ"], "今日は晴れです。", "ja") == 1.0
    assert agreement(["Galileo's", "findings"], "Galileos finding", "en") > 0.85
    assert agreement(["hammer", "feather"], "feather hammer", "en") < 0.6


RADIO = segment("in my right hand, a hammer", 0, 3, avg_logprob=-0.4, no_speech_prob=0.15)


@pytest.mark.parametrize(
    ("heard", "opinion", "stays"),
    [
        pytest.param([RADIO], "and in my right hand I have a hammer", True, id="two hear the same"),
        pytest.param([RADIO], None, True, id="nobody else to ask, and the decoder is sure"),
        pytest.param([RADIO], "", False, id="the other hears nothing"),
        pytest.param([RADIO], "we will be back after this", False, id="the other hears other words"),
        pytest.param(
            [segment("right hand, a hammer", 0, 3, avg_logprob=-0.6)], None, False, id="alone, unsure"
        ),
        pytest.param([segment("Thank you.", 0, 1)], "Thank you.", False, id="a stock phrase of both"),
        pytest.param([segment("la la la la", 0, 3, compression_ratio=4)], "la la la la", False, id="a loop"),
        pytest.param([segment("hand", 0, 9)], "hand", False, id="a word in nine seconds"),
        pytest.param([], "anything", False, id="nothing"),
    ],
)
def test_faint_words_stay_where_everything_speaks_for_them(
    heard: list[RawSegment], opinion: str | None, stays: bool
) -> None:
    assert believed(heard, opinion, LIMITS) == (tuple(heard) if stays else ())


def test_of_a_stretch_that_is_believed_a_segment_that_only_one_hears_is_left_out() -> None:
    odd = segment("Wow, fine.", 3, 4)
    assert believed([RADIO, odd], "in my right hand a hammer", LIMITS) == (RADIO,)


def possible(samples: np.ndarray, voice: list[Span] | None = None) -> tuple[Span, ...]:
    def read(low: int, high: int) -> np.ndarray:
        return samples[low * 16 : high * 16]

    length = len(samples) // 16
    spans = find_voice(read, length) if voice is None else voice
    return possible_voice(read, length, VoiceActivity(spans))


def test_silence_noise_and_tones_are_no_possible_voice() -> None:
    random = np.random.default_rng(0)
    time = np.arange(16 * 16000) / 16000
    chord = sum(np.sin(2 * np.pi * f * time) for f in (220, 277, 330))
    sound = np.concatenate([np.zeros(10 * 16000), 0.1 * random.standard_normal(10 * 16000), 0.1 * chord])
    assert possible(sound.astype(np.float32)) == ()


@pytest.mark.media
def test_radio_from_the_moon_is_possible_voice(shared_media) -> None:
    samples = read_speech(next(shared_media.rglob("apollo15_hammer_feather.mkv")))
    found = possible(samples)
    assert sum(high - low for low, high in found) > 35_000
    assert all(1000 <= high - low <= 26_000 for low, high in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    # What is known to be voice is not named a second time.
    assert possible(samples, [(0, len(samples) // 16)]) == ()
    half = possible(samples, [(0, 20_000)])
    assert half
    assert all(low >= 20_000 for low, _ in half)
