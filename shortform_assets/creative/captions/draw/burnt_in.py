"""Subtitles that are in the picture already: whether a clip carries them, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shortform_assets.contracts.aspects import Aspect, SafeBox
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.existing_text import (
    BurntInRule,
    BurntInSubtitles,
    SeenText,
    SubtitleCover,
)

_CARRIES = 0.25
"""Share of a clip's frames with subtitles in an output from which the clip carries them: nobody talks without a
pause, and a title that changes now and then is no subtitle. Our choice; tests/creative/test_burnt_in.py."""
_AROUND = 0.008
"""What a cover adds at each side, as a share of the output's height: strokes and shadows reach beyond letters."""


def burnt_in(
    framings: Mapping[Aspect, AspectFraming], frames: int, rule: BurntInRule
) -> BurntInSubtitles | None:
    """What the outputs of a clip of `frames` show of such subtitles, and what `rule` makes of it; None where that is
    little. Captions are left out only where the subtitles can be read whole in every output."""
    seen = {a: [t for t in f.texts if t.kind == "subtitle"] for a, f in framings.items()}
    share = max((_share(texts, frames) for texts in seen.values()), default=0.0)
    if share < _CARRIES:
        return None
    if rule == "no_captions":
        whole = all(texts and all(t.whole for t in texts) for texts in seen.values())
        if whole:
            note = "the picture carries subtitles already: no captions are drawn, as the genre asks"
            return BurntInSubtitles(share=share, handled=rule, note=note)
        note = "the picture carries subtitles already, which the framing cuts: captions keep off them"
        return BurntInSubtitles(share=share, handled="keep_off", note=note)
    if rule == "cover":
        note = "the picture carries subtitles already: they are covered, as the genre asks"
        covers = {aspect: tuple(map(_cover, texts)) for aspect, texts in seen.items() if texts}
        return BurntInSubtitles(share=share, handled=rule, note=note, covers=covers)
    note = "the picture carries subtitles already: captions keep off them"
    return BurntInSubtitles(share=share, handled="keep_off", note=note)


def uncovered(framing: AspectFraming, found: BurntInSubtitles | None) -> AspectFraming:
    """`framing` with the text that still shows: without what is covered."""
    if found is None or found.handled != "cover":
        return framing
    return framing.model_copy(update={"texts": tuple(t for t in framing.texts if t.kind != "subtitle")})


def covered_anchor(found: BurntInSubtitles | None, aspect: Aspect, box: SafeBox, wanted: float) -> float:
    """Where captions are wanted: over what is covered where that is within the safe box, else at `wanted`."""
    covers = found.covers.get(aspect, ()) if found else ()
    within = [c for c in covers if box.top <= c.box.top and c.box.bottom <= box.bottom]
    if not within:
        return wanted
    longest = max(within, key=lambda c: c.end_frame - c.start_frame)
    return (longest.box.top + longest.box.bottom) / 2


def _share(texts: Sequence[SeenText], frames: int) -> float:
    """Share of `frames` in which any of `texts` is there."""
    there, end = 0, 0
    for text in sorted(texts, key=lambda t: t.start_frame):
        there += max(0, text.end_frame - max(text.start_frame, end))
        end = max(end, text.end_frame)
    return there / frames


def _cover(text: SeenText) -> SubtitleCover:
    left, top = max(0.0, text.x - _AROUND), max(0.0, text.y - _AROUND)
    right, bottom = min(1.0, text.box.right + _AROUND), min(1.0, text.box.bottom + _AROUND)
    return SubtitleCover(
        start_frame=text.start_frame,
        end_frame=text.end_frame,
        x=left,
        y=top,
        width=right - left,
        height=bottom - top,
    )
