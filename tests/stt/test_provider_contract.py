"""One contract for every speech provider, local or remote."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from provider_cases import HEAVY, ProviderCase
from rapidfuzz.distance import Levenshtein

from shortform_assets.media.audio_arrays import read_speech
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    Floats,
    Provider,
    RawTranscript,
    RecognitionRequest,
    Recognizer,
)
from shortform_assets.speech.hear.validate import checked

_SAID = """It was the best of times, it was the worst of times, it was the age of wisdom,
it was the age of foolishness, it was the epoch of belief, it was the"""


def _hear(
    recognizer: Recognizer,
    samples: Floats,
    beam_size: int = 1,
    terms: Sequence[str] = (),
    told: list[float] | None = None,
) -> RawTranscript:
    report = (lambda share: None) if told is None else told.append
    return recognizer.recognize(RecognitionRequest(samples, "en", beam_size, terms, report))


def _words(text: str) -> list[str]:
    return "".join(sign for sign in text.casefold() if sign.isalpha() or sign.isspace()).split()


def _said(raw: RawTranscript) -> list[str]:
    return _words(" ".join(segment.text for segment in raw.segments))


def _assert_sound(raw: RawTranscript, seconds: float) -> None:
    """All times within the sound and in order, all numbers in their range, and the room takes it."""
    assert raw.language == "en"
    assert 0 <= raw.language_confidence <= 1
    for segment in raw.segments:
        assert 0 <= segment.start <= segment.end <= seconds + 0.1
        assert segment.text.strip()
        assert segment.avg_logprob <= 0
        assert 0 <= segment.no_speech_prob <= 1
        assert segment.compression_ratio >= 0
        for word in segment.words:
            assert 0 <= word.start <= word.end <= seconds + 0.1
            assert 0 <= word.probability <= 1
        if segment.words:
            together = "".join(word.text for word in segment.words)
            assert _words(together) == _words(segment.text)
    starts = [word.start for segment in raw.segments for word in segment.words]
    assert all(a <= b + 1e-6 for a, b in pairwise(starts))
    assert all(a.start <= b.start for a, b in pairwise(raw.segments))
    taken = checked(raw, seconds, "en", "it")
    assert [segment.text for segment in taken] == [segment.text for segment in raw.segments]


def test_facts_are_there_before_it_is_loaded(case: ProviderCase, request: pytest.FixtureRequest) -> None:
    with case.make(request) as fresh:
        assert fresh.name.startswith(case.name.removesuffix("-aligned"))
        assert fresh.languages is None or "en" in fresh.languages
        assert fresh.parallel >= 1
        assert fresh.fingerprint == fresh.fingerprint
        assert "\n" not in fresh.fingerprint


def test_fingerprint_is_the_same_after_loading(provider: Provider, recognizer: Recognizer) -> None:
    before = provider.fingerprint
    assert recognizer.name
    assert provider.load() is recognizer
    assert provider.fingerprint == before


def test_reading_facts_imports_nothing_heavy(case: ProviderCase) -> None:
    if not case.facts:
        pytest.skip("its facts need more than an interpreter")
    asked = f"{case.facts}; provider.name, provider.languages, provider.parallel; print(provider.fingerprint)"
    loaded = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    runs = [
        subprocess.run(
            [sys.executable, "-c", f"{asked}; {loaded}"],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        ).stdout.splitlines()
        for _ in range(2)
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert runs[0][1] == "[]"


def test_speech_gives_words_in_time(case: ProviderCase, recognizer: Recognizer, speech: Floats) -> None:
    raw = _hear(recognizer, speech)
    _assert_sound(raw, len(speech) / SAMPLE_RATE)
    heard = _said(raw)
    assert heard
    if case.hears:
        wanted = _words(_SAID)
        assert Levenshtein.distance(heard, wanted) <= 0.2 * len(wanted)
    if case.hears and case.times:
        # Nobody speaks in the first second.
        assert raw.segments[0].start >= 0.3
        assert raw.segments[-1].end > 10.5


@pytest.mark.media
def test_the_president_is_understood(case: ProviderCase, recognizer: Recognizer, shared_media: Path) -> None:
    if not case.hears:
        pytest.skip("it hears what it is told")
    samples = read_speech(shared_media / "wer" / "jfk.wav")
    raw = _hear(recognizer, samples)
    _assert_sound(raw, len(samples) / SAMPLE_RATE)
    wanted = _words((shared_media / "wer" / "jfk.ref.txt").read_text())
    assert Levenshtein.distance(_said(raw), wanted) <= 0.1 * len(wanted)


def test_a_short_window_gives_its_words(case: ProviderCase, recognizer: Recognizer, speech: Floats) -> None:
    raw = _hear(recognizer, speech[int(0.9 * SAMPLE_RATE) : int(3.0 * SAMPLE_RATE)])
    _assert_sound(raw, 2.1)
    if case.hears:
        assert {"best", "times"} <= set(_said(raw))


def test_nobody_speaks(case: ProviderCase, recognizer: Recognizer, silence: Floats, noise: Floats) -> None:
    for samples in (silence, noise):
        raw = _hear(recognizer, samples)
        _assert_sound(raw, len(samples) / SAMPLE_RATE)
        if case.finds_voice:
            assert _said(raw) == []


def test_next_to_nothing_is_heard_without_a_fault(recognizer: Recognizer, speech: Floats) -> None:
    for length in (SAMPLE_RATE // 10, SAMPLE_RATE * 6 // 10):
        samples = speech[2 * SAMPLE_RATE : 2 * SAMPLE_RATE + length]
        _assert_sound(_hear(recognizer, samples), length / SAMPLE_RATE)


def test_same_sound_same_answer(recognizer: Recognizer, speech: Floats, silence: Floats) -> None:
    kept = speech.copy()
    first = _hear(recognizer, speech)
    _hear(recognizer, silence)
    assert _hear(recognizer, speech) == first
    assert np.array_equal(speech, kept), "the samples are the caller's"


def test_calls_side_by_side_do_not_mix(provider: Provider, recognizer: Recognizer, speech: Floats) -> None:
    parts = [speech[at * SAMPLE_RATE : (at + 3) * SAMPLE_RATE] for at in (0, 4, 8)]
    alone = [_hear(recognizer, part) for part in parts]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda part: _hear(provider.load(), part), parts * 2))
    assert together == alone * 2


def test_progress_goes_from_none_to_all(recognizer: Recognizer, speech: Floats) -> None:
    told: list[float] = []
    _hear(recognizer, speech, told=told)
    assert all(0 <= share <= 1 for share in told)
    assert told == sorted(told)


def test_beam_and_terms_are_taken(recognizer: Recognizer, speech: Floats) -> None:
    raw = _hear(recognizer, speech[: 5 * SAMPLE_RATE], beam_size=3, terms=("Dickens", "Saint Antoine"))
    _assert_sound(raw, 5.0)
    assert _said(raw)
