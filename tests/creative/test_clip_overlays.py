"""Everything that a style may lay over a clip, planned together: nothing over a face, outside, over each other, or seen
too short to be read, in any look."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from enhancement_talk import RATE, RULES, camera, planned, transcript, turns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from present import present
from style_folder import png, tone

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.clips import CropPathsSet, FaceBox
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.overlays import OVERLAYS, zoomed
from shortform_assets.contracts.selection import ClipPlan, Span
from shortform_assets.contracts.style_b_roll import BRollShot, BRollStyle
from shortform_assets.contracts.style_contracts import (
    CallToActionStyle,
    CaptionLook,
    EndCardStyle,
    IntroCardStyle,
    LowerThirdStyle,
    ProgressBarStyle,
    PunchInStyle,
)
from shortform_assets.contracts.style_sounds import EffectsStyle, JoinSoundStyle, PunchInSoundStyle
from shortform_assets.creative.captions.text.clip_words import clip_words
from shortform_assets.creative.captions.text.key_words import key_words
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement
from shortform_assets.creative.overlays.speaker_names import speaker_names
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.failure_modes import overlay_collisions

TALK = (
    "I'm Ada Lovelace and in 1843 I wrote the first program. Nobody believed it would ever matter. "
    "Then 100 years later everything changed for all of us."
)
ADA = "Ada Lovelace"
LOOKS = get_args(CaptionLook)


def sounds(bench):
    """Of the brand's own, at joins and zooms."""
    path = bench.scratch / "swoosh.wav"
    path.write_bytes(tone(0.4))
    heard = {"file": bench.keep(path), "level_lu": -10}
    return EffectsStyle(join=JoinSoundStyle(**heard), punch_in=PunchInSoundStyle(**heard))


def library(bench, *words, place="full", seconds=3.0):
    """A picture for every list of words."""
    shots = []
    for n, said in enumerate(words):
        path = bench.scratch / "shot.png"
        path.write_bytes(png(600 + n, 600))
        shots.append(BRollShot(file=bench.keep(path), words=tuple(said)))
    return BRollStyle(shots=tuple(shots), place=place, seconds=seconds)


def everything(bench, look="karaoke"):
    """The house style with every overlay there is."""
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "shortform")
    font, logo = style.captions.font, present(style.logo)
    type_ = {"font": font, "size": 0.03, "colour": "#FFFFFF"}
    return style.model_copy(
        update={
            "captions": style.captions.model_copy(update={"look": look, "emphasis_colour": "#FF5A3C"}),
            "logo": logo.model_copy(update={"sting": True}),
            "lower_third": LowerThirdStyle(**type_, box_colour="#101014", seconds=3),
            "progress_bar": ProgressBarStyle(colour="#FFD60A", height=0.006),
            "call_to_action": CallToActionStyle(**type_, box_colour="#101014", text="Follow us", seconds=2),
            "end_card": EndCardStyle(**type_, background="#101014", text="shortform", seconds=1.5),
            "intro_card": IntroCardStyle(**type_, background="#101014", text="The Ada Show", seconds=1),
            "audio": style.audio.model_copy(update={"effects": sounds(bench)}),
            "b_roll": library(bench, ["matter"]),
            "punch_in": PunchInStyle(zoom=1.15, seconds=1.2),
        }
    )


def made(bench, style, faces=(), text=TALK, step=320, rules=RULES, glossary=(ADA,), cuts=()):
    words = transcript(text, step)
    last = len(words.words) - 1
    clip = planned([Span(start_frame=0, end_frame=max(2, RATE.nearest((last + 1) * step)))], [(0, last)])
    crops = CropPathsSet(clips=(camera(clip, faces, cuts=[c for c in cuts if c < clip.frames]),))
    plan = ClipPlan(editor="local", rate=RATE, clips=(clip,), target_count=1)
    request = EnhancementRequest(
        plan, words, turns(words), crops, style, rules, CreativeEdits(edits=()), glossary
    )
    return plan_enhancement(bench, FallbackFonts().load(), (), request), crops


def face(y=0.3, size=0.2, x=0.35, frames=400):
    return tuple(FaceBox(frame=f, x=x, y=y, width=size, height=size) for f in range(0, frames, 12))


