"""The whole direction of a clip: who speaks, who is framed, and that the framings fit together."""

from __future__ import annotations

import numpy as np
import pytest
from framing_samples import media
from hypothesis import given, settings
from hypothesis import strategies as st
from numbers_clip import FPS, NO_EDITS, VOICES, always, check, direct, never, synthetic, upright

from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.clips import FaceTrack, VoicedFace, VoiceMap
from shortform_assets.contracts.edits import FramingEdit, FramingEdits
from shortform_assets.contracts.speech import Turn
from shortform_assets.errors import ClipFault
from shortform_assets.reframing.crop_paths import CameraRequest, direct_clip, frame_clip
from shortform_assets.reframing.direct.layout import READABLE
from shortform_assets.reframing.direct.panels import CLOSER, MISS, RISE, ROOM


def side(track: FaceTrack) -> str:
    return "left" if track.x < 320 else "right" if track.x > 640 else "poster"


@pytest.fixture(scope="module")
def paths(tracks, followed, talk, reframing):
    request = CameraRequest(tracks, (), VoiceMap(), reframing, NO_EDITS)
    return direct_clip(request, followed.series, talk.samples)


def test_left_speaks_then_right_and_never_the_poster(paths, tracks) -> None:
    names = {side(t): t.track_id for t in tracks.tracks}
    spoken = {v.track_id: v.speaking for v in paths.verdicts}
    assert spoken[names["poster"]] == ()
    (first,), (second,) = spoken[names["left"]], spoken[names["right"]]
    assert first[0] <= 10
    assert first[1] == pytest.approx(75, abs=12)
    assert second[0] == pytest.approx(75, abs=12)


def test_the_speaker_is_in_the_crop(paths, tracks, followed) -> None:
    names = {side(t): t.track_id for t in tracks.tracks}
    inside = 0
    for n in range(tracks.frames):
        face = followed.series.tracks[names["left" if n < 75 else "right"]].boxes_at(np.array([n]))[0]
        framing = next(f for f in upright(paths).framings if f.start_frame <= n < f.end_frame)
        x1, y1, x2, y2 = framing.panels[0].crop(n)
        inside += x1 <= face[0] and y1 <= face[1] and x2 >= face[2] and y2 >= face[3]
    assert inside / tracks.frames >= 0.95


def test_each_aspect_tiles_the_clip_inside_the_picture(paths, tracks) -> None:
    assert {a.aspect for a in paths.aspects} == set(ASPECTS)
    for aspect in paths.aspects:
        check(aspect, tracks)


def test_faces_in_the_output_are_given_about_twice_a_second(paths, tracks) -> None:
    seconds = tracks.frames / FPS
    frames = {face.frame for face in upright(paths).faces}
    assert len(frames) == pytest.approx(2 * seconds, abs=2)


def test_a_path_for_another_clip_is_a_fault(bench, tracks, reframing) -> None:
    other = media(960, 540, tracks.frames - 1)
    with pytest.raises(ClipFault, match="made for another"):
        frame_clip(bench, other, CameraRequest(tracks, (), VoiceMap(), reframing, NO_EDITS))


def test_who_is_alive_in_one_shot_may_rest_in_another_and_a_print_may_not(reframing) -> None:
    tracks, series = synthetic((1920, 1080), [(500, 400, 250, always), (500, 400, 250, None)], cuts=(100,))
    one, other = tracks.tracks
    made = tracks.model_copy(update={"tracks": (one, other.model_copy(update={"shot": 1}))}), series
    known = [
        VoiceMap(
            faces=tuple(
                VoicedFace(clip_id="c", track_id=track, person=person)
                for track, person in (("t0", "P1"), ("t1", name))
            )
        )
        for name in ("P1", "P2")
    ]
    same, stranger = ({v.track_id: v for v in direct(made, reframing, voices=v).verdicts} for v in known)
    assert (same["t0"].state, same["t1"].state, same["t1"].evidence["elsewhere"]) == ("live", "unsure", 1)
    assert (stranger["t0"].state, stranger["t1"].state) == ("live", "static")
    assert "elsewhere" not in stranger["t1"].evidence


def test_a_vertical_source_is_shown_whole(reframing) -> None:
    paths = direct(synthetic((1080, 1920), [(300, 500, 200, always)]), reframing)
    (framing,) = upright(paths).framings
    (panel,) = framing.panels
    assert (panel.width, panel.height, len(panel.path)) == (1080, 1920, 1)
    assert framing.panels[0].subject == "t0"


def test_without_a_face_a_moving_picture_is_cropped_and_a_slide_is_shown_whole(reframing) -> None:
    (crop,) = upright(direct(synthetic((1920, 1080), [], change=3.0), reframing)).framings
    assert (crop.layout, crop.fill, crop.panels[0].height) == ("centre", "none", 1080)
    (slide,) = upright(direct(synthetic((1920, 1080), [], change=0.05), reframing)).framings
    assert (slide.layout, slide.fill, slide.panels[0].width) == ("fit", "blur", 1920)


