"""When everything is said, the mixed sound, and how far each mouth is open in every frame."""

from __future__ import annotations

import random
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortform_assets.demo.faces import LEVELS
from shortform_assets.demo.host_voices import RATE, Sound, Spoken
from shortform_assets.demo.scripts import Host, ScriptLine

FPS = 25
"""Pictures a second of the demo. The voices' 22,050 samples are whole ones a picture then."""
SAMPLES = RATE // FPS
"""Samples a frame."""
HOSTS: tuple[Host, Host] = ("A", "B")

_LEAD, _TAIL = 0.8, 1.2
"""Seconds before the first sentence and after the last."""
_LEVEL = 0.106
"""Root mean square of what a host says: -19.5 dBFS, which makes the mix about -18 LUFS."""
_ROOM = 10 ** (-64 / 20)
"""Root mean square of the noise of the room: -64 dBFS."""
_PAN: dict[Host, tuple[float, float]] = {"A": (1.0, 0.78), "B": (0.78, 1.0)}
"""Gain on the left and on the right."""


@dataclass(frozen=True)
class PlacedLine:
    """A line in its place: samples [start, end) of the episode."""

    line: ScriptLine
    spoken: Spoken
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.spoken.sound)


def place(lines: Sequence[ScriptLine], spoken: Sequence[Spoken]) -> tuple[tuple[PlacedLine, ...], int]:
    """Every sentence in its place, and the number of frames of the episode.

    Pauses: 0.15 to 0.35 s within a turn, 0.25 to 0.6 s between turns, 1 to 2 s between segments.
    """
    dice = random.Random(11)
    said: list[PlacedLine] = []
    at = round(_LEAD * RATE)
    for line, take in zip(lines, spoken, strict=True):
        if said:
            before = said[-1].line
            if before.segment != line.segment:
                pause = dice.uniform(1.0, 2.0)
            elif before.turn != line.turn:
                pause = dice.uniform(0.25, 0.6)
            else:
                pause = dice.uniform(0.15, 0.35)
            at += round(pause * RATE)
        said.append(PlacedLine(line, take, at))
        at = said[-1].end
    return tuple(said), -(-(at + round(_TAIL * RATE)) // SAMPLES)


def voice_tracks(said: Sequence[PlacedLine], frames: int) -> dict[Host, Sound]:
    """What each host says over the whole episode, all hosts equally loud, mono."""
    tracks: dict[Host, Sound] = {host: np.zeros(frames * SAMPLES, np.float32) for host in HOSTS}
    for host in HOSTS:
        mine = [one for one in said if one.line.host == host]
        if not mine:
            continue
        power = np.concatenate([one.spoken.sound for one in mine]).astype(np.float64)
        gain = _LEVEL / max(float(np.sqrt((power**2).mean())), 1e-9)
        for one in mine:
            tracks[host][one.start : one.end] = one.spoken.sound * gain
    return tracks


def write_mix(tracks: dict[Host, Sound], path: Path) -> None:
    """Both hosts a little apart in stereo over a quiet room, as 16-bit WAV, about -18 LUFS."""
    count = len(tracks["A"])
    noise = np.random.default_rng(5).standard_normal((count + 8, 2)).astype(np.float32)
    # A short running mean takes the hiss out of the noise and leaves a room.
    sums = np.cumsum(noise, axis=0)
    mix = (sums[8:] - sums[:-8]) / np.sqrt(8) * np.float32(_ROOM)
    for host, track in tracks.items():
        mix += track[:, None] * np.array(_PAN[host], np.float32)
    # Soft above -6 dBFS: peaks bend, nothing clips.
    knee, limit = 0.5, 0.84
    over = np.maximum(np.abs(mix) - knee, 0)
    mix = np.sign(mix) * (np.minimum(np.abs(mix), knee) + (limit - knee) * np.tanh(over / (limit - knee)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((mix * 32767).round().astype("<i2").tobytes())


def mouth_levels(track: Sound, said: Sequence[PlacedLine], host: Host, frames: int) -> NDArray[np.int64]:
    """Mouth opening of a host in every frame, 0 to LEVELS - 1: the envelope of what the host says.

    Closed wherever no sentence of the host is being said.
    """
    power = (track.astype(np.float64) ** 2).reshape(frames, SAMPLES).mean(axis=1)
    level = np.sqrt(np.convolve(power, (0.2, 0.6, 0.2), "same"))
    talking = np.zeros(frames, bool)
    for one in said:
        if one.line.host == host:
            talking[one.start // SAMPLES : -(-one.end // SAMPLES)] = True
    if not talking.any():
        return np.zeros(frames, np.int64)
    loud = np.percentile(level[talking], 88)
    opening = np.clip((level / loud - 0.08) / 0.92, 0, 1) ** 0.95
    return np.where(talking, np.rint(opening * (LEVELS - 1)), 0).astype(np.int64)
