"""Words and sentences: joining tokens, times in order, sentence edges, spelled-out words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.speech import Word
from shortform_assets.ports.recognizer import RawWord
from shortform_assets.speech.align.verbalize import spoken
from shortform_assets.speech.words.letter_to_sound import phones
from shortform_assets.speech.words.sentences import LONGEST, sentence_ends, split_sentences
from shortform_assets.speech.words.voice_activity import VoiceActivity, merge, next_chunk
from shortform_assets.speech.words.word_assembly import MIN_MS, DraftWord, in_order, join_tokens, trim

ARPABET = {
    *(
        "AA",
        "AE",
        "AH",
        "AO",
        "AW",
        "AY",
        "B",
        "CH",
        "D",
        "EH",
        "ER",
        "EY",
        "F",
        "G",
        "HH",
        "IH",
        "IY",
        "JH",
        "K",
    ),
    *(
        "L",
        "M",
        "N",
        "NG",
        "OW",
        "OY",
        "P",
        "R",
        "S",
        "SH",
        "T",
        "TH",
        "UH",
        "UW",
        "V",
        "W",
        "Y",
        "Z",
        "ZH",
        "DH",
    ),
}


def tokens(*texts: str) -> list[RawWord]:
    return [RawWord(text, i * 0.3, i * 0.3 + 0.25, 0.8) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((" I", " don", "'t", " know", "."), ["I", "don't", "know."]),
        ((" about", " 50", "%", " off", ","), ["about", "50%", "off,"]),
        ((" a", " 20", "-year", "-old"), ["a", "20-year-old"]),
        ((" $", "5", ".50", " now"), ["$5.50", "now"]),
        ((' "', "Hello", ',"', " he", " said"), ['"Hello,"', "he", "said"]),
        ((" one", " -", " two", " ,", " three"), ["one -", "two,", "three"]),
        ((" that", " 5", " <", " 6", " &", " the"), ["that", "5 <", "6 &", "the"]),
        ((" week", " ₿", " is", " —", " 100", "%", " 🙂🔥", "!"), ["week ₿", "is —", "100% 🙂🔥!"]),
        ((" well", "-", "known", " №5", " ½", " ±", " →"), ["well-known", "№5", "½ ± →"]),
        ((" —", " Hello", " #", " 1", " C", "#", " and", " #", "2"), ["Hello", "# 1", "C#", "and", "#2"]),
        ((" ¿", "Qué", " pasa", "?"), ["¿Qué", "pasa?"]),
        (("Well", ",", "", " yes", "..."), ["Well,", "yes..."]),
    ],
)
def test_tokens_become_written_words(parts: tuple[str, ...], words: list[str]) -> None:
    joined = join_tokens(tokens(*parts), "en")
    assert [word.text for word in joined] == words
    assert all(word.text == word.text.strip() and word.end > word.start for word in joined)


def test_french_parts_its_high_marks() -> None:
    said = tokens(" Pourquoi", " ?", " Parce", " que", " :", " «", " oui", " »", ".")
    assert [word.text for word in join_tokens(said, "fr")] == ["Pourquoi ?", "Parce", "que :", "« oui »."]


def test_languages_without_spaces_keep_their_tokens() -> None:
    assert [word.text for word in join_tokens(tokens("今日", "は", "いい", "天気", "。"), "ja")] == [
        "今日", "は", "いい", "天気。",
    ]  # fmt: skip
    assert [word.text for word in join_tokens(tokens("我", "用", "Py", "thon", "3", "写"), "zh")] == [
        "我", "用", "Python3", "写",
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 3_000)), max_size=60), st.integers(0, 20_000)
)
def test_words_never_overlap_or_leave_the_source(spans: list[tuple[int, int]], duration: int) -> None:
    words = [DraftWord(f"w{i}", a, a + b, 0.5, 0) for i, (a, b) in enumerate(spans)]
    fixed = in_order(words, duration)
    assert [word.text for word in fixed] == [word.text for word in words]
    for left, right in pairwise(fixed):
        assert left.end <= right.start
    assert all(0 <= word.start <= word.end <= duration for word in fixed)
    if len(words) * MIN_MS <= duration:
        assert all(word.end - word.start >= MIN_MS for word in fixed)


@given(st.lists(st.integers(60, 400), min_size=1, max_size=40))
def test_good_times_are_left_alone(lengths: list[int]) -> None:
    at, words = 0, []
    for i, length in enumerate(lengths):
        words.append(DraftWord(f"w{i}", at, at + length, 0.5, 0))
        at += length + 30
    assert in_order(words, at) == words


def test_a_stretched_word_goes_back_to_its_voice() -> None:
    voice = VoiceActivity([(0, 1000), (5000, 5600)])
    assert trim(DraftWord("Banana.", 900, 5600, 0.9, 0), voice).start == 5000
    assert trim(DraftWord("fine", 100, 500, 0.9, 0), voice) == DraftWord("fine", 100, 500, 0.9, 0)


def timed(text: str, pauses: dict[int, int] | None = None) -> list[Word]:
    at, words = 0, []
    for i, token in enumerate(text.split()):
        at += (pauses or {}).get(i, 20)
        words.append(Word(text=token, start_ms=at, end_ms=at + 200, confidence=1))
        at += 200
    return words


def sentences(text: str, pauses: dict[int, int] | None = None) -> list[str]:
    words = timed(text, pauses)
    return [" ".join(w.text for w in words[s.first : s.last + 1]) for s in split_sentences(words, "en")]


@pytest.mark.parametrize(
    "whole",
    [
        "Dr. Smith met Mrs. Jones at 3.30 p.m. and left.",
        "It grew by 3.5 percent, i.e. not much.",
        "The U.S. economy, e.g. cars vs. trains, is fine.",
        "J. R. Tolkien wrote that.",
        "I was… well… not sure about it.",
        '"Stop it," she said.',
    ],
)
def test_abbreviations_and_decimals_end_nothing(whole: str) -> None:
    assert sentences(whole) == [whole]


LINES = Path(__file__).with_name("sentence_lines.txt")


def test_lines_of_talk_in_six_languages_end_where_a_reader_ends_them() -> None:
    """Titles, abbreviations, initials, ordinals, addresses, capitals: at least nineteen of twenty lines are right."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for line in LINES.read_text("utf-8").splitlines()[1:]:
        language, text = line.split("\t")
        tokens = text.split()
        wanted = [token.endswith("|") for token in tokens[:-1]] + [True]
        asked[language] += 1
        right[language] += sentence_ends([token.rstrip("|") for token in tokens], language) == wanted
    assert sum(right.values()) >= 0.95 * sum(asked.values())
    assert all(right[language] >= 0.9 * asked[language] for language in asked)


