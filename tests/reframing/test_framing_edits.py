"""Framing edits belong to the source: they find their clip again and move with it."""

from __future__ import annotations

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import FaceTracks
from shortform_assets.contracts.edits import FramingEdit, FramingEdits
from shortform_assets.contracts.selection import PlannedClip, Span
from shortform_assets.reframing.direct.framing_edits import Wishes, local_edits

RATE = FrameRate(num=25)


def clip(*spans) -> PlannedClip:
    return PlannedClip(
        clip_id="a" * 12, spans=tuple(Span(start_frame=a, end_frame=b) for a, b in spans),
        word_ranges=((0, 1),), title="t", hook="h", quote="q", score=0.5, reason="r",
    )  # fmt: skip


def edit(verb, start, end, spans=(), **values) -> FramingEdit:
    return FramingEdit(verb=verb, start_ms=start, end_ms=end, spans_ms=spans, **values)


def local(edits, planned):
    return local_edits(FramingEdits(edits=tuple(edits)), planned, RATE)


def test_an_edit_stays_with_its_clip_when_that_is_trimmed_and_leaves_the_others_alone():
    follow = edit("follow", 10_000, 30_000, speaker="S2")
    assert len(local([follow], clip((250, 750))).edits) == 1
    assert len(local([follow], clip((300, 600))).edits) == 1
    assert len(local([follow], clip((200, 900))).edits) == 1
    for other in (clip((750, 1200)), clip((700, 1200)), clip((0, 300))):
        assert local([follow], other).edits == ()
    # Made for two pieces far apart, it is not about the clip between them.
    pieces = edit("follow", 0, 60_000, ((0, 5000), (55_000, 60_000)), speaker="S1")
    assert local([pieces], clip((500, 900))).edits == ()
    assert len(local([pieces], clip((0, 125), (1375, 1500))).edits) == 1


def test_a_keyframe_keeps_its_moment_of_the_source():
    look = edit("keyframe", 10_000, 30_000, at_ms=20_000, x=0.25, y=0.5)
    (here,) = local([look], clip((300, 700))).edits
    assert RATE.nearest(here.at_ms) == 200
    (joined,) = local([look], clip((260, 300), (450, 700))).edits
    assert RATE.nearest(joined.at_ms) == 40 + 50
    # Cut away with the moment that it is about.
    assert local([look], clip((250, 480), (520, 740))).edits == ()
    # Where in the source the clip lies is no part of its recipe.
    assert (here.start_ms, here.end_ms, here.spans_ms) == (0, RATE.ms(400), ())


def test_the_last_word_counts_and_auto_takes_it_all_back():
    tracks = FaceTracks(
        clip_id="a" * 12, media="m", width=1920, height=1080, rate=RATE, frames=500, cuts=(), step=2, tracks=(),
        series=Blob(sha256="0" * 64, size=1),
    )  # fmt: skip

    def wishes(*edits):
        return Wishes.of(FramingEdits(edits=edits), tracks)

    whole = (0, 20_000)
    first = edit("layout", *whole, layout="fit")
    second = edit("layout", *whole, layout="single", aspect="1:1")
    look = edit("keyframe", *whole, at_ms=4000, x=0.5, y=0.25, aspect="9:16")
    follow = edit("follow", *whole, speaker="S1")
    made = wishes(first, second, look, follow, edit("follow", *whole, speaker="S2"))
    assert made.layout == {"9:16": "fit", "1:1": "single", "16:9": "fit"}
    assert made.pins == {"9:16": {100: (960.0, 270.0)}}
    assert made.follow == "S2"
    assert wishes(first, look, follow, edit("auto", *whole)) == Wishes()
    partly = wishes(first, look, follow, edit("auto", *whole, aspect="9:16"))
    assert (partly.layout, partly.pins, partly.follow) == ({"1:1": "fit", "16:9": "fit"}, {}, "S1")
