"""From a take to a framing: which panels it has, and what of the faces is seen in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.clips import (
    AspectFraming,
    FaceBox,
    Framing,
    Keyframe,
    Panel,
)
from shortform_assets.contracts.existing_text import PictureText, SeenText
from shortform_assets.contracts.geometry import CropBox, OutputBox, PictureArea
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.direct.layout import Shape, Take, fit_together
from shortform_assets.reframing.direct.panels import (
    Part,
    Pins,
    Slot,
    action,
    following,
    region,
    standing,
    too_small,
)
from shortform_assets.reframing.where.attention import follow_action, hold_action
from shortform_assets.reframing.who.scene import Actor, Box, Scene

WHOLE: Slot = (0.0, 0.0, 1.0, 1.0)
"""Left, top, right and bottom of the output that a part fills, as shares of it."""
# Set on the scenes of benchmarks/reframing.py; held by its "speaker in crop", "full bleed" and "face at least
# 12 %".
SMALL_FACE = 1.5
"""Faces of a part of the picture are this much higher, as a share of their slot, than those of a whole one."""
SPREAD = 0.4
"""Share of the action below which an upright crop misses too much of it: a square one is shown."""
AROUND = 0.6
"""Room beside a group that does not fill the picture, in widths of a head."""
RIM = 0.03
"""Share of a text's box at each side that is no letter."""
SPECK = 1e-4
"""Share of the output below which a rest of text at an edge is none."""
TOO_SOFT = 1.3
"""Times `max_upscale` from which the biggest crop is shown over a fill: 720 lines between bars are not, 480 lines are. Our
choice."""
WEBCAM_ZOOM = 1.6
"""A webcam beside a slide may be enlarged this much further than a whole picture."""


def frame_take(
    take: Take, scene: Scene, shape: Shape, reframing: ReframingSlice, pins: Pins | None = None
) -> Framing:
    """The framing of `take`: its panels and their camera."""
    panels = _panels(take, scene, shape, reframing, pins or {})
    covered = sum(panel.slot[2] * panel.slot[3] for panel in panels)
    return Framing(
        start_frame=take.start,
        end_frame=take.end,
        layout=take.layout,
        reason=take.reason,
        panels=tuple(panels),
        fill="none" if covered > 0.998 else "blur",
    )


def beside(framing: Framing, start: int, end: int) -> Framing:
    """Frames [start, end), just before or after `framing`, seen through the same boxes, held still."""
    nearest = framing.start_frame if end <= framing.start_frame else framing.end_frame - 1
    panels = []
    for panel in framing.panels:
        x, y = panel.corner(nearest)
        held = (Keyframe(frame=start, x=x, y=y),)
        panels.append(panel.model_copy(update={"path": held, "subject": ""}))
    return Framing(
        start_frame=start,
        end_frame=end,
        layout=framing.layout,
        reason="too short to be framed by itself: as the picture beside it",
        panels=tuple(panels),
        fill=framing.fill,
    )


def slots(count: int, aspect: float) -> list[Slot]:
    """Places of `count` (2 to 4) pictures in an output of `aspect`, in reading order."""
    if count == 4:
        return [(x, y, 0.5, 0.5) for y in (0.0, 0.5) for x in (0.0, 0.5)]
    if count == 3 and 1 <= aspect < 1.5:
        return [(0.0, 0.0, 1.0, 0.5), (0.0, 0.5, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5)]
    cuts = [
        (low, round(high - low, 4)) for low, high in pairwise(round(i / count, 4) for i in range(count + 1))
    ]
    return [(0.0, low, 1.0, size) if aspect < 1 else (low, 0.0, size, 1.0) for low, size in cuts]


