"""Faces made of numbers: (x, y, height), and which of them move their lips when."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import FaceTrack, FaceTracks, VoicedFace, VoiceMap
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.contracts.speech import Turn
from shortform_assets.reframing.crop_paths import CameraRequest, direct_clip
from shortform_assets.reframing.see.series import ClipSeries, PictureSeries, TrackSeries

NO_EDITS = FramingEdits()
FPS = 25
VOICES = VoiceMap(
    faces=(
        VoicedFace(clip_id="c", track_id="t0", person="P1", speaker="S1"),
        VoicedFace(clip_id="c", track_id="t1", person="P2", speaker="S2"),
    )
)


def upright(paths):
    return next(a for a in paths.aspects if a.aspect == "9:16")


def check(aspect, tracks) -> None:
    edges = [(f.start_frame, f.end_frame) for f in aspect.framings]
    assert edges[0][0] == 0
    assert edges[-1][1] == tracks.frames
    assert all(one[1] == other[0] for one, other in pairwise(edges))
    wide, tall = ASPECTS[aspect.aspect].size
    for framing in aspect.framings:
        for panel in framing.panels:
            slot = panel.slot[2] * wide / (panel.slot[3] * tall)
            assert panel.width / panel.height == pytest.approx(slot, rel=2e-3)
            for key in panel.path:
                assert framing.start_frame <= key.frame < framing.end_frame
                assert 0 <= key.x <= tracks.width - panel.width + 0.01
                assert 0 <= key.y <= tracks.height - panel.height + 0.01
    for face in aspect.faces:
        assert 0 <= face.x <= face.x + face.width <= 1.0002
        assert 0 <= face.y <= face.y + face.height <= 1.0002


def synthetic(size, faces, seconds=8.0, cuts=(), change=2.0, shot=0, yaw=0.0, energy=None, still=None):
    """Tracks and series of a clip. `faces`: x, y, height, lips (n samples, bool) or None for a poster."""
    total = round(seconds * FPS)
    frames = np.arange(0, total, 2, dtype=np.int32)
    rng = np.random.default_rng(0)
    series, tracks = {}, []
    for number, (x, y, height, lips) in enumerate(faces):
        n, name = len(frames), f"t{number}"
        mouth = np.full(n, 0.02) + rng.normal(0, 0.001, n)
        if lips is not None:
            mouth += lips(frames / FPS) * (0.12 + 0.12 * np.sin(frames / FPS * 2 * np.pi * 4))
        box = np.tile([x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2], (n, 1))
        pose = np.zeros((n, 3))
        if lips is not None:
            # A head that turns to and fro within two or three seconds.
            pose += (yaw, 0, 0) + 7 * np.sin(
                frames[:, None] / FPS * rng.uniform(2, 3, 3) + rng.uniform(0, 6, 3)
            )
        series[name] = TrackSeries(
            frames, box.astype(np.float32), np.ones(n, np.float32), mouth.astype(np.float32),
            np.zeros((n, 6, 2), np.float32), pose.astype(np.float32), np.zeros(n, np.float32),
            np.zeros((n, 7), np.float32), np.ones(1, np.float32),
        )  # fmt: skip
        tracks.append(
            FaceTrack(
                track_id=name, shot=shot, first_frame=0, last_frame=int(frames[-1]), samples=n,
                width=0.8 * height, height=height, x=x, y=y,
            )
        )  # fmt: skip
    picture = PictureSeries(
        frames,
        np.full(len(frames), change, np.float32),
        np.zeros((len(frames), 2), np.float32),
        energy,
        still,
    )
    made = FaceTracks(
        clip_id="c", media="m", width=size[0], height=size[1], rate=FrameRate(num=FPS), frames=total,
        cuts=cuts, step=2, tracks=tuple(tracks), series=Blob(sha256="0" * 64, size=1),
    )  # fmt: skip
    return made, ClipSeries(series, picture)


def direct(made, reframing, turns=(), voices=VoiceMap(), edits=NO_EDITS):
    tracks, series = made
    loud = np.random.default_rng(1).normal(0, 0.1, tracks.frames * 16_000 // FPS).astype(np.float32)
    paths = direct_clip(CameraRequest(tracks, turns, voices, reframing, edits), series, loud)
    for aspect in paths.aspects:
        check(aspect, tracks)
    return paths


def always(t):
    return np.ones_like(t)


def never(t):
    return np.zeros_like(t)


def lips(said, who):
    """When `who` moves their lips, for turns of (voice, from, to) in milliseconds."""
    return lambda t: np.any([(t >= a / 1000) & (t < b / 1000) for s, a, b in said if s == who], axis=0)


def turns_of(said):
    return tuple(Turn(speaker=who, start_ms=start, end_ms=end) for who, start, end in said)
