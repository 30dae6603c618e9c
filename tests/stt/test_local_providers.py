"""What only the local providers do: say what is missing, spread words over voice, keep within the machine."""

from __future__ import annotations

import importlib.util
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.models import Models
from resources.stt.moonshine import MoonshineProvider
from resources.stt.segments import untimed
from resources.stt.whisperx import WhisperXProvider
from shortform_assets.ports.recognizer import Floats, ProviderFailed, RecognitionRequest
from shortform_assets.speech.hear.validate import spread
from shortform_assets.speech.words.voice_activity import SileroVoice

SPANS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 5_000)), min_size=1, max_size=6)
WORDS = st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=12)


@given(SPANS, WORDS)
def test_words_are_spread_over_the_voice_alone(gaps: list[tuple[int, int]], words: list[str]) -> None:
    spans, at = [], 0
    for gap, length in gaps:
        spans.append((at + gap + 1, at + gap + 1 + length))
        at = spans[-1][1]
    segment = untimed(" ".join(words), spans, -0.5)
    found = spread(segment, "en")
    assert [word.text for word in found] == [f" {word}" for word in words]
    assert not any(word.timed for word in found)
    assert found[0].start == pytest.approx(segment.start)
    assert found[-1].end == pytest.approx(segment.end)
    assert all(a.start <= a.end <= b.start + 1e-9 for a, b in pairwise(found))
    # No word begins in a pause or ends in one, and each has its share of the voice.
    total, letters = sum(high - low for low, high in spans), sum(len(word) + 1 for word in words)
    for word in found:
        low, high = word.start * 1000, word.end * 1000
        assert any(a - 1 <= low <= b + 1 for a, b in spans)
        assert any(a - 1 <= high <= b + 1 for a, b in spans)
        voiced = sum(max(0, min(b, high) - max(a, low)) for a, b in spans)
        assert voiced == pytest.approx(total * len(word.text) / letters, abs=2)


def test_words_without_spaces_are_spread_sign_by_sign() -> None:
    found = spread(untimed("你好。", [(0, 300)], -0.1), "zh")
    assert [(word.text, round(word.start, 3), round(word.end, 3)) for word in found] == [
        (" 你", 0.0, 0.1), (" 好", 0.1, 0.2), (" 。", 0.2, 0.3),
    ]  # fmt: skip
    # A foreign name is a word, and a mark belongs to its letter.
    assert [word.text for word in spread(untimed("我用Python 3写", [(0, 900)], -0.1), "zh")] == [
        " 我", " 用", " Python", " 3", " 写",
    ]  # fmt: skip
    assert [word.text for word in spread(untimed("ที่นี่", [(0, 900)], -0.1), "th")] == [" ที่", " นี่"]


@pytest.mark.parametrize(
    ("provider", "package", "install"),
    [
        (MoonshineProvider, "moonshine_voice", r"pip install moonshine-voice==0\.0\.73"),
        (WhisperXProvider, "whisperx", r"pip install 'shortform\[whisperx\]'"),
    ],
)
def test_a_missing_package_is_named(
    provider, package: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ProviderFailed, match=install):
        provider(voice=SileroVoice()).load()


def test_another_moonshine_without_the_model_is_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("moonshine_voice")
    (tmp_path / "moonshine-tiny-en").mkdir()
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(tmp_path))
    with pytest.raises(ProviderFailed, match=r"encoder_model\.ort"):
        MoonshineProvider(voice=SileroVoice()).load()


def test_models_and_settings_are_in_the_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Models().fingerprint("whisper-base") in WhisperXProvider(voice=SileroVoice()).fingerprint
    local = WhisperXProvider("large-v3", voice=SileroVoice())
    assert local.name == "whisperx:large-v3"
    before = local.fingerprint
    assert before != WhisperXProvider(voice=SileroVoice()).fingerprint
    monkeypatch.setenv("SHORTFORM_ALLOW_DOWNLOAD", "1")
    assert local.fingerprint != before


@pytest.mark.slow
def test_whisperx_tells_why_words_are_not_aligned(
    speech: Floats, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("whisperx") is None:
        pytest.skip("whisperx is not installed")
    recognizer = WhisperXProvider(voice=SileroVoice()).load()
    # Nothing is there, and nothing may be fetched.
    monkeypatch.setattr("resources.stt.whisperx.cache_dir", lambda: tmp_path)
    monkeypatch.delenv("SHORTFORM_ALLOW_DOWNLOAD", raising=False)
    raw = recognizer.recognize(RecognitionRequest(speech[:64_000], "en"))
    assert "alignment model" in recognizer.unaligned["en"]
    assert raw.segments
    assert not any(word.timed for segment in raw.segments for word in segment.words)


@pytest.mark.slow
def test_whisperx_refuses_a_model_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("whisperx") is None:
        pytest.skip("whisperx is not installed")
    monkeypatch.delenv("SHORTFORM_ALLOW_DOWNLOAD", raising=False)
    with pytest.raises(ProviderFailed, match="SHORTFORM_ALLOW_DOWNLOAD=1"):
        WhisperXProvider("tiny.en-of-nobody", voice=SileroVoice()).load()
