"""Models of the user's own: tiny networks through the code that would run the real ones."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest
from framing_samples import FPS, Talk, openings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from judge_models import expression_model, speaker_model

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision import LocalVision, VisionFailed
from resources.vision.executor_base import fingerprint
from resources.vision.http_executor import HttpVision, VisionService
from resources.vision.user_weights import DEEPFACE_FILE, judge_prints, judge_weights
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, FaceTracks, MediaSegment
from shortform_assets.errors import InputError
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.ports.vision_executor import TrackRequest
from shortform_assets.reframing.see.emotion import LABELS, emotion_change
from shortform_assets.reframing.see.emotion_model import DeepFaceEmotion
from shortform_assets.reframing.see.series import load_series


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
        HttpVision(VisionService("http://127.0.0.1:1")).track(
            MediaStore.local(tmp_path), TrackRequest([], asked, print)
        )
    monkeypatch.setenv("SHORTFORM_LR_ASD", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"SHORTFORM_LR_ASD=.*nowhere: .* names no file"):
        _ = LocalVision().judging(asked).fingerprint


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
    found: dict[str, Any] = {}
    notes: list[str] = []

    def track(faces) -> FaceTracks:
        found.clear()
        LocalVision(workers=1, device="cpu").track(
            store, TrackRequest([media], faces, found.__setitem__, lambda _, note: notes.append(note))
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
        LocalVision(workers=1, device="cpu").track(store, TrackRequest([media], asked, print))
    assert "Traceback" not in str(caught.value)
