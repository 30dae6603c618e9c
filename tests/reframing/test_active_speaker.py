"""LR-ASD's way of hearing and seeing: coefficients, cuts, windows, and which exports are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from framing_samples import FPS
from hypothesis import given
from hypothesis import strategies as st
from judge_models import expression_model, speaker_model

from shortform_assets.errors import InputError
from shortform_assets.reframing.see.active_speaker import (
    ActiveSpeakerNetwork,
    FaceCuts,
    Listener,
    cut_face,
    in_windows,
)
from shortform_assets.reframing.see.emotion_model import DeepFaceEmotion
from shortform_assets.reframing.see.mfcc import mfcc
from shortform_assets.reframing.see.series import TrackSeries
from shortform_assets.reframing.who.hearing import HeardSamples
from shortform_assets.reframing.who.who_speaks import FaceCandidate, who_speaks

# What python_speech_features 0.6 gives for `tones`, rows 10, 60 and 98.
MFCC = np.array([
    [17.370, 21.787, 12.546, 6.602, 0.560, -6.423, -12.485, -18.492, -22.541, -24.773, -23.958, -21.691, -17.739],
    [19.427, 34.699, -22.356, -14.776, 10.864, 28.101, -0.003, -35.732, -41.007, -14.789, 2.337, -8.618, -27.257],
    [19.211, 17.860, -12.956, -12.687, 15.124, 26.938, 0.344, -36.261, -40.319, -15.145, 2.426, -8.296, -25.592],
])  # fmt: skip


def tones() -> np.ndarray:
    t = np.arange(16_000) / 16_000
    return (0.2 * np.sin(2 * np.pi * 220 * t) + 0.1 * np.sin(2 * np.pi * 1234 * t) * (t > 0.5)).astype(
        np.float32
    )


def test_coefficients_are_those_that_the_network_was_trained_on() -> None:
    found = mfcc(tones())
    assert found.shape == (99, 13)
    assert np.abs(found[[10, 60, 98]] - MFCC).max() < 2e-3
    assert np.isfinite(mfcc(np.zeros(700, np.float32))).all()


@given(st.integers(1, 700), st.integers(1, 120))
def test_windows_cover_every_face_once(count: int, length: int) -> None:
    asked = []

    def judge(start: int, end: int) -> np.ndarray:
        asked.append((start, end))
        return np.arange(start, end, dtype=np.float32)

    assert in_windows(judge, count, length).tolist() == list(range(count))
    assert {end - start for start, end in asked} == {min(length, count)}


@pytest.mark.parametrize(("columns", "length"), [(1, None), (2, None), (2, 30)])
def test_a_speaker_model_may_be_exported_in_several_ways(tmp_path, columns, length) -> None:
    rng = np.random.default_rng(4)
    faces = rng.integers(0, 255, (70, 112, 112), np.uint8)
    sound = rng.normal(0, 1, (280, 13)).astype(np.float32)
    model = ActiveSpeakerNetwork(speaker_model(tmp_path / "m.onnx", columns, length))
    found = model.scores(faces, sound)
    assert found.shape == (70,)
    assert model.scores(faces[:7], sound[:28]).shape == (7,)
    if length is None:
        bright = faces[:, 40:72, 40:72].mean(axis=(1, 2))
        loud = sound[:, 0].reshape(70, 4).mean(axis=1)
        moved = np.concatenate([[0], np.abs(np.diff(bright))])
        moving = np.array([moved[max(0, i - 4) : i + 5].mean() for i in range(70)])
        expected = moving / (1 + np.exp(loud.mean() - loud)) - 2
        assert found == pytest.approx(expected, abs=1e-3)


def wrong_models(folder: Path) -> dict[str, Path]:
    (folder / "text.onnx").write_text("no network")
    narrow = speaker_model(folder / "narrow.onnx", side=96)
    talky = speaker_model(folder / "talky.onnx", columns=3)
    return {"takes": expression_model(folder / "face.onnx"), "96": narrow, "gives": talky,
            "Protobuf|protobuf|parse": folder / "text.onnx"}  # fmt: skip


def test_another_model_is_refused_in_one_sentence(tmp_path) -> None:
    for why, path in wrong_models(tmp_path).items():
        with pytest.raises(InputError, match=rf"not LR-ASD as one ONNX file.*({why})") as caught:
            ActiveSpeakerNetwork(path)
        assert "\n" not in str(caught.value)
    for path in (
        expression_model(tmp_path / "five.onnx", labels=5),
        tmp_path / "talky.onnx",
        tmp_path / "text.onnx",
    ):
        with pytest.raises(InputError, match="not DeepFace's expression model") as caught:
            DeepFaceEmotion(path)
        assert "\n" not in str(caught.value)


@given(st.sampled_from([23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0]), st.integers(0, 400))
def test_a_face_is_cut_25_times_a_second_at_any_frame_rate(fps: float, tick: int) -> None:
    listener = Listener.__new__(Listener)
    listener._fps = fps
    wanted = listener._frame(tick)
    assert listener.wants(wanted)
    assert abs(wanted / fps - tick / 25) <= 0.5 / fps + 1e-9


def test_a_cut_is_mouth_and_chin_and_grey_beyond_the_picture() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[120:131, 90:111] = 255
    # The lips of a face 100 pixels high are some 70 to 80 pixels below its top.
    cut = cut_face(picture, np.array([60, 50, 140, 150], np.float32))
    rows, columns = np.nonzero(cut > 200)
    assert cut.shape == (112, 112)
    assert abs(rows.mean() - 64) < 3
    assert abs(columns.mean() - 56) < 3
    assert (cut_face(picture, np.array([-400, 0, -300, 100], np.float32)) == 110).all()


def test_a_face_too_small_for_lips_is_not_judged(tmp_path) -> None:
    listener = Listener(ActiveSpeakerNetwork(speaker_model(tmp_path / "m.onnx")), tones(), 25.0)
    frames, cuts = np.arange(0, 24, 2, dtype=np.int32), FaceCuts()
    picture = np.random.default_rng(0).integers(0, 255, (120, 200, 3), np.uint8)
    for side, judged in ((38.0, False), (42.0, True)):
        box = np.array([50, 40, 50 + side, 40 + side], np.float32)
        cuts = FaceCuts()
        for n in range(24):
            cuts.add(n, picture, box)
        found = listener.scores(cuts, frames, np.tile(box, (12, 1)))
        assert (found is not None) == judged
    assert found is not None
    assert np.isfinite(found).all()


def test_a_judged_face_needs_no_mouth_and_an_unjudged_one_keeps_it() -> None:
    frames = np.arange(0, 250, 2, dtype=np.int32)
    n, rng = len(frames), np.random.default_rng(2)
    lips = (0.1 + 0.1 * np.sin(frames / FPS * 25)).astype(np.float32)

    def face(mouth: np.ndarray, asd: np.ndarray | None) -> FaceCandidate:
        nothing = {
            name: np.zeros((n, k), np.float32) for name, k in (("box", 4), ("pose", 3), ("emotion", 7))
        }
        flat = dict.fromkeys(("score", "blink"), np.zeros(n, np.float32))
        shape = np.zeros((n, 6, 2), np.float32)
        return FaceCandidate(
            TrackSeries(frame=frames, mouth=mouth, shape=shape, look=np.ones(1, np.float32), asd=asd, **nothing, **flat),
            "live",
        )  # fmt: skip

    sound = HeardSamples(rng.normal(0, 1, n), np.ones(n, bool), (frozenset(),) * n)
    first = np.where(np.arange(n) < n // 2, 3.0, -3.0).astype(np.float32)
    still = np.full(n, 0.02, np.float32)

    def told(one: FaceCandidate, other: FaceCandidate) -> list[str]:
        return who_speaks({"a": one, "b": other}, frames, sound, FPS, 0.015)

    halves = ["a"] * (n // 2) + ["b"] * (n - n // 2)
    assert told(face(still, first), face(still, -first)) == halves
    assert told(face(lips, first), face(lips, -first)) == halves
    assert set(told(face(still, None), face(lips, None))) == {"b"}
    assert set(told(face(still, -abs(first)), face(lips, None))) == {"b"}
    lost = np.full(n, np.nan, np.float32)
    assert set(told(face(lips, lost), face(still, -abs(first)))) == {""}
