"""Text of the picture is in or out of a crop where a small move allows it, and never at the price of a face."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numbers_clip import always, direct, synthetic, upright
from test_seen_text import SIZE, with_texts

from shortform_assets.reframing.where.text_edges import ASIDE, RIM, shift_along

LINES = st.lists(
    st.tuples(st.floats(0, 1800), st.floats(20, 400), st.floats(0.3, 1.0)).map(
        lambda one: ((one[0], one[0] + one[1]), one[2])
    ),
    max_size=5,
)


def cut(lines, low: float, high: float) -> float:
    total = 0.0
    for (a, b), weight in lines:
        rim = RIM * (b - a)
        total += weight * any(a + rim < edge < b - rim for edge in (low, high))
    return total


@settings(max_examples=300, deadline=None)
@given(LINES, st.floats(0, 1300), st.floats(-200, 0), st.floats(0, 200))
def test_a_crop_moves_little_and_only_to_cut_less(lines, low, back, forth) -> None:
    size = 607.5
    move = shift_along(lines, low, size, (back, forth))
    assert max(back, -ASIDE * size) <= move <= min(forth, ASIDE * size)
    before, after = cut(lines, low, low + size), cut(lines, low + move, low + move + size)
    assert after <= before
    if before == 0:
        assert move == 0


def test_a_short_text_at_the_edge_is_taken_in_or_left_out_by_the_shorter_way() -> None:
    size, room = 600.0, (-600.0, 600.0)
    mostly_in, mostly_out = ((1050.0, 1120.0), 1.0), ((1085.0, 1155.0), 1.0)
    assert 500 + shift_along([mostly_in], 500, size, room) + size >= 1120
    assert 500 + shift_along([mostly_out], 500, size, room) + size <= 1085
    assert shift_along([((900.0, 1400.0), 1.0)], 500, size, room) == 0


def edges(camera, frame: int) -> tuple[float, float]:
    x1, _, x2, _ = camera.at(frame).panels[0].crop(frame)
    return x1, x2


@pytest.mark.parametrize("at", [-70, -30, 30, 60])
def test_a_channels_logo_is_in_or_out_and_the_face_is_whole(reframing, at) -> None:
    bare = synthetic(SIZE, [(900, 400, 250, always)])
    right = round(edges(upright(direct(bare, reframing)), 50)[1])
    logo = (right + at - 50, 300, right + at + 50, 350)
    camera = upright(direct(with_texts(bare, (0, 200, logo)), reframing))
    low, high = edges(camera, 50)
    rim = RIM * 100
    assert not logo[0] + rim < high < logo[2] - rim
    assert low < 900 - 0.4 * 250
    assert high > 900 + 0.4 * 250
    assert abs(high - right) <= ASIDE * (high - low) + 1


def test_a_face_is_never_cut_for_a_text(reframing) -> None:
    """A face that nearly fills the crop leaves it no room to move."""
    bare = synthetic(SIZE, [(900, 500, 640, always)])
    plain = upright(direct(bare, reframing))
    low, high = edges(plain, 50)
    signs = (round(high) - 40, 60, round(high) + 60, 110), (round(low) - 60, 900, round(low) + 40, 950)
    camera = upright(direct(with_texts(bare, *((0, 200, sign) for sign in signs)), reframing))
    assert camera.faces
    for face, before in zip(camera.faces, plain.faces, strict=True):
        assert face.width == pytest.approx(before.width, rel=0.02)
        assert face.height == pytest.approx(before.height, rel=0.02)


def test_a_picture_without_people_is_held_off_a_text_too(reframing) -> None:
    bare = synthetic(SIZE, [], change=3.0)
    low, high = edges(upright(direct(bare, reframing)), 50)
    sign = (round(high) - 60, 500, round(high) + 30, 560)
    moved = edges(upright(direct(with_texts(bare, (0, 200, sign)), reframing)), 50)
    assert not sign[0] + 4 < moved[1] < sign[2] - 4
    assert abs(moved[0] - low) <= ASIDE * (high - low) + 1
