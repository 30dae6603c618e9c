"""Where captions and hook stand: in the safe box, off faces and the logo, and still."""

from __future__ import annotations

import pytest
from enhancement_talk import (
    BOX,
    RATE,
    RULES,
    camera,
    enhanced,
    whole,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.clips import (
    FaceBox,
)
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.creative.captions.draw.overlay_faults import overlay_faults
from shortform_assets.creative.captions.draw.placement import FOREHEAD, Block, covered, place
from shortform_assets.creative.captions.text.typeset import line_share
from shortform_assets.errors import InputError

FACES = st.lists(
    st.tuples(st.integers(0, 240), st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.05, 0.3)), max_size=12
)


@settings(max_examples=120, deadline=None)
@given(FACES, st.lists(st.integers(1, 3), min_size=1, max_size=8))
def test_captions_stay_in_the_box_and_off_faces_where_they_can(faces, lines):
    clip = whole()
    boxes = [FaceBox(frame=f, x=x, y=y, width=s, height=s) for f, x, y, s in sorted(faces)]
    framing = camera(clip, boxes, cuts=(120,)).aspects[0]
    blocks = [Block(30 * i, 30 * i + 30, 0.7, 0.05 * n) for i, n in enumerate(lines)]
    anchors = place(blocks, framing, BOX, 0.58, RATE)
    for block, anchor in zip(blocks, anchors, strict=True):
        half = block.height / 2
        assert BOX.top - 1e-6 <= anchor - half
        assert anchor + half <= BOX.bottom + 1e-6
        seen = [b for b in boxes if block.start_frame <= b.frame < block.end_frame]
        hit = any(covered(b, OutputBox(0.15, anchor - half, 0.85, anchor + half)) for b in seen)
        around = [b for b in boxes if block.start_frame - 20 <= b.frame < block.end_frame + 20]
        free = [
            a / 100
            for a in range(18, 62)
            if BOX.top <= a / 100 - half - 0.03
            and a / 100 + half + 0.03 <= BOX.bottom
            and not any(
                b.y < a / 100 + half + 0.03 and b.y + b.height > a / 100 - half - 0.03 for b in around
            )
        ]
        assert not (hit and free)


def test_captions_hold_still_within_a_framing():
    """A face that drifts does not make captions jump; a new framing may move them."""
    clip = whole()
    faces = [FaceBox(frame=f, x=0.3, y=0.2 + 0.0006 * f, width=0.4, height=0.2) for f in range(0, 150, 12)]
    faces += [FaceBox(frame=f, x=0.3, y=0.45, width=0.4, height=0.2) for f in range(150, 270, 12)]
    framing = camera(clip, faces, cuts=(150,)).aspects[0]
    blocks = [Block(30 * i, 30 * i + 30, 0.7, 0.1) for i in range(9)]
    anchors = place(blocks, framing, BOX, 0.58, RATE)
    assert len(set(anchors[:5])) == 1
    assert anchors[0] == pytest.approx(0.58)
    assert len(set(anchors[5:])) == 1
    assert anchors[5] + 0.05 < 0.46


def test_text_stands_in_the_safe_box_of_every_platform_of_its_output(bench, style):
    """The genre's box and those of the style's platforms that take the aspect ratio, all at once."""
    clip = whole()
    boxes = {
        "tiktok": SafeBox(left=0.06, top=0.3, right=0.7, bottom=0.9),
        "reels": SafeBox(left=0.2, top=0.1, right=0.95, bottom=0.55),
        "feed": SafeBox(left=0.0, top=0.0, right=1.0, bottom=0.6),
    }
    narrow = style.model_copy(update={"safe_box": boxes})
    (made,) = enhanced(bench, narrow, [clip], [camera(clip)]).clips
    wanted = {"9:16": OutputBox(0.2, 0.3, 0.7, 0.55), "1:1": OutputBox(0.05, 0.05, 0.95, 0.6)}
    (free,) = enhanced(bench, style, [clip], [camera(clip)]).clips
    for aspect, box in wanted.items():
        assert made.pages
        for page in made.pages:
            assert not page.box(aspect).leaves(box, 0.001)
        assert any(page.box(aspect).leaves(box, 0.001) for page in free.pages)
        assert not made.logo[aspect].box.leaves(box, 0.001)
        assert made.hook is not None
        card = made.hook.box(aspect)
        assert card is None or not card.leaves(box, 0.001)
    moved = made.model_copy(update={"pages": free.pages})
    assert list(overlay_faults(made, camera(clip), RULES)) == []
    assert any(
        "caption" in fault and "leaves the safe box" in fault
        for fault in overlay_faults(moved, camera(clip), RULES)
    )
    apart = style.model_copy(
        update={"safe_box": {"tiktok": SafeBox(left=0.06, top=0.7, right=0.9, bottom=0.95)}}
    )
    with pytest.raises(InputError, match=r"its safe boxes and the genre's leave no room for text in 9:16"):
        enhanced(bench, apart, [clip], [camera(clip)])


