"""Where text of the picture is seen in the output: by the camera's own geometry, and not at all where it is cut off."""

from __future__ import annotations

import numpy as np
import pytest
from numbers_clip import FPS, always, direct, synthetic, upright

from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.existing_text import PictureText

SIZE = (1920, 1080)


def with_texts(made, *texts: tuple[int, int, tuple[int, int, int, int]], areas=()):
    tracks, series = made
    told = tuple(PictureText(start_frame=a, end_frame=b, kind="still", box=box) for a, b, box in texts)
    return tracks.model_copy(update={"texts": told, "areas": areas}), series


def test_text_is_where_the_crop_shows_it(reframing) -> None:
    made = with_texts(
        synthetic(SIZE, [(900, 400, 250, always)]),
        (10, 60, (800, 900, 1000, 960)),
        (0, 100, (1800, 40, 1900, 90)),
    )
    camera = upright(direct(made, reframing))
    (seen,) = camera.texts
    assert (seen.start_frame, seen.end_frame, seen.kind) == (10, 60, "still")
    panel = camera.framings[0].panels[0]
    left, top = panel.to_output(800, 900, 20)
    right, bottom = panel.to_output(1000, 960, 20)
    assert seen.box == pytest.approx((left, top, right, bottom), abs=1e-3)


def test_text_that_a_moving_camera_passes_covers_all_of_its_way(reframing) -> None:
    tracks, series = synthetic(SIZE, [(500, 400, 200, always)])
    track = series.tracks["t0"]
    track.box[:, [0, 2]] += (track.frame * 4.0)[:, None]
    box = (900, 700, 1100, 760)
    camera = upright(direct(with_texts((tracks, series), (0, tracks.frames, box)), reframing))
    assert any(len(panel.path) > 1 for framing in camera.framings for panel in framing.panels)
    checked = 0
    for frame in range(0, tracks.frames, 5):
        part = camera.at(frame).panels[0].seen(box, frame)
        here = [t.box for t in camera.texts if t.start_frame <= frame < t.end_frame]
        if part is None or part.area < 0.002:
            continue
        checked += 1
        slack = 0.02
        assert any(
            b.left <= part.left + slack
            and b.right >= part.right - slack
            and b.top <= part.top + slack
            and b.bottom >= part.bottom - slack
            for b in here
        ), frame
    assert checked > 5
    assert max(t.end_frame - t.start_frame for t in camera.texts) <= FPS + 1


def test_a_subtitle_in_a_bar_is_known_of_the_source_and_in_no_output(reframing) -> None:
    made = with_texts(
        synthetic(SIZE, [(900, 400, 250, always)]),
        (0, 90, (700, 960, 1200, 1040)),
        areas=((0, 140, 1920, 940),),
    )
    paths = direct(made, reframing)
    assert made[0].texts[0].kind == "still"
    assert [aspect.texts for aspect in paths.aspects] == [()] * len(ASPECTS)


def test_a_page_without_a_face_is_shown_whole_and_a_sign_is_not(reframing) -> None:
    bare = synthetic(SIZE, [], change=3.0)
    lines = [(0, 200, (200, 150 + 90 * n, 1400, 200 + 90 * n)) for n in range(6)]
    (page,) = upright(direct(with_texts(bare, *lines), reframing)).framings
    assert (page.layout, page.fill, page.panels[0].width) == ("fit", "blur", 1920)
    assert "text" in page.reason
    (sign,) = upright(direct(with_texts(bare, *lines[:1]), reframing)).framings
    assert sign.layout != "fit"
    narrow = [(0, 200, (700, a[2][1], 1000, a[2][3])) for a in lines]
    (column,) = upright(direct(with_texts(bare, *narrow), reframing)).framings
    assert column.layout != "fit"


def test_a_window_too_small_to_be_enlarged_is_shown_whole_and_nothing_beside_it(reframing) -> None:
    still = np.full((180, 320), 90, np.uint8)
    still[60:92, 120:176] = 200
    box = tuple(v * 6.0 for v in (120, 60, 176, 92))
    camera = upright(direct(synthetic(SIZE, [(888, 450, 90, always)], still=still[None]), reframing))
    for framing in camera.framings:
        assert framing.fill == "blur"
        x1, y1, x2, y2 = framing.panels[0].crop(framing.start_frame)
        assert box[0] <= x1 < x2 <= box[2]
        assert box[1] <= y1 < y2 <= box[3]
