"""Where a sound of the brand's own is heard: at joins that leap over talk, and where the picture is zoomed into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import EffectCue
from shortform_assets.contracts.overlays import PunchIn
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.style_sounds import EffectsStyle

_APART_MS = 1500
"""From one effect to the next: sounds that follow each other faster become a noise of their own. Our choice."""


def effect_cues(
    style: EffectsStyle,
    spans: Sequence[Span],
    punches: Sequence[PunchIn],
    aspects: Sequence[Aspect],
    rate: FrameRate,
) -> tuple[EffectCue, ...]:
    """The cues of a clip of these source `spans`, in order; of those too near to each other the first, a join before a
    zoom. A zoom that some output goes without is silent: all outputs of a clip sound the same."""
    wanted = [*_joins(style, spans, rate)]
    if style.punch_in:
        zooms = [punch for punch in punches if all(aspect in punch.focus for aspect in aspects)]
        wanted += [EffectCue(frame=punch.start_frame, effect="punch_in") for punch in zooms]
    found: list[EffectCue] = []
    for cue in sorted(wanted, key=lambda cue: (cue.frame, cue.effect)):
        if not found or cue.frame - found[-1].frame >= rate.nearest(_APART_MS):
            found.append(cue)
    return tuple(found)


def _joins(style: EffectsStyle, spans: Sequence[Span], rate: FrameRate) -> Iterator[EffectCue]:
    """Where the clip goes on elsewhere in its source; a pause that was tightened is no such place."""
    if style.join is None:
        return
    leap, at = rate.nearest(round(style.join.leap_seconds * 1000)), 0
    for before, after in pairwise(spans):
        at += before.end_frame - before.start_frame
        if after.start_frame < before.end_frame or after.start_frame - before.end_frame >= leap:
            yield EffectCue(frame=at, effect="join")
