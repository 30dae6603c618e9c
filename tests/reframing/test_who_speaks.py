"""Who speaks: edges of turns on the sound, lips that go with it, nobody, and no flicker."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.speech import Turn
from shortform_assets.reframing.see.series import TrackSeries
from shortform_assets.reframing.who.hearing import LEAD_MS, SAMPLE_RATE, hear
from shortform_assets.reframing.who.who_speaks import FaceCandidate, talk_along, who_speaks

FPS, SECONDS, MOUTH_STD = 25.0, 12, 0.015
FRAMES = np.arange(0, int(SECONDS * FPS), 2, dtype=np.int32)
times = FRAMES / FPS


def syllables(seed: int) -> np.ndarray:
    """0 to 1 at every millisecond, four to five times a second."""
    ms = np.arange(SECONDS * 1000) / 1000
    return 0.5 + 0.5 * np.sin(2 * np.pi * (4.5 * ms + 0.3 * np.sin(2 * np.pi * 0.7 * ms + seed)))


def sound(said: list[tuple[int, int]], music: float = 0.0, seed: int = 1) -> np.ndarray:
    """Noise with the rhythm of syllables in the milliseconds `said`, `LEAD_MS` after the lips."""
    loud = np.zeros(SECONDS * 1000)
    for start, end in said:
        loud[start + LEAD_MS : end + LEAD_MS] = (0.2 + syllables(seed))[start:end]
    loud = np.repeat(loud + music, SAMPLE_RATE // 1000)
    return (np.random.default_rng(seed).normal(0, 0.1, len(loud)) * (loud + 0.001)).astype(np.float32)


def lips(said: list[tuple[int, int]], seed: int = 1) -> np.ndarray:
    """A mouth that opens with the syllables of `seed` in the milliseconds `said`."""
    wave = syllables(seed)[(times * 1000).astype(int)]
    moves = np.any([(times >= a / 1000) & (times < b / 1000) for a, b in said] or [times < 0], axis=0)
    return 0.02 + np.where(moves, 0.15 * wave, 0) + np.random.default_rng(seed).normal(0, 0.001, len(times))


def faces(*mouths: np.ndarray, speakers: tuple[str, ...] = ("", "", "", "")) -> dict[str, FaceCandidate]:
    n = len(FRAMES)
    flat = np.zeros((n, 7), np.float32)
    return {
        f"t{i}": FaceCandidate(
            TrackSeries(FRAMES, flat[:, :4], flat[:, 0], mouth.astype(np.float32), np.zeros((n, 6, 2), np.float32),
                        flat[:, :3], flat[:, 0], flat, np.ones(1, np.float32)),
            "live", speakers[i],
        ) for i, mouth in enumerate(mouths)
    }  # fmt: skip


def spans(named: list[str], name: str) -> np.ndarray:
    return np.array([who == name for who in named])


@settings(max_examples=40, deadline=None)
@given(st.integers(-180, 180), st.integers(-180, 180))
def test_turns_begin_and_end_with_the_sound(early: int, late: int) -> None:
    first, last = 3000 + LEAD_MS + early, 7000 + LEAD_MS + late
    turns = [Turn(speaker="S1", start_ms=first, end_ms=last)]
    heard = hear(sound([(3000, 7000)]), FRAMES, FPS, turns).voiced
    assert times[heard][0] == pytest.approx(3.0, abs=0.13)
    assert times[heard][-1] == pytest.approx(7.0, abs=0.13)
    # Under music nothing tells better than the turn itself.
    under = hear(sound([(3000, 7000)], music=0.9), FRAMES, FPS, turns).voiced
    ms = times * 1000 + LEAD_MS
    assert (under == ((ms >= first) & (ms < last))).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(60, 600))
def test_without_turns_a_breath_is_no_silence_and_a_pause_is(gap: int) -> None:
    heard = hear(sound([(1000, 5000), (5000 + gap, 9000)]), FRAMES, FPS, ()).voiced
    inside = heard[(times > 1.2) & (times < 8.8)]
    if gap < 150:
        assert inside.all()
    if gap > 400:
        assert not inside.all()
    assert not heard[(times < 0.8) | (times > 9.3)].any()


@pytest.mark.parametrize("diarized", [True, False])
def test_two_take_turns_and_the_edges_are_right(diarized: bool) -> None:
    first, second = [(300, 3100), (6400, 8600)], [(3400, 6100), (8900, 11_000)]
    turns = [Turn(speaker=f"S{k}", start_ms=a + 90, end_ms=b - 120) for k, said in enumerate((first, second))
             for a, b in said]  # fmt: skip
    known = ("S0", "S1") if diarized else ("", "")
    named = who_speaks(
        faces(lips(first), lips(second), speakers=known), FRAMES,
        hear(sound(first + second), FRAMES, FPS, turns if diarized else ()), FPS, MOUTH_STD,
    )  # fmt: skip
    truth = np.full(len(times), "", object)
    for name, said in (("t0", first), ("t1", second)):
        for a, b in said:
            truth[(times >= a / 1000) & (times < b / 1000)] = name
    assert np.mean(truth == np.array(named, object)) >= 0.95
    assert not {("t0", "t1"), ("t1", "t0")} & set(pairwise(named))


def test_a_voice_over_is_nobody_and_so_is_silence() -> None:
    everyone = faces(lips([]), lips([]))
    assert set(who_speaks(everyone, FRAMES, hear(sound([(0, 11_000)]), FRAMES, FPS, ()), FPS, MOUTH_STD)) == {
        ""
    }
    silent = hear(sound([]), FRAMES, FPS, ())
    assert set(who_speaks(faces(lips([(0, 12_000)])), FRAMES, silent, FPS, MOUTH_STD)) == {""}


@pytest.mark.parametrize("seed", range(2, 8))
def test_lips_that_go_with_the_sound_win_over_lips_that_chew(seed: int) -> None:
    said = [(300, 11_000)]
    named = who_speaks(
        faces(lips(said, seed + 20), lips(said, seed)), FRAMES, hear(sound(said, seed=seed), FRAMES, FPS, ()), FPS,
        MOUTH_STD,
    )  # fmt: skip
    assert spans(named, "t1").mean() > 0.85


def test_a_yawn_of_the_listener_while_the_speaker_mumbles_flips_nothing() -> None:
    yawns = [(at, at + 1000) for at in range(1500, 9500, 2200)]
    clear = [(a, b) for a, b in pairwise([300, *(t for yawn in yawns for t in yawn), 11_000])][::2]
    heard = hear(sound([(300, 11_000)]), FRAMES, FPS, ())
    named = who_speaks(faces(lips(clear), lips(yawns, 5)), FRAMES, heard, FPS, MOUTH_STD)
    assert not spans(named, "t1").any()
    assert spans(named, "t0").mean() > 0.85


def test_of_voices_at_once_those_take_part_whose_lips_move() -> None:
    said = [(300, 11_000)]
    people = faces(lips(said), lips([(2000, 10_000)], 3), lips([(4000, 4500)], 5), lips(said, 7))
    people["t3"] = FaceCandidate(people["t3"].series, "static")
    at_once = (times >= 2) & (times < 10)
    assert talk_along(people, FRAMES, at_once, FPS, MOUTH_STD) == {"t0", "t1"}
    assert talk_along(people, FRAMES, np.zeros(len(FRAMES), bool), FPS, MOUTH_STD) == frozenset()
