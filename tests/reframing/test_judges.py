"""Models of the user's own: tiny networks with the inputs and outputs of DeepFace's and LR-ASD's, through the
code that would run the real ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from framing_samples import FPS, Talk, openings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from onnx import TensorProto, helper, numpy_helper

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision import LocalVision, VisionFailed
from resources.vision.base import fingerprint
from resources.vision.http import HttpVision
from resources.vision.judges import DEEPFACE_FILE, judge_prints, judge_weights
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, FaceTracks, MediaSegment
from shortform_assets.errors import InputError
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.reframing.active_speaker import FaceCuts, Listener, SpeakerModel, cut_face, in_windows
from shortform_assets.reframing.emotion import LABELS, emotion_change
from shortform_assets.reframing.emotion_model import DeepFaceEmotion
from shortform_assets.reframing.hearing import Sound
from shortform_assets.reframing.mfcc import mfcc
from shortform_assets.reframing.series import TrackSeries, load_series
from shortform_assets.reframing.speaking import Candidate, who_speaks

# What python_speech_features 0.6 gives for `tones`, rows 10, 60 and 98.
MFCC = np.array([
    [17.370, 21.787, 12.546, 6.602, 0.560, -6.423, -12.485, -18.492, -22.541, -24.773, -23.958, -21.691, -17.739],
    [19.427, 34.699, -22.356, -14.776, 10.864, 28.101, -0.003, -35.732, -41.007, -14.789, 2.337, -8.618, -27.257],
    [19.211, 17.860, -12.956, -12.687, 15.124, 26.938, 0.344, -36.261, -40.319, -15.145, 2.426, -8.296, -25.592],
])  # fmt: skip


def save(
    path: Path, nodes: list, given: dict[str, list], out: list, constants: dict[str, np.ndarray]
) -> Path:
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in given.items()]
    graph = helper.make_graph(
        nodes, "tiny", inputs, [helper.make_tensor_value_info("out", TensorProto.FLOAT, out)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path


def expression_model(path: Path, seed: int = 0, labels: int = 7) -> Path:
    """(n, 48, 48, 1) to (n, 7), as DeepFace's: a linear map and softmax."""
    weights = np.random.default_rng(seed).normal(0, 0.05, (48 * 48, labels)).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["face"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["out"]),
    ]
    return save(path, nodes, {"face": ["n", 48, 48, 1]}, ["n", labels], {"weights": weights})


def speaker_model(path: Path, columns: int = 2, length: int | None = None, side: int = 112) -> Path:
    """Sound (1, 4t, 13) and faces (1, t, 112, 112) to scores: how much the brightness of a mouth changes around
    a face, the more the louder it is then; less a little, so that still lips do not speak."""
    t, rows = length or "t", 4 * length if length else "rows"
    nodes = [
        # The middle of the cut, where the lips are.
        helper.make_node("Slice", ["faces", "from", "to", "axes"], ["lips"]),
        helper.make_node("ReduceMean", ["lips", "axes"], ["bright"], keepdims=0),
        helper.make_node("Slice", ["bright", "zero", "before", "one"], ["early"]),
        helper.make_node("Slice", ["bright", "one", "end", "one"], ["late"]),
        helper.make_node("Sub", ["late", "early"], ["change"]),
        helper.make_node("Abs", ["change"], ["moved"]),
        helper.make_node("Pad", ["moved", "first"], ["padded"]),
        helper.make_node("Unsqueeze", ["padded", "one"], ["line"]),
        helper.make_node("AveragePool", ["line"], ["around"], kernel_shape=[9], pads=[4, 4]),
        helper.make_node("Squeeze", ["around", "one"], ["moving"]),
        helper.make_node("Slice", ["sound", "zero", "one", "last"], ["energy"]),
        helper.make_node("Reshape", ["energy", "by_four"], ["fours"]),
        helper.make_node("ReduceMean", ["fours", "last"], ["loud"], keepdims=0),
        helper.make_node("ReduceMean", ["loud", "one"], ["mean_loud"]),
        helper.make_node("Sub", ["loud", "mean_loud"], ["louder"]),
        helper.make_node("Sigmoid", ["louder"], ["weight"]),
        helper.make_node("Mul", ["moving", "weight"], ["both"]),
        helper.make_node("Sub", ["both", "little"], ["score"]),
        helper.make_node("Reshape", ["score", "column"], ["scores"]),
        helper.make_node("Neg", ["scores"], ["against"]),
        helper.make_node("Concat", ["against"] * (columns - 1) + ["scores"], ["out"], axis=1),
    ]
    longs = {
        "from": [40, 40], "to": [72, 72], "axes": [2, 3], "zero": [0], "one": [1], "last": [2], "before": [-1],
        "end": [1 << 30], "first": [0, 1, 0, 0], "by_four": [1, -1, 4], "column": [-1, 1],
    }  # fmt: skip
    constants: dict[str, np.ndarray] = {name: np.array(value, np.int64) for name, value in longs.items()}
    constants["little"] = np.array([2.0], np.float32)
    given = {"sound": [1, rows, 13], "faces": [1, t, side, side]}
    return save(path, nodes, given, [t, columns], constants)