def test_captions_of_a_close_up_stand_below_the_chin_and_the_hook_above_the_brows(bench, style):
    clip = whole()
    face = FaceBox(frame=0, x=0.15, y=0.17, width=0.7, height=0.38)
    faces = [face.model_copy(update={"frame": f}) for f in range(0, clip.frames, 12)]
    made = enhanced(bench, style, [clip], [camera(clip, faces)]).clips[0]
    share = line_share(style.captions.size, "9:16")
    for page in made.pages:
        assert page.anchor["9:16"] - share * len(page.lines) / 2 >= face.y + 0.95 * face.height
    assert len({page.anchor["9:16"] for page in made.pages}) == 1
    card = made.hook.box("9:16")
    assert BOX.top <= card.top
    assert card.bottom <= face.y + FOREHEAD * face.height
    # A logo beside the card would crowd it: it comes when the card has gone.
    assert made.logo["9:16"].start_frame == made.hook.end_frame


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FACES)
def test_neither_captions_nor_hook_ever_touch_the_logo(bench, style, faces):
    clip = whole()
    boxes = [FaceBox(frame=f, x=x, y=y, width=s, height=s) for f, x, y, s in sorted(faces)]
    made = enhanced(bench, style, [clip], [camera(clip, boxes, cuts=(120,))]).clips[0]
    for aspect, logo in made.logo.items():
        assert not any(page.box(aspect).meets(logo.box) for page in made.pages)
        card = made.hook.box(aspect) if made.hook else None
        assert not (card and card.meets(logo.box)) or logo.start_frame >= made.hook.end_frame


def test_captions_move_off_the_logo_when_a_face_drives_them_up():
    """A face from below the logo to the end of the safe box leaves only the logo's row: not beside it."""
    logo = OutputBox(0.06, 0.14, 0.26, 0.17)
    faces = [FaceBox(frame=f, x=0.2, y=0.26, width=0.6, height=0.4) for f in range(0, 120, 12)]
    framing = camera(whole(), faces).aspects[0]
    block = [Block(0, 60, 0.7, 0.08)]
    (free,) = place(block, framing, BOX, 0.58, RATE)
    (moved,) = place(block, framing, BOX, 0.58, RATE, [logo])
    assert free - 0.04 < logo.bottom <= moved - 0.04


def test_the_hook_gives_way(bench, style):
    """Where faces and captions leave no room there is no card over them."""
    clip = whole()
    faces = [FaceBox(frame=f, x=0.1, y=0.0, width=0.8, height=0.48) for f in range(0, clip.frames, 12)]
    made = enhanced(bench, style, [clip], [camera(clip, faces)]).clips[0]
    assert made.hook is not None
    assert set(made.hook.anchor) == {"1:1"}
    crowd = ((0.0, 0.25), (0.22, 0.25), (0.44, 0.25))
    faces = [f.model_copy(update={"y": y, "height": tall}) for f in faces for y, tall in crowd]
    assert enhanced(bench, style, [clip], [camera(clip, faces)]).clips[0].hook is None
    off = RULES.model_copy(update={"captions": False, "hook": False, "logo": False})
    bare = enhanced(bench, style, [clip], [camera(clip)], rules=off).clips[0]
    assert (bare.pages, bare.hook, bare.logo, bare.show_logo) == ((), None, {}, False)


def test_a_logo_whose_corners_hide_faces_stands_lower(bench, style):
    clip = whole()
    heads = [
        FaceBox(frame=f, x=x, y=0.05, width=0.35, height=0.2)
        for f in range(0, clip.frames, 12)
        for x in (0.02, 0.6)
    ]
    plan = enhanced(bench, style, [clip], [camera(clip, heads)])
    (made,) = plan.clips
    logo = made.logo["9:16"].box
    assert 0.2 < logo.top < 0.3
    assert logo.left == pytest.approx(BOX.left, abs=1e-3)
    assert not [fault for fault in overlay_faults(made, camera(clip, heads), RULES) if "logo" in fault]