def test_capitals_throughout_are_no_openers() -> None:
    assert sentences("I THINK THE ANSWER IS SIMPLE. THEY NEVER TALK TO THE PEOPLE") == [
        "I THINK THE ANSWER IS SIMPLE.", "THEY NEVER TALK TO THE PEOPLE",
    ]  # fmt: skip


def test_sentences_end_at_marks_quotes_and_pauses() -> None:
    assert sentences('He said "Go." Then he left! Why? We met at 5 p.m. The bar was shut.') == [
        'He said "Go."', "Then he left!", "Why?", "We met at 5 p.m.", "The bar was shut.",
    ]  # fmt: skip
    assert sentences("that was it Paris is next", {3: 1600}) == ["that was it", "Paris is next"]
    assert sentences("that was um it", {2: 1600}) == ["that was um it"]
    assert sentences("that was um it", {2: 3100}) == ["that was", "um it"]
    # The recognizer forgot the full stop, but not the capital.
    assert sentences("milder than over here We're freezing now.") == [
        "milder than over here",
        "We're freezing now.",
    ]


def test_only_terminal_punctuation_closes() -> None:
    words = timed("All done. and then")
    assert [s.closed for s in split_sentences(words, "en")] == [True, False]


marks = st.sampled_from(["", "", "", "", ",", ".", "?", "!", "...", '."', ":"])
any_word = st.builds(str.__add__, st.sampled_from(["so", "We", "U.S", "Dr", "go", "3", "I", "ja"]), marks)


@given(st.lists(st.tuples(any_word, st.integers(0, 4000)), max_size=200))
def test_sentences_cover_all_words_in_order_and_are_short(items: list[tuple[str, int]]) -> None:
    words = timed(" ".join(text for text, _ in items), {i: pause for i, (_, pause) in enumerate(items)})
    found = split_sentences(words, "en")
    covered = [i for sentence in found for i in range(sentence.first, sentence.last + 1)]
    assert covered == list(range(len(words)))
    for sentence in found:
        assert sentence.last - sentence.first < LONGEST
        if sentence.closed:
            assert any(mark in words[sentence.last].text for mark in ".?!…")


def test_a_long_sentence_is_split_at_its_pause() -> None:
    words = timed(" ".join(["word"] * 90) + ".", {40: 700})
    assert [(s.first, s.last, s.closed) for s in split_sentences(words, "en")] == [
        (0, 39, False),
        (40, 89, True),
    ]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("$5.50", "five dollars fifty"),
        ("1984,", "nineteen eighty four"),
        ("2005", "two thousand five"),
        ("1990s", "nineteen nineties"),
        ("50%", "fifty percent"),
        ("1,234,567", "one million two hundred thirty four thousand five hundred sixty seven"),
        ("3.14", "three point one four"),
        ("21st", "twenty first"),
        ("10:30", "ten thirty"),
        ("GPT-4", "g p t four"),
        ("U.S.", "u s"),
        ("Dr.", "doctor"),
        ("AI-driven", "a i driven"),
        ("notion.com", "notion dot com"),
        ("don’t", "don't"),
        ("—", ""),
    ],
)
def test_words_are_spelled_out_as_they_are_read(written: str, heard: str) -> None:
    assert " ".join(spoken(written)) == heard


@given(st.text(max_size=30))
def test_any_text_can_be_spelled_and_pronounced(text: str) -> None:
    for word in spoken(text):
        assert word == word.lower() or not word.isascii()
        assert " " not in word
        assert set(phones(word)) <= ARPABET


def test_voice_is_merged_and_measured() -> None:
    assert merge([(500, 900), (0, 300), (310, 400)], 50) == ((0, 400), (500, 900))
    voice = VoiceActivity([(0, 1000), (2000, 3000)])
    assert voice.cover(500, 2500) == 0.5
    assert voice.cover(1200, 1800) == 0
    assert voice.cover(1200, 1800, 300) == pytest.approx(1 / 3)
    assert voice.inside(0, 10_000, 600) == 3600


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(260, 3000)), min_size=1, max_size=60),
    st.integers(1000, 8000),
)
def test_chunks_hold_all_voice_and_end_in_silence(parts: list[tuple[int, int]], longest: int) -> None:
    at, spans = 0, []
    for talk, pause in parts:
        spans.append((at, at + talk))
        at += talk + pause
    left = list(spans)
    while left:
        start, end, clean = next_chunk(left, longest)
        inside = [span for span in left if span[0] < end]
        assert clean
        assert inside
        assert start <= inside[0][0]
        assert all(high <= end for _, high in inside)
        assert inside[-1][1] - inside[0][0] <= longest
        left = left[len(inside) :]
    assert next_chunk([(0, 50_000)], 10_000) == (0, 10_000, False)
