"""The progress bar: a line along an edge of the safe box, which leaves the rest of the box to the text."""

from __future__ import annotations

from shortform_assets.contracts.aspects import MIN_BOX, SafeBox
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import ProgressBarStyle
from shortform_assets.creative.captions.draw.placement import covered

_AIR = 0.008
"""Space between the bar and all else, as a share of the output's height: 15 pixels of 1920. Our choice."""


def progress_line(
    style: ProgressBarStyle, box: SafeBox, framing: AspectFraming
) -> tuple[OutputBox, SafeBox] | None:
    """Where the whole bar stands, and what it leaves of the box; None where that is too little for text, or where it
    would cover a face at either edge.

    At the edge of the safe box, not of the output: there the platforms have a bar and buttons of their own.
    """
    taken = style.height + _AIR
    if box.bottom - box.top - taken < MIN_BOX:
        return None
    top = OutputBox(box.left, box.top, box.right, box.top + style.height)
    bottom = OutputBox(box.left, box.bottom - style.height, box.right, box.bottom)
    for line in (top, bottom) if style.edge == "top" else (bottom, top):
        if not any(covered(face, line) for face in framing.faces):
            left = {"top": box.top + taken} if line is top else {"bottom": box.bottom - taken}
            return line, box.model_copy(update=left)
    return None
