"""The synthesised scenes are what their truth says, as seen by the landmarker that the real stages use."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from shortform_assets.contracts.clips import AspectFraming, Framing, Keyframe, Panel
from shortform_assets.reframing.see.detect import overlap

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

import sitters
from actors import Actor
from framing_scores import camera_tally, truth_tally
from picture_edits import Written
from scenes import FPS, VOICE_OVER, Role, Said, Scene, Shot, draw, truth_of, voice

SIZE = (640, 360)
SAID = (Said(0, 0.2, 1.8), Said(1, 2.0, 3.4), Said(VOICE_OVER, 3.5, 4.0), Said(2, 0.0, 4.0, heard=False))
SCENE = Scene(
    "test",
    SIZE,
    (
        Shot(2.4, (Role(0, 0.2, 0.4, 0.3), Role(1, 0.8, 0.4, 0.3, yaw=20), Role(2, 0.5, 0.3, 0.2, "poster", move="pan+zoom+sway"))),
        Shot(1.6, (Role(1, 0.5, 0.45, 0.45), Role(2, 0.15, 0.3, 0.22, "screen"))),
    ),
    SAID,
    seed=3,
    shared=False,
    handheld=0.004,
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def closed():
    """Closes the landmarker that cut the people out: MediaPipe cannot do so once the interpreter ends."""
    yield
    sitters._mesher().close()
    sitters._mesher.cache_clear()


@pytest.fixture(scope="module")
def drawn():
    """Pictures of the scene, and its truth."""
    pictures, boxes = zip(*draw(SCENE), strict=True)
    shots = [shot for shot in SCENE.shots for _ in range(round(shot.seconds * FPS))]
    return pictures, truth_of(SCENE, np.array(boxes), shots)


def test_truth_of_who_what_and_when(drawn) -> None:
    pictures, truth = drawn
    assert len(pictures) == truth.frames == 100
    assert truth.cuts == (60,)
    assert truth.live[0].tolist() == [True, True, False]
    assert truth.live[99].tolist() == [False, True, False]
    assert np.flatnonzero(truth.speaking[:, 0]).tolist() == list(range(5, 45))
    assert np.flatnonzero(truth.speaking[:, 1]).tolist() == list(range(50, 85))
    # What nobody hears and who is not seen does not speak; half a second of voice-over is an interjection.
    assert not truth.speaking[:, 2].any()
    assert np.flatnonzero(truth.brief).tolist() == list(range(88, 100))
    assert [(t.speaker, t.start_ms, t.end_ms) for t in truth.turns] == [
        ("S2", 200, 1800),
        ("S3", 2000, 3400),
        ("S1", 3500, 4000),
    ]


def test_faces_are_where_the_truth_has_them(drawn, landmarker) -> None:
    pictures, truth = drawn
    for frame in (0, 30, 55, 75, 99):
        for box in truth.boxes[frame]:
            if np.isfinite(box[0]):
                found = landmarker.read(pictures[frame], box.astype(np.float32))
                assert found is not None
                assert overlap(found.box[None], box.astype(np.float32)[None])[0, 0] > 0.75


def test_mouths_move_with_what_is_said_and_prints_do_not(drawn, landmarker) -> None:
    pictures, truth = drawn

    def mouths(person: int, frames: range) -> np.ndarray:
        faces = [landmarker.read(pictures[n], truth.boxes[n, person].astype(np.float32)) for n in frames]
        return np.array([face.mouth for face in faces])

    acted = Actor(0, [SAID[0]], SCENE.frames, SCENE.seed).opening
    talk = range(0, 58, 2)
    assert np.corrcoef(mouths(0, talk), acted[list(talk)])[0, 1] > 0.8
    assert mouths(0, talk).std() > 3 * mouths(2, talk).std()
    screen = mouths(2, range(62, 100, 3))
    assert screen.std() > 3 * mouths(2, talk).std()


def test_a_mouth_opens_just_before_it_is_heard() -> None:
    samples = voice(SAID[:1], SCENE.frames, SCENE.seed)
    acted = Actor(0, [SAID[0]], SCENE.frames, SCENE.seed).opening
    level = np.abs(samples).reshape(SCENE.frames, -1).mean(axis=1)
    lags = {lag: np.corrcoef(np.roll(acted, lag), level)[0, 1] for lag in range(-6, 7)}
    assert max(lags, key=lags.__getitem__) in (1, 2)
    assert level[50:].max() < 0.01


def test_the_same_scene_is_drawn_again(drawn) -> None:
    again = next(iter(draw(SCENE)))
    assert np.array_equal(again[0], drawn[0][0])


def _camera(path: dict[int, tuple[float, float]], wide: float) -> AspectFraming:
    """A crop of the whole height: from frame -> (x at it, x at the next one's start)."""
    starts = [*path, 100]
    framings = []
    for first, last in pairwise(starts):
        keys = (Keyframe(frame=first, x=path[first][0], y=0), Keyframe(frame=last - 1, x=path[first][1], y=0))
        panel = Panel(slot=(0, 0, 1, 1), width=wide, height=360, path=keys, subject=f"at {path[first][0]}")
        framings.append(
            Framing(start_frame=first, end_frame=last, layout="single", reason="-", panels=(panel,))
        )
    return AspectFraming(aspect="9:16", framings=tuple(framings))


def test_scores_of_cameras_that_are_right_late_and_restless(drawn, reframing) -> None:
    _, truth = drawn
    middles = np.nanmean(truth.boxes[:60, :, [0, 2]].mean(axis=2), axis=0)
    left, right = (float(np.clip(m - 101, 0, 438)) for m in middles[:2])
    close = float(np.clip(np.nanmean(truth.boxes[60:, 1, [0, 2]]) - 101, 0, 438))

    def numbers(camera: AspectFraming) -> dict[str, float]:
        tally = truth_tally(camera, truth, FPS, reframing) + camera_tally(camera, 100, FPS, truth.cuts)
        return tally.numbers()

    good = numbers(_camera({0: (left, left), 48: (right, right), 60: (close, close)}, 202))
    assert good["speaker in crop"] == good["full bleed"] == good["still frames"] == 1
    assert good["switch delay, median ms"] == good["subjectless frames"] == good["jerk, p95"] == 0
    late = numbers(_camera({0: (left, left), 55: (right, right), 60: (close, close)}, 202))
    assert late["switch delay, median ms"] == 200
    assert late["speaker in crop"] == pytest.approx(1 - 5 / 75, abs=1e-3)
    lost = numbers(_camera({0: (219, 219), 60: (0, 0)}, 202))
    assert lost["speaker in crop"] < 0.2
    assert lost["subjectless frames"] > 0.5
    restless = numbers(
        _camera(
            {0: (left, left + 40), 20: (left + 40, left), 48: (right, right - 30), 60: (close, close)}, 202
        )
    )
    assert restless["still frames"] < 0.5
    assert restless["switches a minute"] > good["switches a minute"]


def test_scores_of_cameras_that_show_bars_and_cut_text(drawn, reframing) -> None:
    """A name for the first half, a subtitle in the lower bar, which no camera is asked to keep."""
    lines = (Written("A name", 0.1, 0.7, 0.06, 0.0, 2.0), Written("In the bar", 0.4, 0.92, 0.06))
    edited = replace(SCENE, bars=0.1, written=lines)
    picture, boxes = next(iter(draw(edited)))
    assert picture[:36].max() <= 16 < picture[36:324].mean()
    assert picture[331:345, 260:300].max() > 200, "letters in the bar"
    shots = [shot for shot in edited.shots for _ in range(round(shot.seconds * FPS))]
    truth = truth_of(edited, np.tile(boxes, (100, 1, 1)), shots)
    assert truth.active == (36, 324)
    ((start, end, box),) = truth.texts
    assert (start, end, *box[:2]) == pytest.approx((0, 50, 64, 252))

    def numbers(left: float, top: float, tall: float) -> dict[str, float]:
        path = (Keyframe(frame=0, x=left, y=top),)
        panel = Panel(slot=(0, 0, 1, 1), width=200, height=tall, path=path)
        framing = Framing(start_frame=0, end_frame=100, layout="single", reason="-", panels=(panel,))
        camera = AspectFraming(aspect="9:16", framings=(framing,))
        return truth_tally(camera, truth, FPS, reframing).numbers()

    inside, beside, through = (
        numbers(40, 36, 288),
        numbers(300, 0, 360),
        numbers((box[0] + box[2]) / 2, 36, 288),
    )
    assert (inside["bars shown"], inside["text cut"]) == (0, 0)
    assert (beside["bars shown"], beside["text cut"]) == (1, 0)
    assert (through["bars shown"], through["text cut"]) == (0, 1)
