"""Text that is drawn into pictures at known times and places is found there, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest

from shortform_assets.contracts.existing_text import PictureText
from shortform_assets.reframing.see.picture_text import LOOK_SECONDS, TextWatcher
from shortform_assets.reframing.see.text_detector import TextDetector

FPS, SIZE = 25, (1280, 720)
Drawer = Callable[[np.ndarray, float], None]
WORDS = (
    "and then I said",
    "that is not the way",
    "we have always done it",
    "nobody else",
    "had an answer to that",
)


@pytest.fixture(scope="module")
def reader() -> TextDetector:
    from resources.models import Models

    return TextDetector(Models().resolve("text-detector"))


def scenery(seed: int) -> np.ndarray:
    """Soft shapes, twice as wide as the picture, so that a camera can pan over them."""
    import cv2

    rng = np.random.default_rng(seed)
    wide, tall = 2 * SIZE[0], SIZE[1]
    picture = np.full((tall, wide, 3), (90, 110, 100), np.uint8)
    for _ in range(60):
        at, axes = rng.integers(0, (wide, tall)), rng.integers(20, 160, 2)
        colour = tuple(int(v) for v in rng.integers(20, 230, 3))
        cv2.ellipse(picture, tuple(int(v) for v in at), tuple(int(v) for v in axes), 0, 0, 360, colour, -1)
    return cv2.GaussianBlur(picture, (0, 0), 3)


def write(picture: np.ndarray, text: str, x: float, y: float, size: int = 40) -> tuple[int, int, int, int]:
    """White letters with a black outline, their upper left corner at x, y; the box they cover."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size)
    draw.text((x, y), text, font=font, fill=(255, 255, 255), stroke_width=3, stroke_fill=(0, 0, 0))
    picture[:] = np.asarray(image)
    x1, y1, x2, y2 = draw.textbbox((x, y), text, font=font, stroke_width=3)
    return round(x1), round(y1), round(x2), round(y2)


def centred(picture: np.ndarray, text: str, y: float) -> None:
    from PIL import ImageFont

    write(picture, text, (SIZE[0] - ImageFont.load_default(40).getlength(text)) / 2, y)


def watch(
    reader, seconds: float, draw: Drawer, *, pan: float = 30.0, cuts: Sequence[float] = ()
) -> list[PictureText]:
    """What is found in `seconds` of panning pictures (pixels a second), with another scenery after each of `cuts`."""
    watcher = TextWatcher(reader, SIZE, FPS)
    views = [scenery(n) for n in range(len(cuts) + 1)]
    for frame in range(0, round(seconds * FPS), 2):
        now = frame / FPS
        shot = sum(now >= cut for cut in cuts)
        left = round(pan * now)
        picture = views[shot][:, left : left + SIZE[0]].copy()
        draw(picture, now)
        watcher.sample(frame, picture, any(abs(now - cut) < 1 / FPS for cut in cuts))
    return list(watcher.texts(round(seconds * FPS)))


def during(text: PictureText) -> tuple[float, float]:
    return text.start_frame / FPS, text.end_frame / FPS


def holds(text: PictureText, box: Sequence[int], slack: int = 8) -> bool:
    x1, y1, x2, y2 = text.box
    return x1 <= box[0] + slack and y1 <= box[1] + slack and x2 >= box[2] - slack and y2 >= box[3] - slack


@pytest.mark.parametrize("pan", [0.0, 30.0])
def test_a_picture_without_text_has_none(reader, pan) -> None:
    def bricks(picture: np.ndarray, now: float) -> None:
        picture[::24, :640] = (60, 60, 90)
        for row in range(0, 720, 24):
            picture[row : row + 24, (row % 48) : 640 : 48] = (60, 60, 90)

    assert watch(reader, 6, bricks, pan=pan) == []


