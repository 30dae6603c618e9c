"""Captions, hook and logo keep off text that is in the picture already, and stand where a layout leaves room."""

from __future__ import annotations

from itertools import pairwise

import pytest
from enhancement_talk import BOX, RATE, RULES, camera, enhanced, planned, whole
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.clips import CropPaths, FaceBox
from shortform_assets.contracts.existing_text import SeenText
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.overlays import PunchIn, ZoomFocus, punched
from shortform_assets.contracts.selection import Span
from shortform_assets.creative.captions.draw.overlay_faults import overlay_faults
from shortform_assets.creative.captions.draw.placement import Block, covered, place


def text(start: int, end: int, x: float, y: float, width: float, height: float, kind="still") -> SeenText:
    return SeenText(start_frame=start, end_frame=end, kind=kind, x=x, y=y, width=width, height=height)


def with_texts(crop: CropPaths, *texts: SeenText) -> CropPaths:
    return crop.model_copy(
        update={"aspects": tuple(a.model_copy(update={"texts": texts}) for a in crop.aspects)}
    )


def fitted(crop: CropPaths, slot: tuple[float, float, float, float]) -> CropPaths:
    """The whole picture in `slot` over a blurred fill."""
    aspects = []
    for aspect in crop.aspects:
        framings = (
            f.model_copy(
                update={
                    "layout": "fit",
                    "fill": "blur",
                    "panels": tuple(p.model_copy(update={"slot": slot, "width": 1920}) for p in f.panels),
                }
            )
            for f in aspect.framings
        )
        aspects.append(aspect.model_copy(update={"framings": tuple(framings)}))
    return crop.model_copy(update={"aspects": tuple(aspects)})


LINES = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.integers(20, 260),
        st.floats(0, 0.6),
        st.floats(0.1, 0.7),
        st.floats(0.1, 0.4),
        st.floats(0.02, 0.06),
    ),
    max_size=6,
)
FACES = st.lists(
    st.tuples(st.integers(0, 240), st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.05, 0.3)), max_size=5
)


@settings(max_examples=150, deadline=None)
@given(LINES, FACES, st.lists(st.integers(1, 3), min_size=1, max_size=8))
def test_captions_are_over_text_only_where_all_else_is_a_face(lines, faces, sizes):
    boxes = [FaceBox(frame=f, x=x, y=y, width=s, height=s) for f, x, y, s in sorted(faces)]
    texts = [text(start, start + long, x, y, wide, tall) for start, long, x, y, wide, tall in lines]
    framing = with_texts(camera(whole(), boxes, cuts=(120,)), *texts).aspects[0]
    blocks = [Block(30 * i, 30 * i + 30, 0.7, 0.05 * n) for i, n in enumerate(sizes)]
    anchors = place(blocks, framing, BOX, 0.58, RATE)
    for block, anchor in zip(blocks, anchors, strict=True):
        own = OutputBox.around(anchor, block.width, block.height)
        seen = [t.box for t in texts if t.start_frame < block.end_frame and block.start_frame < t.end_frame]
        around = [b.box for b in boxes if block.start_frame - 20 <= b.frame < block.end_frame + 20]
        air = OutputBox.around(0, block.width, block.height + 0.05)
        free = [
            at / 100
            for at in range(15, 65)
            if BOX.top <= at / 100 + air.top
            and at / 100 + air.bottom <= BOX.bottom
            and not any(
                other.meets(air._replace(top=at / 100 + air.top, bottom=at / 100 + air.bottom))
                for other in (*seen, *around)
            )
        ]
        hit = any(own.meets(other) for other in seen)
        assert not (hit and free)
        # Nor is a face covered to spare a text.
        if hit or any(covered(b, own) for b in boxes if block.start_frame <= b.frame < block.end_frame):
            assert not free


def test_captions_leave_a_lower_third_and_need_not_come_back():
    title = text(100, 180, 0.1, 0.54, 0.7, 0.08)
    framing = with_texts(camera(whole()), title).aspects[0]
    blocks = [Block(30 * i, 30 * i + 30, 0.7, 0.1) for i in range(9)]
    anchors = place(blocks, framing, BOX, 0.58, RATE)
    for block, anchor in zip(blocks, anchors, strict=True):
        if block.start_frame < 180 and block.end_frame > 100:
            assert not OutputBox.around(anchor, 0.7, 0.1).meets(title.box)
    assert sum(one != other for one, other in pairwise(anchors)) <= 2


