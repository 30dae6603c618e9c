"""The clock of a video stream, read from its packets without decoding: rate, steadiness, key frames."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.contracts.base import FrameRate
from shortform_assets.media.probe import LOCAL_ONLY, read_packets

STANDARD_RATES = tuple(
    Fraction(n, d)
    for n, d in (
        (24000, 1001),
        (24, 1),
        (25, 1),
        (30000, 1001),
        (30, 1),
        (48, 1),
        (50, 1),
        (60000, 1001),
        (60, 1),
    )
)
"""Frames a second of film, of PAL and NTSC television, and their doubles."""
_MIN_RATE = Fraction(23)
"""Frames a second below which a clip looks jerky: slower sources are shown at a multiple."""
_STILL_RATE = Fraction(25)
"""Of a single picture, which has none: the least that video has."""
_NEAR_STANDARD = Fraction(3, 1000)
"""Share by which a measured rate may be off a standard one: 24 and 23.976 are a third of that apart."""
_JITTER = 0.25
"""Share of a frame by which a time may be off its place on a steady clock."""
_JUMP_SECONDS = 10
"""A longer step between two pictures is a broken clock, not a pause."""


@dataclass(frozen=True)
class Timing:
    """Times in seconds. `origin` is that of the first picture that can be decoded and is shown."""

    origin: Fraction
    seconds: Fraction
    """From `origin` to the end of the last picture."""
    mean_rate: Fraction
    packets: int
    complete: bool
    """False where packets are damaged, or missing from what the header promises."""
    steady: FrameRate | None
    """The exact rate, where every picture has its place on a constant clock from `origin` on."""
    delay: int
    """Frames by which decoding must run ahead of showing."""
    max_key_gap: int
    """Most frames from one key frame to the next (or the end), when steady."""
    typical_rate: Fraction
    """Inverse of the usual interval: the camera's rate, whatever was dropped."""
    sound_seconds: Fraction
    """From `origin` to the end of the sound; 0 where that cannot be told."""


def read_timing(path: Path, index: int, sound: int) -> Timing | None:
    """Scan the packets of stream `index` and of the sound; None where no picture has a time.

    A single picture stands for a frame of 25 a second.
    """
    import av

    with av.open(str(path), options=LOCAL_ONLY, metadata_errors="replace") as container:
        stream: Any = container.streams[index]
        base, promised = stream.time_base, stream.frames
        jumpy = container.format.name in ("mpegts", "mpeg")
        shown, decoded, keys, hidden, spoilt = [], [], [], [], False
        heard = Fraction(0)
        for packet in read_packets(container, stream, container.streams[sound]):
            if packet.stream_index == sound:
                if packet.pts is not None:
                    heard = max(heard, (packet.pts + (packet.duration or 0)) * packet.time_base)
                continue
            if packet.size == 0 and packet.pts is None:
                continue
            spoilt |= packet.is_corrupt or packet.is_discard or packet.pts is None
            spoilt |= packet.has_sidedata("new_extradata")
            shown.append(packet.dts if packet.pts is None else packet.pts)
            decoded.append(packet.pts if packet.dts is None else packet.dts)
            keys.append(packet.is_keyframe)
            # An edit list cuts it away: it is decoded and not shown.
            hidden.append(packet.is_discard)
        known = [i for i, (p, d) in enumerate(zip(shown, decoded, strict=True)) if None not in (p, d)]
        if not known or base is None:
            return None
        spoilt |= len(known) < len(shown) or (promised > 0 and len(known) != promised)
        pts = np.array([shown[i] for i in known], np.int64)
        dts = np.array([decoded[i] for i in known], np.int64)
        if jumpy:
            # The sound jumps with the picture; how long it is by its own times is not known.
            mended = _without_jumps(pts, dts, base)
            heard = heard if (mended == pts).all() else Fraction(0)
            pts = mended
        flags = np.array([(keys[i], hidden[i]) for i in known])
        return _timing(pts, flags[:, 0], flags[:, 1], base, spoilt, heard)


