"""One panel of a framing: how big its crop is, how the face in it is composed, and the camera's path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.clips import Keyframe, Panel
from shortform_assets.contracts.existing_text import PictureText
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.direct.camera_path import Reach, plan_path, simplify
from shortform_assets.reframing.direct.layout import READABLE, Shape
from shortform_assets.reframing.where.attention import CropWindow
from shortform_assets.reframing.where.text_edges import shift_off
from shortform_assets.reframing.who.scene import Actor, Box, Scene

Slot = tuple[float, float, float, float]
"""x, y, width, height as shares of the output."""
Pins = Mapping[int, tuple[float, float]]
"""Clip frame -> point of the source, in its pixels, that a human wants in the middle."""
Floats = NDArray[np.float64]

# Set on the scenes of benchmarks/reframing.py; held by its "speaker in crop", "full bleed" and "face at least
# 12 %".
EYES = 0.33
"""Where the eyes are in a face's box, from its top."""
ROOM = 1.35
"""Least width of a crop over the width of the heads in it."""
RISE = 0.5
"""Eyes of a face that is higher than wanted sit higher by this share of the difference, so that there is
room below the chin; the head stays whole all the same."""
CLOSER = 1.25
"""A crop may be this much smaller than composed, where only that brings the eyes up to their line."""
MISS = 0.01
"""Share of the crop's height by which nobody sees that the eyes miss their line."""
SOFTER = 1.6
"""A picture in a window of its own may be enlarged this much further than others."""
PROFILE = 35.0
"""Degrees of yaw at which a face has all the room to look into that there is."""
FRONTAL = 8.0
"""Degrees below which a face looks at the camera."""
ASIDE = 0.15
"""Share of the crop's width by which it may move aside so as not to cut through a face."""
ACTION = 0.12
"""Share of the crop's width by which the window of the action may miss its best place."""


@dataclass(frozen=True)
class Part:
    """What one panel is to show in frames [start, end)."""

    start: int
    end: int
    slot: Slot
    shape: Shape
    """Of the slot."""
    face_height: float
    """Wanted, as a share of the slot's height."""
    zoom: float
    """The crop is at least the source's height over this."""
    upscale: float
    """The crop is no smaller than that it is enlarged so many times, where the face stays well seen all the same."""


def following(
    part: Part, scene: Scene, actors: Sequence[Actor], reframing: ReframingSlice, pins: Pins
) -> Panel:
    """A panel whose camera keeps the heads of `actors` in the picture."""
    frames = _grid(part, scene, pins)
    heads = np.stack([actor.heads(frames) for actor in actors])
    union = np.concatenate([heads[:, :, :2].min(axis=0), heads[:, :, 2:].max(axis=0)], axis=1)
    # The whole shot counts, so that coming back to a speaker shows the same picture again.
    face = float(np.mean([actor.height(scene.start, scene.end) for actor in actors]))
    wanted = _Wanted(face, part.face_height, reframing.eye_line)
    area = _area(actors, part)
    wide, tall = _size(wanted, _eyes(actors, scene.frames), len(actors), part, union, area)
    look = _look_room(scene, actors, reframing.look_room) * wide
    centred = (union[:, 0] + union[:, 2] - wide) / 2 + look
    # Where the heads are wider than the crop, the faces alone must be in it.
    faces = [actor.series.boxes_at(frames).astype(np.float64) for actor in actors]
    left, right = np.min([f[:, 0] for f in faces], axis=0), np.max([f[:, 2] for f in faces], axis=0)
    wider = union[:, 2] - union[:, 0] > wide
    wish_x = centred + _clear_of(scene, actors, frames, float(np.median(centred)), wide)
    wish_y = _eyes(actors, frames) - wanted.eye_line(tall) * tall
    low_x, high_x = np.where(wider, right, union[:, 2]) - wide, np.where(wider, left, union[:, 0])
    aside_x, aside_y = _off_text(
        part,
        scene,
        (wide, tall),
        (wish_x, wish_y),
        ((low_x, high_x), (union[:, 3] - tall, union[:, 1])),
        area,
    )
    across = Reach(
        low=low_x,
        high=high_x,
        wish=wish_x + aside_x,
        dead_zone=reframing.dead_zone * wide,
        limit=area[2] - wide,
        floor=area[0],
        top_speed=reframing.max_speed * wide,
    )
    down = Reach(
        low=union[:, 3] - tall,
        high=union[:, 1],
        wish=wish_y + aside_y,
        dead_zone=reframing.dead_zone * tall,
        limit=area[3] - tall,
        floor=area[1],
        top_speed=reframing.max_speed * tall,
    )
    return _moving(part, scene, (wide, tall), (across, down), pins, actors[0].name)


