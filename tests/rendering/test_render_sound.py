"""Loudness, peaks and sync of rendered sound, measured on the finished file."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest
from render_studio import HEIGHT, WIDTH, framing, job, media, panel, pictures, samples, segment, silence

from shortform_assets.contracts.base import FrameRate
from shortform_assets.media.ffmpeg import FfmpegError
from shortform_assets.media.loudness import measure_loudness
from shortform_assets.rendering.render_output import render

NTSC = FrameRate(num=30000, den=1001)


def grey(n: int) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), 60, np.uint8)


def rendered(bench, sound: np.ndarray, frames: int, **changes):
    clip = media([segment(bench, grey, sound, frames)])
    work = job(bench, clip, framing(0, frames, panel(202.5, 360, (0, 100, 0))))
    audio = work.enhancement.audio.model_copy(update=changes)
    work = work.model_copy(update={"enhancement": work.enhancement.model_copy(update={"audio": audio})})
    return render(bench, work).video


def talk(frames: int, level_db: float, crest: float = 1.0) -> np.ndarray:
    """Noise in syllables, `level_db` RMS re full scale; `crest` raises rare peaks."""
    random = np.random.default_rng(5)
    n = silence(frames).shape[0]
    envelope = np.maximum(np.sin(2 * np.pi * 4 * np.arange(n) / 48000), 0.02)
    noise = np.convolve(random.normal(size=(n,)), np.ones(12) / 12, "same") * envelope
    noise[:: 48000 // 3] *= crest
    noise *= 10 ** (level_db / 20) / np.sqrt(np.mean(noise**2))
    return np.stack([noise, noise], axis=1)


@pytest.mark.parametrize(
    ("level", "crest", "changes"),
    [(-34.0, 1.0, {}), (-12.0, 1.0, {}), (-30.0, 30.0, {"compress": True, "highpass_hz": 80})],
)
def test_loudness_and_true_peak_reach_their_marks(bench, level, crest, changes):
    loudness, peak = measure_loudness(rendered(bench, talk(150, level, crest), 150, **changes))
    assert loudness == pytest.approx(-14, abs=1)
    assert peak <= -0.8


@pytest.mark.parametrize("level", [-200.0, -66.0])
def test_near_silence_is_not_blown_up(bench, level):
    loudness, peak = measure_loudness(rendered(bench, talk(60, level), 60))
    assert loudness < -50
    assert peak < -40


def test_flash_and_beep_stay_together(bench):
    """A white frame and a click that begins with it, at an NTSC rate, across a join of two segments."""
    first, second, flashes = 47, 52, (20, 70)

    def paint(offset: int):
        return lambda n: np.full((HEIGHT, WIDTH, 3), 255 if n + offset in flashes else 0, np.uint8)

    sounds = []
    for frames, offset in ((first, 0), (second, first)):
        sound = silence(frames, NTSC)
        for flash in flashes:
            at = NTSC.samples(flash, 48000) - NTSC.samples(offset, 48000)
            if 0 <= at < len(sound):
                tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(1600) / 48000)
                sound[at : at + 1600] = tone[:, None]
        sounds.append(sound)
    clip = media(
        [
            segment(bench, paint(0), sounds[0], first, rate=NTSC),
            segment(bench, paint(first), sounds[1], second, lead=3, rate=NTSC),
        ],
        NTSC,
    )
    video = render(bench, job(bench, clip, framing(0, first + second, panel(202.5, 360, (0, 100, 0))))).video
    seen = [float(time) for time, picture in pictures(video) if picture.mean() > 120]
    heard = samples(video)
    loud = np.flatnonzero(np.abs(heard) > 0.25 * np.abs(heard).max()) / 48000
    begins = [loud[0], *(b for a, b in pairwise(loud) if b - a > 0.2)]
    assert len(seen) == len(begins) == 2
    for light, beep in zip(seen, begins, strict=True):
        # Codec smear aside, a few milliseconds.
        assert abs(beep - light) < 0.006
    length = len(heard) / 48000
    assert length == pytest.approx(float((first + second) / NTSC.fraction), abs=0.03)


def test_sound_that_cannot_be_read_ends_the_render_of_its_picture(bench):
    """It is prepared in a thread: its fault is the render's, and nothing of it goes on."""
    whole = segment(bench, grey, silence(90), 90)
    noise = bench.scratch / "noise.flac"
    noise.write_bytes(b"no sound at all" * 100)
    clip = media([whole.model_copy(update={"audio": bench.keep(noise)})])
    with pytest.raises(FfmpegError, match="Invalid data"):
        render(bench, job(bench, clip, framing(0, 90, panel(202.5, 360, (0, 100, 0)))))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sound")]
