"""Faces are found, followed and judged: a talking portrait against posters of the same portrait."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from framing_samples import NoText, media, portrait
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.media.cuts import with_cuts
from shortform_assets.reframing.see.detect import OVERLAP, overlap, suppress
from shortform_assets.reframing.see.follow import FaceReaders
from shortform_assets.reframing.see.series import load_series, save_series
from shortform_assets.reframing.see.tracks import follow_clip
from shortform_assets.reframing.who.liveness import evidence, judge


def where(series) -> str:
    middle = float(np.median(series.box[:, [0, 2]]))
    return "left" if middle < 320 else "right" if middle > 640 else "poster"


def test_talkers_live_and_poster_static(followed, reframing) -> None:
    states = {
        where(series): judge(evidence(series, followed.series.picture), reframing.live_mouth_std)
        for series in followed.series.tracks.values()
    }
    assert states == {"left": "live", "right": "live", "poster": "static"}


def test_every_sample_is_landmarked_and_close_to_the_face(followed, talk) -> None:
    for series in followed.series.tracks.values():
        assert len(series.frame) == talk.frames // 2
        assert np.isfinite(series.mouth).mean() > 0.95
    left = next(s for s in followed.series.tracks.values() if where(s) == "left")
    # The face is at about 181..271 x 72..178 of the photo, which is moved by -70, 240 and sways by 4.
    assert np.abs(np.median(left.box, axis=0) - (110, 312, 200, 418)).max() < 20


def test_mouth_follows_the_jaw(followed, talk) -> None:
    left = next(s for s in followed.series.tracks.values() if where(s) == "left")
    assert np.corrcoef(left.mouth[:37], talk.left[left.frame[:37]])[0, 1] > 0.8


@pytest.mark.parametrize("motion", ["pan", "zoom", "shake"])
def test_a_moved_poster_is_not_alive(motion, detector, landmarker, reframing) -> None:
    base, rng = cv2.resize(portrait(), None, fx=1.2, fy=1.2), np.random.default_rng(5)

    def pictures():
        for n in range(75):
            shift = {"pan": (2.0 * n, 0.3 * n), "zoom": (0, 0), "shake": tuple(rng.uniform(-5, 5, 2))}[motion]
            scale = 1 + (0.004 * n if motion == "zoom" else 0)
            move = np.array([[scale, 0, 40 + shift[0]], [0, scale, 10 + shift[1]]])
            yield n, cv2.warpAffine(base, move, (640, 360), borderValue=(90, 80, 70))

    found = follow_clip(
        pictures(), FaceReaders(detector, landmarker, NoText()), media(640, 360, 75), reframing.faces
    )
    assert found.series.tracks
    for series in found.series.tracks.values():
        seen = evidence(series, found.series.picture)
        assert judge(seen, reframing.live_mouth_std) != "live", seen
        assert seen["mouth_std"] < 0.6 * reframing.live_mouth_std


@settings(max_examples=200)
@given(st.integers(0, 60), st.integers(0, 2**32 - 1), st.booleans())
def test_of_boxes_over_each_other_the_best_stays(count: int, seed: int, alike: bool) -> None:
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0, 300, (count, 2))
    if alike and count:
        middle = middle[rng.integers(0, count, count)] + rng.normal(0, 4, (count, 2))
    half = rng.uniform(2, 60, (count, 2))
    boxes = np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
    scores = np.round(rng.uniform(0.3, 1, count), 1).astype(np.float32)
    kept: list[int] = []
    for one in np.argsort(-scores, kind="stable"):
        if all(overlap(boxes[[one]], boxes[[other]])[0, 0] <= OVERLAP for other in kept):
            kept.append(int(one))
    assert suppress(boxes, scores).tolist() == kept


def test_series_have_the_same_bytes_every_time(followed, tmp_path) -> None:
    one, other = tmp_path / "one.safetensors", tmp_path / "other.safetensors"
    save_series(one, followed.series)
    save_series(other, load_series(one))
    assert one.read_bytes() == other.read_bytes()


def noise(seed: int) -> np.ndarray:
    small = np.random.default_rng(seed).integers(0, 255, (18, 32, 3), np.uint8)
    return cv2.resize(small, (320, 180))


def test_cuts_are_exact_and_a_flash_is_none() -> None:
    def picture(n: int) -> np.ndarray:
        if n == 30:
            return np.full((180, 320, 3), 255, np.uint8)
        # A pan within each shot, so that something changes all the time.
        return np.roll(noise(1 if n < 50 else 2 if n < 75 else 3), n, axis=1)

    frames = list(with_cuts(((n, picture(n)) for n in range(100)), frozenset({90})))
    assert [f.number for f in frames] == list(range(100))
    assert [f.number for f in frames if f.cut] == [50, 75, 90]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_shortest_clips_are_passed_on_whole(count: int) -> None:
    frames = list(with_cuts(((n, noise(n)) for n in range(count)), frozenset()))
    assert [f.number for f in frames] == list(range(count))
