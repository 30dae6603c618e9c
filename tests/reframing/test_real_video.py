"""Real footage: who speaks beside a silent moving face, and portraits on the wall beside a speaker."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from framing_samples import NoText

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import ClipMedia, CropPaths, FaceTracks, MediaSegment, VoiceMap
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.media.audio_arrays import read_speech
from shortform_assets.reframing.crop_paths import CameraRequest, direct_clip
from shortform_assets.reframing.see.follow import FaceReaders
from shortform_assets.reframing.see.series import ClipSeries
from shortform_assets.reframing.see.tracks import follow_clip, summary

pytestmark = pytest.mark.media
NOTHING = Blob(sha256="0" * 64, size=1)


@pytest.fixture
def direct(detector, landmarker, reframing):
    def run(path: Path, start: int, end: int) -> tuple[CropPaths, ClipSeries]:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            assert stream.average_rate is not None
            rate = Fraction(stream.average_rate).limit_denominator(1001)
            count = end - start
            clip = ClipMedia(
                clip_id="clip", width=stream.width, height=stream.height, frames=count,
                rate=FrameRate(num=rate.numerator, den=rate.denominator),
                segments=(MediaSegment(video=NOTHING, audio=NOTHING, first_frame=0, frames=count),),
            )  # fmt: skip
            pictures = (
                (n - start, frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False))
                for n, frame in enumerate(container.decode(stream))
                if start <= n < end
            )
            found = follow_clip(pictures, FaceReaders(detector, landmarker, NoText()), clip, reframing.faces)
        tracks = FaceTracks(
            clip_id="clip", media=clip.digest(), width=clip.width, height=clip.height, rate=clip.rate,
            frames=count, cuts=tuple(found.cuts), step=found.step, series=NOTHING,
            tracks=tuple(summary(n, found.shots[n], s, clip.rate) for n, s in found.series.tracks.items()),
        )  # fmt: skip
        sound = read_speech(path, clip.rate.ms(start), clip.rate.ms(end))
        request = CameraRequest(tracks, (), VoiceMap(), reframing, FramingEdits())
        return direct_clip(request, found.series, sound), found.series

    return run


def test_the_speaking_half_is_framed(direct, shared_media) -> None:
    path = shared_media / "talk" / "split_talk_vs_silent_A.mp4"
    truth = json.loads(path.with_suffix(".truth.json").read_text())["segments"]
    start, end = 505, 780
    paths, series = direct(path, start, end)
    assert paths.cuts == (684 - start,)
    framings = next(a for a in paths.aspects if a.aspect == "9:16").framings
    right = whole = 0
    for n in range(end - start):
        seconds = (start + n) / paths.rate.fps
        side = next(s["speaking_side"] for s in truth if s["start"] - 0.1 <= seconds < s["end"])
        panel = next(f for f in framings if f.start_frame <= n < f.end_frame).panels[0]
        x1, y1, x2, y2 = panel.crop(n)
        right += (x1 + x2 < 1280) == (side == "left")
        face = series.tracks[panel.subject].boxes_at(np.array([n]))[0]
        whole += x1 <= face[0] and y1 <= face[1] and face[2] <= x2 and face[3] <= y2
    assert right / (end - start) >= 0.95
    assert whole / (end - start) >= 0.95


def test_portraits_on_the_wall_are_never_the_subject(direct, shared_media) -> None:
    paths, series = direct(shared_media / "scene" / "poster_faces_beside_speaker.mp4", 0, 200)
    middles = {name: float(np.median(s.box[:, [0, 2]])) for name, s in series.tracks.items()}
    on_the_wall = {name for name, x in middles.items() if x < 300 or x > 900}
    assert len(on_the_wall) >= 2
    assert not any(v.state == "live" or v.speaking for v in paths.verdicts if v.track_id in on_the_wall)
    subjects = {p.subject for a in paths.aspects for f in a.framings for p in f.panels}
    assert not subjects & on_the_wall
    assert subjects - {""}
