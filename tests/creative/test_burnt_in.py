"""Subtitles that the picture carries already are said, and the genre decides what is done about them."""

from __future__ import annotations

import pytest
from enhancement_talk import BOX, RULES, camera, enhanced, whole
from test_text_in_the_picture import text, with_texts

from shortform_assets.creative.captions.draw.overlay_faults import overlay_faults

AT = (0.15, 0.55, 0.7, 0.05)
NAMES = ("keep_off", "cover", "no_captions")


def carrying(clip, share: float, *, at=AT, whole_text: bool = True):
    """A camera that shows subtitles in the last `share` of `clip`."""
    shown = text(round((1 - share) * clip.frames), clip.frames, *at)
    return with_texts(camera(clip), shown.model_copy(update={"whole": whole_text, "kind": "subtitle"}))


def made(bench, style, rule: str, crop, clip):
    rules = RULES.model_copy(update={"burnt_in": rule})
    done = enhanced(bench, style, [clip], [crop], rules=rules).clips[0]
    assert list(overlay_faults(done, crop, rules)) == []
    return done


@pytest.mark.parametrize("rule", NAMES)
def test_few_subtitles_are_not_said(bench, style, rule):
    clip = whole()
    done = made(bench, style, rule, carrying(clip, 0.15), clip)
    assert done.burnt_in is None
    assert done.pages


def test_captions_keep_off_them_and_it_is_said(bench, style):
    clip = whole()
    crop = carrying(clip, 1.0)
    done = made(bench, style, "keep_off", crop, clip)
    assert done.burnt_in is not None
    assert (done.burnt_in.share, done.burnt_in.handled) == (1.0, "keep_off")
    assert "keep off" in done.burnt_in.note
    subtitle = crop.aspects[0].texts[0].box
    assert done.pages
    assert not any(page.box("9:16").meets(subtitle) for page in done.pages)


def test_a_cover_hides_them_under_the_captions(bench, style):
    clip = whole()
    crop = carrying(clip, 0.8)
    done = made(bench, style, "cover", crop, clip)
    assert done.burnt_in is not None
    (cover,) = done.burnt_in.covers["9:16"]
    subtitle = crop.aspects[0].texts[0]
    assert (cover.start_frame, cover.end_frame) == (subtitle.start_frame, subtitle.end_frame)
    assert cover.box.left < subtitle.x
    assert cover.box.bottom > subtitle.box.bottom
    late = [page for page in done.pages if page.start_frame > subtitle.start_frame]
    assert all(page.box("9:16").meets(cover.box) for page in late)


def test_a_cover_outside_the_safe_box_leaves_captions_where_they_are(bench, style):
    clip = whole()
    below = (0.15, BOX.bottom + 0.1, 0.7, 0.05)
    done = made(bench, style, "cover", carrying(clip, 0.8, at=below), clip)
    assert done.burnt_in is not None
    assert done.burnt_in.covers["9:16"]
    assert {page.anchor["9:16"] for page in done.pages} == {RULES.caption_anchor["9:16"]}


def test_captions_are_left_out_only_where_the_subtitles_are_whole(bench, style):
    clip = whole()
    done = made(bench, style, "no_captions", carrying(clip, 0.9), clip)
    assert done.burnt_in is not None
    assert (done.pages, done.burnt_in.handled) == ((), "no_captions")
    assert done.words
    cut = made(bench, style, "no_captions", carrying(clip, 0.9, whole_text=False), clip)
    assert cut.burnt_in is not None
    assert cut.pages
    assert cut.burnt_in.handled == "keep_off"
    assert "cuts" in cut.burnt_in.note
