"""Sounds of the brand's own: at leaps in the source and at zooms, never in each other's way."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.overlays import PunchIn, ZoomFocus
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.style_sounds import EffectsStyle, JoinSoundStyle, PunchInSoundStyle
from shortform_assets.creative.overlays.effect_cues import effect_cues

RATE = FrameRate(num=25)
HEARD = {"file": Blob(sha256="0" * 64, size=1), "level_lu": -10}
BOTH = EffectsStyle(join=JoinSoundStyle(**HEARD, leap_seconds=2), punch_in=PunchInSoundStyle(**HEARD))
ASPECTS = ("9:16", "1:1")


def zoom(start: int, *aspects: str) -> PunchIn:
    focus = {aspect: ZoomFocus(x=0.5, y=0.5, zoom=1.1) for aspect in aspects}
    return PunchIn(start_frame=start, end_frame=start + 30, ramp=6, focus=focus)


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(-400, 400)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=6),
)
def test_cues_stand_at_leaps_and_zooms_and_leave_each_other_room(parts, zooms):
    spans, at = [], 2000
    for length, gap in parts:
        at = max(0, at + gap)
        spans.append(Span(start_frame=at, end_frame=at + length))
        at += length
    joins = list(accumulate(length for length, _ in parts))[:-1]
    leaps = {
        join
        for join, (before, after) in zip(joins, pairwise(spans), strict=True)
        if after.start_frame < before.end_frame or after.start_frame - before.end_frame >= 50
    }
    punches = [zoom(start, *(ASPECTS if everywhere else ("9:16",))) for start, everywhere in zooms]
    cues = effect_cues(BOTH, spans, punches, ASPECTS, RATE)
    heard = {start for start, everywhere in zooms if everywhere}
    assert all(cue.frame in (leaps if cue.effect == "join" else heard) for cue in cues)
    assert all(b.frame - a.frame >= 38 for a, b in pairwise(cues))
    # Nothing is left out but for another one's sake.
    for frame in leaps | heard:
        assert any(abs(cue.frame - frame) < 38 for cue in cues)
    only = effect_cues(EffectsStyle(punch_in=BOTH.punch_in), spans, punches, ASPECTS, RATE)
    assert {cue.effect for cue in only} <= {"punch_in"}


def test_a_tightened_pause_is_silent():
    spans = [
        Span(start_frame=0, end_frame=100),
        Span(start_frame=120, end_frame=300),
        Span(start_frame=500, end_frame=600),
    ]
    assert [(cue.frame, cue.effect) for cue in effect_cues(BOTH, spans, (), ASPECTS, RATE)] == [(280, "join")]
