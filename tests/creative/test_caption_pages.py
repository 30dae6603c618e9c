"""Caption pages for any words: complete, in order, never overlapping, always inside their measure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.base import FrameRate
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.page_times import LEAST_MS, Pace
from shortform_assets.creative.captions.text.pages import COLUMNS_A_WORD, Measure, caption_pages
from shortform_assets.creative.captions.text.typeset import Typeface, displayed
from shortform_assets.data import shipped
from shortform_assets.text.graphemes import columns, grapheme_count, graphemes
from shortform_assets.text.line_breaks import break_offsets, line_units
from shortform_assets.text.reading_speed import reading_ms
from shortform_assets.text.spacing import runs_on

RATE = FrameRate(num=30)
PACE = Pace(gap_ms=700, hold_ms=400, min_ms=700)
FACE = FontStack([("M", Typeface(shipped("style_contracts") / "shortform" / "Montserrat-ExtraBold.ttf"))])
WIDE = Measure(FACE, 9.5, False, 2, 6)

TEXTS = st.one_of(
    st.sampled_from(["a", "I", "don't", "Straße,", "No.", "señor!", "Donaudampfschifffahrtsgesellschaft"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.sampled_from(["日本語のとても長い言葉がここにあります", "שלום", "مرحبا", "x" * 90, "🙂👍🏽"]),
)


@st.composite
def talks(draw) -> list[SpokenWord]:
    words, at = [], draw(st.integers(0, 40))
    for _ in range(draw(st.integers(0, 40))):
        length = draw(st.integers(1, 25))
        speaker = draw(st.sampled_from([0, 0, 0, 1, -1]))
        words.append(
            SpokenWord(
                draw(TEXTS), at, at + length, (at * 33, (at + length) * 33), speaker, draw(st.booleans())
            )
        )
        # Overlapping and simultaneous words are what bad alignment gives.
        at += draw(st.one_of(st.just(0), st.integers(max(1, length - 3), length), st.integers(0, 60)))
    return words


@settings(max_examples=150, deadline=None)
@given(
    talks(),
    st.floats(4, 25),
    st.booleans(),
    st.integers(1, 3),
    st.integers(1, 8),
)
def test_pages_are_complete_ordered_and_fit(words, width, uppercase, max_lines, max_words):
    measure = Measure(FACE, width, uppercase, max_lines, max_words)
    frames = (words[-1].end_frame if words else 0) + 200
    pages = caption_pages(words, measure, RATE, frames, PACE)
    parts = [word for page in pages for line in page.lines for word in line]
    assert "".join(w.text for w in parts) == "".join(w.text for w in words if displayed(w.text, False))
    assert all(0 <= page.start_frame < page.end_frame <= frames for page in pages)
    assert all(a.end_frame <= b.start_frame for a, b in pairwise(pages))
    for page in pages:
        assert 1 <= len(page.lines) <= max_lines
        texts = [w.text for line in page.lines for w in line]
        units = ["".join(texts[p.word][p.start : p.end] for p in unit) for unit in line_units(texts)]
        weights = [columns(u) / COLUMNS_A_WORD if any(map(runs_on, u)) else 1 for u in units]
        said = [w for line in page.lines for w in line]
        quick = max_words == 1 and said[-1].start_frame - said[0].start_frame < RATE.nearest(LEAST_MS)
        assert sum(weights) <= max_words or len(units) == 1 or quick
        assert 0.6 <= page.scale <= 1
        assert len({w.speaker for line in page.lines for w in line} - {-1}) <= 1
        for line in page.lines:
            # One character may be wider than any line; nothing else may.
            if grapheme_count("".join(w.text for w in line)) > 1:
                assert measure.line(line) * page.scale <= width * 1.002


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(4, 14), min_size=3, max_size=14), st.integers(0, 30)),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 6),
)
def test_no_page_flickers(turns, max_words):
    """Talk of two at any pace from 2 to 7 words a second: every page stands for 300 ms, and never comes far from
    its words."""
    words, at = [], 0
    for voice, (lengths, pause) in enumerate(turns):
        for length in lengths:
            words.append(SpokenWord("so", at, at + length, (0, 0), voice % 2, False))
            at += length
        at += pause
    pages = caption_pages(words, replace(WIDE, max_words=max_words), RATE, at + 30, PACE)
    spans = [(page.start_frame, page.end_frame) for page in pages]
    assert all(RATE.ms(end - start) >= LEAST_MS - 1 for start, end in spans)
    for page in pages:
        assert abs(page.start_frame - page.lines[0][0].start_frame) <= RATE.nearest(LEAST_MS)


def test_a_page_stands_until_it_is_read():
    """Dense words that end the talk: longer than the hold, as long as Netflix gives readers; and less for Latin."""
    long = [SpokenWord("人工智能改变世界非常重要事情", 0, 30, (0, 1000), 0, True)]
    (page,) = caption_pages(long, WIDE, RATE, 900, PACE)
    assert page.end_frame == pytest.approx(14 / 9 * 30, abs=2)
    assert reading_ms("abcd efghi") == 500
    assert reading_ms("これは日本") == 1250


def test_no_word_stands_alone_among_others():
    for count in range(2, 12):
        talk = said(" ".join(["word"] * (count - 1) + ["end."]), 9)
        for most in (3, 4, 6):
            pages = caption_pages(talk, replace(WIDE, max_words=most), RATE, 400, PACE)
            assert all(len(page.split()) > 1 for page in texts(pages)), (count, most)


def test_a_phrase_without_spaces_is_lit_as_one():
    (page,) = caption_pages(tokens(list("今日は人工知能の話")), WIDE, RATE, 400, PACE)
    lit = [w.text for line in page.lines for w in line]
    assert "".join(lit) == "今日は人工知能の話"
    assert "今日は" in lit
    assert "人工知能の" in lit


def said(text: str, step: int = 9) -> list[SpokenWord]:
    return [
        SpokenWord(word, i * step, i * step + step - 1, (i * 300, i * 300 + 280), 0, word[-1] in ".?!")
        for i, word in enumerate(text.split())
    ]


def texts(pages) -> list[str]:
    return [" ".join(w.text for line in page.lines for w in line) for page in pages]


def test_pages_end_with_sentences_and_clauses():
    words = said("So that is how it began. We had nothing, and then everything changed at once.")
    pages = texts(caption_pages(words, WIDE, RATE, 400, PACE))
    assert any(page.endswith("began.") for page in pages)
    assert not any("began. We" in page for page in pages)
    assert all(len(page.split()) > 1 for page in pages)


def test_pauses_and_speakers_break_pages():
    words = said("one two three four")
    late = [replace(w, start_frame=w.start_frame + 40, end_frame=w.end_frame + 40) for w in words[2:]]
    assert texts(caption_pages(words[:2] + late, WIDE, RATE, 200, PACE)) == ["one two", "three four"]
    other = [replace(w, speaker=1) for w in words[2:]]
    assert texts(caption_pages(words[:2] + other, WIDE, RATE, 200, PACE)) == ["one two", "three four"]
    assert len(caption_pages(words, WIDE, RATE, 200, PACE)) == 1


def test_a_page_is_held_but_not_into_silence():
    (page,) = caption_pages(said("just this"), WIDE, RATE, 900, PACE)
    assert page.end_frame == 17 + RATE.nearest(400)
    (page,) = caption_pages(said("just this"), WIDE, RATE, 900, replace(PACE, hold_ms=1000))
    assert page.end_frame == 17 + RATE.nearest(1000)
    (page,) = caption_pages(said("this"), WIDE, RATE, 900, replace(PACE, hold_ms=0, min_ms=900))
    assert page.end_frame == RATE.nearest(900)


def test_a_long_word_shrinks_then_splits():
    measure = replace(WIDE, width=6.0)
    (page,) = caption_pages(said("Verantwortung"), measure, RATE, 100, PACE)
    assert 0.6 <= page.scale < 1
    parts = texts(caption_pages(said("Donaudampfschifffahrtsgesellschaft"), measure, RATE, 100, PACE))
    assert len(parts) >= 1
    assert "".join("".join(parts).split()) == "Donaudampfschifffahrtsgesellschaft"


@pytest.mark.parametrize("name", ["Montserrat-ExtraBold.ttf", "Inter-ExtraBold.otf"])
def test_the_shipped_fonts_have_western_letters(name):
    (path,) = shipped("style_contracts").glob(f"*/{name}")
    assert Typeface(path).lacks("áéíóúñüÑ¿¡«»äöüßÄÖÜàâçéèêëîïôùûÿœæŒÇłőšž…–—‘’“”€£%&@#") == ""


CHINESE = "今天我们来聊聊人工智能如何改变世界，以及为什么这件事情对每个人都非常重要。"
THAI = "วันนี้เราจะมาคุยกันเรื่องปัญญาประดิษฐ์ว่ามันเปลี่ยนโลกอย่างไรและทำไมถึงสำคัญมาก"


def tokens(parts: list[str], step: int = 6) -> list[SpokenWord]:
    return [
        SpokenWord(t, i * step, i * step + step, (i * 200, i * 200 + 200), 0, t in "。")
        for i, t in enumerate(parts)
    ]


@pytest.mark.parametrize("parts", [list(CHINESE), graphemes(THAI), list(THAI), [CHINESE], [THAI]])
def test_scripts_without_spaces_fill_their_pages_by_width(parts):
    """One character a token, one code point, or all in one: lines end where a phrase does."""
    said = tokens(parts, 6 * 40 // len(parts))
    pages = caption_pages(said, WIDE, RATE, 600, PACE)
    lines = ["".join(w.text for w in line) for page in pages for line in page.lines]
    text = "".join(parts)
    assert "".join(lines) == text
    # Six tokens a page were 7 and 14 pages.
    assert 2 <= len(pages) <= 5
    breaks = {0, len(text), *break_offsets(text)}
    at = 0
    for line in lines:
        at += len(line)
        assert at in breaks
    for page in pages:
        for words in page.lines:
            assert graphemes("".join(w.text for w in words)) == [c for w in words for c in graphemes(w.text)]
            assert measure_of(words) * page.scale <= WIDE.width


def measure_of(line) -> float:
    return WIDE.face.width("".join(w.text for w in line))


def test_words_of_other_scripts_keep_their_spaces_in_between():
    (page,) = caption_pages(tokens(["我", "们", "用", "Python", "写"]), WIDE, RATE, 100, PACE)
    assert WIDE.line(page.lines[0]) == WIDE.face.width("我们用 Python 写")
