"""Scripts and voices."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from shortform_assets.demo.episode import make_episode
from shortform_assets.demo.host_voices import RATE, PiperVoice, ToneVoice
from shortform_assets.demo.scripts import EPISODE_SCRIPT, parse_script
from shortform_assets.errors import InputError


def median_pitch(sound: np.ndarray) -> float:
    """Median fundamental frequency in Hz, by autocorrelation of 40 ms windows."""
    size, found = RATE // 25, []
    for start in range(0, len(sound) - size, size // 2):
        part = sound[start : start + size].astype(np.float64)
        part -= part.mean()
        if part.std() < 0.3 * sound.std():
            continue
        match = np.correlate(part, part, "full")[size - 1 :]
        lag = RATE // 260 + int(np.argmax(match[RATE // 260 : RATE // 65]))
        if match[lag] > 0.5 * match[0]:
            found.append(RATE / lag)
    return float(np.median(found))


def test_the_episode_has_an_arc() -> None:
    lines = parse_script(EPISODE_SCRIPT)
    segments = list(dict.fromkeys((line.kind, line.segment) for line in lines))
    kinds = [kind for kind, _ in segments]
    assert (kinds[0], kinds[-1], kinds.count("ad"), kinds.count("talk")) == ("intro", "outro", 1, 6)
    for kind, name in segments:
        if kind == "talk":
            mine = [line for line in lines if line.segment == name]
            assert any("?" in line.text for line in mine)
            assert {line.host for line in mine} == {"A", "B"}
            assert 70 <= sum(len(line.text.split()) for line in mine) <= 130
    assert all(line.text[-1] in ".?!" for line in lines)


@pytest.mark.parametrize("text", ["A: Hello.", "[talk x]\nC: Hello.", "[song x]\nA: Hello.", ""])
def test_unreadable_scripts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_script(text)


def test_tone_is_the_same_every_time(tmp_path: Path) -> None:
    lines = parse_script("[talk x]\nA: One two three.\nB: One two three.")
    first, second = ToneVoice().speak(lines, tmp_path), ToneVoice().speak(lines, tmp_path)
    assert all(np.array_equal(a.sound, b.sound) for a, b in zip(first, second, strict=True))
    assert median_pitch(first[1].sound) > 1.4 * median_pitch(first[0].sound)


def test_piper_speaks_in_two_voices_and_times_its_words(tmp_path: Path) -> None:
    pytest.importorskip("piper")
    text = "My grandmother had one rule for money, and it was about potatoes."
    lines = parse_script(f"[talk x]\nA: {text}\nB: {text}")
    voice = PiperVoice()
    low, high = voice.speak(lines, tmp_path)
    assert np.array_equal(low.sound, voice.speak(lines, tmp_path)[0].sound)
    assert median_pitch(high.sound) > 1.25 * median_pitch(low.sound)
    assert abs(len(high.sound) - len(low.sound)) < 0.1 * RATE
    assert [w.text for w in low.words] == text.split()
    # The pause of the comma lies where the alignment says.
    comma = next(k for k, w in enumerate(low.words) if w.text == "money,")
    for take in (low, high):
        pause = take.sound[take.words[comma].end : take.words[comma + 1].start]
        assert len(pause) > 0.05 * RATE
        assert np.abs(pause[len(pause) // 4 : -len(pause) // 4]).mean() < 0.25 * np.abs(take.sound).mean()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_voice_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(InputError, match=r"pip install 'shortform\[voice\]'"):
        make_episode(tmp_path)
