"""Captions and hook as an ASS script: absolute positions, one state of the highlight an event.

Text is data: whatever was said, no character of it becomes a tag, a field or a new line. Every word
carries its own colour tag in every state, so that shaping, and with it the layout, never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import CaptionPage, CaptionWord, RenderJob
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.creative.captions.font_stack import FontStack
from shortform_assets.creative.captions.typeset import displayed, type_px
from shortform_assets.text.clock import clock
from shortform_assets.text.spacing import joined, space_between
from shortform_assets.text.writing_systems import direction_mark

_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
LayoutResX: {width}
LayoutResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
Kerning: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
MarginR, MarginV, Encoding
"""
_EVENTS = """
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_FADE = r"\fad(120,160)"
"""The hook comes in 120 ms and goes in 160: three to five frames, seen as soft and not as slow."""
_CORNER = 0.28
"""Radius of the card's corners in em. A matter of looks."""
_SHADOW = 0.45
"""Offset of the caption's shadow as a share of its outline. A matter of looks."""


def ass_script(job: RenderJob, faces: Mapping[str, FontStack]) -> str:
    """The whole script for one output, or an empty string where nothing is written over it."""
    events = [*_hook(job, faces), *_captions(job, faces)]
    if not events:
        return ""
    head = _HEAD.format(width=job.width, height=job.height)
    return head + "".join(_styles(job, faces)) + _EVENTS + "\n".join(events) + "\n"


def escaped(text: str) -> str:
    r"""Text that ASS draws as it is: braces cannot open a tag, `\N` cannot break a line."""
    # There is no escape for a backslash: an invisible word joiner keeps it from meaning anything.
    return text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")


class Pen:
    """Writes text with the fonts of a stack at one em size in pixels, and remembers which it holds.

    A line begins with the style's own font, whose name and size its style has already.
    """

    def __init__(self, stack: FontStack, em: float) -> None:
        self._stack, self._em, self._family = stack, em, stack.family

    def write(self, text: str) -> str:
        """`text` escaped, each run with its font and the size at which libass gives it the same em."""
        out = ""
        for run in self._stack.runs(text):
            if run.family != self._family:
                self._family = run.family
                out += f"{{\\fn{run.family}\\fs{self._em * run.face.box:.2f}}}"
            out += escaped(run.face.spelled(run.text))
        return out