def test_captions_of_a_slide_stand_beside_it_and_the_hook_too(bench, style):
    """A slide whole in the middle: its text is in the way below, and free filling above."""
    clip = whole()
    slide = (0.0, 0.342, 1.0, 0.316)
    rows = [text(0, clip.frames, 0.05, 0.36 + 0.05 * n, 0.8, 0.03) for n in range(5)]
    made = enhanced(bench, style, [clip], [with_texts(fitted(camera(clip), slide), *rows)]).clips[0]
    for page in made.pages:
        assert page.box("9:16").bottom <= slide[1]
    assert made.hook is not None
    assert made.hook.box("9:16").bottom <= slide[1]
    assert not any(page.box("9:16").meets(made.hook.box("9:16")) for page in made.pages)


def test_captions_prefer_what_a_layout_leaves_free(bench, style):
    clip = whole()
    for slot in ((0.0, 0.342, 1.0, 0.316), (0.0, 0.14, 1.0, 0.316), (0.0, 0.4, 1.0, 0.316)):
        made = enhanced(bench, style, [clip], [fitted(camera(clip), slot)]).clips[0]
        for page in made.pages:
            box = page.box("9:16")
            assert box.bottom <= slot[1] + 0.005 or box.top >= slot[1] + slot[3] - 0.005


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_a_hook_is_never_over_text(bench, style, lines):
    clip = whole()
    texts = [text(start, start + long, x, y, wide, tall) for start, long, x, y, wide, tall in lines]
    made = enhanced(bench, style, [clip], [with_texts(camera(clip), *texts)]).clips[0]
    for aspect in made.hook.anchor if made.hook else ():
        assert not any(
            made.hook.box(aspect).meets(t.box) for t in texts if t.start_frame < made.hook.end_frame
        )


def test_the_logo_takes_the_corner_without_the_channels_own(bench, style):
    clip = planned([Span(start_frame=0, end_frame=100)], [(0, 5)])
    bare = enhanced(bench, style, [clip], [camera(clip)]).clips[0].logo["9:16"]
    channel = text(0, 100, bare.x, bare.y, bare.width, bare.height)
    moved = enhanced(bench, style, [clip], [with_texts(camera(clip), channel)]).clips[0].logo["9:16"]
    assert not moved.box.meets(channel.box)
    assert moved.y == pytest.approx(bare.y)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, FACES)
def test_the_check_finds_nothing_to_say_about_what_was_planned(bench, style, lines, faces):
    clip = whole()
    boxes = [FaceBox(frame=f, x=x, y=y, width=s, height=s) for f, x, y, s in sorted(faces)]
    texts = [text(start, start + long, x, y, wide, tall) for start, long, x, y, wide, tall in lines]
    crop = with_texts(camera(clip, boxes, cuts=(120,)), *texts)
    made = enhanced(bench, style, [clip], [crop]).clips[0]
    assert not [fault for fault in overlay_faults(made, crop, RULES) if "text of the picture" in fault]


def test_the_check_finds_a_caption_over_text_where_there_is_room(bench, style):
    clip = whole()
    made = enhanced(bench, style, [clip], [camera(clip)]).clips[0]
    over = with_texts(camera(clip), text(0, clip.frames, 0.1, 0.55, 0.8, 0.06))
    faults = [fault for fault in overlay_faults(made, over, RULES) if "text of the picture" in fault]
    assert any("9:16 caption" in fault for fault in faults)
    everywhere = [text(0, clip.frames, 0.0, 0.1 * n, 1.0, 0.09) for n in range(10)]
    full = with_texts(camera(clip), *everywhere)
    assert not [fault for fault in overlay_faults(made, full, RULES) if "text of the picture" in fault]


def test_text_grows_with_the_picture_that_is_punched_in():
    crop = with_texts(camera(whole()), text(20, 200, 0.4, 0.5, 0.2, 0.05))
    punch = PunchIn(start_frame=50, end_frame=80, ramp=5, focus={"9:16": ZoomFocus(x=0.5, y=0.3, zoom=1.2)})
    upright, square = (punched(aspect, (punch,), 10) for aspect in crop.aspects)
    assert square.texts == crop.aspects[1].texts
    before, grown = upright.texts
    assert before == crop.aspects[0].texts[0]
    assert (grown.start_frame, grown.end_frame) == (50, 80)
    assert grown.box == pytest.approx((0.38, 0.54, 0.62, 0.6), abs=1e-3)