@given(
    arrays(np.float64, st.tuples(st.integers(0, 40), st.just(7)), elements=st.floats(0.01, 1)),
    st.lists(st.booleans(), min_size=40, max_size=40),
    st.permutations(range(7)),
)
def test_change_of_emotion_is_a_share_and_knows_no_labels(values, lost, order) -> None:
    emotion = (values / values.sum(axis=1, keepdims=True)).astype(np.float32)
    change = emotion_change(emotion)
    assert 0 <= change <= 1
    assert emotion_change(emotion[:, order]) == pytest.approx(change, abs=1e-6)
    assert emotion_change(emotion[:1].repeat(40, axis=0)) < 1e-6
    # Samples without landmarks count for nothing, wherever they are.
    rows = list(emotion)
    for place in np.flatnonzero(lost[: len(rows)])[::-1]:
        rows.insert(int(place), np.full(7, np.nan, np.float32))
    assert emotion_change(np.array(rows, np.float32).reshape(-1, 7)) == change


def test_change_of_emotion_is_1_between_two_that_share_nothing() -> None:
    happy, sad = np.eye(7, dtype=np.float32)[[3, 4]]
    assert emotion_change(np.stack([happy] * 6 + [sad] * 6 + [happy] * 6)) == 1
    assert emotion_change(np.stack([(happy + sad) / 2] * 6 + [sad] * 6)) == pytest.approx(0.5)


def test_deepface_reads_what_deepface_itself_would(tmp_path, monkeypatch) -> None:
    from deepface import DeepFace
    from deepface.commons import weight_utils

    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    monkeypatch.setattr(weight_utils, "ensure_source_is_reachable", lambda url: pytest.fail(f"asks {url}"))
    path = expression_model(tmp_path / DEEPFACE_FILE)
    picture = Talk(960, 540, np.zeros(1), np.zeros(1), 1).picture(0)
    box = np.array([110.4, 312.2, 199.7, 417.5], np.float32)
    (theirs,) = DeepFace.analyze(
        picture[312:418, 110:200], actions=["emotion"], detector_backend="skip", align=False, silent=True
    )
    # Its own loading is what downloads: here it is not called at all, not even for a file that is missing.
    monkeypatch.setattr("deepface.models.demography.onnx.Emotion.load_model", lambda: pytest.fail("loads"))
    monkeypatch.setattr(weight_utils, "download_weights_if_necessary", lambda **_: pytest.fail("fetches"))
    ours = DeepFaceEmotion(path).read(picture, box)
    assert ours == pytest.approx([theirs["emotion"][label] / 100 for label in LABELS], abs=1e-5)
    assert ours.max() > 0.3
    assert DeepFaceEmotion(path).read(picture, box - 2000) is None
    with pytest.raises(InputError, match="not DeepFace's expression model"):
        DeepFaceEmotion(tmp_path / "missing.onnx")


def test_deepface_without_weights_is_left_out_and_asks_for_nothing(tmp_path, reframing) -> None:
    asked = reframing.faces.model_copy(update={"emotion_model": "deepface"})
    home = {"DEEPFACE_HOME": str(tmp_path)}
    assert judge_weights(asked, home) == {}
    assert list(tmp_path.iterdir()) == []
    expression_model(tmp_path / DEEPFACE_FILE)
    assert judge_weights(asked, home) == {"deepface": tmp_path / DEEPFACE_FILE}
    assert judge_weights(reframing.faces, home) == {}, "a genre that does not ask for it gets none"


