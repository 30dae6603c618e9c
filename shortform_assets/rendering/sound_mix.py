"""What is laid on and under the voice: speakers at one loudness, tones over words, a bed that gives way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import MutedSpan, VoiceTurn
from shortform_assets.contracts.style_sounds import MusicStyle
from shortform_assets.media.audio_arrays import read_stereo
from shortform_assets.media.loudness import SILENCE_LUFS, integrated_loudness
from shortform_assets.rendering.sound_facts import SAMPLE_RATE, Sound

# Guarded by tests/rendering/test_sound_chain.py.
_MOST_LEVELLING_DB = 9.0
"""Up or down: a guest further off than that is in another room, and would bring it along."""
_LEAST_LEVELLING_DB = 1.0
"""Less is not heard between two voices."""
_TURN_RAMP_S = 0.08
"""From one speaker's gain to the next's: shorter than a syllable, longer than a click."""
_TALKING_DB = 15.0
"""Windows this far below a speaker's loudest are breath and room."""
_BLEEP_HZ, _BLEEP_RAMP_S, _BLEEP_DB = 1000.0, 0.005, -3.0
"""The broadcasters' tone, a little below the voice that it covers."""
_BED_CROSSFADE_S, _BED_IN_S, _BED_OUT_S = 2.0, 0.6, 1.5
"""Where a bed that is shorter than the clip begins again, and at the clip's ends."""
_DUCK_ATTACK_S, _DUCK_RELEASE_S = 0.08, 0.6
"""Down within a syllable, up after a pause that is no breath."""
_VOICE_DB = 22.0
"""The voice is there where it is less than this below its loudest twentieth."""


def level_speakers(
    sound: Sound, turns: Sequence[VoiceTurn], rate: FrameRate
) -> tuple[Sound, dict[str, float]]:
    """`sound` with every speaker brought to the loudness that they have on average, and the gains in dB."""
    spans = {
        speaker: [
            _samples(t.start_frame, t.end_frame, rate, len(sound)) for t in turns if t.speaker == speaker
        ]
        for speaker in dict.fromkeys(turn.speaker for turn in turns)
    }
    levels = {speaker: found for speaker, at in spans.items() if (found := _talk_db(sound, at)) is not None}
    if len(levels) < 2:
        return sound, {}
    seconds = {s: sum(b - a for a, b in spans[s]) / SAMPLE_RATE for s in levels}
    wanted = sum(levels[s] * seconds[s] for s in levels) / sum(seconds.values())
    gains = {
        s: float(np.clip(wanted - level, -_MOST_LEVELLING_DB, _MOST_LEVELLING_DB))
        for s, level in levels.items()
    }
    if max(gains.values()) - min(gains.values()) < _LEAST_LEVELLING_DB:
        return sound, {}
    places, values = [], []
    ramp = int(_TURN_RAMP_S * SAMPLE_RATE) // 2
    before: float | None = None
    for turn in sorted(turns, key=lambda turn: turn.start_frame):
        if turn.speaker not in gains:
            continue
        gain, start = gains[turn.speaker], _samples(turn.start_frame, turn.end_frame, rate, len(sound))[0]
        if before is None:
            places, values = [0], [gain]
        elif gain != before:
            # Half before the first syllable, half within it, but never before the last change is over.
            at = max(start, places[-1] + ramp + 1)
            places += [at - ramp, at + ramp]
            values += [before, gain]
        before = gain
    curve = np.interp(np.arange(len(sound)), places, values)
    return (sound * (10 ** (curve / 20)).astype(np.float32)[:, None]), gains


