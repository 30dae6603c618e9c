"""From a take to a framing: the crop's size, its composition, and the camera's path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.clips import ASPECT_SIZE, Aspect, FaceBox, Framing, Keyframe, Panel
from shortform_assets.contracts.slices.reframing import ReframingSlice
from shortform_assets.reframing.camera import Reach, plan_path, position, simplify
from shortform_assets.reframing.layout import Shape, Take
from shortform_assets.reframing.scene import Actor, Scene

Slot = tuple[float, float, float, float]

WHOLE: Slot = (0.0, 0.0, 1.0, 1.0)
EYES = 0.33
"""Where the eyes are in a face's box, from its top."""
ROOM = 1.35
"""Least width of a crop over the width of the heads in it."""
STACKED_FACE = 1.5
"""Faces of a half picture are this much higher, as a share of their slot, than those of a whole one."""
RISE = 0.5
"""Eyes of a face that is higher than wanted sit higher by this share of the difference, so that there is
room below the chin; the head stays whole all the same."""
CLOSER = 1.25
"""A crop may be this much smaller than composed, where only that brings the eyes up to their line."""
MISS = 0.01
"""Share of the crop's height by which nobody sees that the eyes miss their line."""

Pins = Mapping[int, tuple[float, float]]
"""Clip frame -> top left corner that a human set, source pixels."""


def frame_take(
    take: Take, scene: Scene, shape: Shape, reframing: ReframingSlice, pins: Pins | None = None
) -> Framing:
    """The framing of `take`: its panels and their camera."""
    panels, fill = _panels(take, scene, shape, reframing, pins or {})
    return Framing(
        start_frame=take.start,
        end_frame=take.end,
        layout=take.layout,
        reason=take.reason,
        panels=tuple(panels),
        fill="blur" if fill else "none",
    )


def beside(framing: Framing, start: int, end: int) -> Framing:
    """Frames [start, end), just before or after `framing`, seen through the same boxes, held still."""
    nearest = framing.start_frame if end <= framing.start_frame else framing.end_frame - 1
    panels = []
    for panel in framing.panels:
        x, y, *_ = box_at(panel, nearest)
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


def _panels(
    take: Take, scene: Scene, shape: Shape, reframing: ReframingSlice, pins: Pins
) -> tuple[list[Panel], bool]:
    wide, tall = shape.source
    if take.layout == "stacked":
        upright = shape.aspect < 1
        slots: list[Slot] = (
            [(0, 0, 1, 0.5), (0, 0.5, 1, 0.5)] if upright else [(0, 0, 0.5, 1), (0.5, 0, 0.5, 1)]
        )
        half = Shape(shape.source, shape.aspect * (2 if upright else 0.5))
        return [
            _following(
                take,
                scene,
                half,
                [scene.actor(name)],
                slot,
                reframing,
                reframing.face_height * STACKED_FACE,
                pins,
            )
            for name, slot in zip(take.subjects, slots, strict=True)
        ], False
    if take.layout == "fit" or (take.layout == "wide" and not shape.same):
        return [_whole(take, shape)], True
    box_wide, box_tall = shape.biggest
    if take.layout == "single" and not shape.same:
        actors = [scene.actor(name) for name in take.subjects]
        return [_following(take, scene, shape, actors, WHOLE, reframing, reframing.face_height, pins)], False
    middle = Keyframe(frame=take.start, x=(wide - box_wide) / 2, y=(tall - box_tall) / 2)
    subject = take.subjects[0] if take.subjects else ""
    return [Panel(slot=WHOLE, width=box_wide, height=box_tall, path=(middle,), subject=subject)], False


def _whole(take: Take, shape: Shape) -> Panel:
    """The whole source, as big as it goes, in the middle of the output."""
    wide, tall = shape.source
    ratio = wide / tall / shape.aspect
    across, down = (1.0, 1 / ratio) if ratio >= 1 else (ratio, 1.0)
    return Panel(
        slot=((1 - across) / 2, (1 - down) / 2, across, down),
        width=wide,
        height=tall,
        path=(Keyframe(frame=take.start, x=0, y=0),),
    )


def _following(
    take: Take,
    scene: Scene,
    shape: Shape,
    actors: Sequence[Actor],
    slot: Slot,
    reframing: ReframingSlice,
    face_height: float,
    pins: Pins,
) -> Panel:
    """A panel whose camera keeps the heads of `actors` in the picture."""
    frames = _grid(take, scene, pins)
    heads = np.stack([actor.heads(frames) for actor in actors])
    union = np.concatenate([heads[:, :, :2].min(axis=0), heads[:, :, 2:].max(axis=0)], axis=1)
    # The whole shot counts, so that coming back to a speaker shows the same picture again.
    face = float(np.mean([actor.height(scene.start, scene.end) for actor in actors]))
    wanted = _Wanted(face, face_height, reframing.eye_line)
    wide, tall = _size(wanted, _eyes(actors, scene.frames), len(actors), shape, union, reframing.max_zoom)
    eyes = _eyes(actors, frames)
    across = _pinned(
        Reach(
            low=union[:, 2] - wide,
            high=union[:, 0],
            wish=(union[:, 0] + union[:, 2] - wide) / 2,
            dead_zone=reframing.dead_zone * wide,
            limit=shape.source[0] - wide,
        ), frames, {f: p[0] for f, p in pins.items()},
    )  # fmt: skip
    down = _pinned(
        Reach(
            low=union[:, 3] - tall,
            high=union[:, 1],
            wish=eyes - wanted.eye_line(tall) * tall,
            dead_zone=reframing.dead_zone * tall,
            limit=shape.source[1] - tall,
        ), frames, {f: p[1] for f, p in pins.items()},
    )  # fmt: skip
    x, y = plan_path(frames, across, scene.fps), plan_path(frames, down, scene.fps)
    kept = simplify(frames, x, y)
    path = tuple(Keyframe(frame=int(frames[i]), x=float(x[i]), y=float(y[i])) for i in kept)
    return Panel(slot=slot, width=wide, height=tall, path=path, subject=actors[0].name)