def _panels(take: Take, scene: Scene, shape: Shape, reframing: ReframingSlice, pins: Pins) -> list[Panel]:
    upscale = reframing.max_upscale
    full = Part(take.start, take.end, WHOLE, shape, reframing.face_height, reframing.max_zoom, upscale)
    # Of panels each is enlarged less than a whole picture, and a source of the output's shape is shown as it is.
    sharp = _filled(full)
    actors = [scene.actor(name) for name in take.subjects]
    source: Box = (0.0, 0.0, float(shape.source[0]), float(shape.source[1]))
    match take.layout:
        case "stacked" | "panels":
            places = slots(len(actors), shape.aspect)
            return [
                _one(_slotted(full, slot, reframing), scene, [actor], reframing, {}, shape.aspect)
                for actor, slot in zip(actors, places, strict=True)
            ]
        case "screen" if scene.slide is not None:
            return _screen(full, scene, scene.slide, actors[0], reframing)
        case "fit":
            return [region(take.start, source, WHOLE, shape.aspect)]
        case "single" if not shape.same:
            return [_one(sharp, scene, actors, reframing, pins, shape.aspect)]
        case "wide" if not shape.same and actors:
            if fit_together(actors, scene, (take.start, take.end), shape):
                return [following(sharp, scene, actors, reframing, pins)]
            return [region(take.start, _around(actors, scene, shape), WHOLE, shape.aspect, actors[0].name)]
        case "cutaway" if scene.focus is not None and not shape.same:
            return [_action(sharp, scene, reframing, pins)]
    return [standing(sharp, None, take.subjects[0] if take.subjects else "", pins, scene.texts)]


def _one(
    part: Part, scene: Scene, actors: Sequence[Actor], reframing: ReframingSlice, pins: Pins, output: float
) -> Panel:
    """A panel of `actors`. A window too small to fill it is shown whole in it, never with a strip of its
    neighbours."""
    window = None if pins else too_small(actors, part)
    if window is None:
        return following(part, scene, actors, reframing, pins)
    return region(part.start, window, part.slot, output, actors[0].name)


def _slotted(full: Part, slot: Slot, reframing: ReframingSlice) -> Part:
    """The part of `full` that fills `slot`: a face may be as sharp, or soft, there as in a whole picture."""
    aspect = full.shape.aspect * slot[2] / slot[3]
    return Part(
        full.start,
        full.end,
        slot,
        Shape(full.shape.source, aspect, full.shape.lines * slot[3]),
        reframing.face_height * SMALL_FACE,
        reframing.max_zoom / slot[3],
        reframing.max_upscale,
    )


def _filled(full: Part) -> Part:
    """`full`, or where its biggest crop would be too soft, a wider one over a fill, in as much of the output's height as
    it can be enlarged to; never less than the whole source takes."""
    shape = full.shape
    biggest = shape.biggest[1]
    if shape.same or shape.lines <= TOO_SOFT * full.upscale * biggest:
        return full
    tall = biggest * full.upscale / shape.lines
    tall = round(min(1.0, max(tall, shape.aspect * shape.source[1] / shape.source[0])), 4)
    return replace(
        full,
        slot=(0.0, round((1 - tall) / 2, 4), 1.0, tall),
        shape=Shape(shape.source, shape.aspect / tall, shape.lines * tall),
        face_height=full.face_height / tall,
    )


def _screen(full: Part, scene: Scene, slide: Box, actor: Actor, reframing: ReframingSlice) -> list[Panel]:
    """The slide as wide as the output, whoever explains it below (beside it where that leaves no room)."""
    output = full.shape.aspect
    share = output / ((slide[2] - slide[0]) / (slide[3] - slide[1]))
    if share > 0.8:
        top, rest = (0.0, 0.0, 0.7, 1.0), (0.7, 0.0, 0.3, 1.0)
    else:
        share = round(share, 4)
        top, rest = (0.0, 0.0, 1.0, share), (0.0, share, 1.0, round(1 - share, 4))
    part = _slotted(full, rest, reframing)
    shown = region(full.start, slide, top, output)
    window = actor.window
    if window is not None:
        tall = (window[3] - window[1]) * part.zoom * WEBCAM_ZOOM
        if tall < full.shape.source[1]:
            # Too small to fill its part: the whole window, no bigger than it bears.
            return [shown, region(full.start, window, rest, output, actor.name)]
    return [shown, following(part, scene, [actor], reframing, {})]


