"""Failure mode 6: every way in which overlays can go wrong is found, and a plan that is right yields nothing."""

from __future__ import annotations

import pytest
from enhancement_talk import RATE, RULES, camera, planned, transcript, turns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.clips import CropPathsSet, FaceBox
from shortform_assets.contracts.creative import ClipEnhancement
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.selection import ClipPlan, Span
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.failure_modes import overlay_collisions

WORDS = transcript()
LAST = len(WORDS.words) - 1
CLIP = planned([Span(start_frame=0, end_frame=RATE.nearest((LAST + 1) * 320))], [(0, LAST)])
FACES = tuple(FaceBox(frame=f, x=0.3, y=0.3, width=0.4, height=0.2) for f in range(0, CLIP.frames, 12))


def made(bench, faces=FACES, words=WORDS, clip=CLIP, rules=RULES):
    """A plan by the planner, and the cameras it was made for."""
    ensure_shipped_styles(bench.store)
    plan = ClipPlan(editor="local", rate=RATE, clips=(clip,), target_count=1)
    crops = CropPathsSet(clips=(camera(clip, faces),))
    style = resolve_style(bench.store, "shortform")
    request = EnhancementRequest(plan, words, turns(words), crops, style, rules, CreativeEdits(edits=()))
    return plan_enhancement(bench, FallbackFonts().load(), (), request), crops


def found(plan, crops, change=None, rules=RULES) -> list[str]:
    """What the detector says after `change` has been made to the plan's only clip."""
    clips = tuple(clip.model_copy(update=change(clip)) if change else clip for clip in plan.clips)
    return overlay_collisions(plan.model_copy(update={"clips": clips}), crops, rules)


def test_a_plan_that_is_right_yields_nothing(bench):
    assert found(*made(bench)) == []
    bare = RULES.model_copy(update={"captions": False, "hook": False, "logo": False})
    plan, crops = made(bench, rules=bare)
    assert found(plan, crops, rules=bare) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["we", "so.", "Kubernetes", "今天", "我们", "สวัสดี", "x" * 70, "👩‍👩‍👧", "שלום"]), min_size=1, max_size=40), st.integers(40, 600))  # fmt: skip
def test_whatever_is_said_and_however_fast_the_planner_leaves_no_fault(bench, texts, step):
    words = transcript(" ".join(texts), step)
    clip = planned(
        [Span(start_frame=0, end_frame=max(2, RATE.nearest(len(texts) * step)))], [(0, len(texts) - 1)]
    )
    # A crowd of words at the end of a short clip may come late; nothing else may be wrong.
    plan, crops = made(bench, (), words, clip)
    if plan.dropped:
        assert "caption pages do not fit its" in plan.dropped[0].reason
        assert clip.frames < 2 * len("".join(texts)) / 8
    faults = found(plan, crops)
    assert [fault for fault in faults if "at another time" not in fault] == []
    assert step < 250 or faults == []


def page_of(clip: ClipEnhancement, number: int, **change):
    pages = list(clip.pages)
    pages[number] = pages[number].model_copy(update=change)
    return {"pages": tuple(pages)}


def moved(values: dict, aspect: str, value) -> dict:
    return {**values, aspect: value}