def timestamp(frame: int, rate: FrameRate) -> str:
    """A time in hundredths that lies between the frame before and `frame`, for rates up to 80 a second."""
    # Two milliseconds of room: FFmpeg computes a frame's time in floating point and truncates it.
    hundredths = max(0, (frame * 1000 * rate.den // rate.num - 2) // 10)
    return clock(10 * hundredths, 2, hours=1)


def _styles(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[str]:
    caption = job.style.captions
    outline = type_px(caption.outline, job.aspect)
    size = type_px(caption.size, job.aspect) * faces[caption.font].own.box
    yield _style("Caption", caption.font, size, caption.colour, caption.outline_colour, outline)
    if job.style.hook:
        hook = job.style.hook
        size = type_px(hook.size, job.aspect) * faces[hook.font].own.box
        yield _style("Hook", hook.font, size, hook.colour, hook.box_colour, 0)


def _style(name: str, font: str, size: float, colour: str, edge: str, outline: float) -> str:
    inks = f"{_colour(colour)},{_colour(colour)},{_colour(edge)},&H80000000"
    # Encoding -1 lets libass find out whether a line runs from right to left.
    rest = f"0,0,0,0,100,100,0,0,1,{outline:.2f},{outline * _SHADOW:.2f},5,0,0,0,-1"
    return f"Style: {name},{font},{size:.2f},{inks},{rest}\n"


def _captions(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[str]:
    style = job.style.captions
    face = faces[style.font]
    plain, active = _colour(style.colour), _colour(style.active_colour)
    for page in job.enhancement.pages:
        em = type_px(style.size * page.scale, job.aspect)
        size = f"\\fs{em * face.own.box:.2f}" if page.scale < 1 else ""
        rows = [[displayed(word.text, style.uppercase) for word in line] for line in page.lines]
        middle = page.anchor[job.aspect] * job.height
        middles = _middles(middle, [joined(row) for row in rows], (em, page.pitch), face)
        for line, texts, y in zip(page.lines, rows, middles, strict=True):
            mark = direction_mark(joined(texts), page.right_to_left)
            place = f"{{\\pos({job.width / 2:.1f},{y:.1f}){size}}}{mark}"
            spaces = [*(space_between(left, right) for left, right in pairwise(texts)), ""]
            for start, end, at in _states(page, line):
                pen = Pen(face, em)
                words = (
                    f"{{\\1c{active if i == at else plain}}}{pen.write(text + space)}"
                    for i, (text, space) in enumerate(zip(texts, spaces, strict=True))
                )
                yield _event(1, start, end, job.rate, "Caption", place + "".join(words))


def _states(page: CaptionPage, line: Sequence[CaptionWord]) -> Iterator[tuple[int, int, int | None]]:
    """Frames [start, end) and the index of the word of `line` that is spoken in them, gap-free."""
    words = [word for each in page.lines for word in each]
    # A word stays lit until the next one on the page begins.
    untils = [*(word.start_frame for word in words[1:]), words[-1].end_frame]
    first = next(i for i, word in enumerate(words) if word is line[0])
    at = page.start_frame
    for i, word in enumerate(line):
        until = untils[first + i]
        if word.start_frame > at:
            yield at, word.start_frame, None
        if until > max(at, word.start_frame):
            yield max(at, word.start_frame), until, i
            at = until
    if at < page.end_frame:
        yield at, page.end_frame, None


def _hook(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[str]:
    hook, style = job.enhancement.hook, job.style.hook
    box = hook.box(job.aspect) if hook else None
    if hook is None or style is None or box is None:
        return
    face = faces[style.font]
    em = type_px(style.size * hook.scale, job.aspect)
    card = _card(box, job, em)
    paint = f"{{\\an7\\pos(0,0)\\bord0\\shad0\\1c{_colour(style.box_colour)}{_FADE}\\p1}}"
    yield _event(2, hook.start_frame, hook.end_frame, job.rate, "Hook", f"{paint}{card}{{\\p0}}")
    lines = [displayed(line, False) for line in hook.lines]
    middles = _middles(hook.anchor[job.aspect] * job.height, lines, (em, hook.pitch), face)
    for line, y in zip(lines, middles, strict=True):
        place = f"{{\\pos({job.width / 2:.1f},{y:.1f})\\fs{em * face.own.box:.2f}\\bord0\\shad0{_FADE}}}"
        text = direction_mark(line, hook.right_to_left) + Pen(face, em).write(line)
        yield _event(3, hook.start_frame, hook.end_frame, job.rate, "Hook", place + text)


def _card(box: OutputBox, job: RenderJob, em: float) -> str:
    """A rounded rectangle as an ASS drawing, in whole pixels."""
    left, right = round(box.left * job.width), round(box.right * job.width)
    top, bottom = round(box.top * job.height), round(box.bottom * job.height)
    r = round(_CORNER * em)
    return (
        f"m {left + r} {top} l {right - r} {top} b {right} {top} {right} {top} {right} {top + r}"
        f" l {right} {bottom - r} b {right} {bottom} {right} {bottom} {right - r} {bottom}"
        f" l {left + r} {bottom} b {left} {bottom} {left} {bottom} {left} {bottom - r}"
        f" l {left} {top + r} b {left} {top} {left} {top} {left + r} {top}"
    )


def _middles(
    middle: float, lines: Sequence[str], size: tuple[float, float], face: FontStack
) -> Iterator[float]:
    """Where libass centres each line's box so that its capitals stand in the middle of its share.

    `size` is em and pitch: pixels, and em from baseline to baseline.
    """
    em, pitch = size
    for i, line in enumerate(lines):
        yield middle + (i - (len(lines) - 1) / 2) * pitch * em - face.drop(line) * em


def _event(layer: int, start: int, end: int, rate: FrameRate, style: str, text: str) -> str:
    return f"Dialogue: {layer},{timestamp(start, rate)},{timestamp(end, rate)},{style},,0,0,0,,{text}"


def _colour(value: str) -> str:
    return f"&H00{value[5:7]}{value[3:5]}{value[1:3]}&".upper().replace("&H00", "&H", 1)
