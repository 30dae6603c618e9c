"""Every repair of sound: made broken, mended, measured; and whole sound left alone."""

from __future__ import annotations

import numpy as np
import pytest
from render_studio import HEIGHT, RATE, WIDTH, framing, job, media, panel, segment

from shortform_assets.contracts.creative import MutedSpan, VoiceTurn
from shortform_assets.contracts.style_sounds import MusicStyle
from shortform_assets.media.audio_arrays import read_stereo
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.loudness import measure_loudness
from shortform_assets.rendering.output_sound import prepare_sound
from shortform_assets.rendering.sound_facts import sound_facts, window_levels
from shortform_assets.rendering.sound_mix import bleep, level_speakers, looped

SECONDS = 8
N = np.arange(SECONDS * 48000)


def voice(level_db: float = -20.0, seed: int = 3, pitch: float = 140.0) -> np.ndarray:
    """A buzz in syllables with pauses, as a voice is: (samples,), peaks well above its level."""
    buzz = np.sign(np.sin(2 * np.pi * pitch * N / 48000)) + 0.3 * np.random.default_rng(seed).normal(
        size=N.size
    )
    buzz = np.convolve(buzz, np.ones(24) / 24, "same")
    words = np.clip(np.sin(2 * np.pi * 2.1 * N / 48000), 0, 1) ** 0.5 * (
        np.sin(2 * np.pi * 0.31 * N / 48000) > -0.7
    )
    sound = buzz * words
    return sound * 10 ** (level_db / 20) / np.sqrt(np.mean(sound[words > 0] ** 2))


def prepared(bench, sound: np.ndarray, style_audio: dict | None = None, **audio):
    grey = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    frames = SECONDS * 30
    clip = media([segment(bench, lambda n: grey, sound, frames)])
    work = job(bench, clip, framing(0, frames, panel(202.5, 360, (0, 100, 0))))
    treatment = work.enhancement.audio.model_copy(update={"spoken": True, "highpass_hz": 80, **audio})
    style = work.style.audio.model_copy(update=style_audio or {})
    work = work.model_copy(
        update={
            "enhancement": work.enhancement.model_copy(update={"audio": treatment}),
            "style": work.style.model_copy(update={"audio": style}),
        }
    )
    made = prepare_sound(bench, work)
    return made, read_stereo(made.coded, 48000), measure_loudness(made.coded)


def both(sound: np.ndarray) -> np.ndarray:
    return np.stack([sound, sound], axis=1)


def hiss(level_db: float) -> np.ndarray:
    return np.random.default_rng(11).normal(size=(N.size, 1)) * 10 ** (level_db / 20)


def test_a_whole_recording_gets_no_repair(bench):
    made, _, (lufs, peak) = prepared(bench, both(voice()) + hiss(-75))
    assert made.notes == ()
    assert lufs == pytest.approx(-14, abs=0.5)
    assert peak <= -1


@pytest.mark.parametrize("left", [True, False])
def test_a_voice_on_one_side_is_on_both(bench, left):
    sound = both(voice()) * np.array([left, not left])
    made, stereo, (lufs, _) = prepared(bench, sound)
    assert any("on both sides now" in note for note in made.notes)
    left_ear, right_ear = stereo.T
    assert np.abs(left_ear - right_ear).std() < 0.01 * left_ear.std(), "but for what coding does"
    assert lufs == pytest.approx(-14, abs=0.5)


def test_a_phase_inverted_voice_does_not_cancel(bench):
    made, stereo, _ = prepared(bench, both(voice()) * np.array([1, -1]))
    assert any("turned round" in note for note in made.notes)
    assert np.abs(stereo.mean(axis=1)).max() > 0.3