def action(part: Part, scene: Scene, window: CropWindow, reframing: ReframingSlice, pins: Pins) -> Panel:
    """A panel of the biggest box whose camera follows the `window` of the action across the picture."""
    frames = _grid(part, scene, pins)
    wide, tall = part.shape.biggest
    wish = np.interp(frames, window.frames, window.left)
    slack = ACTION * wide
    across = Reach(
        low=wish - slack,
        high=wish + slack,
        wish=wish,
        dead_zone=reframing.dead_zone * wide,
        limit=part.shape.source[0] - wide,
        top_speed=reframing.max_speed * wide,
    )
    middle = np.full(len(frames), (part.shape.source[1] - tall) / 2)
    down = Reach(middle, middle, middle, 0.0, part.shape.source[1] - tall)
    return _moving(part, scene, (wide, tall), (across, down), pins, "")


def standing(
    part: Part,
    left: float | None,
    subject: str = "",
    pins: Pins | None = None,
    texts: Sequence[PictureText] = (),
) -> Panel:
    """The biggest box, held at `left` (source pixels) or in the middle, or beside it so that it cuts no `texts`."""
    wide, tall = part.shape.biggest
    source_wide, source_tall = part.shape.source
    x = (source_wide - wide) / 2 if left is None else left
    y = (source_tall - tall) / 2
    room = (-x, source_wide - wide - x), (0.0, 0.0)
    x += shift_off(texts, (part.start, part.end), (wide, tall), (x, y), room)[0]
    for frame, (at_x, at_y) in sorted((pins or {}).items()):
        if part.start <= frame < part.end:
            x, y = (float(np.clip(v, 0, limit)) for v, limit in (
                (at_x - wide / 2, source_wide - wide), (at_y - tall / 2, source_tall - tall)))  # fmt: skip
            break
    return Panel(
        slot=part.slot, width=wide, height=tall, path=(Keyframe(frame=part.start, x=x, y=y),), subject=subject
    )


def region(start: int, box: Box, inside: Slot, output: float, subject: str = "") -> Panel:
    """`box` of the source, whole and as big as it goes, in the middle of the slot `inside` of an output of
    aspect ratio `output`."""
    x1, y1, x2, y2 = box
    x, y, wide, tall = inside
    ratio = (x2 - x1) / (y2 - y1) / (output * wide / tall)
    across, down = (wide, tall / ratio) if ratio >= 1 else (wide * ratio, tall)
    return Panel(
        slot=(x + (wide - across) / 2, y + (tall - down) / 2, across, down),
        width=x2 - x1,
        height=y2 - y1,
        path=(Keyframe(frame=start, x=x1, y=y1),),
        subject=subject,
    )


def _moving(
    part: Part,
    scene: Scene,
    size: tuple[float, float],
    reaches: tuple[Reach, Reach],
    pins: Pins,
    subject: str,
) -> Panel:
    frames = _grid(part, scene, pins)
    own = sorted(frame for frame in pins if part.start <= frame < part.end)
    if own:
        # A human has taken the camera over: it is where they say, straight in between.
        x, y = (
            np.clip(
                np.interp(frames, own, [pins[frame][axis] - size[axis] / 2 for frame in own]),
                0,
                part.shape.source[axis] - size[axis],
            )
            for axis in (0, 1)
        )
    else:
        x, y = (plan_path(frames, reach, scene.fps) for reach in reaches)
    kept = simplify(frames, x, y)
    path = tuple(Keyframe(frame=int(frames[i]), x=float(x[i]), y=float(y[i])) for i in kept)
    return Panel(slot=part.slot, width=size[0], height=size[1], path=path, subject=subject)


@dataclass(frozen=True)
class _Wanted:
    """How a face of `face` source pixels is composed: as shares of the crop, its height and its eyes."""

    face: float
    height: float
    eyes: float

    def eye_line(self, tall: float) -> float:
        """Where the eyes sit in a crop of `tall` source pixels."""
        return self.eyes - RISE * max(0.0, self.face / tall - self.height)


def _eyes(actors: Sequence[Actor], frames: NDArray[np.int32]) -> Floats:
    """Height of the eyes (m,) of all `actors` on the average, source pixels."""
    boxes = [actor.series.boxes_at(frames).astype(np.float64) for actor in actors]
    return np.asarray(np.mean([b[:, 1] + EYES * (b[:, 3] - b[:, 1]) for b in boxes], axis=0))


