"""The pictures of an episode. Per frame only the heads are redrawn: everything else is painted once a shot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortform_assets.demo import faces
from shortform_assets.demo.episode_truth import CameraShot, ShotKind
from shortform_assets.demo.faces import LOOKS, Look, Picture, Plane
from shortform_assets.demo.scripts import Host
from shortform_assets.demo.studio_set import CAMERAS, FIGURE, SEATS, WIDTH, Camera, draw_front, draw_wall

BLUR: dict[ShotKind, float] = {"wide": 1.6, "close_a": 4.0, "close_b": 4.0}
"""Depth of field, units."""
CAST: dict[ShotKind, tuple[Host, ...]] = {"wide": ("A", "B"), "close_a": ("A",), "close_b": ("B",)}

Area = tuple[slice, slice]


@dataclass(frozen=True)
class Acting:
    """What a host does, one entry a frame: mouth and eyelid levels, head (right, down, turn) as in the truth."""

    mouth: NDArray[np.int64]
    lids: NDArray[np.int64]
    motion: NDArray[np.int64]


def draw_frames(
    shots: tuple[CameraShot, ...], acting: Mapping[Host, Acting], size: tuple[int, int]
) -> Iterator[Picture]:
    """Every frame in order, BGR (height, width, 3). The array is reused: it is valid until the next frame."""
    views = {kind: View(kind, size) for kind in sorted({shot.kind for shot in shots})}
    for shot in shots:
        view = views[shot.kind]
        for frame in range(shot.start, shot.end):
            yield view.draw(acting, frame)


class View:
    """The set and its hosts from one camera."""

    def __init__(self, kind: ShotKind, size: tuple[int, int]) -> None:
        self._camera = CAMERAS[kind].scaled(size[0] / WIDTH)
        self.picture = draw_wall(size, self._camera, BLUR[kind])
        draws: list[Callable[[], _Head]] = [_seat(self.picture, self._camera, host) for host in CAST[kind]]
        draw_front(self.picture, self._camera, [seat.x for seat in SEATS.values()])
        # The heads are cut out only now, so that what stands before a host is in them too.
        self._heads = dict(zip(CAST[kind], (draw() for draw in draws), strict=True))

    def draw(self, acting: Mapping[Host, Acting], frame: int) -> Picture:
        for host, head in self._heads.items():
            act = acting[host]
            head.draw(self.picture, int(act.mouth[frame]), int(act.lids[frame]), act.motion[frame])
        return self.picture


class _Head:
    """One head in one view: the picture around it at rest, and the pictures of mouth and eyes to put in."""

    def __init__(
        self, rest: Picture, area: Area, neck: tuple[float, float], zoom: float, still: Plane
    ) -> None:
        self._rest, self._area, self._zoom = rest, area, zoom
        height, width = rest.shape[:2]
        self._x, self._y = np.meshgrid(
            np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
        )
        self._weight = 1 - still
        self._dx = (self._x - neck[0]) * self._weight
        self._dy = (self._y - neck[1]) * self._weight
        self._parts: list[tuple[Area, list[Picture]]] = []

    def add(self, area: Area, levels: list[Picture]) -> None:
        self._parts.append((area, levels))

    def draw(self, picture: Picture, mouth: int, lid: int, motion: NDArray[np.int64]) -> None:
        import cv2

        texture = self._rest.copy()
        for (area, levels), level in zip(self._parts, (mouth, lid), strict=True):
            texture[area] = levels[level]
        right, down = (float(v) / 100 * self._zoom for v in motion[:2])
        turn = np.float32(np.radians(float(motion[2]) / 100))
        # Backwards: each pixel fetches what the head's movement brings to it; small turns are linear.
        map_x = self._x - np.float32(right) * self._weight + turn * self._dy
        map_y = self._y - np.float32(down) * self._weight - turn * self._dx
        picture[self._area] = cv2.remap(
            texture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )


def _seat(picture: Picture, camera: Camera, host: Host) -> Callable[[], _Head]:
    """Paint a host at rest; the returned function makes the moving head once the picture is complete."""
    look, seat = LOOKS[host], SEATS[host]
    scale = FIGURE * camera.zoom
    figure = faces.portrait(look, scale)
    height, width = figure.shape[:2]
    edge = faces.CROP[0] if look.mirrored else 0.0
    left, top = (round(v) for v in camera.at(*seat.at(edge, 0.0, look)))
    shown = figure[:, ::-1] if look.mirrored else figure
    rows, columns = _inside(picture, left, top, left + width, top + height)
    part = shown[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    picture[rows, columns] = _over(part[..., :3], part[..., 3], picture[rows, columns])

    def area(of: tuple[float, float, float, float]) -> Area:
        x1, y1, x2, y2 = faces.box(of, look, scale)
        x1, x2 = (width - x2, width - x1) if look.mirrored else (x1, x2)
        return _inside(picture, left + x1, top + y1, left + x2, top + y2)

    def make_head() -> _Head:
        head_area = area(faces.HEAD)
        rest = picture[head_area].copy()
        nx, ny = camera.at(*seat.at(*faces.NECK, look))
        neck = (nx - head_area[1].start, ny - head_area[0].start)
        made = _Head(rest, head_area, neck, camera.zoom, _still(rest.shape[:2], look))
        openings = [faces.open_mouth(figure, look, scale, k) for k in range(faces.LEVELS)]
        lids = [faces.shut_eyes(figure, look, scale, k) for k in range(faces.LIDS)]
        for of, levels in ((faces.MOUTH, openings), (faces.EYES, lids)):
            inside = area(of)
            x1, y1, x2, y2 = faces.box(of, look, scale)
            alpha = figure[y1:y2, x1:x2, 3]
            flip = slice(None, None, -1 if look.mirrored else 1)
            local = _shift(inside, head_area)
            made.add(local, [_over(p[:, flip], alpha[:, flip], picture[inside]) for p in levels])
        return made

    return make_head


def _still(shape: tuple[int, int], look: Look) -> Plane:
    """1 at the rim of the head's area and inside the collar, 0 on the head, smooth between."""
    height, width = shape
    x1, y1, x2, y2 = faces.HEAD
    x = np.linspace(x1, x2, width, dtype=np.float32)
    x = x[::-1] if look.mirrored else x
    y = np.linspace(y1, y2, height, dtype=np.float32)

    def ease(value: Plane) -> Plane:
        clipped = np.clip(value, 0, 1)
        return np.asarray(clipped * clipped * (3 - 2 * clipped), np.float32)

    across = ease((x - x1) / 38) * ease((x2 - x) / 38)
    along = ease((y - y1) / 26) * ease((y2 - y) / 52)
    return np.asarray(1 - along[:, None] * across[None, :], np.float32)


def _over(front: Picture, alpha: Picture, back: Picture) -> Picture:
    share = alpha[:, :, None].astype(np.float32) / 255
    return (front * share + back * (1 - share)).round().astype(np.uint8)


def _inside(picture: Picture, x1: int, y1: int, x2: int, y2: int) -> Area:
    height, width = picture.shape[:2]
    return slice(max(y1, 0), min(y2, height)), slice(max(x1, 0), min(x2, width))


def _shift(area: Area, origin: Area) -> Area:
    rows, columns = area
    top, left = origin[0].start, origin[1].start
    return slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
