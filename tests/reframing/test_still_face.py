"""A photo of a face, from the encoder through the real worker to the camera, beside the same face talking."""

from __future__ import annotations

import wave
from collections.abc import Iterator

import numpy as np
import pytest
from framing_samples import FPS, open_mouth, openings, portrait, voice

from resources.vision import LocalVision
from shortform_assets.contracts.base import Dropped, FrameRate
from shortform_assets.contracts.clips import ClipMedia, CropPaths, FaceTracks, MediaSegment, VoiceMap
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.contracts.speech import Turn
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.ports.vision_executor import TrackRequest
from shortform_assets.reframing.crop_paths import CameraRequest, frame_clip

SIZE = WIDE, TALL = 640, 360
FRAMES = 4 * FPS
JAW = openings(FRAMES, 5, FRAMES - 5, 1)


def _pictures(talks: bool) -> Iterator[np.ndarray]:
    """The portrait on a wall that moves behind it; it drifts, grows a little and has grain."""
    import cv2

    rng = np.random.default_rng(7)
    wall = cv2.resize(rng.integers(40, 200, (20, 60, 3), np.uint8), (2 * WIDE, TALL))
    face = portrait()
    for n in range(FRAMES):
        picture = wall[:, 3 * n : 3 * n + WIDE]
        shown = open_mouth(face, JAW[n]) if talks else face
        grow = 1 + 0.06 * np.sin(n / 21)
        place = np.array([[grow, 0, 180 + 25 * np.sin(n / 17)], [0, grow, 50 + 9 * np.cos(n / 11)]])
        inside = cv2.warpAffine(np.ones(face.shape[:2], np.float32), place, SIZE)[..., None]
        moved = cv2.warpAffine(shown, place, SIZE, borderMode=cv2.BORDER_REPLICATE)
        noise = rng.normal(0, 3, picture.shape)
        yield np.clip(picture * (1 - inside) + moved * inside + noise, 0, 255).astype(np.uint8)


def _clip(bench, name: str, talks: bool) -> ClipMedia:
    video, wav, sound = (bench.scratch / f"{name}.{kind}" for kind in ("mp4", "wav", "flac"))
    encode = ["-c:v", "libx264", "-crf", "26", "-pix_fmt", "yuv420p", str(video)]
    with pipe_frames(encode, WIDE, TALL, FrameRate(num=FPS)) as put:
        for picture in _pictures(talks):
            put(picture)
    with wave.open(str(wav), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((voice(JAW, 1) * 32767).astype("<i2").tobytes())
    run_ffmpeg(["-i", str(wav), str(sound)])
    segment = MediaSegment(video=bench.keep(video), audio=bench.keep(sound), first_frame=0, frames=FRAMES)
    return ClipMedia(
        clip_id=name, width=WIDE, height=TALL, rate=FrameRate(num=FPS), frames=FRAMES, segments=(segment,)
    )


@pytest.fixture
def framed(bench, reframing) -> dict[str, CropPaths]:
    """Crop paths of both clips. Somebody is heard all the time, so that lips are looked at."""
    clips = [_clip(bench, "photo", talks=False), _clip(bench, "talk", talks=True)]
    found: dict[str, FaceTracks | Dropped] = {}
    LocalVision(workers=1, device="cpu").track(
        bench.store, TrackRequest(clips, reframing.faces, found.__setitem__)
    )
    turns = (Turn(speaker="S1", start_ms=200, end_ms=3800),)
    return {
        clip.clip_id: frame_clip(
            bench, clip, CameraRequest(tracks, turns, VoiceMap(), reframing, FramingEdits())
        )
        for clip in clips
        if isinstance(tracks := found[clip.clip_id], FaceTracks)
    }


def test_a_photo_is_never_live_and_the_same_face_talking_is(framed) -> None:
    assert [verdict.state for verdict in framed["talk"].verdicts] == ["live"]
    photo = framed["photo"]
    assert len(photo.verdicts) == 1, "the photo's face was not found: the verdict says nothing"
    assert photo.verdicts[0].state == "static", photo.verdicts[0].evidence
    assert not photo.verdicts[0].speaking
    subjects = {panel.subject for a in photo.aspects for f in a.framings for panel in f.panels}
    assert subjects == {""}
