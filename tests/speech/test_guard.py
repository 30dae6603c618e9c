"""The hallucination guard: every kind of invention goes, every kind of true speech stays."""

from __future__ import annotations

import pytest

from shortform_assets.contracts.slices.speech import GuardSlice
from shortform_assets.speech.hallucinations import guard, suspicious
from shortform_assets.speech.recognizer import RawSegment, RawWord
from shortform_assets.speech.voice_activity import Voice
from shortform_assets.speech.written import drafts

LIMITS = GuardSlice(
    max_compression_ratio=2.4, min_log_probability=-1.0, max_no_speech=0.6, max_repeats=3, min_voice_cover=0.3
)


def segment(
    text: str,
    start: float,
    end: float,
    probability: float = 0.9,
    avg_logprob: float = -0.25,
    no_speech_prob: float = 0.05,
    compression_ratio: float = 1.5,
) -> RawSegment:
    tokens = text.split()
    size = (end - start) / len(tokens)
    words = tuple(
        RawWord(f" {token}", start + i * size, start + (i + 1) * size, probability)
        for i, token in enumerate(tokens)
    )
    return RawSegment(start, end, text, words, avg_logprob, no_speech_prob, compression_ratio)


def kept(voice: list[tuple[int, int]], *segments: RawSegment) -> tuple[str, list[str]]:
    words, actions = guard(drafts(segments, "en", 0), segments, Voice(voice), LIMITS)
    return " ".join(word.text for word in words), [action.text for action in actions]


TALK = segment("We moved the whole company to Lisbon in March, and nobody noticed.", 0, 5)
VOICED = [(0, 5000)]


@pytest.mark.parametrize(
    "invented",
    [
        pytest.param(segment("And then she opened the door slowly.", 20, 23), id="words where nobody speaks"),
        pytest.param(segment("Thanks for watching!", 5.3, 7, probability=0.95), id="outro over silence"),
        pytest.param(segment("Subtitles by the Amara.org community", 20, 23), id="subtitle credit"),
        pytest.param(segment("[Music]", 4.4, 5.0, probability=0.3), id="annotation"),
        pytest.param(segment("♪ la la la ♪", 3.0, 5.0), id="lyrics marks"),
        pytest.param(segment("Thank you.", 4.5, 5.0, no_speech_prob=0.8), id="thank you in no-speech"),
        pytest.param(segment("Please subscribe.", 4, 5, probability=0.2), id="unsure stock phrase"),
        pytest.param(
            segment("Something in the way", 3, 5, avg_logprob=-1.4, no_speech_prob=0.7),
            id="decoder says silence",
        ),
        pytest.param(segment("W-W-" * 30, 1, 3), id="one token over and over"),
    ],
)
def test_inventions_are_removed_and_listed_and_the_talk_beside_them_stays(invented: RawSegment) -> None:
    text, removed = kept(VOICED, TALK, invented)
    assert text == TALK.text
    assert "".join(removed).replace(" ", "").strip("♪") == invented.text.replace(" ", "").strip("♪")


def test_a_loop_keeps_its_first_time() -> None:
    loop = segment("I don't know what " * 30, 5, 9, compression_ratio=9.0)
    text, removed = kept([(0, 9000)], TALK, loop)
    assert text == f"{TALK.text} I don't know what"
    assert removed == [("I don't know what " * 29).strip()]


@pytest.mark.parametrize(
    "true",
    [
        pytest.param(segment("No, no, no, no, no, that is not it.", 5, 8), id="said six times"),
        pytest.param(
            segment("Never again. " * 5 + "That was the promise.", 5, 11, compression_ratio=2.0),
            id="rhetoric",
        ),
        pytest.param(segment("Thanks for watching, see you next week!", 5, 7.4), id="a real outro"),
        pytest.param(segment("So.", 5, 5.4), id="one short word"),
        pytest.param(
            segment("the mumbled bit", 5, 6.5, probability=0.3, avg_logprob=-1.2), id="mumbled in voice"
        ),
        pytest.param(
            segment("you could hear a pin drop", 5, 7, compression_ratio=2.6), id="repetitive window"
        ),
        pytest.param(segment("Whisper ran ahead of this", 4.8, 6.3), id="times off by a quarter second"),
        pytest.param(
            segment("We read the subtitles by candlelight, thank you.", 5, 8), id="stock words in talk"
        ),
    ],
)
def test_true_speech_stays(true: RawSegment) -> None:
    text, removed = kept([(0, 4950), (5100, 12000)], TALK, true)
    assert text == " ".join(f"{TALK.text} {true.text}".split())
    assert removed == []


def test_the_decoder_is_suspected_by_either_sign() -> None:
    assert not suspicious(TALK, LIMITS)
    assert suspicious(segment("a a a", 0, 1, compression_ratio=2.5), LIMITS)
    assert suspicious(segment("a b c", 0, 1, avg_logprob=-1.1), LIMITS)