def _timing(
    pts: np.ndarray, keys: np.ndarray, hidden: np.ndarray, base: Fraction, spoilt: bool, heard: Fraction
) -> Timing | None:
    first_key = int(np.argmax(keys)) if keys.any() else 0
    order = np.unique(pts[(pts >= pts[first_key]) & ~hidden])
    if not len(order):
        return None
    origin = int(order[0])
    sound_seconds = max(Fraction(0), heard - origin * base)
    if len(order) == 1:
        return Timing(
            origin=origin * base,
            seconds=1 / _STILL_RATE,
            mean_rate=_STILL_RATE,
            packets=1,
            complete=not spoilt,
            steady=None,
            delay=0,
            max_key_gap=1,
            typical_rate=_STILL_RATE,
            sound_seconds=sound_seconds,
        )
    span = int(order[-1] - order[0])
    mean = Fraction(len(order) - 1, span) / base
    steps = np.diff(order)
    usual = steps[np.abs(steps / np.median(steps) - 1) < 0.3]
    typical = Fraction(len(usual), int(usual.sum())) / base if len(usual) else mean
    whole = not spoilt and first_key == 0 and len(order) == len(pts)
    steady = _steady(order - origin, base, mean) if whole else None
    rate = Fraction(mean) if steady is None else steady.fraction
    places = np.rint((pts - origin) * float(base * rate)).astype(np.int64)
    key_places = np.append(places[keys], len(order))
    return Timing(
        origin=origin * base,
        seconds=span * base + 1 / rate,
        mean_rate=mean,
        packets=len(pts),
        complete=not spoilt,
        steady=steady,
        delay=max(0, int((np.arange(len(places)) - places).max())) if steady else 0,
        max_key_gap=int(np.diff(key_places).max()) if keys.any() else len(order),
        typical_rate=typical,
        sound_seconds=sound_seconds,
    )


def _without_jumps(pts: np.ndarray, dts: np.ndarray, base: Fraction) -> np.ndarray:
    """Presentation times with breaks of the clock closed, as in broadcasts that were joined."""
    steps = np.diff(dts)
    # As FFmpeg judges: far ahead, or back by more than a tenth of a second.
    broken = (steps > _JUMP_SECONDS / float(base)) | (steps < -0.1 / float(base))
    if not broken.any():
        return pts
    mended = np.where(broken, np.median(steps), steps).astype(np.int64)
    return pts - dts + dts[0] + np.concatenate([[0], np.cumsum(mended)])


def _steady(ticks: np.ndarray, base: Fraction, mean: Fraction) -> FrameRate | None:
    """The constant rate on which picture n of the sorted `ticks` stands at n, if there is one."""
    near = [r for r in STANDARD_RATES if abs(r / mean - 1) < _NEAR_STANDARD] or [mean.limit_denominator(1001)]
    numbers = np.arange(len(ticks))
    off = {rate: float(np.abs(ticks * float(base * rate) - numbers).max()) for rate in near}
    best = min(near, key=lambda rate: off[rate])
    return FrameRate(num=best.numerator, den=best.denominator) if off[best] <= _JITTER else None


def choose_rate(timing: Timing, max_rate: float) -> FrameRate:
    """The standard rate to make constant: near the camera's own, 23 or more, at most `max_rate`.

    Faster sources are halved, slower ones doubled, trebled... so that pictures are repeated evenly.
    """
    rate = timing.steady.fraction if timing.steady else timing.typical_rate
    # Bursts (a screen recorder) and bogus clocks: the usual interval is no guide.
    if not timing.mean_rate / 2 <= rate <= timing.mean_rate * 2:
        rate = timing.mean_rate
    while rate > max_rate * 1.01:
        rate /= 2
    allowed = [r for r in STANDARD_RATES if r <= max_rate * 1.01] or [STANDARD_RATES[0]]
    if rate < _MIN_RATE:
        slow = [r for r in allowed if r <= 30]
        best = min(slow, key=lambda r: abs(max(1, round(r / rate)) * rate / r - 1))
    else:
        best = min(allowed, key=lambda r: abs(r - rate))
    return FrameRate(num=best.numerator, den=best.denominator)
