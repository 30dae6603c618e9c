"""Overlays over text that is in the picture already, though there was room elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.creative.captions.draw.placement import STEP

TOUCH = 0.003
"""Share of the output by which boxes may meet: no letter reaches so far to the edge of its box."""
_WIDE, _AIR = 0.65, 0.03
"""A place counts as free only with more room than captions ask for, so that planner and judge cannot disagree."""


class Overlay(NamedTuple):
    """One thing that is laid over clip frames [start, end) of one output."""

    name: str
    start: int
    end: int
    box: OutputBox


def text_faults(
    overlay: Overlay, framing: AspectFraming, safe: SafeBox, others: Sequence[Overlay], margin: int
) -> Iterator[str]:
    """At most one sentence. `others` are all overlays of the output; `framing` has the text that still shows.
    Nothing is said where faces, other text and other overlays leave no free place for it in the safe box."""
    box = overlay.box
    inner = OutputBox(box.left + TOUCH, box.top + TOUCH, box.right - TOUCH, box.bottom - TOUCH)
    texts = framing.texts_during(overlay.start, overlay.end)
    hit = next((text for text in texts if text.box.meets(inner)), None)
    if hit is None:
        return
    width, height = max(box.right - box.left, _WIDE), box.bottom - box.top + 2 * _AIR
    busy = [text.box for text in texts]
    busy += [face.box for face in framing.faces_during(overlay.start, overlay.end, margin)]
    busy += [o.box for o in others if o is not overlay and o.start < overlay.end and overlay.start < o.end]
    places = int((safe.bottom - safe.top - height) / STEP)
    for place in range(max(0, places + 1)):
        tried = OutputBox.around(safe.top + height / 2 + STEP * place, width, height)
        if not any(other.meets(tried) for other in busy):
            at = max(hit.start_frame, overlay.start)
            yield (
                f"the {framing.aspect} {overlay.name} at frame {at} stands over text of the picture, "
                "and there is room elsewhere"
            )
            return
