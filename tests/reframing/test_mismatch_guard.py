"""Failure mode 1, injected: every way in which a crop path can miss its clip is named, and drops the clip."""

from __future__ import annotations

import pytest
from framing_samples import media
from numbers_clip import always, direct, synthetic

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet, Keyframe
from shortform_assets.failure_modes import framing_mismatch
from shortform_assets.reframing.direct.path_guard import misfits


@pytest.fixture(scope="module")
def clip():
    return media(1920, 1080, 120, 80, clip_id="c")


@pytest.fixture(scope="module")
def fitting(clip, reframing):
    faces = [(300, 400, 150, lambda t: t < 4), (1600, 400, 150, lambda t: t >= 4), (900, 300, 150, None)]
    made, series = synthetic((1920, 1080), faces, cuts=(120,))
    return direct((made.model_copy(update={"media": clip.digest()}), series), reframing)


def with_panel(crops, **changed):
    """`crops` with its last upright panel changed."""
    upright, *others = crops.aspects
    *before, framing = upright.framings
    panel = framing.panels[0].model_copy(update=changed)
    framing = framing.model_copy(update={"panels": (panel,)})
    framed = upright.model_copy(update={"framings": (*before, framing)})
    return crops.model_copy(update={"aspects": (framed, *others)})


def without(path, index):
    upright, *others = path.aspects
    kept = tuple(f for i, f in enumerate(upright.framings) if i != index % len(upright.framings))
    return path.model_copy(update={"aspects": (upright.model_copy(update={"framings": kept}), *others)})


def merged(path):
    """`path` with one framing across the cut."""
    upright, *others = path.aspects
    whole = upright.framings[0].model_copy(update={"end_frame": path.frames})
    return path.model_copy(update={"aspects": (upright.model_copy(update={"framings": (whole,)}), *others)})


def test_a_path_fits_the_clip_it_was_made_for(fitting, clip):
    assert misfits(fitting, clip) == []
    assert framing_mismatch(CropPathsSet(clips=(fitting,)), ClipMediaSet(clips=(clip,))) == []


FAULTS = {
    "made for other media": lambda p: p.model_copy(update={"media": "f" * 64}),
    "199 frames and the media 200": lambda p: p.model_copy(update={"frames": 199}),
    "30 frames a second": lambda p: p.model_copy(update={"rate": FrameRate(num=30)}),
    "made for 1280x720": lambda p: p.model_copy(update={"width": 1280, "height": 720}),
    "does not know the join": lambda p: p.model_copy(update={"cuts": (60,)}),
    "cuts are not in order": lambda p: p.model_copy(update={"cuts": (120, 240)}),
    "does not cut at frame 120": merged,
    "do not cover the clip": lambda p: without(p, 0),
    "keyframes outside their framing": lambda p: with_panel(p, path=(Keyframe(frame=3, x=0, y=0),)),
    "leaves the picture": lambda p: with_panel(p, path=(Keyframe(frame=130, x=1900, y=0),)),
    "stretches the picture": lambda p: with_panel(p, width=900, path=(Keyframe(frame=130, x=0, y=0),)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_named(fitting, clip, fault):
    found = misfits(FAULTS[fault](fitting), clip)
    assert any(fault in told for told in found), found


def test_the_paths_of_two_clips_that_were_swapped_are_told_apart(fitting, clip, reframing):
    other = media(1920, 1080, 120, 80, clip_id="d")
    made, series = synthetic((1920, 1080), [(300, 400, 150, always)], cuts=(120,))
    second = direct((made.model_copy(update={"media": other.digest(), "clip_id": "d"}), series), reframing)
    swapped = (fitting.model_copy(update={"clip_id": "d"}), second.model_copy(update={"clip_id": "c"}))
    found = framing_mismatch(CropPathsSet(clips=swapped), ClipMediaSet(clips=(clip, other)))
    assert len([f for f in found if "made for other media" in f]) == 2