def _look_room(scene: Scene, actors: Sequence[Actor], most: float) -> float:
    """How far the crop moves to where one person looks, as a share of its width. It is the same for the
    whole shot: the camera does not turn with every glance."""
    if len(actors) != 1:
        return 0.0
    yaw = actors[0].yaw(scene.start, scene.end)
    turned = np.clip((abs(yaw) - FRONTAL) / (PROFILE - FRONTAL), 0.0, 1.0)
    return float(most * turned * np.sign(yaw))


def _clear_of(
    scene: Scene, actors: Sequence[Actor], frames: NDArray[np.int32], left: float, wide: float
) -> float:
    """How far to move the crop at `left`, in pixels, so that its edge does not cut through someone else's
    face; 0 where that would take more than `ASIDE`."""
    best = 0.0
    for other in scene.actors:
        if other in actors or other.present(frames, scene.fps).mean() < 0.5:
            continue
        x1, _, x2, _ = np.median(other.heads(frames), axis=0)
        for edge, away in ((left + wide, x1 - left - wide), (left, x2 - left)):
            if x1 < edge < x2 and abs(away) <= ASIDE * wide and abs(away) > abs(best):
                best = float(away)
    return best


def _off_text(
    part: Part,
    scene: Scene,
    size: tuple[float, float],
    wishes: tuple[Floats, Floats],
    reaches: tuple[tuple[Floats, Floats], tuple[Floats, Floats]],
    area: Box,
) -> tuple[float, float]:
    """How far to move a crop of `size` across and down so that it does not cut text of the picture. `reaches` are
    the lowest and highest places at which the heads are whole."""
    corner, room = [], []
    for axis in (0, 1):
        floor, limit = area[axis], area[axis + 2] - size[axis]
        at = float(np.clip(np.median(wishes[axis]), floor, max(floor, limit)))
        corner.append(at)
        low, high = reaches[axis]
        room.append((max(float(low.max()), floor) - at, min(float(high.min()), limit) - at))
    return shift_off(scene.texts, (part.start, part.end), size, (corner[0], corner[1]), (room[0], room[1]))


def too_small(actors: Sequence[Actor], part: Part) -> Box | None:
    """The window that all `actors` are in, where it cannot be enlarged so far as to fill the part."""
    window = _window(actors)
    if window is None:
        return None
    _, tall = replace(part.shape, source=(window[2] - window[0], window[3] - window[1])).biggest
    return window if tall * part.zoom * SOFTER < part.shape.source[1] else None


def _window(actors: Sequence[Actor]) -> Box | None:
    window = actors[0].window
    return window if all(actor.window == window for actor in actors) else None


def _area(actors: Sequence[Actor], part: Part) -> Box:
    """What the crop may show: the window that all `actors` are in, or the source."""
    source = part.shape.source
    return _window(actors) or (0.0, 0.0, float(source[0]), float(source[1]))


def _size(
    wanted: _Wanted, eyes: Floats, people: int, part: Part, heads: Floats, area: Box
) -> tuple[float, float]:
    """Width and height of the crop: faces as high as wanted, within the zoom that the source can bear, and
    no softer than `part.upscale` where faces allow it.

    The crop ends at the lower edge of its `area`: where that holds the eyes below their line, a closer crop
    brings them up, as far as `CLOSER` allows.
    """
    shape = part.shape
    biggest = replace(shape, source=(area[2] - area[0], area[3] - area[1])).biggest
    room = float(np.percentile(heads[:, 2] - heads[:, 0], 95)) * (ROOM if people == 1 else 1.04)
    least = max(shape.source[1] / part.zoom, room / shape.aspect, 16.0)
    # A face that would be hard to see is enlarged further: what cannot be made out is not helped by being sharp.
    least = max(least, min(shape.lines / part.upscale, wanted.face * part.slot[3] / READABLE))
    tall = float(np.clip(wanted.face / wanted.height, min(least, biggest[1]), biggest[1]))
    low, middle = max(min(least, tall), tall / CLOSER), float(np.median(eyes))
    for closer in np.linspace(tall, low, 26):
        tall = float(closer)
        highest = (middle - (area[3] - tall)) / tall
        if highest <= wanted.eye_line(tall) + MISS:
            break
    # Rounded down to what the contract keeps, so that a box at the far edge never leaves the picture.
    tall = np.floor(tall * 100) / 100
    return float(np.floor(tall * shape.aspect * 100) / 100), float(tall)


def _grid(part: Part, scene: Scene, pins: Pins) -> NDArray[np.int32]:
    """Sample frames of the part with its first and last frame, and the frames a human set."""
    inside = scene.frames[(scene.frames > part.start) & (scene.frames < part.end - 1)]
    pinned = [frame for frame in pins if part.start <= frame < part.end]
    return np.unique(np.concatenate([[part.start, part.end - 1], inside, pinned])).astype(np.int32)
