"""Characters, spaces and line breaks in any script."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.text.graphemes import columns, grapheme_count, graphemes, start_in_bytes, start_of
from shortform_assets.text.line_breaks import break_offsets, line_units, pieces_within, wrapping
from shortform_assets.text.spacing import joined, space_between

CHINESE = "今天我们来聊聊人工智能如何改变世界，以及为什么这件事情非常重要。"
JAPANESE = "今日は人工知能がどのように世界を変えるのかについて話します。"
THAI = "วันนี้เราจะมาคุยกันเรื่องปัญญาประดิษฐ์ว่ามันเปลี่ยนโลกอย่างไร"
FAMILY, FLAG, ACCENT = "👩‍👩‍👧", "🇯🇵", "e\u0301"

ANY = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.sampled_from(
        [CHINESE, JAPANESE, THAI, "ก", "ำ", "Python", "(", "」", "。", FAMILY, FLAG, ACCENT, "က", "ខ្មែរ"]
    ),
)


def test_characters_are_what_people_see():
    assert graphemes(f"a{FAMILY}{FLAG}{ACCENT}") == ["a", FAMILY, FLAG, ACCENT]
    assert grapheme_count("สวัสดี") == 4
    assert start_of(f"{FLAG}{FLAG}x", 1) == FLAG
    assert start_in_bytes("คำคำ", 9) == "คำ"
    assert start_in_bytes(FAMILY, 10) == ""
    assert [columns(text) for text in ("abc", "日本", "ที่", FAMILY, ACCENT, "ｱ")] == [3, 4, 1, 2, 1, 1]


@given(st.text(max_size=30), st.integers(0, 40))
def test_cutting_never_divides_a_character(text, most):
    whole = {0, *accumulate(map(len, graphemes(text)))}
    for cut in (start_of(text, most), start_in_bytes(text, most)):
        assert text.startswith(cut)
        assert len(cut) in whole
    assert grapheme_count(start_of(text, most)) <= most
    assert len(start_in_bytes(text, most).encode()) <= most


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (list("我们在厨房"), "我们在厨房"),
        (["我", "用", "Python", "3", "写"], "我用 Python 3 写"),
        (["今天，", "我们"], "今天，我们"),
        (["I", "say", "“", "你好", "”"], "I say “ 你好 ”"),
        (["สวัสดี", "ครับ", "Bob"], "สวัสดีครับ Bob"),
        (["日", "本", "語", "。", "So", "it", "is"], "日本語。So it is"),
        (["나는", "학교에", "간다"], "나는 학교에 간다"),
        (["don't", "stop."], "don't stop."),
        (["שלום", "עולם"], "שלום עולם"),
        ([], ""),
        (["", "a"], "a"),
    ],
)
def test_a_space_stands_where_the_script_wants_one(words, text):
    assert joined(words) == text


@pytest.mark.parametrize("text", [CHINESE, JAPANESE, THAI])
def test_lines_break_between_phrases(text):
    edges = [0, *break_offsets(text), len(text)]
    phrases = [text[a:b] for a, b in pairwise(edges)]
    assert "".join(phrases) == text
    assert 5 <= len(phrases) <= grapheme_count(text) / 1.5
    assert not any(phrase[0] in "，。、」ーっょ" for phrase in phrases)


def test_known_phrases_are_kept_whole():
    units = ["".join(CHINESE[p.word] for p in unit) for unit in line_units(list(CHINESE))]
    assert {"今天", "我们", "世界，", "事情", "重要。"} <= set(units)
    units = ["".join(JAPANESE[p.word] for p in unit) for unit in line_units(list(JAPANESE))]
    assert {"今日は", "人工知能が", "どのように", "世界を"} <= set(units)
    # The model alone would divide the word for "intelligence"; the recognizer knows it.
    said = ["今天", "我们", "来", "聊聊", "人工", "智能", "如何", "改变", "世界"]
    units = ["".join(said[p.word][p.start : p.end] for p in unit) for unit in line_units(said)]
    assert all(word in "|".join(units) for word in said)
    # One word of the recognizer that holds several phrases is divided, too.
    assert len(line_units([THAI])) > 10


def test_a_particle_stays_with_its_word():
    text = "这个想法改变了一切，真的。"
    lines = [text[a:b] for a, b in pairwise([0, *break_offsets(text), len(text)])]
    assert not any(line[0] in "了的" for line in lines)


@given(st.lists(ANY, max_size=12))
def test_units_hold_everything_once_and_never_divide_a_character(words):
    units = line_units(words)
    assert all(unit for unit in units)
    pieces = [piece for unit in units for piece in unit]
    assert "".join(words[p.word][p.start : p.end] for p in pieces) == "".join(words)
    for unit in units:
        for left, right in pairwise(unit):
            assert (left.word, left.end) == (right.word, right.start) or right.word == left.word + 1
    texts = ["".join(words[p.word][p.start : p.end] for p in unit) for unit in units]
    for (unit, following), (before, after) in zip(pairwise(units), pairwise(texts), strict=True):
        one, other = unit[-1].word, following[0].word
        if one == other or not space_between(words[one], words[other]):
            assert grapheme_count(before + after) == grapheme_count(before) + grapheme_count(after)


@given(ANY, st.integers(1, 9))
def test_pieces_fit_and_are_whole_characters(text, most):
    pieces = pieces_within(text, lambda piece: columns(piece) <= most)
    assert "".join(pieces) == text
    assert [c for piece in pieces for c in graphemes(piece)] == graphemes(text)
    assert all(columns(piece) <= most or grapheme_count(piece) == 1 for piece in pieces)


@given(st.lists(ANY, max_size=6))
def test_wrapping_keeps_the_text(words):
    text = " ".join(words)
    assert "".join(wrapping(text)) == " ".join(text.split())


@pytest.mark.parametrize("language", ["lo", "km", "my"])
def test_scripts_without_a_model_break_between_the_recognizers_words(language):
    words = {"lo": ["ສະບາຍ", "ດີ", "ທຸກຄົນ"], "km": ["សួស្តី", "ពិភពលោក"], "my": ["မင်္ဂလာ", "ပါ"]}[language]
    assert ["".join(words[p.word] for p in unit) for unit in line_units(words)] == words


def test_a_mark_that_the_recognizer_cut_off_its_letter_stays_with_it():
    assert len(line_units(["ก", "ำ"])) == 1
    assert len(line_units(["ສ", "ະ", "ບ"])) == 3
    assert len(line_units(["က", "ို"])) == 1
