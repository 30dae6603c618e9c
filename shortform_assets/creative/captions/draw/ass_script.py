"""The ASS script of one output: everything that is written over it, in absolute positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.creative.captions.draw.ass_events import Event, style_line
from shortform_assets.creative.captions.draw.caption_looks import caption_events
from shortform_assets.creative.captions.draw.card_events import Card, card_events
from shortform_assets.creative.captions.draw.drawn_page import drawn_page, pixel_box
from shortform_assets.creative.captions.draw.overlay_events import overlay_events, overlay_styles
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import type_px

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
_COVERS = 0
"""Layer of what hides subtitles of the picture: below captions and cards."""
_SHADOW = 0.45
"""Offset of the caption's shadow as a share of its outline. A matter of looks."""


def ass_script(job: RenderJob, faces: Mapping[str, FontStack]) -> str:
    """The whole script for one output, or an empty string where nothing is written over it.

    In pixels of its canvas, which libass brings to the size of the picture.
    """
    events = [*_covers(job, faces), *overlay_events(job, faces), *_captions(job, faces)]
    if not events:
        return ""
    width, height = job.canvas
    head = _HEAD.format(width=width, height=height)
    lines = (event.line(job.rate) for event in events)
    return head + "".join(_styles(job, faces)) + _EVENTS + "\n".join(lines) + "\n"


def _styles(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[str]:
    caption = job.style.captions
    outline = type_px(caption.outline, job.aspect)
    size = type_px(caption.size, job.aspect) * faces[caption.font].own.box
    inks = (caption.colour, caption.outline_colour)
    yield style_line("Caption", caption.font, size, inks, outline, outline * _SHADOW)
    yield from overlay_styles(job, faces)


def _captions(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[Event]:
    face = faces[job.style.captions.font]
    for page in job.enhancement.pages:
        yield from caption_events(drawn_page(page, job, face), job.rate)


def _covers(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[Event]:
    """What hides subtitles of the picture, below all else."""
    caption, found = job.style.captions, job.enhancement.burnt_in
    for cover in found.covers.get(job.aspect, ()) if found else ():
        card = Card(
            style="Caption",
            lines=(),
            box=pixel_box(cover.box, *job.canvas),
            face=faces[caption.font],
            em=type_px(caption.size, job.aspect),
            colour=caption.colour,
            box_colour=caption.outline_colour,
            start_frame=cover.start_frame,
            end_frame=cover.end_frame,
            layer=_COVERS,
        )
        yield from card_events(card, job.rate)