def test_a_watermark_stands_still_through_cuts_and_pans(reader) -> None:
    box: list[tuple[int, int, int, int]] = []

    def draw(picture: np.ndarray, now: float) -> None:
        box.append(write(picture, "CHANNEL", 1080, 40, 32))

    (found,) = watch(reader, 8, draw, cuts=(3.0, 5.4))
    assert (found.kind, found.start_frame, found.end_frame) == ("still", 0, 8 * FPS)
    assert holds(found, box[0])
    assert found.box[2] - found.box[0] < 1.3 * (box[0][2] - box[0][0])


def test_a_lower_third_is_there_as_long_as_it_is_seen(reader) -> None:
    def draw(picture: np.ndarray, now: float) -> None:
        if 2.4 <= now < 7.6:
            write(picture, "DR. ANN OTHER", 80, 560)

    (found,) = watch(reader, 12, draw)
    start, end = during(found)
    assert found.kind == "still"
    assert 2.4 - LOOK_SECONDS <= start <= 2.4
    assert 7.6 <= end <= 7.6 + LOOK_SECONDS


@pytest.mark.parametrize("align", ["centre", "left"])
def test_subtitles_are_a_place_whose_words_change(reader, align) -> None:
    def draw(picture: np.ndarray, now: float) -> None:
        line = int((now - 1.5) // 2.2) if now >= 1.5 else -1
        if 0 <= line < len(WORDS):
            if align == "left":
                write(picture, WORDS[line], 160, 620)
            else:
                centred(picture, WORDS[line], 620)

    found = watch(reader, 15, draw, cuts=(4.0,))
    assert {text.kind for text in found} == {"subtitle"}
    start, end = min(t.start_frame for t in found) / FPS, max(t.end_frame for t in found) / FPS
    assert 1.5 - LOOK_SECONDS <= start <= 1.5
    assert 12.5 <= end <= 12.5 + 2 * LOOK_SECONDS
    assert all(t.box[1] >= 600 and t.box[3] <= 690 for t in found)
    # At any time, all that is written is covered.
    for now in np.arange(2.0, 12.4, 0.5):
        picture = np.zeros((720, 1280, 3), np.uint8)
        draw(picture, now)
        ink = np.flatnonzero(picture[600:690].max(axis=(0, 2)))
        here = [t.box for t in found if t.start_frame <= now * FPS < t.end_frame]
        assert any(b[0] <= ink[0] + 12 and b[2] >= ink[-1] - 12 for b in here), now


def test_a_ticker_runs_through_its_strip(reader) -> None:
    news = (
        "MARKETS FALL AFTER THE BANK RAISES RATES   -   RAIN IN THE NORTH   -   TRAINS ARE LATE AGAIN   -   "
        * 2
    )

    def draw(picture: np.ndarray, now: float) -> None:
        picture[650:710] = (120, 40, 20)
        write(picture, news, 200 - 160 * now, 655, 36)

    found = watch(reader, 8, draw, pan=0.0)
    tickers = [text for text in found if text.kind == "ticker"]
    assert len(tickers) == len(found) == 1
    x1, y1, x2, y2 = tickers[0].box
    assert x2 - x1 > 0.9 * SIZE[0]
    assert 640 <= y1 <= 670
    assert 690 <= y2 <= 720
    assert during(tickers[0]) == (0.0, 8.0)


def test_signs_that_a_camera_pans_over_are_no_ticker(reader) -> None:
    def draw(picture: np.ndarray, now: float) -> None:
        for n in range(5):
            write(picture, "BREAD AND CAKES", 100 + 420 * n - 160 * now, 200, 36)

    assert {text.kind for text in watch(reader, 8, draw, pan=160.0)} <= {"still"}


def test_lines_of_a_slide_stand_apart(reader) -> None:
    def draw(picture: np.ndarray, now: float) -> None:
        picture[:] = 235
        for n, line in enumerate(WORDS):
            write(picture, line, 120, 100 + 110 * n, 44)

    found = watch(reader, 5, draw)
    assert [text.kind for text in found] == ["still"] * len(WORDS)
    assert all(a.box[3] < b.box[1] for a, b in pairwise(found))
