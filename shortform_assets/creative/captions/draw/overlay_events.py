"""What is written over a clip beside its captions: hook, names, call to action, cards, progress bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortform_assets.contracts.creative import RenderJob, TextOverlay
from shortform_assets.contracts.style_contracts import (
    CallToActionStyle,
    EndCardStyle,
    HookStyle,
    IntroCardStyle,
    LowerThirdStyle,
    Motion,
)
from shortform_assets.creative.captions.draw.ass_events import (
    Event,
    align,
    bare,
    clip,
    fill,
    fill_opacity,
    pos,
    ramp,
    rounded_box,
    style_line,
)
from shortform_assets.creative.captions.draw.card_events import Card, card_events
from shortform_assets.creative.captions.draw.drawn_page import pixel_box
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import type_px

CARD_IN_MS = 400
"""The text of an end card, and a name, come once their moving background is there; that of an intro card goes half as
long before it."""
_TRACK = 0.35
"""Opacity of the part of the progress bar that is still to come. A matter of looks."""
_Filling = IntroCardStyle | EndCardStyle
_Section = HookStyle | CallToActionStyle | IntroCardStyle | EndCardStyle | LowerThirdStyle


def overlay_styles(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[str]:
    """Lines of the script for the styles that `overlay_events` name."""
    for name, section in _sections(job).items():
        size = type_px(section.size, job.aspect) * faces[section.font].own.box
        yield style_line(name, section.font, size, (section.colour, section.colour), 0, 0)


def overlay_events(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[Event]:
    """Everything but the captions, in the output of `job`."""
    clip_plan, style = job.enhancement, job.style
    yield from _progress(job)
    if hook := _card("Hook", clip_plan.hook, style.hook, job, faces):
        yield from card_events(hook, job.rate)
    if call := _card("Call", clip_plan.call_to_action, style.call_to_action, job, faces):
        yield from card_events(call, job.rate)
    if intro := _card("Intro", clip_plan.intro_card, style.intro_card, job, faces):
        yield from card_events(intro, job.rate)
    if end := _card("End", clip_plan.end_card, style.end_card, job, faces):
        yield from card_events(end, job.rate)
    yield from _names(job, faces)


def _sections(job: RenderJob) -> dict[str, _Section]:
    style = job.style
    known: dict[str, _Section | None] = {
        "Hook": style.hook,
        "Call": style.call_to_action,
        "Intro": style.intro_card,
        "End": style.end_card,
        "Name": style.lower_third,
    }
    return {name: section for name, section in known.items() if section is not None}


def _card(
    name: str,
    overlay: TextOverlay | None,
    section: HookStyle | CallToActionStyle | _Filling | None,
    job: RenderJob,
    faces: Mapping[str, FontStack],
) -> Card | None:
    box = overlay.box(job.aspect) if overlay else None
    if overlay is None or section is None or box is None:
        return None
    late = job.rate.nearest(CARD_IN_MS) if isinstance(section, EndCardStyle) else 0
    early = job.rate.nearest(CARD_IN_MS // 2) if isinstance(section, IntroCardStyle) else 0
    return Card(
        style=name,
        lines=overlay.lines,
        box=pixel_box(box, *job.canvas),
        face=faces[section.font],
        em=type_px(section.size * overlay.scale, job.aspect),
        pitch=overlay.pitch,
        right_to_left=overlay.right_to_left,
        colour=section.colour,
        # A card that fills the output is a moving picture itself.
        box_colour=section.box_colour if isinstance(section, HookStyle | CallToActionStyle) else None,
        start_frame=min(overlay.start_frame + late, overlay.end_frame - 1),
        end_frame=overlay.end_frame - early,
        entrance=_entrance(section),
        exit=_exit(section),
    )


def _entrance(section: HookStyle | CallToActionStyle | _Filling) -> Motion | None:
    if isinstance(section, HookStyle | CallToActionStyle):
        return section.entrance
    return None if isinstance(section, IntroCardStyle) else "fade"


def _exit(section: HookStyle | CallToActionStyle | _Filling) -> Motion | None:
    if isinstance(section, HookStyle | CallToActionStyle):
        return section.exit
    # The last picture keeps its words.
    return "fade" if isinstance(section, IntroCardStyle) else None


def _names(job: RenderJob, faces: Mapping[str, FontStack]) -> Iterator[Event]:
    section = job.style.lower_third
    for strip in job.enhancement.lower_thirds if section else ():
        if section is None or job.aspect not in strip.place:
            continue
        late = job.rate.nearest(CARD_IN_MS)
        card = Card(
            style="Name",
            lines=(strip.name,),
            box=pixel_box(strip.place[job.aspect].box, *job.canvas),
            face=faces[section.font],
            em=type_px(section.size * strip.scale, job.aspect),
            pitch=strip.pitch,
            right_to_left=strip.right_to_left,
            colour=section.colour,
            # The strip itself is a moving picture, which leaves again before it ends.
            box_colour=None,
            start_frame=strip.start_frame + late,
            end_frame=strip.end_frame - late,
        )
        yield from card_events(card, job.rate)


def _progress(job: RenderJob) -> Iterator[Event]:
    place, section = job.enhancement.progress_bar.get(job.aspect), job.style.progress_bar
    if place is None or section is None:
        return
    box = pixel_box(place.box, *job.canvas)
    length = job.media.frames
    empty = type(box)(box.left, box.top, box.left, box.bottom)
    paint = (align(7), pos(0, 0), bare(), fill(section.colour))
    bar = rounded_box(box, (box.bottom - box.top) / 2)
    yield Event(0, 0, length, "Caption", (*paint, fill_opacity(_TRACK), bar))
    grows = (clip(empty), ramp(0, job.rate.ms(length), clip(box)))
    yield Event(1, 0, length, "Caption", (*paint, *grows, bar))
