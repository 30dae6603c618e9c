"""The brand's own sounds, laid over the talk at the cues of a plan."""

from __future__ import annotations

import numpy as np
from scipy.io import wavfile

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.creative.styles.style_schema import sections
from shortform_assets.media.audio_arrays import read_stereo
from shortform_assets.media.loudness import integrated_loudness
from shortform_assets.ports.workbench import Workbench
from shortform_assets.rendering.sound_facts import SAMPLE_RATE, Sound

_PAD = SAMPLE_RATE // 2
"""Silence at either side of a short sound, for the meter: BS.1770 looks at blocks of 400 ms."""
_WINDOW = SAMPLE_RATE // 100
"""10 ms, of which the loudest is the moment of an effect."""


def with_effects(bench: Workbench, job: RenderJob, sound: Sound, voice_lufs: float) -> Sound:
    """`sound` with every effect of the job, its loudest moment on its cue and as loud against the voice as the style
    says. What would begin before the clip is cut off there, and so is what would go on after it."""
    made = sound.copy()
    for name, effect in sections(job.style.audio.effects) if job.style.audio.effects else ():
        cues = [cue.frame for cue in job.enhancement.audio.effects if cue.effect == name]
        if not cues:
            continue
        own, loudness = _measured(bench, effect.file)
        own = own * np.float32(10 ** ((voice_lufs + effect.level_lu - loudness) / 20))
        moment = _loudest(own)
        for frame in cues:
            at = job.rate.samples(frame, SAMPLE_RATE) - moment
            start, end = max(0, at), min(len(made), at + len(own))
            if start < end:
                made[start:end] += own[start - at : end - at]
    return made


def _measured(bench: Workbench, file: Blob) -> tuple[Sound, float]:
    own = read_stereo(bench.open(file), SAMPLE_RATE)
    padded = bench.scratch / "effect.wav"
    wavfile.write(padded, SAMPLE_RATE, np.pad(own, ((_PAD, _PAD), (0, 0))))
    return own, integrated_loudness(padded)


def _loudest(own: Sound) -> int:
    """The sample in the middle of the loudest window."""
    count = max(1, len(own) // _WINDOW)
    power = np.square(np.resize(own, (count * _WINDOW, 2)), dtype=np.float64)
    return int(power.reshape(count, -1).sum(axis=1).argmax()) * _WINDOW + _WINDOW // 2