def test_guests_on_either_side_stay_there(bench):
    first = N.size // 2 > N
    sound = np.stack([voice() * first, voice(seed=8, pitch=210) * ~first], axis=1)
    made, stereo, _ = prepared(bench, sound)
    assert made.notes == ()
    assert np.abs(stereo[: N.size // 2 - 4800, 1]).max() < 0.01
    assert np.abs(stereo[N.size // 2 + 4800 :, 0]).max() < 0.01


@pytest.mark.parametrize("noise_db", [-92.0, -72.0])
def test_a_very_quiet_voice_reaches_the_target_and_its_noise_does_not(bench, noise_db):
    made, stereo, (lufs, peak) = prepared(bench, both(voice(-50)) + hiss(noise_db))
    assert lufs == pytest.approx(-14, abs=0.5)
    assert peak <= -1
    assert any("raised" in note for note in made.notes)
    floor = np.percentile(window_levels(stereo), 5)
    raised = noise_db + 36
    if raised > -58:
        assert any("was lowered by" in note for note in made.notes)
        assert floor < max(-60, raised - 16), f"{floor:.1f} where {raised:.1f} would stand"
    else:
        assert not any("lowered" in note for note in made.notes)


def test_without_words_near_silence_stays(bench):
    _, _, (lufs, _) = prepared(bench, both(voice(-54)), spoken=False)
    assert lufs < -50


def test_noise_that_a_style_wants_gone_is_lowered_and_the_voice_is_not(bench):
    noisy = both(voice()) + hiss(-48)
    _, kept, _ = prepared(bench, noisy)
    made, stereo, _ = prepared(bench, noisy, {"denoise": True})
    assert any("was lowered" in note for note in made.notes)
    pauses = [np.percentile(window_levels(sound), 5) for sound in (kept, stereo)]
    assert pauses[1] < pauses[0] - 8
    loud = window_levels(kept) > -18
    change = window_levels(stereo)[loud] - window_levels(kept)[loud]
    assert np.abs(change).max() < 2.5, "the voice keeps its shape"


def test_clipped_peaks_are_rebuilt_and_normal_ones_are_not_touched(bench):
    whole = both(voice(-6))
    top = np.abs(whole).max()
    clipped = np.clip(whole, -0.45 * top, 0.45 * top)
    assert sound_facts(clipped.astype(np.float32)).clipped > 0.01
    assert sound_facts((0.7 * clipped).astype(np.float32)).clipped > 0.01, "turned down afterwards"
    tone = both(0.5 * np.sin(2 * np.pi * 180 * N / 48000) * (1 + 0.1 * np.sin(N / 7000)))
    assert sound_facts(tone.astype(np.float32)).clipped < 2e-4
    made, _, _ = prepared(bench, clipped)
    assert any("clipped" in note for note in made.notes)


def test_a_constant_offset_is_taken_out(bench):
    made, stereo, _ = prepared(bench, both(voice()) + 0.1, highpass_hz=0)
    assert any("offset" in note for note in made.notes)
    assert np.abs(stereo[48000:].mean()) < 0.002


def test_speakers_come_to_one_loudness_without_a_click():
    half = N.size // 2
    loud, quiet = both(voice(-16)) * (half > N)[:, None], both(voice(-24, seed=8)) * (half <= N)[:, None]
    turns = (
        VoiceTurn(start_frame=0, end_frame=SECONDS * 15, speaker="S1"),
        VoiceTurn(start_frame=SECONDS * 15, end_frame=SECONDS * 30, speaker="S2"),
    )
    sound = (loud + quiet).astype(np.float32)
    made, gains = level_speakers(sound, turns, RATE)
    assert gains["S2"] - gains["S1"] == pytest.approx(8, abs=1)
    tops = [np.percentile(window_levels(part), 95) for part in (made[:half], made[half:])]
    assert tops[0] == pytest.approx(tops[1], abs=1)
    change = np.diff(made[:, 0] / np.where(np.abs(sound[:, 0]) > 1e-3, sound[:, 0], np.nan))
    assert np.nanmax(np.abs(change)) < 0.01
    same, none = level_speakers(sound, turns[:1], RATE)
    assert none == {}
    assert same is sound


def test_a_covered_word_is_gone_and_the_tone_is_as_loud_as_the_talk():
    sound = both(voice()).astype(np.float32)
    made = bleep(sound, (MutedSpan(start_frame=60, end_frame=75),), RATE)
    start, end = RATE.samples(60, 48000), RATE.samples(75, 48000)
    assert np.array_equal(made[:start], sound[:start])
    assert np.array_equal(made[end:], sound[end:])
    covered = made[start:end, 0]
    spectrum = np.abs(np.fft.rfft(covered * np.hanning(covered.size))) ** 2
    hertz = np.fft.rfftfreq(covered.size, 1 / 48000)
    near = spectrum[np.abs(hertz - 1000) < 30].sum() / spectrum.sum()
    assert near > 0.999, "nothing of the word is left"
    assert np.abs(np.diff(covered)).max() < 0.15
    assert 20 * np.log10(np.sqrt(np.mean(covered**2))) == pytest.approx(-23, abs=3)


def test_a_bed_stands_under_the_voice_and_gives_way(bench):
    wav = bench.scratch / "bed.wav"
    chord = "aevalsrc='0.2*sin(2*PI*220*t)+0.2*sin(2*PI*277*t)':s=48000:d=5,aformat=channel_layouts=stereo"
    run_ffmpeg(["-f", "lavfi", "-i", chord, str(wav)])
    speech = both(voice()) * (N < 5 * 48000)[:, None]
    music = MusicStyle(file=bench.keep(wav), level_lu=-12, duck_db=10)
    _, stereo, (lufs, _) = prepared(bench, speech, {"music": music})
    assert lufs == pytest.approx(-14, abs=0.5)
    alone = window_levels(stereo)[int(6.2 * 20) : int(7.0 * 20)]
    assert np.ptp(alone) < 3, "the bed goes on where it begins again"
    # Between words, where only the bed is heard: pressed down by about what was asked for.
    under = np.percentile(window_levels(stereo)[10:90], 10)
    assert 6 < alone.mean() - under < 13


def test_a_short_bed_begins_again_without_a_hole():
    tone = both(0.3 * np.sin(2 * np.pi * 200 * np.arange(3 * 48000) / 48000)).astype(np.float32)
    made = looped(tone, 10 * 48000)
    levels = window_levels(made)[:-45]
    assert len(made) == 10 * 48000
    assert levels[2:].min() > levels.max() - 8
    assert np.array_equal(looped(tone, 48000), tone[:48000])
