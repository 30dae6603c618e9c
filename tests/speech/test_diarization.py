"""Who speaks when: the score itself, clustering, reconstruction and the speakers of words."""

from __future__ import annotations

import numpy as np
import pytest
from error_rates import diarization_error_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.speech import Sentence, Word
from shortform_assets.speech.turns import turns, word_speakers
from shortform_assets.speech.who.clustering import cluster_voices, normalised
from shortform_assets.speech.who.diarize import FRAME, diarize
from shortform_assets.speech.who.mel_filter_banks import fbank


def test_der_counts_every_kind_of_error_under_the_best_naming() -> None:
    truth = [("a", 0.0, 10.0), ("b", 10.0, 20.0)]
    assert diarization_error_rate(truth, [("x", 10.0, 20.0), ("y", 0.0, 10.0)]) == 0
    assert diarization_error_rate(truth, [("x", 0.2, 9.8), ("y", 10.2, 19.8)]) == 0
    assert diarization_error_rate(truth, [("x", 0.0, 20.0)]) == pytest.approx(0.5, abs=0.01)
    assert diarization_error_rate(truth, [("x", 0.0, 10.0)]) == pytest.approx(0.5, abs=0.01)
    both = [("x", 0.0, 10.0), ("y", 0.0, 20.0)]
    assert diarization_error_rate(truth, both) == pytest.approx(0.5, abs=0.01)


def voices(seed: int, people: int, each: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    centres = normalised(random.normal(size=(people, 256)).astype(np.float32))
    truth = np.repeat(np.arange(people), each)
    voices = centres[truth] + noise * random.normal(size=(len(truth), 256)) / 16
    return normalised(voices.astype(np.float32)), truth


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(3, 25), st.floats(0.0, 0.7), st.randoms())
def test_people_are_counted_and_told_apart(seed: int, people: int, each: int, noise: float, random) -> None:
    rows, truth = voices(seed, people, each, noise)
    order = list(range(len(truth)))
    random.shuffle(order)
    labels, centroids = cluster_voices(rows[order], np.full(len(truth), 3.0), 8)
    assert len(centroids) == people
    assert len(set(zip(labels.tolist(), truth[order].tolist(), strict=True))) == people


def test_no_more_people_than_allowed_and_a_cough_is_nobody() -> None:
    rows, truth = voices(1, 6, 10, 0.3)
    labels, centroids = cluster_voices(rows, np.full(60, 3.0), 4)
    assert len(centroids) == 4
    assert labels.max() == 3
    seconds = np.where(truth == 5, 0.01, 3.0)
    assert len(cluster_voices(rows, seconds, 8)[1]) == 5


class ToneModel:
    """A voice is a throbbing tone: told apart within a window by its pitch, embedded by its throb."""

    def activity(self, windows: np.ndarray) -> np.ndarray:
        out = np.zeros((len(windows), 589, 3), np.float32)
        for n, window in enumerate(windows):
            heard: list[int] = []
            for i in range(589):
                piece = window[i * FRAME : i * FRAME + 991]
                if np.abs(piece).max() < 0.02:
                    continue
                tone = int(np.argmax(np.abs(np.fft.rfft(piece, 2048))))
                near = next((t for t in heard if abs(t - tone) < 8), None)
                if near is None and len(heard) < 3:
                    # Numbered by first appearance in the window, as a real model's local speakers are.
                    heard.append(tone)
                    near = tone
                if near is not None:
                    out[n, i, heard.index(near)] = 1
        return out

    def embed(self, features: np.ndarray) -> np.ndarray:
        throb = np.abs(np.fft.rfft(features.mean(axis=1), 1000)).argmax() / 10
        return np.eye(20, dtype=np.float32)[round(throb)]