def test_only_what_is_asked_for_enters_the_fingerprint_and_the_digests(
    tmp_path, reframing, monkeypatch
) -> None:
    faces, models = reframing.faces, Models()
    model = speaker_model(tmp_path / "lr_asd.onnx")
    monkeypatch.setenv("SHORTFORM_LR_ASD", str(model))
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    expression_model(tmp_path / DEEPFACE_FILE)
    plain = fingerprint(models)
    assert LocalVision().judging(faces).fingerprint == LocalVision().fingerprint == plain
    # A slice written before these settings has the same digest.
    assert "speaker_model" not in faces.model_dump()
    assert type(faces).model_validate({**faces.model_dump(), "speaker_model": ""}).digest() == faces.digest()
    asked = faces.model_copy(update={"speaker_model": "lr-asd", "emotion_model": "deepface"})
    assert type(faces).model_validate(asked.model_dump()) == asked
    both = LocalVision().judging(asked).fingerprint
    assert both == " ".join((plain, *judge_prints(asked)))
    expression_model(tmp_path / DEEPFACE_FILE, seed=1)
    assert LocalVision().judging(asked).fingerprint not in (plain, both)
    with pytest.raises(InputError, match="bundled models only"):
        HttpVision("http://127.0.0.1:1").track(MediaStore.local(tmp_path), [], asked, print, print)
    monkeypatch.setenv("SHORTFORM_LR_ASD", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"SHORTFORM_LR_ASD=.*nowhere: .* names no file"):
        _ = LocalVision().judging(asked).fingerprint


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
    model = SpeakerModel(speaker_model(tmp_path / "m.onnx", columns, length))
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
            SpeakerModel(path)
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
    listener = Listener(SpeakerModel(speaker_model(tmp_path / "m.onnx")), tones(), 25.0)
    frames, cuts = np.arange(0, 24, 2, dtype=np.int32), FaceCuts()
    picture = np.random.default_rng(0).integers(0, 255, (120, 200, 3), np.uint8)
    for side, judged in ((38.0, False), (42.0, True)):
        box = np.array([50, 40, 50 + side, 40 + side], np.float32)
        cuts = FaceCuts()
        for n in range(24):
            cuts.add(n, picture, box)
        found = listener.scores(cuts, frames, np.tile(box, (12, 1)))
        assert (found is not None) == judged
    assert np.isfinite(found).all()