def _action(full: Part, scene: Scene, reframing: ReframingSlice, pins: Pins) -> Panel:
    assert scene.focus is not None
    wide = full.shape.biggest[0]
    source = round(full.shape.source[0])
    if reframing.subject != "motion":
        return standing(full, hold_action(scene.focus, wide, source), pins=pins, texts=scene.texts)
    window = follow_action(scene.focus, wide, source, scene.fps)
    if window.share < SPREAD and full.shape.aspect < 1:
        tall = round(full.shape.aspect * full.slot[3], 4)
        lines = full.shape.lines / full.slot[3] * tall
        full = replace(
            full,
            slot=(0.0, round((1 - tall) / 2, 4), 1.0, tall),
            shape=Shape(full.shape.source, 1.0, lines),
        )
        window = follow_action(scene.focus, full.shape.biggest[0], source, scene.fps)
    return action(full, scene, window, reframing, pins)


def _around(actors: Sequence[Actor], scene: Scene, shape: Shape) -> Box:
    """As much of the source's width as `actors` need, at its full height."""
    heads = np.concatenate([actor.heads(scene.frames) for actor in actors])
    room = AROUND * float(np.median(heads[:, 2] - heads[:, 0]))
    low, high = float(np.percentile(heads[:, 0], 2)) - room, float(np.percentile(heads[:, 2], 98)) + room
    least, tall = shape.biggest[0], float(shape.source[1])
    grow = max(0.0, least - (high - low)) / 2
    low, high = max(0.0, low - grow), min(float(shape.source[0]), high + grow)
    return round(low, 2), 0.0, round(high, 2), tall


def faces_in_output(
    camera: AspectFraming, actors: Sequence[Actor], frames: NDArray[np.int32], fps: float
) -> list[FaceBox]:
    """Where the faces of `actors` are in the output at clip `frames`."""
    present = [actor.present(frames, fps) for actor in actors]
    boxes = [actor.series.boxes_at(frames) for actor in actors]
    found = []
    for i, frame in enumerate(int(f) for f in frames):
        for panel in camera.at(frame).panels:
            for seen, box in zip(present, boxes, strict=True):
                if seen[i] and (face := panel.seen(tuple(box[i]), frame)):
                    found.append(FaceBox(frame=frame, **_measures(face)))
    return found


def texts_in_output(camera: AspectFraming, texts: Sequence[PictureText], fps: float) -> list[SeenText]:
    """Where `texts` are in the output; of a camera that moves, all that they pass in a second."""
    found = []
    for framing in camera.framings:
        for text in texts:
            start, end = (
                max(framing.start_frame, text.start_frame),
                min(framing.end_frame, text.end_frame),
            )
            for panel in framing.panels if start < end else ():
                step = end - start if len(panel.path) == 1 else max(1, round(fps))
                for first in range(start, end, step):
                    last = min(first + step, end)
                    at = {first, (first + last) // 2, last - 1}
                    parts = [part for frame in at if (part := panel.seen(text.box, frame))]
                    if parts and (box := OutputBox.around_all(parts)).area >= SPECK:
                        whole = all(_holds(panel.crop(frame), text.box) for frame in at)
                        times = {"start_frame": first, "end_frame": last, "kind": text.kind}
                        found.append(SeenText(**times, **_measures(box), whole=whole))
    return found


def _holds(crop: CropBox, text: PictureArea) -> bool:
    """Whether a crop cuts nothing of a text but a rim of its box."""
    wide, tall = (RIM * (text[2 + axis] - text[axis]) for axis in (0, 1))
    return (
        crop[0] <= text[0] + wide
        and crop[1] <= text[1] + tall
        and crop[2] >= text[2] - wide
        and crop[3] >= text[3] - tall
    )


def _measures(box: OutputBox) -> dict[str, float]:
    return {"x": box.left, "y": box.top, "width": box.right - box.left, "height": box.bottom - box.top}


def shape_of(aspect: Aspect, source: tuple[int, int]) -> Shape:
    wide, tall = ASPECTS[aspect].size
    return Shape(source, wide / tall, tall)
