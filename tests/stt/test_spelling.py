"""Bare timed words find their places in the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from resources.stt.word_fitting import spell
from shortform_assets.ports.recognizer import RawWord

BARE = st.text("abcäßİ好9é", min_size=1, max_size=5)
OPENING = st.sampled_from(["", '"', "($", "¿"])
CLOSING = st.sampled_from(["", ",", ".", '!"', " &", " —"])


@given(st.lists(st.lists(st.tuples(OPENING, BARE, CLOSING), max_size=6), max_size=4))
def test_all_of_the_text_comes_back_with_every_words_own_times(
    sentences: list[list[tuple[str, str, str]]],
) -> None:
    texts = [" ".join("".join(word) for word in sentence) for sentence in sentences]
    bare = [word for sentence in sentences for _, word, _ in sentence]
    words = [RawWord(word, i, i + 0.5, 0.9) for i, word in enumerate(bare)]
    found = spell(texts, words)
    assert found is not None
    assert ["".join(word.text for word in own).split() for own in found] == [text.split() for text in texts]
    times = [(word.start, word.end) for own in found for word in own if any(map(str.isalnum, word.text))]
    assert times == [(i, i + 0.5) for i in range(len(bare))]


def test_pieces_of_one_written_word_stay_glued() -> None:
    words = [RawWord(text, i, i + 1.0, 0.9) for i, text in enumerate(["I", "don", "t", "你", "好"])]
    ((*spelled,),) = spell(["I don't, 你好。"], words) or [()]
    assert [word.text for word in spelled] == [" I", " don'", "t,", " 你", "好。"]


def test_a_sentence_that_lost_a_word_gets_no_times_and_the_others_keep_theirs() -> None:
    words = [
        RawWord(text, i, i + 1.0, 0.9)
        for i, text in enumerate(["one", "two", "three", "four", "five", "seven", "eight", "nine"])
    ]
    found = spell(["One two three.", "Four five six?", "Seven, eight, nine!"], words)
    assert found is not None
    assert [len(own) for own in found] == [3, 0, 3]
    assert found[2][0] == RawWord(" Seven,", 5, 6.0, 0.9)


def test_words_of_another_text_are_refused() -> None:
    assert spell(["Good morning everybody."], [RawWord("xyzq", 0, 1, 0.9)] * 4) is None
