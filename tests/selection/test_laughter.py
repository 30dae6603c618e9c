"""Laughter and clapping are heard between the words, and nothing else is taken for them."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from selection_talk import silent_media, talk

from shortform_assets.genres import load_genre
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.laughter import reactions, texture
from shortform_assets.selection.read.sound_events import measure

RATE = 16_000


def voice(seconds: float, seed: int = 0) -> np.ndarray:
    """Harmonics with the slow swell of syllables."""
    t = np.arange(round(seconds * RATE)) / RATE
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * t + seed) * np.sin(2 * np.pi * 0.7 * t)
    return 0.1 * swell * sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 16)) / 2


def noise(seconds: float, level: float) -> np.ndarray:
    return level * np.random.default_rng(7).standard_normal(round(seconds * RATE))


def laugh(seconds: float, bursts_a_second: float = 5.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    burst = np.clip(np.sin(2 * np.pi * bursts_a_second * t), 0, 1) ** 1.5
    tone = sum(np.sin(2 * np.pi * 300 * k * t) / k for k in range(1, 12)) / 2
    return 0.08 * burst * (tone + 5 * noise(seconds, 0.1))


def music(seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return 0.03 * np.sum([np.sin(2 * np.pi * hertz * t) for hertz in (220, 277, 330)], axis=0)


def heard(sound: np.ndarray, after_ms: int = 200) -> tuple[float, float]:
    """Seconds of laughter and of applause found where `sound` lies between two stretches of talk."""
    gap = noise(after_ms / 1000, 1e-3)
    whole = np.concatenate([voice(6), gap, sound, noise(0.3, 1e-3), voice(6, 1), noise(3, 1e-3)])
    begin = 6000 + after_ms + len(sound) * 1000 // RATE + 300
    level, _ = measure(whole.astype(np.float32))
    found = reactions(level, texture(whole.astype(np.float32)), [(0, 6000), (begin, begin + 6000)])
    return float(found[0].sum() / 10), float(found[1].sum() / 10)


@pytest.mark.parametrize("rate", [4.2, 5.0, 6.0])
def test_a_laugh_is_laughter(rate):
    laughter, applause = heard(laugh(2, rate))
    assert laughter == pytest.approx(2, abs=0.5)
    assert applause == 0


def test_clapping_is_applause():
    laughter, applause = heard(noise(3, 0.06))
    assert applause == pytest.approx(3, abs=0.4)
    assert laughter == 0


@pytest.mark.parametrize(
    "sound",
    [music(3), noise(0.3, 0.02), noise(2, 2e-3), voice(2), np.zeros(2 * RATE)],
    ids=["music", "a breath", "room tone", "an unwritten voice", "nothing"],
)
def test_other_sounds_are_neither(sound):
    assert heard(sound) == (0, 0)


def test_a_laugh_long_after_the_talk_is_not_about_it():
    assert heard(laugh(2), after_ms=4000) == (0, 0)


def test_where_nobody_speaks_nobody_laughs():
    sound = laugh(5).astype(np.float32)
    level, _ = measure(sound)
    assert not any(found.any() for found in reactions(level, texture(sound), []))


JOKE = "A: My gym wrote that they miss me. I walked in once, I saw a man pull a tyre, and I walked out again."
DULL = "A: The list was moved to the other folder. There is a second list, and that one has been there for a while."


def test_a_joke_that_is_laughed_at_has_the_laughter(bench, tmp_path):
    transcript, turns = talk(f"{JOKE}\n\n\n{DULL}\n\n\n{JOKE}\n\n\n{DULL}", tail_ms=3000)
    samples = np.concatenate([noise(transcript.duration_ms / 1000, 1e-3)])
    for turn in turns.turns:
        said = voice((turn.end_ms - turn.start_ms) / 1000)
        samples[turn.start_ms * 16 : turn.start_ms * 16 + len(said)] += said
    first = turns.turns[0].end_ms + 300
    samples[first * 16 : first * 16 + 2 * RATE] += laugh(2)
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    mezzanine, shots = silent_media(transcript.duration_ms)
    update = {"speech": bench.keep(tmp_path / "speech.wav"), "speech_samples": len(samples)}
    selection = load_genre("comedy").selection.model_copy(update={"min_seconds": 3.0})
    found = find_moments(
        bench, MomentsRequest(transcript, turns, shots, mezzanine.model_copy(update=update), selection)
    )

    def laughter(turn):
        own = [m for m in found.moments if turn.start_ms <= m.start_ms and m.end_ms <= turn.end_ms]
        return max(m.features["laughter"] for m in own if m.end_ms == turn.end_ms)

    assert laughter(turns.turns[0]) == 1
    assert [laughter(turn) for turn in turns.turns[1:]] == [0, 0, 0]
    assert found.unmeasured == ()
