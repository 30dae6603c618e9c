"""The hallucination guard: every kind of invention goes, every kind of true speech stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.slices.speech_slice import GuardSlice
from shortform_assets.ports.recognizer import RawSegment, RawWord
from shortform_assets.speech.guard.hallucinations import guard, missed, suspicious
from shortform_assets.speech.guard.second_opinion import Ask
from shortform_assets.speech.guard.stock_phrases import is_stock
from shortform_assets.speech.words.voice_activity import VoiceActivity
from shortform_assets.speech.words.word_assembly import DraftWord, drafts

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


def kept(
    voice: list[tuple[int, int]], *segments: RawSegment, language: str = "en", ask: Ask | None = None
) -> tuple[str, list[str]]:
    words, actions = guard(
        drafts(segments, language, 0), segments, VoiceActivity(voice), LIMITS, language, ask
    )
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
        pytest.param(
            segment("I'm going to go to the next one. " * 2, 3, 5, no_speech_prob=0.9, compression_ratio=10),
            id="babble: silence to the decoder, in circles, in the midst of voice",
        ),
        pytest.param(segment("the", 0.2, 5, probability=0.2), id="slower than speech"),
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


def test_what_comes_back_again_and_again_but_not_in_a_row_goes_too() -> None:
    fillers = ("well", "now", "so", "then", "and", "but")
    lost = segment(" ".join(f"{word} that is what I" for word in fillers), 5, 14, compression_ratio=3.0)
    text, removed = kept([(0, 14000)], TALK, lost)
    assert text == f"{TALK.text} well that is what I now so then and but"
    assert removed == ["that is what I"] * 5


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
        pytest.param(segment("Okay.", 5.2, 5.5, probability=0.4), id="a murmured answer"),
        pytest.param(
            segment("the mumbled bit", 5, 6.5, probability=0.3, avg_logprob=-1.2), id="mumbled in voice"
        ),
        pytest.param(
            segment("talk over a loud band", 5, 8, no_speech_prob=0.65, avg_logprob=-0.6), id="over music"
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


def test_every_action_names_reason_and_time_and_no_word_is_lost_unlisted() -> None:
    parts = [TALK, segment("And then she left. Thank you.", 20, 23), segment("[Applause]", 30, 31)]
    words = drafts(parts, "en", 0)
    stay, actions = guard(words, parts, VoiceActivity(VOICED), LIMITS)
    assert all(action.kind == "removed" and action.reason for action in actions)
    assert [(action.start_ms, action.end_ms) for action in actions] == [(20000, 23000), (30000, 31000)]
    listed = [word for action in actions for word in action.text.split()]
    assert sorted([*(word.text for word in stay), *listed]) == sorted(word.text for word in words)


def test_words_without_times_of_their_own_are_judged_by_their_segment() -> None:
    # The provider named the stretch only: 0 to 8 s, with a pause from 2 to 5.
    text = "one two three four five six seven eight"
    spread = [
        DraftWord(word, i * 1000, i * 1000 + 1000, 0.8, 0, "proportional")
        for i, word in enumerate(text.split())
    ]
    voice = VoiceActivity([(0, 2000), (5000, 8000)])
    stay, actions = guard(spread, [segment(text, 0, 8)], voice, LIMITS)
    assert (stay, actions) == (spread, [])


def test_the_decoder_is_suspected_by_either_sign() -> None:
    assert not suspicious(TALK, LIMITS)
    assert suspicious(segment("a a a", 0, 1, compression_ratio=2.5), LIMITS)
    assert suspicious(segment("a b c", 0, 1, avg_logprob=-1.1), LIMITS)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thank you so much for watching, and see you soon!"),
        ("es", "Subtítulos realizados por la comunidad de Amara.org"),
        ("fr", "Sous-titrage Société Radio-Canada"),
        ("de", "Untertitelung des ZDF, 2020"),
        ("it", "Sottotitoli e revisione a cura di QTSS"),
        ("pt", "Obrigado por assistir ao vídeo."),
        ("nl", "Ondertiteld door de Amara.org gemeenschap"),
        ("pl", "Dziękuję za uwagę."),
        ("ru", "Субтитры сделал DimaTorzok"),
        ("uk", "Дякую за перегляд!"),
        ("tr", "İzlediğiniz için teşekkür ederim."),
        ("ja", "ご視聴ありがとうございました。"),
        ("ko", "시청해 주셔서 감사합니다."),
        ("zh", "请 不吝 点赞 订阅 转发 打赏支持明镜与点点栏目"),
        ("ar", "شكرا للمشاهدة"),
        ("hi", "वीडियो देखने के लिए धन्यवाद।"),
    ],
)
def test_stock_phrases_are_known_in_their_own_language_only(language: str, text: str) -> None:
    assert is_stock(text, language)
    other = "ja" if language == "en" else "en"
    assert is_stock(text, other) == ("Amara" in text)
    # Said in full voice and believed, it stays.
    assert kept([(0, 9000)], segment(text, 1, 5), language=language)[1] == []


@pytest.mark.parametrize(
    "text", ["", "...", "Thank you for the bread.", "I watched the subtitles", "So what?"]
)
def test_talk_is_no_stock_phrase(text: str) -> None:
    assert not is_stock(text, "en")


def test_voice_without_words_is_named_and_voice_with_words_is_not() -> None:
    words = drafts([segment("all of this was heard", 0, 3), segment("and this", 9, 10)], "en", 0)
    voice = VoiceActivity([(0, 3200), (4000, 4700), (5000, 10_000), (12_000, 15_000)])
    # 0.7 s may be a laugh; from 5 s on nobody was heard until 9.
    assert missed(words, voice) == [(5000, 8750), (12_000, 15_000)]
    assert missed(words, voice, 500) == [(4000, 4700), (5000, 8750), (12_000, 15_000)]


spans = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=12).map(
    lambda found: [(a * 100, (a + b) * 100) for a, b in found]
)


@given(spans, spans)
def test_missed_stretches_are_voiced_long_and_without_words(
    voiced: list[tuple[int, int]], said: list[tuple[int, int]]
) -> None:
    words = [DraftWord("word", low, high, 0.9, 0) for low, high in sorted(said)]
    voice = VoiceActivity(voiced)
    found = missed(words, voice)
    assert found == sorted(found)
    for low, high in found:
        assert high - low >= 1200
        assert voice.cover(low, high) == 1.0
        assert not any(word.start < high and word.end > low for word in words)
    if not words:
        assert found == [span for span in voice.spans if span[1] - span[0] >= 1200]
