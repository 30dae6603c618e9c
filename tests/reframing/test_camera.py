"""The camera holds its subject, stands still where it can and never leaves the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.reframing.direct.camera_path import Reach, plan_path, simplify

WIDE, CROP, FACE, FPS = 1920.0, 600.0, 120.0, 25.0


def reach(centres: np.ndarray, dead_zone: float = 40.0) -> Reach:
    """For a face of 120 pixels around `centres`, in a crop of 600 of 1920 pixels."""
    return Reach(
        low=centres + FACE / 2 - CROP,
        high=centres - FACE / 2,
        wish=centres - CROP / 2,
        dead_zone=dead_zone,
        limit=WIDE - CROP,
    )


def grid(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.int32) * 2


# Faces that walk: a start, an end, a wobble and its period.
walks = st.builds(
    lambda a, b, wobble, period, n: (
        np.clip(np.linspace(a, b, n) + wobble * np.sin(np.arange(n) / period), FACE / 2, WIDE - FACE / 2)
    ),
    st.floats(60, 1860), st.floats(60, 1860), st.floats(0, 80), st.floats(1, 20), st.integers(2, 120),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(walks)
def test_face_is_always_inside_and_crop_never_past_the_edge(centres: np.ndarray) -> None:
    frames = grid(len(centres))
    path = plan_path(frames, reach(centres), FPS)
    assert path.min() >= 0
    assert path.max() <= WIDE - CROP
    # Knots are 0.2 s apart: a face that crosses the picture in a few samples may be ahead of them.
    fast = np.abs(np.diff(centres)).max(initial=0) > 40
    if not fast:
        assert (path <= centres - FACE / 2 + 0.01).all()
        assert (path + CROP >= centres + FACE / 2 - 0.01).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(100, 1800), st.integers(0, 1000), st.integers(2, 150))
def test_a_still_target_gets_a_still_camera(centre: float, seed: int, n: int) -> None:
    nods = np.random.default_rng(seed).uniform(-35, 35, n)
    path = plan_path(grid(n), reach(centre + nods), FPS)
    assert np.ptp(path) == 0


def test_one_look_aside_does_not_move_the_camera() -> None:
    centres = np.full(100, 900.0)
    centres[50:55] += 150
    assert np.ptp(plan_path(grid(100), reach(centres), FPS)) == 0


def test_a_walk_is_followed_without_a_spike_of_jerk() -> None:
    t = np.linspace(0, 1, 120)
    noise = np.random.default_rng(3).normal(0, 6, 120)
    centres = 300 + 1200 * t**2 * (3 - 2 * t) + noise
    path = plan_path(grid(120), reach(centres), FPS)
    assert np.ptp(path) > 500
    # The wobble of the head is gone: third differences are a small part of the subject's own.
    assert np.abs(np.diff(path, 3)).max() < 0.25 * np.abs(np.diff(centres, 3)).max()
    # It never turns back on a one-way walk.
    assert np.diff(path).min() > -0.5


def test_a_subject_wider_than_the_crop_is_held_by_its_middle() -> None:
    n = 20
    wide = Reach(np.full(n, 700.0), np.full(n, 500.0), np.full(n, 600.0), 10.0, 1320.0)
    assert plan_path(grid(n), wide, FPS) == pytest.approx(np.full(n, 600.0))
    # What is lost at both sides anyway is no reason to follow every wobble.
    wobble = 8 * np.sin(np.arange(n))
    moved = Reach(wide.low + wobble, wide.high + wobble, wide.wish + wobble, 10.0, 1320.0)
    assert np.ptp(plan_path(grid(n), moved, FPS)) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1000), min_size=2, max_size=80), st.integers(0, 99))
def test_keyframes_are_within_half_a_pixel(values: list[float], seed: int) -> None:
    x = np.array(values)
    y = np.random.default_rng(seed).permutation(x)
    frames = grid(len(x))
    kept = simplify(frames, x, y)
    assert kept == sorted(set(kept))
    for line in (x, y):
        assert np.abs(np.interp(frames, frames[kept], line[kept]) - line).max() <= 0.5 + 1e-9


def test_the_camera_keeps_to_its_top_speed_where_its_subject_lets_it() -> None:
    # Twice the dead zone away at once: the composition may wait, the face is in the picture all the time.
    centres = np.where(np.arange(100) < 50, 900.0, 1120.0)
    slow = Reach(**{**vars(reach(centres)), "top_speed": 60.0})
    path = plan_path(grid(100), slow, FPS)
    assert np.ptp(path) > 60
    assert np.abs(np.diff(path)).max() * FPS / 2 <= 60.5
    # A leap that takes the face out of the picture is followed all the same.
    leap = reach(np.where(np.arange(100) < 50, 400.0, 1500.0))
    path = plan_path(grid(100), Reach(**{**vars(leap), "top_speed": 60.0}), FPS)
    outside = np.maximum(path - leap.high, leap.low - path)
    assert (outside > 0.5).sum() <= 4


def test_the_camera_stays_within_its_part_of_the_picture() -> None:
    part = Reach(**{**vars(reach(np.linspace(100, 1800, 80))), "floor": 500.0, "limit": 900.0})
    path = plan_path(grid(80), part, FPS)
    assert (path.min(), path.max()) == pytest.approx((500, 900), abs=1)


def test_straight_pieces_need_few_keyframes() -> None:
    x = np.concatenate([np.full(50, 100.0), np.linspace(100, 400, 50), np.full(50, 400.0)])
    assert len(simplify(grid(150), x, np.zeros(150))) <= 5