def test_a_poster_alone_is_never_a_subject(reframing) -> None:
    paths = direct(synthetic((1920, 1080), [(400, 300, 300, None)]), reframing)
    assert paths.verdicts[0].state == "static"
    assert all(not p.subject for a in paths.aspects for f in a.framings for p in f.panels)
    assert all(not a.faces for a in paths.aspects)


def test_speakers_who_sit_close_share_one_picture(reframing) -> None:
    faces = [(800, 400, 170, lambda t: t < 4), (1060, 400, 170, lambda t: t >= 4)]
    (framing,) = upright(direct(synthetic((1920, 1080), faces), reframing)).framings
    x1, _, x2, _ = framing.panels[0].crop(100)
    assert x1 < 800 - 70
    assert x2 > 1060 + 70


def test_far_apart_the_picture_cuts_just_before_the_next_one_speaks(reframing) -> None:
    faces = [(300, 400, 150, lambda t: t < 4), (1600, 400, 150, lambda t: t >= 4)]
    first, second = upright(direct(synthetic((1920, 1080), faces), reframing)).framings
    assert (first.panels[0].subject, second.panels[0].subject) == ("t0", "t1")
    assert second.start_frame == pytest.approx(100 - 4, abs=10)


def test_an_interjection_does_not_flip_the_picture(reframing) -> None:
    faces = [
        (300, 400, 150, lambda t: (t < 3.5) | (t > 4.2)),
        (1600, 400, 150, lambda t: (t >= 3.5) & (t <= 4.2)),
    ]
    framings = upright(direct(synthetic((1920, 1080), faces), reframing)).framings
    assert [f.panels[0].subject for f in framings] == ["t0"]


def test_a_voice_off_screen_leaves_the_camera_on_the_live_face_without_blaming_it(reframing) -> None:
    turns = (Turn(speaker="S1", start_ms=0, end_ms=8000),)
    paths = direct(synthetic((1920, 1080), [(300, 400, 150, never)]), reframing, turns)
    assert paths.verdicts[0].state == "live"
    assert paths.verdicts[0].speaking == ()
    assert upright(paths).framings[0].panels[0].subject == "t0"


def test_two_who_talk_over_each_other_are_stacked_left_on_top(reframing) -> None:
    faces = [(1600, 400, 150, lambda t: np.sin(t * 2.2) > 0), (300, 400, 150, lambda t: np.sin(t * 2.2) <= 0)]
    turns = (Turn(speaker="S1", start_ms=0, end_ms=8000), Turn(speaker="S2", start_ms=1000, end_ms=8000))
    paths = direct(synthetic((1920, 1080), faces), reframing, turns)
    (framing,) = upright(paths).framings
    assert framing.layout == "stacked"
    assert [p.subject for p in framing.panels] == ["t1", "t0"]
    alone = direct(synthetic((1920, 1080), faces), reframing.model_copy(update={"two_up": False}), turns)
    assert all(f.layout == "single" for f in upright(alone).framings)
    # One of them is named the speaker all the time: the lips of the other one tell that both talk.
    both = synthetic((1920, 1080), [(1600, 400, 150, always), (300, 400, 150, lambda t: t > 1)])
    assert [f.layout for f in upright(direct(both, reframing, turns)).framings] == ["stacked"]
    rests = synthetic((1920, 1080), [(1600, 400, 150, always), (300, 400, 150, lambda t: t < 0.5)])
    assert [f.layout for f in upright(direct(rests, reframing, turns)).framings] == ["single"]


def test_no_zoom_beyond_what_the_source_bears(reframing) -> None:
    (framing,) = upright(direct(synthetic((1920, 1080), [(900, 500, 30, always)]), reframing)).framings
    assert framing.panels[0].height == pytest.approx(1080 / reframing.max_zoom, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 0.9), st.floats(0.25, 0.75), st.floats(0.04, 0.5))
def test_composition(reframing, across, down, share) -> None:
    """The head whole, the eyes on their line or as near as the picture's edges let them, no soft zoom."""
    size = (1920, 1080)
    height = share * size[1]
    y = float(np.clip(down * size[1], 0.72 * height, size[1] - 0.58 * height))
    made = synthetic(size, [(across * size[0], y, height, always)], seconds=2.0)
    (panel,) = upright(direct(made, reframing)).framings[0].panels
    (key,) = panel.path
    assert panel.height >= size[1] / reframing.max_zoom - 0.02
    assert key.y <= y - 0.72 * height + 0.02
    assert key.y + panel.height >= y + 0.58 * height - 0.02
    face, eyes = height / panel.height, (y - 0.17 * height - key.y) / panel.height
    assert face <= max(reframing.face_height, share) * CLOSER + 0.01
    line = reframing.eye_line - RISE * max(0.0, face - reframing.face_height)
    head_fits = 0.55 * face <= line
    if eyes > line + MISS + 0.01 and head_fits:
        # Too low: already at the source's lower edge, and as close as may be.
        assert key.y + panel.height == pytest.approx(size[1], abs=0.1)
        # No softer than is allowed, as long as the face is well seen.
        sharp = min(1920 / reframing.max_upscale, height / READABLE)
        least = max(size[1] / reframing.max_zoom, sharp, 0.8 * height * 1.2 * ROOM * 16 / 9)
        composed = min(size[1], max(least, height / reframing.face_height))
        assert panel.height == pytest.approx(min(composed, max(least, composed / CLOSER)), abs=0.1)
    if eyes < line - 0.01 and head_fits:
        assert key.y == pytest.approx(0, abs=0.1)


