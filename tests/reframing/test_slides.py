"""A slide behind its presenter is told from walls, shelves and blinds by its lines of text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numbers_clip import always, direct, synthetic, upright

from shortform_assets.reframing.where.slides import slide_behind
from shortform_assets.reframing.who.scene import Actor

SIZE = (1280, 720)


def presenter(x: float, y: float, height: float = 90) -> Actor:
    tracks, series = synthetic(SIZE, [(x, y, height, always)])
    return Actor(tracks.tracks[0], series.tracks["t0"], "live")


def slide(box: tuple[int, int, int, int], lines: int, rng: np.random.Generator, room: int = 90) -> np.ndarray:
    """A dim hall with a bright slide at `box`, of the given number of `lines`; `room` is free at its right."""
    hall = cv2.GaussianBlur(rng.integers(0, 90, (180, 320)).astype(np.uint8), (0, 0), 4)
    x1, y1, x2, y2 = box
    hall[y1:y2, x1:x2] = 226
    pitch = (y2 - y1 - 16) // max(lines, 1)
    for n in range(lines):
        top = y1 + 8 + n * pitch
        end = int(rng.integers(x1 + 70, max(x1 + 71, x2 - room)))
        for column in range(x1 + 10, end, 6):
            hall[top : top + min(6, pitch - 4), column : column + 4] = 50
    return hall


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(0, 20), st.integers(5, 10), st.integers(0, 10**6))
def test_a_slide_is_found_where_it_is_and_keeps_its_text(left: int, top: int, lines: int, seed: int) -> None:
    box = (left, top, left + 270, top + 150)
    still = slide(box, lines, np.random.default_rng(seed))
    found = slide_behind(still, presenter(4 * (left + 240), 4 * (top + 110)), SIZE[0])
    assert found is not None
    text = left + np.flatnonzero((still[box[1] : box[3], left : left + 190] == 50).any(axis=0))
    assert found[0] <= 4 * text[0] < 4 * text[-1] < found[2]
    assert found[1] >= 4 * (box[1] - 1)
    assert found[3] <= 4 * (box[3] + 1)
    # Whoever stands beside the text is left out of the slide's picture.
    assert found[2] < 4 * (left + 240)


def _wall(kind: str, rng: np.random.Generator) -> np.ndarray:
    wall = np.full((180, 320), 200, np.uint8)
    match kind:
        case "shelves":
            for row in range(10, 170, 22):
                for column in range(0, 320, 5):
                    wall[row : row + 16, column : column + 5] = rng.integers(20, 180)
        case "blinds":
            wall[::6] = 90
            wall[1::6] = 110
        case "pictures":
            for x, y in ((20, 20), (90, 30), (230, 25)):
                wall[y : y + 40, x : x + 30] = rng.integers(20, 180, (40, 30))
        case "few words":
            wall[20:26, 30:140:2] = 40
            wall[36:42, 30:110:2] = 40
    return wall


@pytest.mark.parametrize("kind", ["plain", "shelves", "blinds", "pictures", "few words"])
def test_a_wall_is_no_slide(kind: str) -> None:
    wall = _wall(kind, np.random.default_rng(1))
    assert slide_behind(wall, presenter(640, 300, 220), SIZE[0]) is None
    assert slide_behind(None, presenter(640, 300), SIZE[0]) is None


def test_slide_and_presenter_are_shown_one_above_the_other(reframing) -> None:
    still = slide((0, 0, 320, 180), 7, np.random.default_rng(3))
    made = synthetic(SIZE, [(1120, 540, 90, always)], still=still[None])
    (framing,) = upright(direct(made, reframing)).framings
    assert (framing.layout, framing.fill) == ("screen", "none")
    assert [panel.subject for panel in framing.panels] == ["", "t0"]
    # With two who talk it is a backdrop.
    two = synthetic(SIZE, [(1120, 540, 90, always), (900, 540, 90, always)], still=still[None])
    assert all(f.layout != "screen" for f in upright(direct(two, reframing)).framings)
