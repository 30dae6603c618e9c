"""Lips and lids against their own face: prints stay at about 1 however they move, lips and lids do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resources.models import Models
from shortform_assets.reframing.see.landmarks import FaceLandmarker
from shortform_assets.reframing.see.lips import LIDS, LIPS, SIDE, Patch, own_motion
from shortform_assets.reframing.see.series import PictureSeries, TrackSeries
from shortform_assets.reframing.who.liveness import (
    BLINK,
    MIN_SAMPLES,
    MOVING,
    STIFF,
    TURN,
    evidence,
    judge,
    may_talk,
)

Picture = np.ndarray
LIVE = 0.015


@pytest.fixture(scope="module")
def face() -> Patch:
    photo = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    with FaceLandmarker(Models().resolve("face-landmarker")) as landmarker:
        found = landmarker.read(photo, np.array([170, 60, 280, 200], np.float32))
    assert found is not None
    assert found.patch is not None
    return found.patch


def noisy(pixels: Picture, seed: int, quality: int = 60) -> Picture:
    """As a camera and an encoder leave it: grain and blocks."""
    grain = np.random.default_rng(seed).normal(0, 2.5, pixels.shape)
    _, file = cv2.imencode(
        ".jpg", np.clip(pixels + grain, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)


def dropped(pixels: Picture, mesh: np.ndarray, by: float) -> Picture:
    """The lower lip and what hangs on it `by` pixels further down, as in speech."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    middle, wide = mesh[list(LIPS)].mean(axis=0), np.ptp(mesh[list(LIPS), 0])
    near = np.exp(-(((x - middle[0]) / (0.7 * wide)) ** 2))
    share = np.clip((y - middle[1]) / 3, 0, 1) * near
    return np.asarray(cv2.remap(pixels, x, (y - by * share).astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def shut(pixels: Picture, mesh: np.ndarray) -> Picture:
    """Skin over both eyes."""
    closed = pixels.copy()
    for lids in LIDS:
        points = mesh[list(lids)].round().astype(np.int32)
        skin = float(
            np.median(
                pixels[
                    points[:, 1].max() + 3 : points[:, 1].max() + 7, points[:, 0].min() : points[:, 0].max()
                ]
            )
        )
        cv2.fillConvexPoly(closed, cv2.convexHull(points), skin)
    return cv2.GaussianBlur(closed, (0, 0), 0.7)


@settings(max_examples=8)
@given(st.integers(0, 1000))
def test_a_print_that_moves_as_one_does_not_talk(face: Patch, seed: int) -> None:
    """Shifted, zoomed, rolled, slanted and lit otherwise at every look; as it is judged, over many looks."""
    rng = np.random.default_rng(seed)
    moves = []
    for look in range(25):
        into = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), rng.uniform(-3, 3), rng.uniform(0.95, 1.05))
        into[:, 2] = into[:, 2] + rng.uniform(-2, 2, 2)
        into[0, 1] += rng.uniform(-0.04, 0.04)
        moved = cv2.warpAffine(face.pixels, into, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        after = Patch(noisy(moved * rng.uniform(0.8, 1.2), look), face.mesh)
        moves.append(own_motion(Patch(noisy(face.pixels, look + 50), face.mesh), after))
    lips, lids = np.array(moves).T
    assert np.percentile(lips, 70) < STIFF
    assert np.percentile(lids, 97) < STIFF


@given(by=st.floats(3, 6), seed=st.integers(0, 9), turn=st.floats(-2, 2))
@settings(max_examples=20)
def test_lips_that_open_move_and_the_lids_do_not(face: Patch, by: float, seed: int, turn: float) -> None:
    into = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), turn, 1.0)
    opened = cv2.warpAffine(
        dropped(face.pixels, face.mesh, by), into, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE
    )
    after = Patch(noisy(opened, seed), face.mesh)
    lips, lids = own_motion(Patch(noisy(face.pixels, seed + 50), face.mesh), after)
    assert lips > MOVING
    assert lids < STIFF


@given(seed=st.integers(0, 9))
@settings(max_examples=10)
def test_lids_that_close_move_and_the_lips_do_not(face: Patch, seed: int) -> None:
    after = Patch(noisy(shut(face.pixels, face.mesh), seed), face.mesh)
    lips, lids = own_motion(Patch(noisy(face.pixels, seed + 50), face.mesh), after)
    assert lids > MOVING
    # Half of what the looks are registered by has gone, so that lips seem to move a little.
    assert lips < MOVING