FAULTS = {
    "a page over the next": (
        lambda c: page_of(c, 1, end_frame=c.pages[2].start_frame + 1),
        "two caption pages at frame",
    ),
    "a page that is gone": (lambda c: {"pages": c.pages[:2] + c.pages[3:]}, "has no caption"),
    "no pages at all": (lambda c: {"pages": ()}, "has no caption"),
    "a word left out of its page": (
        lambda c: page_of(c, 0, lines=(c.pages[0].lines[0][1:], *c.pages[0].lines[1:])),
        "has no caption",
    ),
    "a word nobody says": (
        lambda c: page_of(
            c, 0, lines=(*c.pages[0].lines, (c.pages[0].lines[0][0].model_copy(update={"text": "Quux"}),))
        ),
        "4 letters of its captions are not said",
    ),
    "a page that comes late": (
        lambda c: page_of(c, 0, start_frame=c.pages[0].end_frame - 1)
        | {"words": tuple(w.model_copy(update={"start_frame": 0}) for w in c.words[:1]) + c.words[1:]},
        "its caption at another time",
    ),
    "pages of another clip's end": (
        lambda c: page_of(c, -1, end_frame=CLIP.frames + 30),
        "is cut off by the end of the clip",
    ),
    "a page below the safe box": (
        lambda c: page_of(c, 0, anchor=moved(c.pages[0].anchor, "9:16", 0.9)),
        "the 9:16 caption at frame 0 leaves the safe box",
    ),
    "a page too wide, in one output": (
        lambda c: page_of(c, 0, size=moved(c.pages[0].size, "1:1", (0.97, 0.1))),
        "the 1:1 caption at frame 0 leaves the safe box",
    ),
    "a page that was shrunk and no longer is": (
        lambda c: page_of(c, 0, size={a: (2 * w, 2 * h) for a, (w, h) in c.pages[0].size.items()}),
        "leaves the safe box",
    ),
    "a page over a face": (
        lambda c: page_of(c, 0, anchor=moved(c.pages[0].anchor, "9:16", 0.4)),
        "the 9:16 caption at frame 0 covers a face",
    ),
    "a page without a place": (
        lambda c: page_of(c, 0, anchor={"9:16": c.pages[0].anchor["9:16"]}),
        "1:1 has no place for the caption at frame 0",
    ),
    "a hook outside": (
        lambda c: {"hook": c.hook.model_copy(update={"anchor": moved(c.hook.anchor, "9:16", 0.05)})},
        "the 9:16 hook at frame 0 leaves the safe box",
    ),
    "a hook over a face": (
        lambda c: {"hook": c.hook.model_copy(update={"anchor": moved(c.hook.anchor, "9:16", 0.4)})},
        "the 9:16 hook at frame 0 covers a face",
    ),
    "a hook over captions": (
        lambda c: {"hook": c.hook.model_copy(update={"anchor": moved(c.hook.anchor, "1:1", 0.8)})},
        "the 1:1 hook stands over the caption",
    ),
    "a logo under the hook": (
        lambda c: {"logo": moved(c.logo, "9:16", c.logo["9:16"].model_copy(update={"start_frame": 0, "y": c.hook.anchor["9:16"]}))},
        "the 9:16 logo stands over the hook at frame 0",
    ),
    "a logo over captions": (
        lambda c: {"logo": moved(c.logo, "9:16", c.logo["9:16"].model_copy(update={"y": 0.58, "x": 0.4}))},
        "the 9:16 logo stands over the caption",
    ),
    "a logo over a face": (
        lambda c: {"logo": moved(c.logo, "1:1", c.logo["1:1"].model_copy(update={"x": 0.35, "y": 0.38}))},
        "the 1:1 logo at frame 75 covers a face",
    ),
    "a logo outside": (
        lambda c: {"logo": moved(c.logo, "1:1", c.logo["1:1"].model_copy(update={"y": 0.01}))},
        "the 1:1 logo at frame 75 leaves the safe box",
    ),
    "no logo in one output": (
        lambda c: {"logo": {"9:16": c.logo["9:16"]}},
        "1:1 has no place for the logo",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_found(bench, name):
    change, said = FAULTS[name]
    plan, crops = made(bench)
    faults = found(plan, crops, change)
    assert any(said in fault for fault in faults), faults
    assert all(fault.startswith(f"clip {CLIP.clip_id}: ") for fault in faults)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 0.7), st.floats(0, 0.7), st.floats(0.1, 0.3)), min_size=1, max_size=4))
def test_a_caption_over_a_face_is_reported_only_where_there_was_no_other_place(bench, shapes):
    faces = tuple(
        FaceBox(frame=f, x=x, y=y, width=s, height=s) for f in range(0, CLIP.frames, 12) for x, y, s in shapes
    )
    plan, crops = made(bench, faces)
    faults = found(plan, crops)
    assert not any("leaves" in fault or "stands over the logo" in fault for fault in faults)
    for page in plan.clips[0].pages:
        for output in crops.clips[0].aspects:
            name = f"the {output.aspect} caption at frame {page.start_frame} covers a face"
            if any(name in fault for fault in faults):
                safe, logo = RULES.safe_box[output.aspect].box, plan.clips[0].logo[output.aspect].box
                width, height = page.size[output.aspect]
                places = (OutputBox.around(n / 100, max(width, 0.6), height + 0.03) for n in range(100))
                free = [
                    place
                    for place in places
                    if not place.leaves(safe, 0)
                    and not place.meets(logo)
                    and not any(place.meets(face.box) for face in output.faces)
                ]
                assert free == []