def _talk_db(sound: Sound, spans: Sequence[tuple[int, int]]) -> float | None:
    """Mean power of a speaker's loud windows, in dBFS; None where there is next to nothing."""
    size = SAMPLE_RATE // 20
    parts = [sound[a:b][: (b - a) // size * size].reshape(-1, size, 2) for a, b in spans if b - a >= size]
    if not parts:
        return None
    power = np.square(np.concatenate(parts), dtype=np.float64).mean(axis=1).max(axis=1)
    levels = 10 * np.log10(np.maximum(power, 1e-12))
    talk = power[levels > np.percentile(levels, 95) - _TALKING_DB]
    level = 10 * float(np.log10(max(talk.mean(), 1e-12)))
    return level if level > -70 else None


def bleep(sound: Sound, spans: Sequence[MutedSpan], rate: FrameRate) -> Sound:
    """`sound` with a tone in place of each span, on both sides, as loud as the talk around it is."""
    made = sound.copy()
    ramp = int(_BLEEP_RAMP_S * SAMPLE_RATE)
    level = _talk_db(sound, [(0, len(sound))])
    height = 10 ** (((level if level is not None else -20.0) + _BLEEP_DB) / 20) * np.sqrt(2)
    for span in spans:
        start, end = _samples(span.start_frame, span.end_frame, rate, len(sound))
        if end <= start:
            continue
        edge = np.minimum(1.0, np.minimum(np.arange(end - start), np.arange(end - start)[::-1]) / ramp)
        tone = height * np.sin(2 * np.pi * _BLEEP_HZ * np.arange(end - start) / SAMPLE_RATE) * edge
        # The word is gone from the first sample on: a syllable's ramp would still tell it.
        made[start:end] = tone[:, None]
    return made


def with_bed(sound: Sound, bed: Path, style: MusicStyle, voice_lufs: float) -> Sound:
    """`sound` over a bed: `level_lu` against the voice, pressed down by `duck_db` more wherever it speaks."""
    music, level = read_stereo(bed, SAMPLE_RATE), integrated_loudness(bed)
    if level <= SILENCE_LUFS or not len(music):
        return sound
    gain = 10 ** ((voice_lufs + style.level_lu - level) / 20)
    ducked = 10 ** (-style.duck_db * _speaking(sound) / 20)
    return sound + (looped(music, len(sound)) * (gain * ducked * _ends(len(sound)))[:, None]).astype(
        np.float32
    )


def faded(sound: Sound, in_ms: int, out_ms: int) -> Sound:
    """`sound` faded in and out, straight in amplitude."""
    rise, fall = (min(len(sound), ms * SAMPLE_RATE // 1000) for ms in (in_ms, out_ms))
    if not rise and not fall:
        return sound
    made = sound.copy()
    made[:rise] *= np.linspace(0, 1, rise, endpoint=False, dtype=np.float32)[:, None]
    made[len(made) - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)[:, None]
    return made


def looped(music: Sound, length: int) -> Sound:
    """`music` from its start for so many samples; where it ends too soon it begins anew under its own end."""
    fade = min(int(_BED_CROSSFADE_S * SAMPLE_RATE), len(music) // 2)
    if len(music) >= length or fade == 0:
        return np.resize(music, (length, 2)) if fade == 0 else music[:length]
    # Equal power: two parts of a piece are not alike enough to add up.
    rise = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32))[:, None]
    out = np.zeros((length, 2), np.float32)
    at, step = 0, len(music) - fade
    while at < length:
        part = music.copy()
        if at:
            part[:fade] *= rise
        part[-fade:] *= rise[::-1]
        end = min(length, at + len(part))
        out[at:end] += part[: end - at]
        at += step
    return out


def _speaking(sound: Sound) -> NDArray[np.float64]:
    """0 to 1 for every sample: whether there is voice, down at once and up slowly, as a side-chain does."""
    size = SAMPLE_RATE // 100
    count = max(1, -(-len(sound) // size))
    padded = np.zeros((count * size, 2))
    padded[: len(sound)] = sound
    power = np.square(padded).reshape(count, size, 2).mean(axis=(1, 2))
    levels = 10 * np.log10(np.maximum(power, 1e-12))
    voice = levels > max(-60.0, float(np.percentile(levels, 95)) - _VOICE_DB)
    rise, fall = (1 - np.exp(-0.01 / seconds) for seconds in (_DUCK_ATTACK_S, _DUCK_RELEASE_S))
    held, envelope = 0.0, np.empty(count)
    for n, spoken in enumerate(voice):
        held += (float(spoken) - held) * (rise if spoken else fall)
        envelope[n] = held
    return np.interp(np.arange(len(sound)), (np.arange(count) + 0.5) * size, envelope)


def _ends(length: int) -> NDArray[np.float64]:
    places = [
        0,
        min(length // 2, int(_BED_IN_S * SAMPLE_RATE)),
        max(length // 2, length - int(_BED_OUT_S * SAMPLE_RATE)),
    ]
    return np.interp(np.arange(length), [*places, length], [0.0, 1.0, 1.0, 0.0])


def _samples(start_frame: int, end_frame: int, rate: FrameRate, length: int) -> tuple[int, int]:
    start, end = (min(length, rate.samples(frame, SAMPLE_RATE)) for frame in (start_frame, end_frame))
    return start, max(start, end)