def test_all_of_them_find_their_place(bench):
    plan, crops = made(bench, everything(bench), face(y=0.2, size=0.12))
    (clip,) = plan.clips
    assert [strip.name for strip in clip.lower_thirds] == [ADA]
    # All that stands over the picture waits for it; captions do not, for they are said.
    assert clip.intro_card.end_frame == RATE.nearest(1000)
    assert clip.hook.start_frame == clip.lower_thirds[0].start_frame == clip.intro_card.end_frame
    assert (
        min(p.start_frame for p in clip.logo.values())
        >= clip.intro_card.end_frame
        <= clip.punch_ins[0].start_frame
    )
    assert clip.pages[0].start_frame < 10
    for aspect in ("9:16", "1:1"):
        safe = RULES.safe_box[aspect].box
        assert clip.progress_bar[aspect].box.bottom == pytest.approx(safe.bottom, abs=1e-4)
        assert clip.call_to_action.box(aspect)
        assert clip.end_card.box(aspect)
        assert clip.intro_card.box(aspect)
        assert clip.lower_thirds[0].place[aspect].box.left == pytest.approx(safe.left)
        # A line of its own: captions end above it.
        assert all(page.box(aspect).bottom < clip.progress_bar[aspect].box.top for page in clip.pages)
    frames = crops.clips[0].frames
    assert clip.call_to_action.end_frame == clip.end_card.start_frame == frames
    assert clip.end_card.end_frame == frames + RATE.nearest(1500)
    assert clip.punch_ins
    assert [slot.reason for slot in clip.b_roll] == ["shown because 'matter' is said at 00:05"]
    assert (clip.b_roll[0].start_frame, clip.b_roll[0].end_frame) == (
        RATE.nearest(16 * 320),
        RATE.nearest(16 * 320 + 3000),
    )
    assert overlay_collisions(plan, crops, RULES) == []


@pytest.mark.parametrize(("y", "height"), [(0.2, 0.5), (0.55, 0.5), (0.44, 1.0)])
def test_the_edge_of_b_roll_cuts_no_face(bench, y, height):
    style = everything(bench).model_copy(update={"b_roll": library(bench, ["matter"], place="upper")})
    plan, _ = made(bench, style, face(y=y, size=0.12))
    (slot,) = plan.clips[0].b_roll
    assert slot.height == {"9:16": height, "1:1": height}


@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_said_in_whatever_look_the_planner_leaves_no_fault(bench, data):
    """Random words, faces, cuts and looks with every overlay: the detector of failure mode 6 finds nothing, and what
    stands within one framing stands still."""
    look = data.draw(st.sampled_from(LOOKS))
    said = data.draw(st.lists(st.sampled_from(["so", "Kubernetes", "42", "today.", "今天", "สวัสดี", "שלום", "x" * 40, ADA]), min_size=6, max_size=40))  # fmt: skip
    y, size = data.draw(st.floats(0.02, 0.5)), data.draw(st.floats(0.05, 0.3))
    cuts = sorted(data.draw(st.sets(st.integers(30, 200), max_size=2)))
    step = data.draw(st.integers(260, 600))
    faces = face(y, size, data.draw(st.floats(0, 0.7)))
    plan, crops = made(bench, everything(bench, look), faces, " ".join(said), step, cuts=cuts)
    for clip in plan.clips:
        faults = overlay_collisions(plan, crops, RULES)
        # Where a face leaves captions no other place, they say so; see test_overlay_faults.py.
        told = [f for f in faults if "caption" not in f or "covers a face" not in f]
        # A card may touch a forehead, never more: `covered` tells.
        assert [f for f in told if "at another time" not in f] == []
        for camera_ in crops.clips[0].aspects:
            at = [(camera_.mostly(p.start_frame, p.end_frame), p.anchor[camera_.aspect]) for p in clip.pages]
            jumps = sum(a[0] == b[0] and a[1] != b[1] for a, b in pairwise(at))
            assert jumps <= len(cuts) + 1
        if look == "one_word" and "x" * 40 not in said:
            # Two words that must share a page and are too wide for a line stay on two.
            assert all(len(page.lines) == 1 for page in clip.pages)


def first(values, **change):
    return (values[0].model_copy(update=change), *values[1:])


def put(places, aspect, **change):
    return {**places, aspect: places[aspect].model_copy(update=change)}


