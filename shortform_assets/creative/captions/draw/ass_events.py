r"""ASS as typed values: tags of numbers, text that is only ever text, drawings of our own.

What was said, or what a brand wrote, can stand in an event as `Said` alone, and that is escaped where the event
is written: no character of it becomes a tag, a field or a new line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from shortform_assets.contracts.base import FrameRate
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.text.clock import clock

_SHADOW_ALPHA = "&H80&"
"""Shadows are black, and half of what is behind them is seen."""


@dataclass(frozen=True)
class Tag:
    """One override tag. Made by the functions below, of numbers and checked colours."""

    code: str


@dataclass(frozen=True)
class Said:
    """Text that is drawn as it is."""

    text: str


@dataclass(frozen=True)
class Drawing:
    """A filled outline in whole output pixels."""

    path: str


Part = Tag | Said | Drawing


@dataclass(frozen=True)
class PixelBox:
    """Output pixels, the right and lower edges not included."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class SetType:
    """Fonts at one em size in output pixels. Text begins with the first, whose name and size hold already."""

    stack: FontStack
    em: float


class _Pen:
    """Writes text, each run with its font, and remembers which it holds."""

    def __init__(self, type_: SetType) -> None:
        self._type, self._family = type_, type_.stack.family

    def write(self, text: str) -> str:
        out = ""
        for run in self._type.stack.runs(text):
            if run.family != self._family:
                self._family = run.family
                # libass sets type by the height of the font's box: another font, another size for the same em.
                out += f"{{\\fn{run.family}\\fs{self._type.em * run.face.box:.2f}}}"
            out += escaped(run.face.spelled(run.text))
        return out


@dataclass(frozen=True)
class Event:
    """Parts that are drawn in clip frames [start_frame, end_frame) in a style of the script; a higher `layer` is in
    front."""

    layer: int
    start_frame: int
    end_frame: int
    style: str
    parts: tuple[Part, ...]
    type: SetType | None = None
    """What sets its text; its style's own font where there is none."""

    def line(self, rate: FrameRate) -> str:
        """As a line of the script."""
        times = f"{timestamp(self.start_frame, rate)},{timestamp(self.end_frame, rate)}"
        return f"Dialogue: {self.layer},{times},{self.style},,0,0,0,,{_written(self.parts, self.type)}"


def pos(x: float, y: float) -> Tag:
    """Where the event's alignment point stands, output pixels."""
    return Tag(f"\\pos({x:.1f},{y:.1f})")


def move(start: tuple[float, float], end: tuple[float, float], ms: int) -> Tag:
    """As `pos`, on a straight way from `start` to `end` in the event's first milliseconds."""
    return Tag(f"\\move({start[0]:.1f},{start[1]:.1f},{end[0]:.1f},{end[1]:.1f},0,{ms})")


def align(cell: int) -> Tag:
    """Which point of the event `pos` names, as on a keypad: 5 the middle, 7 the top left corner."""
    return Tag(f"\\an{cell}")


def fill(colour: str) -> Tag:
    """Colour `#RRGGBB` of letters and drawings."""
    return Tag(f"\\1c{ass_colour(colour)}")


def edge(colour: str) -> Tag:
    """Colour `#RRGGBB` of outlines."""
    return Tag(f"\\3c{ass_colour(colour)}")


def hidden() -> Tag:
    """What follows is not seen and keeps its place."""
    return Tag("\\alpha&HFF&")


def shown() -> Tag:
    """What follows is seen again, its shadow as the styles have it."""
    return Tag(f"\\1a&H00&\\3a&H00&\\4a{_SHADOW_ALPHA}")


def fill_opacity(share: float) -> Tag:
    """Of letters and drawings alone."""
    return Tag(f"\\1a&H{round(255 * (1 - share)):02X}&")


def font_size(px: float) -> Tag:
    """Size as libass has it: the height of the font's box."""
    return Tag(f"\\fs{px:.2f}")


def scaled(share: float) -> Tag:
    return Tag(f"\\fscx{100 * share:.1f}\\fscy{100 * share:.1f}")


def scaled_across(share: float) -> Tag:
    return Tag(f"\\fscx{100 * share:.2f}")


def bare() -> Tag:
    """Without outline and shadow."""
    return Tag("\\bord0\\shad0")


def fades(in_ms: int, out_ms: int) -> Tag:
    return Tag(f"\\fad({in_ms},{out_ms})")


def clip(box: PixelBox) -> Tag:
    """Only what lies in the box is drawn."""
    return Tag(f"\\clip({box.left:.0f},{box.top:.0f},{box.right:.0f},{box.bottom:.0f})")


def ramp(start_ms: int, end_ms: int, *tags: Tag) -> Tag:
    """From what held before to `tags`, over milliseconds of the event."""
    return Tag(f"\\t({start_ms},{end_ms},{''.join(tag.code for tag in tags)})")


def rounded_box(box: PixelBox, radius: float) -> Drawing:
    """A filled box with round corners."""
    left, top, right, bottom = (round(side) for side in (box.left, box.top, box.right, box.bottom))
    r = max(0, min(round(radius), (right - left) // 2, (bottom - top) // 2))
    return Drawing(
        f"m {left + r} {top} l {right - r} {top} b {right} {top} {right} {top} {right} {top + r}"
        f" l {right} {bottom - r} b {right} {bottom} {right} {bottom} {right - r} {bottom}"
        f" l {left + r} {bottom} b {left} {bottom} {left} {bottom} {left} {bottom - r}"
        f" l {left} {top + r} b {left} {top} {left} {top} {left + r} {top}"
    )


def escaped(text: str) -> str:
    r"""Text that ASS draws as it is: braces cannot open a tag, `\N` cannot break a line."""
    # There is no escape for a backslash: an invisible word joiner keeps it from meaning anything.
    return text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")


def timestamp(frame: int, rate: FrameRate) -> str:
    """A time in hundredths that lies between the frame before and `frame`, for rates up to 80 a second."""
    # Two milliseconds of room: FFmpeg computes a frame's time in floating point and truncates it.
    hundredths = max(0, (frame * 1000 * rate.den // rate.num - 2) // 10)
    return clock(10 * hundredths, 2, hours=1)


def ass_colour(value: str) -> str:
    """`#RRGGBB` as ASS has it."""
    return f"&H{value[5:7]}{value[3:5]}{value[1:3]}&".upper()


def style_line(name: str, font: str, size: float, inks: Sequence[str], outline: float, shadow: float) -> str:
    """A style of the script; `inks` are the colours of letters and of outlines."""
    letters, edges = map(ass_colour, inks)
    # Encoding -1 lets libass find out whether a line runs from right to left.
    rest = f"0,0,0,0,100,100,0,0,1,{outline:.2f},{shadow:.2f},5,0,0,0,-1"
    return f"Style: {name},{font},{size:.2f},{letters},{letters},{edges},{_SHADOW_ALPHA[:4]}000000,{rest}\n"


def _written(parts: Iterable[Part], type_: SetType | None) -> str:
    text = ""
    write = _Pen(type_).write if type_ else escaped
    for kind, run in groupby(parts, type):
        if kind is Tag:
            text += "{" + "".join(tag.code for tag in run if isinstance(tag, Tag)) + "}"
        else:
            for part in run:
                if isinstance(part, Said):
                    text += write(part.text)
                elif isinstance(part, Drawing):
                    text += f"{{\\p1}}{part.path}{{\\p0}}"
    return text