def test_local_speakers_are_joined_over_windows() -> None:
    script = [("a", 0.0, 6.0), ("b", 6.5, 13.0), ("a", 13.5, 16.0), ("c", 16.5, 27.0), ("b", 27.5, 33.0)]
    tones = {"a": (300.0, 3), "b": (1200.0, 7), "c": (3100.0, 13)}
    samples = 1e-4 * np.random.default_rng(0).normal(size=34 * 16000).astype(np.float32)
    clock = np.arange(len(samples)) / 16000
    for name, start, end in script:
        part = slice(int(start * 16000), int(end * 16000))
        pitch, throb = tones[name]
        swell = 0.2 + 0.12 * np.sin(2 * np.pi * throb * clock[part])
        samples[part] += swell * np.sin(2 * np.pi * pitch * clock[part])
    activity = diarize(
        lambda a, b: samples[a * 16 : b * 16], 34_000, lambda a, b: True, ToneModel(), 8, lambda x: None
    )
    assert activity.shape[1] == 3
    found = [
        (str(k), i * FRAME / 16000, (i + 1) * FRAME / 16000)
        for k in range(3)
        for i in np.flatnonzero(activity[:, k])
    ]
    assert diarization_error_rate(script, found, collar=0.1) < 0.03


def test_silence_has_no_speaker() -> None:
    quiet = diarize(
        lambda a, b: np.zeros((b - a) * 16, np.float32),
        20_000,
        lambda a, b: False,
        ToneModel(),
        8,
        lambda x: None,
    )
    assert quiet.shape[1] == 0


def test_filter_banks_peak_at_the_tone_and_ignore_loudness_but_for_an_offset() -> None:
    clock = np.arange(16000) / 16000
    low = fbank((0.1 * np.sin(2 * np.pi * 400 * clock)).astype(np.float32))
    high = fbank((0.1 * np.sin(2 * np.pi * 3000 * clock)).astype(np.float32))
    assert low.shape == (98, 80)
    assert low.mean(axis=0).argmax() < high.mean(axis=0).argmax()
    loud = fbank((0.2 * np.sin(2 * np.pi * 400 * clock)).astype(np.float32))
    peak = int(low.mean(axis=0).argmax())
    assert np.allclose((loud - low)[:, peak], 2 * np.log(2), atol=1e-3)
    assert fbank(np.zeros(100, np.float32)).shape == (0, 80)


def spoken(*spans: tuple[int, int]) -> tuple[Word, ...]:
    return tuple(Word(text=f"w{i}", start_ms=a, end_ms=b, confidence=1) for i, (a, b) in enumerate(spans))


def test_a_word_belongs_to_who_talks_during_it() -> None:
    words = spoken((0, 300), (300, 600), (1000, 1300), (1300, 1700), (9000, 9400))
    heard = [[(0, 650)], [(950, 1800)]]
    parts = (Sentence(first=0, last=3), Sentence(first=4, last=4))
    assert word_speakers(words, parts, heard) == (0, 0, 1, 1, -1)
    assert word_speakers(words, parts, []) == (-1,) * 5


def test_a_blink_within_a_sentence_is_no_change_of_speaker_but_a_long_run_is() -> None:
    words = spoken(*((i * 300, i * 300 + 280) for i in range(10)))
    blink = [[(0, 890), (1200, 3000)], [(900, 1190)]]
    assert word_speakers(words, (Sentence(first=0, last=9),), blink) == (0,) * 10
    change = [[(0, 1490)], [(1500, 3000)]]
    assert word_speakers(words, (Sentence(first=0, last=9),), change) == (0,) * 5 + (1,) * 5
    # The same short word is a sentence of its own: somebody said "Right."
    own = (Sentence(first=0, last=2), Sentence(first=3, last=3), Sentence(first=4, last=9))
    assert word_speakers(words, own, blink) == (0, 0, 0, 1, 0, 0, 0, 0, 0, 0)


def test_turns_are_ordered_and_overlap_is_marked_on_both_sides() -> None:
    found = turns(("S1", "S2"), [[(0, 5000), (9000, 9500)], [(4000, 8000)]])
    assert [(t.speaker, t.start_ms, t.overlap) for t in found] == [
        ("S1", 0, True),
        ("S2", 4000, True),
        ("S1", 9000, False),
    ]