FAULTS = {
    "a name over a face": (
        lambda c: {"lower_thirds": first(c.lower_thirds, place=put(c.lower_thirds[0].place, "1:1", x=0.35, y=0.22))},
        "the 1:1 lower third at frame 25 covers a face",
    ),
    "a name off the frame": (
        lambda c: {"lower_thirds": first(c.lower_thirds, place=put(c.lower_thirds[0].place, "9:16", x=0.9))},
        "the 9:16 lower third at frame 25 leaves the safe box",
    ),
    "a name over captions": (
        lambda c: {"lower_thirds": first(c.lower_thirds, place=put(c.lower_thirds[0].place, "1:1", x=0.3, y=0.79))},
        "the 1:1 lower third stands over the caption",
    ),
    "a name that flashes": (
        lambda c: {"lower_thirds": first(c.lower_thirds, end_frame=c.lower_thirds[0].start_frame + 4)},
        "lower third at frame 25 flickers",
    ),
    "a bar outside": (
        lambda c: {"progress_bar": put(c.progress_bar, "9:16", y=0.99)},
        "the 9:16 progress bar at frame 0 leaves the safe box",
    ),
    "a bar over a face": (
        lambda c: {"progress_bar": put(c.progress_bar, "9:16", y=0.26)},
        "the 9:16 progress bar at frame 0 covers a face",
    ),
    "a bar through captions": (
        lambda c: {"progress_bar": put(c.progress_bar, "1:1", y=c.pages[0].anchor["1:1"])},
        "the 1:1 progress bar stands over the caption",
    ),
    "a call over captions": (
        lambda c: {"call_to_action": c.call_to_action.model_copy(update={"anchor": c.pages[-1].anchor})},
        "call to action stands over the caption",
    ),
    "a call over a face": (
        lambda c: {"call_to_action": c.call_to_action.model_copy(update={"anchor": {"9:16": 0.26, "1:1": 0.26}})},
        "call to action at frame 166 covers a face",
    ),
    "a call after the end": (
        lambda c: {"call_to_action": c.call_to_action.model_copy(update={"end_frame": 9999})},
        "call to action at frame 166 is cut off by the end of the clip",
    ),
    "an intro card's words over captions": (
        lambda c: {"intro_card": c.intro_card.model_copy(update={"anchor": c.pages[0].anchor})},
        "intro card stands over the caption",
    ),
    "an intro card without words": (
        lambda c: {"intro_card": c.intro_card.model_copy(update={"anchor": {"9:16": 0.4}})},
        "1:1 has no place for the words of the intro card",
    ),
    "an end card without words": (
        lambda c: {"end_card": c.end_card.model_copy(update={"anchor": {"9:16": 0.4}})},
        "1:1 has no place for the words of the end card",
    ),
    "an end card's words outside": (
        lambda c: {"end_card": c.end_card.model_copy(update={"anchor": {"9:16": 0.95, "1:1": 0.4}})},
        "the 9:16 end card at frame 216 leaves the safe box",
    ),
    "a zoom that cuts a face": (
        lambda c: {"punch_ins": first(c.punch_ins, focus=put(c.punch_ins[0].focus, "9:16", x=0.0, zoom=2.5))},
        "zoom at frame 40 cuts a face",
    ),
    "a zoom over a cut": (
        lambda c: {"punch_ins": first(c.punch_ins, end_frame=140)},
        "zoom at frame 40 goes over a cut",
    ),
    "two zooms at once": (
        lambda c: {"punch_ins": (c.punch_ins[0], *c.punch_ins)},
        "zooms at frame 40",
    ),
    "b-roll in the first moments": (
        lambda c: {"b_roll": first(c.b_roll, start_frame=30)},
        "the b-roll shot at frame 30 hides the first moments",
    ),
    "b-roll under the hook": (
        lambda c: {"b_roll": first(c.b_roll, start_frame=c.hook.end_frame - 1)},
        "stands under the hook",
    ),
    "b-roll at once": (
        lambda c: {"b_roll": (c.b_roll[0], *c.b_roll)},
        "two b-roll shots at frame 128",
    ),
    "b-roll after the end": (
        lambda c: {"b_roll": first(c.b_roll, end_frame=9999)},
        "the b-roll shot at frame 128 is cut off by the end of the clip",
    ),
    "a zoom after the end": (
        lambda c: {"punch_ins": first(c.punch_ins, start_frame=9000, end_frame=9030)},
        "zoom at frame 9000 is cut off by the end of the clip",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_found(bench, name):
    change, said = FAULTS[name]
    plan, crops = made(bench, everything(bench), face(y=0.2, size=0.12), cuts=(120,))
    assert overlay_collisions(plan, crops, RULES) == []
    changed = tuple(clip.model_copy(update=change(clip)) for clip in plan.clips)
    faults = overlay_collisions(plan.model_copy(update={"clips": changed}), crops, RULES)
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_is_switched_off_by_the_genre(bench, name):
    rules = RULES.model_copy(update={"overlays": tuple(o for o in OVERLAYS if o != name)})
    plan, crops = made(bench, everything(bench), face(y=0.2, size=0.12), rules=rules)
    (clip,) = plan.clips
    there = {
        "emphasis": any(w.emphasis for p in clip.pages for line in p.lines for w in line),
        "lower_third": bool(clip.lower_thirds),
        "progress_bar": bool(clip.progress_bar),
        "call_to_action": clip.call_to_action is not None,
        "end_card": clip.end_card is not None,
        "punch_in": bool(clip.punch_ins),
        "intro_card": clip.intro_card is not None,
        "b_roll": bool(clip.b_roll),
        "sound_effects": bool(clip.audio.effects),
        "logo_sting": any(place.sting_frames for place in clip.logo.values()),
    }
    # A zoom that is not there is not heard.
    off = {name, "sound_effects"} if name == "punch_in" else {name}
    assert there == {other: other not in off for other in OVERLAYS}
    assert overlay_collisions(plan, crops, rules) == []


def test_a_style_that_has_none_of_them_means_what_it_meant(bench):
    ensure_shipped_styles(bench.store)
    plan, _ = made(bench, resolve_style(bench.store, "acme"), face())
    (clip,) = plan.clips
    assert not any(
        (
            clip.lower_thirds,
            clip.progress_bar,
            clip.call_to_action,
            clip.end_card,
            clip.punch_ins,
            clip.intro_card,
        )
    )
    assert not any(w.emphasis for page in clip.pages for line in page.lines for w in line)


@pytest.mark.parametrize(
    ("text", "glossary", "names"),
    [
        ("Hello. I'm Ada Lovelace and I write.", (ADA,), {0: ADA}),
        ("Hello. I’m ada lovelace, and I write.", (ADA,), {0: ADA}),
        ("My name is Ada and I write.", ("Ada",), {0: "Ada"}),
        ("Ich heiße Ada Lovelace.", (ADA,), {0: ADA}),
        # What one is, not who; another person; nobody of the glossary; a part of a longer word.
        ("I'm Python developer.", ("Python",), {}),
        ("This is Ada Lovelace.", (ADA,), {}),
        ("I met Ada Lovelace.", (ADA,), {}),
        ("I'm Grace Hopper.", (ADA,), {}),
        ("William Ada Lovelace wrote.", (ADA,), {}),
        ("I'm Ada Lovelace. I'm Grace Hopper.", (ADA, "Grace Hopper"), {}),
    ],
)
def test_a_name_is_what_a_speaker_says_of_themselves(text, glossary, names):
    words = transcript(text)
    assert speaker_names(words, turns(words), glossary) == names


def test_key_words_are_numbers_names_and_the_points_of_the_hook():
    words = transcript(TALK)
    clip = planned([Span(start_frame=0, end_frame=400)], [(0, len(words.words) - 1)])
    spoken = clip_words(clip, RATE, words, turns(words))
    keys = key_words(spoken, "Nobody believed it would matter", (ADA,))
    # "matter." is too near to the number to stand out beside it.
    assert [spoken[i].text for i in sorted(keys)] == ["Ada", "Lovelace", "1843", "Nobody", "100"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-0.1, 0.9), st.floats(-0.1, 0.9), st.floats(0.05, 0.5))
def test_a_zoom_never_cuts_a_face(bench, x, y, size):
    box = face(max(y, 0.0), min(size, 1 - max(y, 0.0)), max(x, 0.0))
    box = tuple(f.model_copy(update={"width": min(f.width, 1 - f.x)}) for f in box)
    plan, crops = made(bench, everything(bench), box)
    for punch in plan.clips[0].punch_ins:
        for camera_ in crops.clips[0].aspects:
            if focus := punch.focus.get(camera_.aspect):
                assert 1 < focus.zoom <= 1.15
                for one in camera_.faces_during(punch.start_frame, punch.end_frame):
                    after = zoomed(one, focus)
                    assert after.x >= -0.002
                    assert after.y >= -0.002
                    assert after.x + after.width <= 1.002
                    assert after.y + after.height <= 1.002