def test_a_judged_face_needs_no_mouth_and_an_unjudged_one_keeps_it() -> None:
    frames = np.arange(0, 250, 2, dtype=np.int32)
    n, rng = len(frames), np.random.default_rng(2)
    lips = (0.1 + 0.1 * np.sin(frames / FPS * 25)).astype(np.float32)

    def face(mouth: np.ndarray, asd: np.ndarray | None) -> Candidate:
        nothing = {
            name: np.zeros((n, k), np.float32) for name, k in (("box", 4), ("pose", 3), ("emotion", 7))
        }
        flat = dict.fromkeys(("score", "blink"), np.zeros(n, np.float32))
        shape = np.zeros((n, 6, 2), np.float32)
        return Candidate(
            TrackSeries(frame=frames, mouth=mouth, shape=shape, look=np.ones(1, np.float32), asd=asd, **nothing, **flat),
            "live",
        )  # fmt: skip

    sound = Sound(rng.normal(0, 1, n), np.ones(n, bool), (frozenset(),) * n)
    first = np.where(np.arange(n) < n // 2, 3.0, -3.0).astype(np.float32)
    still = np.full(n, 0.02, np.float32)

    def told(one: Candidate, other: Candidate) -> list[str]:
        return who_speaks({"a": one, "b": other}, frames, sound, FPS, 0.015)

    halves = ["a"] * (n // 2) + ["b"] * (n - n // 2)
    assert told(face(still, first), face(still, -first)) == halves
    assert told(face(lips, first), face(lips, -first)) == halves
    assert set(told(face(still, None), face(lips, None))) == {"b"}
    assert set(told(face(still, -abs(first)), face(lips, None))) == {"b"}
    lost = np.full(n, np.nan, np.float32)
    assert set(told(face(lips, lost), face(still, -abs(first)))) == {""}


@pytest.fixture(scope="module")
def talking(tmp_path_factory) -> tuple[MediaStore, ClipMedia]:
    """The two who talk in turn, encoded, with their sound."""
    frames = 4 * FPS
    talk = Talk(960, 540, openings(frames, 0, 50, 1), openings(frames, 50, 100, 2), frames)
    folder = tmp_path_factory.mktemp("talking")
    store = MediaStore.local(folder / "store")
    video, raw, flac = folder / "v.mp4", folder / "s.f32", folder / "s.flac"
    out = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-pix_fmt", "yuv420p"]
    with pipe_frames([*out, str(video)], 960, 540, FrameRate(num=FPS)) as send:
        for _, picture in talk.pictures():
            send(picture)
    # Louder than the fixture's: it is noise with 16-bit steps otherwise.
    (talk.samples * 4).astype("<f4").tofile(raw)
    run_ffmpeg(
        ["-f", "f32le", "-ar", "16000", "-ac", "1", "-i", str(raw), "-ar", "48000", "-ac", "2", str(flac)]
    )
    segment = MediaSegment(
        video=store.add_file(video), audio=store.add_file(flac), first_frame=0, frames=frames
    )
    media = ClipMedia(
        clip_id="c", width=960, height=540, rate=FrameRate(num=FPS), frames=frames, segments=(segment,)
    )
    return store, media


def test_the_worker_asks_both_and_says_so(talking, reframing, tmp_path, monkeypatch) -> None:
    store, media = talking
    monkeypatch.setenv("SHORTFORM_LR_ASD", str(speaker_model(tmp_path / "lr_asd.onnx")))
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    expression_model(tmp_path / DEEPFACE_FILE)
    asked = reframing.faces.model_copy(update={"speaker_model": "lr-asd", "emotion_model": "deepface"})
    found, notes = {}, []

    def track(faces) -> FaceTracks:
        found.clear()
        LocalVision(workers=1, device="cpu").track(
            store, [media], faces, found.__setitem__, lambda _, note: notes.append(note)
        )
        assert isinstance(found["c"], FaceTracks), found
        return found["c"]

    tracks = track(asked)
    assert tracks.judges == judge_prints(asked)
    assert "deepface, lr-asd" in "".join(notes)
    series = load_series(store.open_local(tracks.series)).tracks
    left, right = (min(series.values(), key=lambda s: abs(np.median(s.box[:, 0]) - x)) for x in (110, 730))
    half = FPS * 2
    for face, talks in ((left, left.frame < half), (right, right.frame >= half)):
        assert face.asd is not None
        assert face.asd[talks].mean() > 0 > face.asd[~talks].mean()
    # Expressions are DeepFace's, and change at detections only.
    bundled = track(reframing.faces)
    plain = load_series(store.open_local(bundled.series)).tracks
    changes = np.flatnonzero(np.abs(np.diff(left.emotion, axis=0)).max(axis=1) > 0) + 1
    assert len(changes)
    assert set(left.frame[changes] % 10) == {0}
    # Without them, nothing of them is left; with them, all else is as it was.
    assert bundled.judges == ()
    assert "judges" not in bundled.model_dump()
    assert plain.keys() == series.keys()
    for name, face in plain.items():
        assert face.asd is None
        assert all(
            np.array_equal(value, getattr(series[name], field), equal_nan=True)
            for field, value in vars(face).items()
            if field not in ("asd", "emotion") and value is not None
        )


def test_a_worker_with_other_weights_is_refused(talking, reframing, tmp_path, monkeypatch) -> None:
    store, media = talking
    model = shutil.copy(expression_model(tmp_path / "face.onnx"), tmp_path / "lr_asd.onnx")
    monkeypatch.setenv("SHORTFORM_LR_ASD", str(model))
    asked = reframing.faces.model_copy(update={"speaker_model": "lr-asd"})
    with pytest.raises(VisionFailed, match="this is not LR-ASD as one ONNX file") as caught:
        LocalVision(workers=1, device="cpu").track(store, [media], asked, print, lambda *_: None)
    assert "Traceback" not in str(caught.value)
