"""The camera of a whole clip in one aspect ratio: its shots' framings, and what is seen in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.clips import AspectFraming, FaceTracks, Framing
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.direct.framing_edits import Wishes
from shortform_assets.reframing.direct.framings import (
    beside,
    faces_in_output,
    frame_take,
    shape_of,
    texts_in_output,
)
from shortform_assets.reframing.direct.layout import direct
from shortform_assets.reframing.where.active_picture import in_source
from shortform_assets.reframing.who.scene import Scene

# Set on the scenes of benchmarks/reframing.py; held by its "subjectless frames" and "full bleed".
FACES_PER_SECOND = 2
"""Boxes of faces that captions are told about."""
FLASH_SECONDS = 0.4
"""A shot shorter than this, with nobody in it, is framed as its neighbour."""


def film(
    aspect: Aspect, tracks: FaceTracks, scenes: Sequence[Scene], reframing: ReframingSlice, wishes: Wishes
) -> AspectFraming:
    """The camera of all `scenes` of a clip in one aspect ratio, in pixels of the source."""
    forced, pins = wishes.layout.get(aspect, ""), wishes.pins.get(aspect, {})
    size = (tracks.width, tracks.height)
    framed = [_shot(aspect, scene, size, reframing, forced, pins) for scene in scenes]
    shots = framed if forced else _calm(scenes, framed)
    framings = [framing for shot in shots for framing in shot]
    grid = _face_frames(tracks, framings)
    edges = np.array([scene.end for scene in scenes])
    numbers = np.searchsorted(edges, grid, side="right")
    faces = [
        face
        for number, (scene, shot) in enumerate(zip(scenes, shots, strict=True))
        for face in faces_in_output(
            AspectFraming(aspect=aspect, framings=tuple(shot)),
            scene.actors,
            grid[numbers == number],
            scene.fps,
        )
    ]
    framings = [
        in_source(framing, scene.area) if scene.area else framing
        for scene, shot in zip(scenes, shots, strict=True)
        for framing in shot
    ]
    camera = AspectFraming(aspect=aspect, framings=tuple(framings), faces=tuple(faces))
    return camera.model_copy(update={"texts": tuple(texts_in_output(camera, tracks.texts, tracks.rate.fps))})


def _shot(
    aspect: Aspect,
    scene: Scene,
    size: tuple[int, int],
    reframing: ReframingSlice,
    forced: str,
    pins: Mapping[int, tuple[float, float]],
) -> list[Framing]:
    """The framings of one shot, within its active picture. `pins` are in pixels of the source, of `size`."""
    x1, y1, x2, y2 = scene.area or (0, 0, *size)
    shape = shape_of(aspect, (x2 - x1, y2 - y1))
    within = {frame: (x - x1, y - y1) for frame, (x, y) in pins.items()}
    takes = direct(scene, shape, reframing, forced)
    return [frame_take(take, scene, shape, reframing, within) for take in takes]


def _calm(scenes: Sequence[Scene], framed: list[list[Framing]]) -> list[list[Framing]]:
    """`framed` without flashes of another layout: `FLASH_SECONDS` of nobody look like the shot beside them."""
    areas = {scene.area for scene in scenes}
    # Of another active picture the neighbour's boxes would show the bars.
    short = [not s.actors and s.end - s.start < FLASH_SECONDS * s.fps and len(areas) == 1 for s in scenes]
    if all(short):
        return framed
    calm, first = [], short.index(False)
    for number, scene in enumerate(scenes):
        if not short[number]:
            calm.append(framed[number])
            continue
        neighbour = calm[-1][-1] if number > first else framed[first][0]
        calm.append([beside(neighbour, scene.start, scene.end)])
    return calm


def _face_frames(tracks: FaceTracks, framings: Sequence[Framing]) -> NDArray[np.int32]:
    """Clip frames twice a second, and the first of every framing, so that none is without."""
    step = max(1, round(tracks.rate.fps / FACES_PER_SECOND))
    starts = [framing.start_frame for framing in framings]
    return np.unique(np.concatenate([np.arange(0, tracks.frames, step), starts])).astype(np.int32)
