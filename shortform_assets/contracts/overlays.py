"""What is laid over a clip beside captions, hook and logo: where it stands, and when."""

from __future__ import annotations

from typing import Literal, TypeVar, get_args

from pydantic import Field

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import Blob, Contract, FrameRate, Measure, Ratio
from shortform_assets.contracts.clips import AspectFraming, FaceBox
from shortform_assets.contracts.existing_text import SeenText
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import Colour

OverlayName = Literal[
    "emphasis",
    "lower_third",
    "progress_bar",
    "call_to_action",
    "end_card",
    "punch_in",
    "logo_sting",
    "intro_card",
    "sound_effects",
    "b_roll",
]
OVERLAYS: tuple[OverlayName, ...] = get_args(OverlayName)
"""What a genre may switch off, and a style may have."""

FLICKER_MS = 300
"""What is shown for less is seen to flash and not read: our own bound, of all that is written."""


class PlacedBox(Contract):
    """A box in shares of the output."""

    x: Ratio
    y: Ratio
    width: Ratio
    height: Ratio

    @staticmethod
    def of(box: OutputBox) -> PlacedBox:
        return PlacedBox(x=box.left, y=box.top, width=box.right - box.left, height=box.bottom - box.top)

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.x, self.y, self.x + self.width, self.y + self.height)


class LowerThird(Contract):
    """A speaker's name in clip frames [start_frame, end_frame).

    An aspect ratio that `place` lacks has no room for it and goes without.
    """

    name: str
    start_frame: int
    end_frame: int
    place: dict[Aspect, PlacedBox]
    scale: Ratio = 1.0
    """Share of the style's size."""
    pitch: Measure = 1.25
    """Em that the line takes."""
    right_to_left: bool = False
    """Base direction of the line."""


class ZoomFocus(Contract):
    """What keeps its place while the picture grows, as shares of the output, and how large it gets at the most."""

    x: Ratio
    y: Ratio
    zoom: Measure


class PunchIn(Contract):
    """The picture is larger in clip frames [start_frame, end_frame): it grows for `ramp` frames, stays, and shrinks
    for as many."""

    start_frame: int
    end_frame: int
    ramp: int = Field(gt=0)
    focus: dict[Aspect, ZoomFocus]
    """Aspect ratios it lacks stay as they are."""


class BRollSlot(Contract):
    """A shot of the style's library takes the picture's place in clip frames [start_frame, end_frame)."""

    start_frame: int
    end_frame: int
    shot: int
    """Its number in the library."""
    height: dict[Aspect, Ratio]
    """For each aspect ratio the share of the output's height that it takes, from the top."""
    reason: str
    """The word that it is shown for, and when that is said."""


Placed = TypeVar("Placed", FaceBox, SeenText)


def zoomed(seen: Placed, focus: ZoomFocus) -> Placed:
    """Where a face, or a text, is once the picture has grown; parts of it may lie outside."""
    return seen.model_copy(
        update={
            "x": focus.x + (seen.x - focus.x) * focus.zoom,
            "y": focus.y + (seen.y - focus.y) * focus.zoom,
            "width": seen.width * focus.zoom,
            "height": seen.height * focus.zoom,
        }
    )


def punched(framing: AspectFraming, punches: tuple[PunchIn, ...], margin: int) -> AspectFraming:
    """The framing with the places that faces and text take while the picture is larger beside those they take before
    and after; a face sampled up to `margin` frames before or after a punch-in counts for it."""
    here = [
        (p.focus[framing.aspect], p.start_frame, p.end_frame) for p in punches if framing.aspect in p.focus
    ]
    faces = [
        zoomed(face, focus) for focus, start, end in here for face in framing.faces_during(start, end, margin)
    ]
    texts = [
        zoomed(text, focus).model_copy(
            update={"start_frame": max(start, text.start_frame), "end_frame": min(end, text.end_frame)}
        )
        for focus, start, end in here
        for text in framing.texts_during(start, end)
    ]
    if not faces and not texts:
        return framing
    ordered = sorted((*framing.faces, *faces), key=lambda face: face.frame)
    return framing.model_copy(update={"faces": tuple(ordered), "texts": (*framing.texts, *texts)})


ElementKind = Literal["lower_third", "intro_card", "end_card", "logo_sting", "b_roll"]


class ElementLook(Contract):
    """All that decides a moving element: two of one look are one film."""

    kind: ElementKind
    width: int = Field(gt=0, multiple_of=2)
    height: int = Field(gt=0, multiple_of=2)
    rate: FrameRate
    frames: int = Field(gt=0)
    colour: Colour
    accent: Colour
    logo: Blob | None = None
    logo_rows: tuple[int, int] | None = None
    """On a card: the row at which the logo begins, and its height, pixels."""
    opacity: Ratio = 1.0
    """Of the logo."""


class ElementMedia(Contract):
    """A film with transparency (FFV1, yuva420p, BT.709), or of B-roll without (H.264), laid over output frames from `start_frame` on."""

    kind: ElementKind
    media: Blob
    frames: int = Field(gt=0)
    x: int = 0
    y: int = 0
    """Output pixels of its upper left corner."""
    start_frame: int = 0
