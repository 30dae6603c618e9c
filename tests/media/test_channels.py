"""What left and right are to each other, on signals made so, on real talk, and through the mezzanine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shortform_assets.genres import load_genre
from shortform_assets.media.audio_arrays import read_speech, read_stereo
from shortform_assets.media.channels import correlation, examine, mixed
from shortform_assets.media.mezzanine import make_mezzanine
from shortform_assets.media.probe import read_source

RATE = 16000


def talk(seconds: float = 12, seed: int = 1) -> np.ndarray:
    """Noise in syllables at about -20 dBFS."""
    n = np.arange(int(seconds * RATE))
    noise = np.random.default_rng(seed).normal(size=n.size) * np.maximum(
        np.sin(2 * np.pi * 3 * n / RATE), 0.01
    )
    return (0.1 * noise / noise.std()).astype(np.float32)


def hiss(like: np.ndarray, level: float = 0.001) -> np.ndarray:
    return np.random.default_rng(7).normal(size=like.size).astype(np.float32) * level


def sides(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.stack([left, right], axis=1)


VOICE, OTHER = talk(), talk(seed=2)
FIRST = np.where(np.arange(VOICE.size) < VOICE.size // 2, 1, 0).astype(np.float32)
LATE = np.where(np.arange(VOICE.size) > VOICE.size * 0.95, 1, 0).astype(np.float32)


@pytest.mark.parametrize(
    ("sound", "mix"),
    [
        (sides(VOICE, VOICE), "as_is"),
        (sides(VOICE, -VOICE), "invert_right"),
        (sides(VOICE + hiss(VOICE), -0.6 * VOICE + hiss(OTHER, 0.004)), "invert_right"),
        (sides(VOICE, hiss(VOICE)), "left"),
        (sides(0 * VOICE, VOICE), "right"),
        # Cross-talk at -30 dB and a constant voltage are no voice.
        (sides(0.03 * VOICE + 0.2, VOICE), "right"),
        # Two guests, hard left and hard right, one after the other; the second one says a twentieth.
        (sides(VOICE * FIRST, OTHER * (1 - FIRST)), "as_is"),
        (sides(VOICE * (1 - LATE), OTHER * LATE), "as_is"),
        # Two microphones in one room, and music: neither alike nor opposed.
        (sides(VOICE + 0.3 * OTHER, OTHER + 0.3 * VOICE), "as_is"),
        (sides(0 * VOICE, 0 * VOICE), "as_is"),
        (np.zeros((0, 2), np.float32), "as_is"),
    ],
)
def test_what_is_made_of_two_channels(sound, mix):
    assert examine(sound, RATE).mix == mix
    made = mixed(sound, mix)
    assert made.shape == sound.shape
    assert examine(made, RATE).mix == "as_is"
    if mix != "as_is":
        assert np.abs(made.mean(axis=1)).max() > 0.05, "a sum must not cancel"


@pytest.mark.media
@pytest.mark.parametrize(
    "name",
    ["talk/interview_split_2p.mp4", "talk/debate_wide_2p_moderator.mp4", "music/jahzzar_siesta_139s.mp3"],
)
def test_real_stereo_is_left_alone(shared_media, name):
    found = list(shared_media.rglob(Path(name).name))
    if not found:
        pytest.skip(f"{name} is not here")
    sound = read_stereo(found[0])
    assert examine(sound).mix == "as_is"
    assert examine(sound * np.array([1, -1], np.float32)).mix in ("invert_right", "as_is")


@pytest.mark.media
def test_reported_recordings_come_out_like_the_sound_one(bench, shared_media):
    ingest = load_genre("base").ingest
    speech = {}
    for name in ("base", "phase_inverted", "left_only"):
        path = shared_media / "reports" / f"{name}.mp4"
        made = make_mezzanine(bench, read_source(bench, path, path.name), ingest)
        speech[name] = read_speech(bench.open(made.speech))
        stereo = read_stereo(bench.open(made.video))
        assert correlation(stereo) > 0.99, name
        assert made.channel_mix == {"phase_inverted": "invert_right", "left_only": "left"}.get(name, "as_is")
    for name in ("phase_inverted", "left_only"):
        alike = np.corrcoef(speech["base"], speech[name])[0, 1]
        assert alike > 0.99, name
