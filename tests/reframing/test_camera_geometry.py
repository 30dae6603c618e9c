"""The camera between keyframes: one truth for renders, captions and debug pictures."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.clips import AspectFraming, FaceBox, Framing, Keyframe, Panel
from shortform_assets.contracts.geometry import OutputBox, between

SIZES = st.floats(20, 600).map(lambda v: round(v, 2))
SHARES = st.floats(0.05, 1).map(lambda v: round(v, 4))


@st.composite
def panels(draw, first: int = 0, last: int = 400) -> Panel:
    frames = sorted(draw(st.sets(st.integers(first, last), min_size=1, max_size=8)))
    path = tuple(Keyframe(frame=f, x=draw(st.floats(0, 900)), y=draw(st.floats(0, 500))) for f in frames)
    wide, tall = draw(SHARES), draw(SHARES)
    slot = (draw(st.floats(0, 1 - wide)), draw(st.floats(0, 1 - tall)), wide, tall)
    return Panel(slot=slot, width=draw(SIZES), height=draw(SIZES), path=path)


@given(panels())
def test_the_camera_is_where_its_keyframes_say_and_never_jumps(panel):
    for key in panel.path:
        assert panel.corner(key.frame) == (key.x, key.y)
    first, last = panel.path[0], panel.path[-1]
    assert panel.corner(first.frame - 50) == (first.x, first.y)
    assert panel.corner(last.frame + 50) == (last.x, last.y)
    for left, right in pairwise(panel.path):
        frames = range(left.frame, right.frame + 1)
        for axis, (a, b) in enumerate(((left.x, right.x), (left.y, right.y))):
            step = abs(b - a) / (right.frame - left.frame)
            at = [panel.corner(frame)[axis] for frame in frames]
            assert all(abs(v - u) == pytest.approx(step, abs=1e-6) for u, v in pairwise(at))
            assert min(a, b) - 1e-9 <= min(at) <= max(at) <= max(a, b) + 1e-9


@given(panels(), st.integers(-20, 420), st.floats(0, 1), st.floats(0, 1))
def test_what_the_crop_shows_is_in_the_slot(panel, frame, across, down):
    x1, y1, x2, y2 = panel.crop(frame)
    assert (x2 - x1, y2 - y1) == pytest.approx((panel.width, panel.height))
    x, y = panel.to_output(x1 + across * panel.width, y1 + down * panel.height, frame)
    left, top, wide, tall = panel.slot
    assert (x, y) == pytest.approx((left + across * wide, top + down * tall), abs=1e-6)


@given(panels(), st.integers(0, 400), st.floats(-200, 1500), st.floats(-200, 1000), SIZES, SIZES)
def test_a_face_in_the_output_is_the_face_in_the_source(panel, frame, x, y, wide, tall):
    face = panel.seen((x, y, x + wide, y + tall), frame)
    crop = panel.crop(frame)
    if x + wide <= crop[0] or x >= crop[2] or y + tall <= crop[1] or y >= crop[3]:
        assert face is None
    elif face is not None:
        a, b = panel.to_output(max(x, crop[0]), max(y, crop[1]), frame)
        c, d = panel.to_output(min(x + wide, crop[2]), min(y + tall, crop[3]), frame)
        assert face == pytest.approx((a, b, c, d), abs=3e-4)


@st.composite
def cameras(draw) -> AspectFraming:
    edges = [0, *sorted(draw(st.sets(st.integers(1, 199), max_size=6))), 200]
    whole = Panel(slot=(0, 0, 1, 1), width=90, height=160, path=(Keyframe(frame=0, x=0, y=0),))
    framings = tuple(
        Framing(start_frame=a, end_frame=b, layout="single", reason="r", panels=(whole,))
        for a, b in pairwise(edges)
    )
    at = sorted(draw(st.lists(st.integers(0, 199), max_size=20)))
    faces = tuple(FaceBox(frame=f, x=0.1, y=0.1, width=0.2, height=0.2) for f in at)
    return AspectFraming(aspect="9:16", framings=framings, faces=faces)


@given(cameras(), st.integers(0, 199), st.integers(1, 200), st.integers(0, 30))
def test_every_frame_is_in_the_framing_that_holds_it(camera, start, length, margin):
    assert camera.tiles(200)
    assert not camera.tiles(199)
    framing = camera.at(start)
    assert framing.start_frame <= start < framing.end_frame
    end = min(200, start + length)
    seen = [camera.at(frame) for frame in range(start, end)]
    most = camera.framings[camera.mostly(start, end)]
    assert seen.count(most) == max(map(seen.count, seen))
    faces = camera.faces_during(start, end, margin)
    shown = {id(framing) for framing in seen}
    for face in camera.faces:
        near = start - margin <= face.frame < end + margin
        assert (face in faces) == (near and id(camera.at(face.frame)) in shown)
    for outside in (-1, 200):
        with pytest.raises(IndexError, match="in no framing"):
            camera.at(outside)


def test_values_between_keys_are_exact():
    assert [between([10, 20], [1.0, 2.0], at) for at in (0, 10, 15, 20, 99)] == [1.0, 1.0, 1.5, 2.0, 2.0]


def test_boxes_that_touch_do_not_meet():
    box = OutputBox(0.2, 0.2, 0.4, 0.4)
    assert not box.meets(OutputBox(0.4, 0.2, 0.6, 0.4))
    assert box.meets(OutputBox(0.39, 0.39, 0.6, 0.6))
    assert box.leaves(OutputBox(0.2, 0.2, 0.4, 0.39), 0.005)
    assert not box.leaves(OutputBox(0.2, 0.2, 0.4, 0.396), 0.005)
