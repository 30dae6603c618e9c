"""A sound effect is heard at its cue, as loud as the style says, in a file that passes the gate."""

from __future__ import annotations

import numpy as np
import pytest
from render_studio import framing, job, media, panel, segment
from scipy.io import wavfile
from scipy.signal import butter, lfilter

from shortform_assets.contracts.creative import EffectCue
from shortform_assets.contracts.style_sounds import EffectsStyle, JoinSoundStyle, PunchInSoundStyle
from shortform_assets.delivery.quality import measure
from shortform_assets.media.audio_arrays import read_stereo
from shortform_assets.media.loudness import integrated_loudness
from shortform_assets.rendering.output_sound import prepare_sound
from shortform_assets.rendering.render_output import render

SECONDS = 6
T = np.arange(SECONDS * 48000) / 48000


def talk() -> np.ndarray:
    """A hum in syllables: (samples, 2)."""
    hum = 0.2 * np.sin(2 * np.pi * 150 * T) * np.clip(np.sin(2 * np.pi * 2.1 * T), 0, 1)
    return np.stack([hum, hum], axis=1)


def swoosh(bench):
    """High noise that swells for 0.3 s and is gone after 0.1 s more."""
    rise = np.concatenate([np.linspace(0, 1, 14400) ** 3, np.linspace(1, 0, 4800)])
    # Below what AAC leaves out.
    noise = lfilter(
        *butter(4, [3000, 8000], "band", fs=48000), np.random.default_rng(5).normal(size=rise.size)
    )
    noise = noise * rise * 0.2
    path = bench.scratch / "swoosh.wav"
    wavfile.write(path, 48000, np.stack([noise, noise], axis=1).astype(np.float32))
    return bench.keep(path)


def moving(n: int) -> np.ndarray:
    picture = np.full((360, 640, 3), 70, np.uint8)
    picture[100:200, 210 + 3 * (n % 60) : 260 + 3 * (n % 60)] = 190
    return picture


def test_an_effect_is_heard_at_its_cue_as_loud_as_the_style_says(bench):
    frames = SECONDS * 30
    clip = media([segment(bench, moving, talk(), frames)])
    work = job(bench, clip, framing(0, frames, panel(202.5, 360, (0, 218.75, 0))))
    file = swoosh(bench)
    effects = EffectsStyle(
        join=JoinSoundStyle(file=file, level_lu=-6), punch_in=PunchInSoundStyle(file=file, level_lu=-12)
    )
    cues = (
        EffectCue(frame=60, effect="join"),
        EffectCue(frame=135, effect="punch_in"),
        EffectCue(frame=2, effect="join"),
    )
    audio = work.enhancement.audio.model_copy(update={"spoken": True, "compress": False, "effects": cues})
    sounds = work.style.audio.model_copy(update={"effects": effects})
    work = work.model_copy(
        update={
            "enhancement": work.enhancement.model_copy(update={"audio": audio}),
            "style": work.style.model_copy(update={"audio": sounds}),
        }
    )
    heard = read_stereo(prepare_sound(bench, work).coded, 48000)[:, 0]
    # What stands above the hum is the effect alone.
    high = np.abs(np.diff(heard, 3))
    level = np.convolve(high**2, np.ones(480) / 480, "same")
    for frame, sample in ((60, 96000), (135, 216000)):
        near = slice(sample - 24000, sample + 24000)
        at = int(level[near].argmax()) - 24000
        assert abs(at) < 0.02 * 48000, f"{at / 48} ms from frame {frame}"
    # 6 LU between the two, and nothing where none is cued.
    first, second = (10 * np.log10(level[at - 480 : at + 480].max()) for at in (96000, 216000))
    assert first - second == pytest.approx(6, abs=1)
    assert level[160000:190000].max() < 0.1 * level[216000 - 480 : 216000 + 480].max()
    # What swells before the clip begins is cut off there; its loudest moment is heard.
    assert level[: 6 * 1600].max() > 0.5 * level[96000 - 480 : 96000 + 480].max()
    alone = bench.scratch / "alone.wav"
    quiet = work.model_copy(
        update={
            "enhancement": work.enhancement.model_copy(
                update={"audio": audio.model_copy(update={"effects": ()})}
            )
        }
    )
    without = read_stereo(prepare_sound(bench, quiet).coded, 48000)[:, 0]
    gain = float(
        heard[150000:190000] @ without[150000:190000] / (without[150000:190000] @ without[150000:190000])
    )
    left = (heard - gain * without)[72000:120000]
    wavfile.write(alone, 48000, np.stack([left, left], axis=1).astype(np.float32))
    assert integrated_loudness(alone) == pytest.approx(-14 - 6, abs=1.5)
    made = render(bench, work)
    assert measure(made.video, work, made.witness).problems == ()
