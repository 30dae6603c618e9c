"""The expressions that FFmpeg crops by, evaluated as FFmpeg does, against the camera of the contract."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.clips import Framing, Keyframe, Panel
from shortform_assets.rendering.crop_expressions import FramedSegment, cut

SOURCE = (640, 360)
SLOT = (270, 480)
WIDE, TALL = 150.0, 266.67


def value(expression: str, n: int) -> float:
    """The expression at frame `n`; `if`, `lt` and `clip` mean what they do in FFmpeg."""
    names = {
        "choose": lambda asked, yes, no: yes if asked else no,
        "lt": lambda a, b: a < b,
        "clip": lambda v, low, high: min(max(v, low), high),
        "n": n,
    }
    return float(eval(expression.replace("if(", "choose("), {"__builtins__": {}}, names))


@st.composite
def shots(draw) -> list[FramedSegment]:
    """Framings one after the other, some still, some moving, all of one box, the first cut by its segment."""
    edges = [0, *sorted(draw(st.sets(st.integers(2, 300), min_size=1, max_size=5)))]
    made, most = [], draw(st.sampled_from([1, 4]))
    for start, end in pairwise(edges):
        frames = sorted(draw(st.sets(st.integers(start, end - 1), min_size=1, max_size=most)))
        path = tuple(
            Keyframe(frame=f, x=draw(st.floats(0, SOURCE[0] - WIDE)), y=draw(st.floats(0, SOURCE[1] - TALL)))
            for f in frames
        )
        panel = Panel(slot=(0, 0, 1, 1), width=WIDE, height=TALL, path=path)
        made.append(Framing(start_frame=start, end_frame=end, layout="single", reason="r", panels=(panel,)))
    origin = draw(st.integers(0, made[0].end_frame - 1))
    return [FramedSegment(f, max(origin, f.start_frame), f.end_frame) for f in made]


@settings(max_examples=200, deadline=None)
@given(shots())
def test_what_is_rendered_is_what_the_contract_says(shots):
    plan = cut(shots, 0, SLOT, SOURCE)
    zoom = [plan.scaled[axis] / plan.region[axis] for axis in (0, 1)]
    for shot in shots:
        panel = shot.framing.panels[0]
        for frame in range(shot.start, shot.end):
            n = frame - shots[0].start
            corner = [value(plan.x, n), value(plan.y, n)]
            assert all(at % 2 == 0 for at in corner)
            shown = [float(SLOT[axis]) / zoom[axis] for axis in (0, 1)]
            if plan.fine:
                corner = [at + value(plan.fine[axis], n) / zoom[axis] for axis, at in enumerate(corner)]
            x1, y1, x2, y2 = panel.crop(frame)
            # Whole even pixels of the source, and of the output after the zoom.
            assert corner == pytest.approx([x1, y1], abs=1.5), frame
            assert [a + b for a, b in zip(corner, shown, strict=True)] == pytest.approx([x2, y2], abs=2.5)
            for axis in (0, 1):
                assert 0 <= corner[axis] <= corner[axis] + shown[axis] <= SOURCE[axis] + 1e-6


def test_a_moving_camera_is_exact_to_a_twentieth_of_a_pixel():
    path = (Keyframe(frame=0, x=10.37, y=20), Keyframe(frame=97, x=433.21, y=61.5))
    panel = Panel(slot=(0, 0, 1, 1), width=WIDE, height=TALL, path=path)
    framing = Framing(start_frame=0, end_frame=98, layout="single", reason="r", panels=(panel,))
    plan = cut([FramedSegment(framing, 0, 98)], 0, SLOT, SOURCE)
    assert plan.fine is not None
    for frame in range(98):
        for axis, coarse in enumerate((plan.x, plan.y)):
            zoom = plan.scaled[axis] / plan.region[axis]
            at = value(coarse, frame) + value(plan.fine[axis], frame) / zoom
            assert at == pytest.approx(panel.corner(frame)[axis], abs=0.05)