def test_pictures_without_any_contrast_are_no_motion(face: Patch) -> None:
    grey = Patch(np.full((SIDE, SIDE), 90, np.uint8), face.mesh)
    assert all(np.isnan(v) or v < MOVING for v in own_motion(grey, grey))


def seen(**differing: float) -> dict[str, float]:
    still = {"mouth_std": 0.002, "lips": 1.4, "blink": 0.02, "lids": 1.2, "turn": 0.4, "sway": 0.01}
    return {**still, "samples": 40.0, **differing}


def test_landmarks_and_pixels_must_agree_on_life() -> None:
    assert judge(seen(), LIVE) == "static"
    assert judge(seen(mouth_std=0.045, lips=5.0), LIVE) == "live"
    # Landmarks that tremble over still pixels are paper; pixels that change under still landmarks are noise.
    assert judge(seen(mouth_std=0.045), LIVE) == "static"
    assert judge(seen(lips=9.0), LIVE) == "static"
    assert judge(seen(blink=BLINK, lids=4.0), LIVE) == "live"
    assert judge(seen(blink=2 * BLINK, lids=2.3), LIVE) == "live"
    assert judge(seen(blink=BLINK), LIVE) == "static"
    assert judge(seen(turn=TURN), LIVE) == "live"


def test_between_the_thresholds_and_of_short_looks_nothing_is_sure() -> None:
    assert judge(seen(mouth_std=0.02, lips=2.5), LIVE) == "unsure"
    assert judge(seen(blink=0.15, lids=2.5), LIVE) == "unsure"
    # A trembling print may be unsure; to be framed where nobody is alive takes lips that may be talking.
    assert not may_talk(seen(mouth_std=0.02, lips=2.5), LIVE)
    assert may_talk(seen(mouth_std=0.02, lips=3.0), LIVE)
    assert judge(seen(mouth_std=0.02, lips=3.0), LIVE) == "unsure"
    assert judge(seen(mouth_std=0.045, lips=5.0, samples=MIN_SAMPLES - 1.0), LIVE) == "unsure"


@given(st.floats(0, 0.1), st.floats(0.5, 12), st.floats(1.0, 3.0))
def test_more_evidence_is_never_less_life(mouth: float, lips: float, more: float) -> None:
    order = ("static", "unsure", "live")
    one = judge(seen(mouth_std=mouth, lips=lips), LIVE)
    assert order.index(judge(seen(mouth_std=mouth * more, lips=lips * more), LIVE)) >= order.index(one)


def looks(seconds: int, talks: range) -> tuple[TrackSeries, PictureSeries]:
    """A face at 12.5 samples a second whose lips move in the samples of `talks`."""
    n = round(12.5 * seconds)
    frames = np.arange(0, 2 * n, 2, dtype=np.int32)
    mouth, lips = np.full(n, 0.1), np.full(n, 1.4)
    at = np.arange(n)[talks.start : talks.stop]
    mouth[at], lips[at] = 0.1 + 0.06 * np.sin(2.5 * at), 6.0
    box = np.tile(np.array([100, 100, 180, 200], np.float32), (n, 1))
    flat = {"shape": (n, 6, 2), "pose": (n, 3), "blink": (n,), "emotion": (n, 7), "look": (1,)}
    zeros = {name: np.zeros(shape, np.float32) for name, shape in flat.items()}
    series = TrackSeries(
        frame=frames, box=box, score=np.ones(n, np.float32), mouth=mouth.astype(np.float32),
        lips=lips.astype(np.float32), lids=np.ones(n, np.float32), **zeros,
    )  # fmt: skip
    return series, PictureSeries(frames, np.zeros(n, np.float32), np.zeros((n, 2), np.float32))


@given(seconds=st.integers(6, 60), share=st.floats(0, 1))
@example(seconds=10, share=0.0)
@example(seconds=10, share=1.0)
def test_one_sentence_is_enough_however_long_the_silence(seconds: int, share: float) -> None:
    """Of 1.5 s, at the edge of a shot or within it; and a twitch of 0.3 s is not."""
    for length, alive in ((19, True), (4, False)):
        first = int(share * (round(12.5 * seconds) - length))
        verdict = judge(evidence(*looks(seconds, range(first, first + length))), LIVE)
        assert (verdict == "live") is alive
