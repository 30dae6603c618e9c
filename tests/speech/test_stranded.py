"""Words left in a silence go to the sound beside them; all others stay."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.speech.align.silence_repair import to_sound
from shortform_assets.speech.words.word_assembly import DraftWord

RATE = 16


def talk(*loud: tuple[int, int], length: int = 2000) -> np.ndarray:
    """`length` ms of faint noise with a voice in the stretches `loud`."""
    rng = np.random.default_rng(1)
    samples = rng.normal(0, 0.0005, length * RATE)
    for start, end in loud:
        samples[start * RATE : end * RATE] += rng.normal(0, 0.1, (end - start) * RATE)
    return samples.astype(np.float32)


def word(text: str, start: int, end: int) -> DraftWord:
    return DraftWord(text, start, end, 0.9, 0, "aligned")


def test_a_word_in_the_pause_before_its_sound_moves_there() -> None:
    words = [word("switch", 100, 600), word("One", 630, 720), word("more", 1600, 1900)]
    sound = talk((100, 600), (1100, 1400), (1600, 1900))
    moved = to_sound(words, sound, 0)
    assert (moved[1].start, moved[1].end) == (1100, 1400)
    assert [moved[0], moved[2]] == [words[0], words[2]]


def test_times_are_those_of_the_source() -> None:
    moved = to_sound([word("One", 50_100, 50_190)], talk((1100, 1400)), 50_000)
    assert (moved[0].start, moved[0].end) == (51_100, 51_400)


def test_words_that_sound_or_were_not_aligned_stay() -> None:
    heard = [word("a", 100, 190), word("man", 1100, 1400)]
    assert to_sound(heard, talk((100, 190), (400, 700), (1100, 1400)), 0) == heard
    guessed = [DraftWord("One", 630, 720, 0.9, 0, "proportional")]
    assert to_sound(guessed, talk((1100, 1400)), 0) == guessed


@given(
    st.lists(st.integers(0, 1990), min_size=2, max_size=12, unique=True),
    st.lists(st.tuples(st.integers(0, 1900), st.integers(20, 600)), max_size=4),
)
def test_words_stay_in_order_and_apart(edges: list[int], loud: list[tuple[int, int]]) -> None:
    cut = sorted(edges)
    words = [word("w", a, b) for a, b in zip(cut[::2], cut[1::2], strict=False)]
    sound = talk(*((start, min(2000, start + length)) for start, length in loud))
    found = to_sound(words, sound, 0)
    assert [w.text for w in found] == [w.text for w in words]
    assert all(w.start < w.end for w in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