@dataclass(frozen=True)
class _Wanted:
    """How a face of `face` source pixels is composed: as shares of the crop, its height and its eyes."""

    face: float
    height: float
    eyes: float

    def eye_line(self, tall: float) -> float:
        """Where the eyes sit in a crop of `tall` source pixels."""
        return self.eyes - RISE * max(0.0, self.face / tall - self.height)


def _eyes(actors: Sequence[Actor], frames: NDArray[np.int32]) -> NDArray[np.float64]:
    """Height of the eyes (m,) of all `actors` on the average, source pixels."""
    boxes = [actor.series.boxes_at(frames).astype(np.float64) for actor in actors]
    return np.asarray(np.mean([b[:, 1] + EYES * (b[:, 3] - b[:, 1]) for b in boxes], axis=0))


def _size(
    wanted: _Wanted,
    eyes: NDArray[np.float64],
    people: int,
    shape: Shape,
    heads: NDArray[np.float64],
    max_zoom: float,
) -> tuple[float, float]:
    """Width and height of the crop: faces as high as wanted, within the zoom that the source can bear.

    The crop ends at the source's lower edge: where that holds the eyes below their line, a closer crop
    brings them up, as far as `CLOSER` allows.
    """
    biggest = shape.biggest
    room = float(np.percentile(heads[:, 2] - heads[:, 0], 95)) * (ROOM if people == 1 else 1.04)
    least = max(shape.source[1] / max_zoom * _half(shape), room / shape.aspect, 16.0)
    tall = float(np.clip(wanted.face / wanted.height, min(least, biggest[1]), biggest[1]))
    low, middle = max(min(least, tall), tall / CLOSER), float(np.median(eyes))
    for closer in np.linspace(tall, low, 26):
        tall = float(closer)
        highest = (middle - (shape.source[1] - tall)) / tall
        if highest <= wanted.eye_line(tall) + MISS:
            break
    # Rounded down to what the contract keeps, so that a box at the far edge never leaves the picture.
    tall = np.floor(tall * 100) / 100
    return float(np.floor(tall * shape.aspect * 100) / 100), float(tall)


def _half(shape: Shape) -> float:
    """A half picture may zoom in as far as a whole one: its height is half."""
    return 0.5 if shape.aspect not in (a / b for a, b in ASPECT_SIZE.values()) else 1.0


def _grid(take: Take, scene: Scene, pins: Pins) -> NDArray[np.int32]:
    """Sample frames of the take with its first and last frame, and the frames a human set."""
    inside = scene.frames[(scene.frames > take.start) & (scene.frames < take.end - 1)]
    pinned = [frame for frame in pins if take.start <= frame < take.end]
    return np.unique(np.concatenate([[take.start, take.end - 1], inside, pinned])).astype(np.int32)


def _pinned(reach: Reach, frames: NDArray[np.int32], pins: Mapping[int, float]) -> Reach:
    at = [(int(np.searchsorted(frames, frame)), value) for frame, value in pins.items() if frame in frames]
    for i, value in at:
        for line in (reach.low, reach.high, reach.wish):
            line[i] = value
    return reach


def box_at(panel: Panel, frame: int) -> tuple[float, float, float, float]:
    """The crop box x1 y1 x2 y2 of `panel` at a clip frame, source pixels."""
    frames = [key.frame for key in panel.path]
    x = position(frames, [key.x for key in panel.path], frame)
    y = position(frames, [key.y for key in panel.path], frame)
    return x, y, x + panel.width, y + panel.height


def faces_in_output(
    framings: Sequence[Framing], actors: Sequence[Actor], frames: NDArray[np.int32], fps: float
) -> list[FaceBox]:
    """Where the faces of `actors` are in the output at clip `frames`."""
    present = [actor.present(frames, fps) for actor in actors]
    boxes = [actor.series.boxes_at(frames) for actor in actors]
    found = []
    for i, frame in enumerate(int(f) for f in frames):
        framing = next(f for f in framings if f.start_frame <= frame < f.end_frame)
        for panel in framing.panels:
            for seen, box in zip(present, boxes, strict=True):
                if seen[i] and (face := _in_slot(panel, box[i], frame)):
                    found.append(face)
    return found


def _in_slot(panel: Panel, face: NDArray[np.float32], frame: int) -> FaceBox | None:
    """The part of `face` that `panel` shows, in shares of the output; None when it shows none of it."""
    left, top, right, bottom = box_at(panel, frame)
    x1, x2 = (float(np.clip((v - left) / (right - left), 0, 1)) for v in (face[0], face[2]))
    y1, y2 = (float(np.clip((v - top) / (bottom - top), 0, 1)) for v in (face[1], face[3]))
    if x2 - x1 <= 0 or y2 - y1 <= 0:
        return None
    x, y, wide, tall = panel.slot
    return FaceBox(
        frame=frame, x=x + x1 * wide, y=y + y1 * tall, width=(x2 - x1) * wide, height=(y2 - y1) * tall
    )


def shape_of(aspect: Aspect, source: tuple[int, int]) -> Shape:
    wide, tall = ASPECT_SIZE[aspect]
    return Shape(source, wide / tall)
