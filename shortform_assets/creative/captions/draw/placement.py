"""Where text stands: inside the safe box, off live faces and the picture's own text, where a layout leaves room
if it does, and still while the framing stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortform_assets.best_path import best_path
from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming, FaceBox, Framing
from shortform_assets.contracts.existing_text import SeenText
from shortform_assets.contracts.geometry import OutputBox

STEP = 0.01
"""Places are tried this far apart, as a share of the output's height: 19 pixels of 1920, a quarter of a line."""
_AIR = 0.012
"""Space wanted between text and a face, as a share of the output's height: 23 pixels of 1920. Our choice."""
_SAMPLED_MS = 600
"""Faces are sampled twice a second: those a little before and after a page stand for its first and last frames."""
_CORE, FOREHEAD = 0.12, 0.2
"""Shares of a face at its sides and chin, and above its brows, that may be touched before it is covered. Our
choice, below the eyes' place at a third of the box (`EYES` in reframing); test_the_hook_gives_way."""
# Costs, in units of standing a whole output's height away from the wish. Our choice of what is worse than what:
# guarded by the properties in tests/creative/test_text_places.py and test_overlay_faults.py.
_OUTSIDE = 1e6
"""An output's height outside the safe box; entering the logo's box costs as much."""
_COVER = 1000.0
"""Each sample of a face that is covered."""
_TOUCH = 5.0
"""The whole height of a face touched but not covered: the largest share of any."""
_TEXT = 100.0
"""The whole height of a line of the picture's own text: as bad as many moves, and far better than a face."""
_PICTURE = 2.0
"""All of the block over the picture where the layout leaves a part of the output free."""
_JUMP, _MOVE = 3.0, 0.15
"""Another place than the page before, within one framing and from one framing to the next."""
_ABOVE = 0.5
"""Standing above the wish instead of below it."""


@dataclass(frozen=True)
class Block:
    """Text shown in clip frames [start_frame, end_frame); sizes are shares of the output, centred."""

    start_frame: int
    end_frame: int
    width: float
    height: float


@dataclass(frozen=True)
class Room:
    """What is there already where a block is to stand."""

    faces: Sequence[FaceBox]
    texts: Sequence[SeenText]
    framing: Framing
    taken: Sequence[OutputBox]


def text_width(box: SafeBox) -> float:
    """Share of the output's width that text centred on the output's middle may take in the safe box."""
    return 2 * max(0.0, min(0.5 - box.left, box.right - 0.5))


def place(
    blocks: Sequence[Block],
    framing: AspectFraming,
    box: SafeBox,
    wanted: float,
    rate: FrameRate,
    taken: Sequence[OutputBox] = (),
) -> list[float]:
    """The anchor (centre, share of the output's height) of every block, in order; `taken` is the logo's.

    A shortest path (Viterbi, 1967) through the anchors of all blocks: beside the picture where there is room,
    near `wanted`, else below the chin or on its tip, else above the face, on the forehead last, and over text of
    the picture only where all else is a face; a move within one framing costs more than a small detour.
    """
    if not blocks:
        return []
    anchors = _anchors(box, wanted)
    gains, shown = [], []
    for block in blocks:
        shown.append(framing.mostly(block.start_frame, block.end_frame))
        faces = framing.faces_during(block.start_frame, block.end_frame, face_margin(rate))
        room = Room(
            faces,
            framing.texts_during(block.start_frame, block.end_frame),
            framing.framings[shown[-1]],
            taken,
        )
        gains.append([-_cost(anchor, block, room, box, wanted) for anchor in anchors])
    path = best_path(np.array(gains), lambda i: _JUMP if shown[i] == shown[i - 1] else _MOVE)
    return [anchors[at] for at in path]


def face_margin(rate: FrameRate) -> int:
    """Frames before and after a stretch in which a sampled face counts for it."""
    return rate.nearest(_SAMPLED_MS)


def covered(face: FaceBox, box: OutputBox) -> bool:
    """Whether a box covers the face itself: from the brows to the lower lip, its sides aside."""
    return (
        face.y + FOREHEAD * face.height < box.bottom
        and face.y + (1 - _CORE) * face.height > box.top
        and face.x + _CORE * face.width < box.right
        and face.x + (1 - _CORE) * face.width > box.left
    )


def _anchors(box: SafeBox, wanted: float) -> list[float]:
    inside = min(max(wanted, box.top), box.bottom)
    below = int((box.bottom - inside) / STEP)
    above = int((inside - box.top) / STEP)
    return [round(inside + STEP * i, 4) for i in range(-above, below + 1)]


def _cost(
    anchor: float,
    block: Block,
    room: Room,
    box: SafeBox,
    wanted: float,
) -> float:
    own = OutputBox.around(anchor, block.width, block.height)
    # A block that is higher than the box cannot be kept inside: then least is best.
    outside = max(0.0, box.top - own.top) + max(0.0, own.bottom - box.bottom)
    cost = _OUTSIDE * outside + abs(anchor - wanted) + (_ABOVE if anchor < wanted else 0.0)
    airy = own._replace(top=own.top - _AIR, bottom=own.bottom + _AIR)
    cost += _OUTSIDE * sum(other.meets(airy) for other in room.taken)
    cost += _TEXT * sum(_hidden(text.box, airy) for text in room.texts)
    cost += _PICTURE * _over_picture(own, room.framing)
    touched = 0.0
    for face in room.faces:
        if face.x >= own.right or face.x + face.width <= own.left:
            continue
        overlap = min(airy.bottom, face.y + face.height) - max(airy.top, face.y)
        if overlap > 0:
            cost += _COVER if covered(face, own) else 0.0
            touched = max(touched, overlap / max(face.height, _AIR))
    return cost + _TOUCH * touched


def _hidden(text: OutputBox, own: OutputBox) -> float:
    """Share of the height of a line of text that `own` stands over, whatever of its width; 0 beside it."""
    if not own.meets(text):
        return 0.0
    overlap = min(own.bottom, text.bottom) - max(own.top, text.top)
    return overlap / max(text.bottom - text.top, STEP)


def _over_picture(own: OutputBox, framing: Framing) -> float:
    """Share of `own` that stands over panels, where they leave a part of the output free; else 0."""
    if framing.fill == "none":
        return 0.0
    shared = 0.0
    for panel in framing.panels:
        x, y, wide, tall = panel.slot
        across = min(own.right, x + wide) - max(own.left, x)
        down = min(own.bottom, y + tall) - max(own.top, y)
        shared += max(0.0, across) * max(0.0, down)
    return shared / max(own.area, 1e-9)