def test_a_wide_shot_is_brought_closer_and_a_close_up_makes_room_below_the_chin(reframing) -> None:
    """As measured on a two-shot (face 18 %, eyes at 51 % of the source) and a close-up (33 %, 35 %)."""
    for height, eyes, chin in ((195, 550, 0.535), (383, 380, 0.575)):
        y = eyes + 0.17 * height
        (panel,) = (
            upright(direct(synthetic((1920, 1080), [(900, y, height, always)]), reframing)).framings[0].panels
        )
        assert (y + height / 2 - panel.path[0].y) / panel.height <= chin
        assert 0.26 <= (eyes - panel.path[0].y) / panel.height <= 0.38


def test_a_few_frames_of_another_shot_at_an_end_look_like_the_shot_beside_them(reframing) -> None:
    face = [(300, 500, 150, always)]
    for cut, shot, short in ((198, 0, (198, 200)), (1, 1, (0, 1))):
        framings = upright(
            direct(synthetic((1920, 1080), face, cuts=(cut,), change=0.05, shot=shot), reframing)
        ).framings
        assert len(framings) == 2
        stub = next(f for f in framings if (f.start_frame, f.end_frame) == short)
        other = next(f for f in framings if f is not stub)
        assert (stub.layout, stub.fill, stub.panels[0].subject) == ("single", "none", "")
        assert (stub.panels[0].width, stub.panels[0].height) == (
            other.panels[0].width,
            other.panels[0].height,
        )
        assert (stub.panels[0].path[0].x, stub.panels[0].path[0].y) == (
            other.panels[0].path[0].x,
            other.panels[0].path[0].y,
        )


def test_a_still_picture_is_fitted_only_where_it_stays_long_enough(reframing) -> None:
    face = [(300, 500, 150, always)]
    for cut, layout in ((180, "centre"), (150, "fit")):
        framings = upright(
            direct(synthetic((1920, 1080), face, cuts=(cut,), change=0.05), reframing)
        ).framings
        assert [f.layout for f in framings] == ["single", layout]


def test_every_framing_of_a_face_says_where_it_is_from_its_first_frame_on(reframing) -> None:
    faces = [(300, 400, 150, lambda t: t < 4), (1600, 400, 150, lambda t: t >= 4)]
    aspect = upright(direct(synthetic((1920, 1080), faces), reframing))
    assert {f.start_frame for f in aspect.framings} <= {face.frame for face in aspect.faces}


def test_a_human_follows_a_speaker_forces_a_layout_and_sets_a_keyframe(reframing) -> None:
    faces = [(300, 400, 150, always), (1600, 400, 150, never)]
    whole = {"start_ms": 0, "end_ms": 8000}
    follow = FramingEdits(edits=(FramingEdit(verb="follow", speaker="S2", **whole),))
    made = synthetic((1920, 1080), faces)
    (framing,) = upright(direct(made, reframing, voices=VOICES, edits=follow)).framings
    assert framing.panels[0].subject == "t1"
    fit = FramingEdits(edits=(FramingEdit(verb="layout", layout="fit", aspect="9:16", **whole),))
    paths = direct(made, reframing, edits=fit)
    assert upright(paths).framings[0].fill == "blur"
    assert next(a for a in paths.aspects if a.aspect == "1:1").framings[0].fill == "none"
    pin = FramingEdits(edits=(FramingEdit(verb="keyframe", at_ms=4000, x=0.2, y=0.5, **whole),))
    for aspect in direct(made, reframing, edits=pin).aspects[:2]:
        (framing,) = aspect.framings
        x1, y1, x2, y2 = framing.panels[0].crop(100)
        across = np.clip(0.2 * 1920, (x2 - x1) / 2, 1920 - (x2 - x1) / 2)
        assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((across, 540), abs=1)


def test_same_input_same_bytes(reframing) -> None:
    faces = [(300, 400, 150, lambda t: t < 4), (1600, 400, 150, lambda t: t >= 4)]
    one, other = (direct(synthetic((1920, 1080), faces), reframing) for _ in range(2))
    assert one.canonical_json() == other.canonical_json()
