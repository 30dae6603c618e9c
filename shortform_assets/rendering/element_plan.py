"""Which moving elements an output has, and the media of each: made once for a look and a size, kept in the store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from shortform_assets.contracts.creative import ClipEnhancement, RenderJob, TextOverlay
from shortform_assets.contracts.overlays import ElementKind, ElementLook, ElementMedia
from shortform_assets.contracts.style_contracts import EndCardStyle, IntroCardStyle
from shortform_assets.creative.overlays.brand_cards import logo_above
from shortform_assets.ports.workbench import Workbench
from shortform_assets.rendering.element_author import element_film
from shortform_assets.rendering.shot_film import ShotLook, shot_film


class _PlacedLook(NamedTuple):
    look: ElementLook
    x: int
    y: int
    start_frame: int


def elements(bench: Workbench, job: RenderJob) -> tuple[ElementMedia, ...]:
    """The elements of `job`, whose own `elements` are not there yet; those that were made before are not made again."""
    return tuple(_made(bench, wanted) for wanted in (*_cards(job), *_strips(job), *_sting(job))) + _shots(
        bench, job
    )


def length_with_card(clip: ClipEnhancement, frames: int) -> int:
    """Frames of an output of a clip of `frames`: an end card comes after them."""
    return clip.end_card.end_frame if clip.end_card else frames


def _made(bench: Workbench, wanted: _PlacedLook) -> ElementMedia:
    look = wanted.look
    film = bench.part("element", [look], ElementMedia, lambda: element_film(bench, look))
    return film.model_copy(update={"x": wanted.x, "y": wanted.y, "start_frame": wanted.start_frame})


def _shots(bench: Workbench, job: RenderJob) -> tuple[ElementMedia, ...]:
    section = job.style.b_roll
    if section is None:
        return ()
    made = []
    for slot in job.enhancement.b_roll:
        look = ShotLook(
            file=section.shots[slot.shot].file,
            width=job.width,
            height=_even(job.height * slot.height[job.aspect]),
            rate=job.rate,
            frames=slot.end_frame - slot.start_frame,
        )
        film = bench.part("b_roll", [look], ElementMedia, partial(shot_film, bench, look))
        made.append(film.model_copy(update={"start_frame": slot.start_frame}))
    return tuple(made)


def _strips(job: RenderJob) -> Iterator[_PlacedLook]:
    section = job.style.lower_third
    for strip in job.enhancement.lower_thirds if section else ():
        if section and job.aspect in strip.place:
            box = strip.place[job.aspect].box
            left, top = round(box.left * job.width), round(box.top * job.height)
            look = ElementLook(
                kind="lower_third",
                width=_even(box.right * job.width - left),
                height=_even(box.bottom * job.height - top),
                rate=job.rate,
                frames=strip.end_frame - strip.start_frame,
                colour=section.box_colour,
                accent=job.style.accent,
            )
            yield _PlacedLook(look, left, top, strip.start_frame)


def _cards(job: RenderJob) -> Iterator[_PlacedLook]:
    plan, style = job.enhancement, job.style
    if plan.intro_card and style.intro_card:
        yield _card(job, "intro_card", plan.intro_card, style.intro_card)
    if plan.end_card and style.end_card:
        yield _card(job, "end_card", plan.end_card, style.end_card)


def _card(
    job: RenderJob, kind: ElementKind, card: TextOverlay, section: IntroCardStyle | EndCardStyle
) -> _PlacedLook:
    logo, place = None, None
    if job.style.logo and job.enhancement.show_logo and (box := card.box(job.aspect)):
        room, height = (share * job.height for share in logo_above(job.style.logo, job.aspect))
        logo, place = job.style.logo.image, (_even(box.top * job.height - room), _even(height))
    look = ElementLook(
        kind=kind,
        width=job.width,
        height=job.height,
        rate=job.rate,
        frames=card.end_frame - card.start_frame,
        colour=section.background,
        accent=job.style.accent,
        logo=logo,
        logo_rows=place,
    )
    return _PlacedLook(look, 0, 0, card.start_frame)


def _sting(job: RenderJob) -> Iterator[_PlacedLook]:
    logo, place = job.style.logo, job.enhancement.logo.get(job.aspect)
    if logo is None or place is None or place.sting_frames == 0:
        return
    look = ElementLook(
        kind="logo_sting",
        width=_even(place.width * job.width),
        height=_even(place.height * job.height),
        rate=job.rate,
        frames=place.sting_frames,
        colour=job.style.accent,
        accent=job.style.accent,
        logo=logo.image,
        opacity=logo.opacity,
    )
    yield _PlacedLook(look, round(place.x * job.width), round(place.y * job.height), place.start_frame)


def _even(pixels: float) -> int:
    return max(2, 2 * round(pixels / 2))
