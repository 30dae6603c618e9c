"""What the hosts and the cameras do: cuts, head movements, blinks. A function of who says what when."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shortform_assets.demo.episode_sound import FPS, SAMPLES, PlacedLine
from shortform_assets.demo.episode_truth import CameraShot, ShotKind
from shortform_assets.demo.faces import LIDS
from shortform_assets.demo.scripts import Host

CLOSE_SECONDS = 3.0
"""A turn shorter than this is never shown in close-up."""
SHORTEST = 30
"""No shot has fewer frames."""
_EARLY = 4
"""Frames by which a close-up begins before its turn and ends after it. A matter of looks."""


def direct(said: Sequence[PlacedLine], frames: int) -> tuple[CameraShot, ...]:
    """Mostly the wide shot; each host's longest turn of a segment is a close-up, cut just before it begins.

    Hello and goodbye stay wide.
    """
    turns: dict[int, list[PlacedLine]] = {}
    for one in said:
        turns.setdefault(one.line.turn, []).append(one)
    longest: dict[tuple[str, Host], tuple[int, int, int]] = {}
    for turn in turns.values():
        first, last = turn[0].start // SAMPLES, -(-turn[-1].end // SAMPLES)
        key = turn[0].line.segment, turn[0].line.host
        if turn[0].line.kind not in ("intro", "outro") and last - first >= max(
            CLOSE_SECONDS * FPS, longest.get(key, (0, 0, 0))[0]
        ):
            longest[key] = last - first, first - _EARLY, last + _EARLY
    closes = sorted((start, end, host) for (_, host), (_, start, end) in longest.items())
    shots: list[CameraShot] = []
    at = 0
    for k, (start, end, host) in enumerate(closes):
        following = closes[k + 1][0] if k + 1 < len(closes) else frames
        start = at if start - at < SHORTEST else start
        # A wide shot too short to be seen is not worth its cut.
        end = min(following if following - end < SHORTEST else end, frames)
        if start > at:
            shots.append(CameraShot(start=at, end=start, kind="wide"))
        close: ShotKind = "close_a" if host == "A" else "close_b"
        shots.append(CameraShot(start=start, end=end, kind=close))
        at = end
    if at < frames:
        shots.append(CameraShot(start=at, end=frames, kind="wide"))
    return tuple(shots)


def move_head(said: Sequence[PlacedLine], host: Host, frames: int) -> NDArray[np.int64]:
    """(frames, 3): right, down in hundredths of a unit of the set, clockwise turn in hundredths of a degree.

    A slow drift, and nods while the host talks.
    """
    phase = 0.0 if host == "A" else 2.1
    time = np.arange(frames) / FPS
    talk = np.zeros(frames)
    for one in said:
        if one.line.host == host:
            talk[one.start // SAMPLES : -(-one.end // SAMPLES)] = 1.0
    window = np.hanning(23)
    talk = np.convolve(talk, window / window.sum(), "same")
    two_pi = 2 * np.pi
    right = 3.2 * np.sin(two_pi * time / 9.1 + phase) + 1.6 * np.sin(two_pi * time / 4.3 + 2 * phase)
    right += 2.0 * talk * np.sin(two_pi * time / 2.3 + phase)
    down = 1.5 * np.sin(two_pi * time / 5.7 + 3 * phase) + 3.4 * talk * np.sin(two_pi * time / 1.25 + phase)
    turn = 1.0 * np.sin(two_pi * time / 7.3 + phase) + 1.1 * talk * np.sin(two_pi * time / 1.9 + 2 * phase)
    return np.rint(np.stack([right, down, turn], axis=1) * 100).astype(np.int64)


def blink(host: Host, frames: int) -> NDArray[np.int64]:
    """Eyelids in every frame, 0 open to LIDS - 1 shut; every two to five seconds."""
    dice = random.Random(f"blink {host}")
    lids = np.zeros(frames, np.int64)
    at = dice.randint(FPS, 3 * FPS)
    while at + 4 < frames:
        lids[at : at + 4] = (1, LIDS - 1, LIDS - 1, 1)
        at += dice.randint(2 * FPS, 5 * FPS)
    return lids
