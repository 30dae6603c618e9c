"""The set: a studio wall, a framed poster, a table with microphones. Drawn once a shot, never per frame.

Everything is drawn in a space of 1920x1080 units and can be photographed by a camera that shows any
window of it, so that close-ups see the same room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortform_assets.demo.faces import FACE, Look, Picture, photo

WIDTH, HEIGHT = 1920, 1080
"""Units of the set: pixels of its wide shot."""
POSTER = (812, 92, 1108, 452)
"""x1, y1, x2, y2 of the print inside the poster's frame, in units."""
POSTER_PHOTO = (78, 0, 368, 353)
"""Which part of the photo is printed."""
TABLE = 905
"""Height at which the table begins."""

Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Camera:
    """Shows the window of the set with top left corner (x, y), `zoom` pixels a unit."""

    x: float
    y: float
    zoom: float

    def at(self, x: float, y: float) -> Point:
        """Pixels of a point given in units."""
        return (x - self.x) * self.zoom, (y - self.y) * self.zoom

    def scaled(self, factor: float) -> Camera:
        """The same window in a picture of another size."""
        return Camera(self.x, self.y, self.zoom * factor)


@dataclass(frozen=True)
class Seat:
    """Where a host sits: the middle of the face and the chin, in units."""

    x: float
    chin: float

    def at(self, x: float, y: float, look: Look) -> Point:
        """Units of a point of the photo."""
        across = (x - (FACE[0] + FACE[2]) / 2) * FIGURE * look.width
        return self.x + (-across if look.mirrored else across), self.chin + (y - FACE[3]) * FIGURE


FIGURE = 1.75
"""Units a pixel of the photo: how large the hosts are."""
SEATS = {"A": Seat(510, 672), "B": Seat(1410, 672)}
"""Far enough apart that no upright crop of the wide shot holds both. Set by hand."""
CAMERAS = {"wide": Camera(0, 0, 1), "close_a": Camera(70, 362, 2), "close_b": Camera(890, 362, 2)}
"""The close-ups show a quarter of the set each, whole pixels of it. Set by hand."""


class Brush:
    """Anti-aliased shapes in units of the set, on a picture taken by a camera."""

    def __init__(self, picture: Picture, camera: Camera) -> None:
        self.picture, self.camera = picture, camera

    def fill(self, points: Sequence[Point], colour: Colour) -> None:
        import cv2

        cv2.fillPoly(self.picture, [self._fine(points)], colour, cv2.LINE_AA, 4)

    def line(self, points: Sequence[Point], colour: Colour, thickness: float, closed: bool = False) -> None:
        import cv2

        thick = max(1, round(thickness * self.camera.zoom))
        cv2.polylines(self.picture, [self._fine(points)], closed, colour, thick, cv2.LINE_AA, 4)

    def box(self, x1: float, y1: float, x2: float, y2: float, colour: Colour) -> None:
        self.fill(((x1, y1), (x2, y1), (x2, y2), (x1, y2)), colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, turn: float = 0.0) -> None:
        self.fill(ring(x, y, rx, ry, turn), colour)

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, strength: float) -> None:
        """Adds light, brightest at (x, y), gone about three radii away."""
        height, width = self.picture.shape[:2]
        cx, cy = self.camera.at(x, y)
        dx = np.exp(-(((np.arange(width) - cx) / (rx * self.camera.zoom)) ** 2)).astype(np.float32)
        dy = np.exp(-(((np.arange(height) - cy) / (ry * self.camera.zoom)) ** 2)).astype(np.float32)
        light = (dy[:, None] * dx[None, :] * strength)[:, :, None]
        lit = self.picture + light * np.array(colour, np.float32)
        self.picture[:] = np.clip(lit, 0, 255).astype(np.uint8)

    def shadow(self, points: Sequence[Point], blur: float, strength: float) -> None:
        import cv2

        mask = np.zeros(self.picture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self._fine(points)], 255, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(mask, (0, 0), blur * self.camera.zoom).astype(np.float32) / 255
        self.picture[:] = (self.picture * (1 - strength * soft[:, :, None])).astype(np.uint8)

    def _fine(self, points: Sequence[Point]) -> np.ndarray:
        return np.array([[round(v * 16) for v in self.camera.at(*p)] for p in points], np.int32)


def ring(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> list[Point]:
    """An ellipse as 96 points, turned by `turn` degrees."""
    angle, tilt = np.linspace(0, 2 * np.pi, 96, endpoint=False), np.radians(turn)
    ex, ey = rx * np.cos(angle), ry * np.sin(angle)
    xs = x + ex * np.cos(tilt) - ey * np.sin(tilt)
    ys = y + ex * np.sin(tilt) + ey * np.cos(tilt)
    return list(zip(xs.tolist(), ys.tolist(), strict=True))


def draw_wall(size: tuple[int, int], camera: Camera, blur: float = 0.0) -> Picture:
    """Everything behind the hosts, `size` (width, height) in pixels; `blur` in units, for depth of field."""
    import cv2

    width, height = size
    x = np.linspace(camera.x, camera.x + width / camera.zoom, width, dtype=np.float32) / WIDTH
    y = np.linspace(camera.y, camera.y + height / camera.zoom, height, dtype=np.float32) / HEIGHT
    left, right = np.array([70, 52, 24], np.float32), np.array([66, 34, 52], np.float32)
    across = np.clip((x - 0.32) / 0.36, 0, 1)[None, :, None]
    across = across * across * (3 - 2 * across)
    wall = (left * (1 - across) + right * across) * (1.18 - 0.55 * y[:, None, None])
    picture = np.clip(wall, 0, 255).astype(np.uint8)
    brush = Brush(picture, camera)
    brush.glow(330, 330, 430, 420, (112, 90, 40), 0.55)
    brush.glow(1590, 330, 430, 420, (80, 40, 96), 0.55)
    brush.glow(960, 210, 330, 330, (70, 88, 120), 0.75)
    _draw_slats(brush)
    _draw_shelf(brush)
    _draw_neon(brush)
    _draw_plant(brush)
    if blur:
        picture[:] = cv2.GaussianBlur(picture, (0, 0), blur * camera.zoom)
    _draw_poster(brush)
    if blur:
        picture[:] = cv2.GaussianBlur(picture, (0, 0), 0.35 * blur * camera.zoom)
    return picture


def draw_front(picture: Picture, camera: Camera, hosts: Sequence[float]) -> None:
    """The table and, below each host's chin at x = `hosts`, a microphone: what stands before the hosts."""
    brush = Brush(picture, camera)
    brush.shadow(((-20, TABLE - 6), (1940, TABLE - 6), (1940, 1100), (-20, 1100)), 16, 0.6)
    rows = 28
    for k in range(rows):
        top = TABLE + (1080 - TABLE) * k / rows
        fade = 1 - 0.62 * k / rows
        tone = (round(46 * fade), round(74 * fade), round(118 * fade))
        brush.box(-20, top, 1940, top + 1080 / rows, tone)
    for k in range(9):
        grain = TABLE + 14 + k * 19 + (k * k * 7) % 11
        brush.line([(-20, grain), (700, grain + 3), (1300, grain - 2), (1940, grain + 2)], (34, 56, 92), 1.2)
    brush.line([(-20, TABLE), (1940, TABLE)], (96, 140, 196), 3.5)
    for k, x in enumerate(hosts):
        _draw_microphone(brush, x, 1 if k == 0 else -1)
    _draw_mug(brush, 850, (160, 150, 60))
    _draw_mug(brush, 1070, (80, 70, 180))


def print_poster(width: int, height: int) -> Picture:
    """The photo as a two-colour print, BGR (height, width, 3)."""
    import cv2

    x1, y1, x2, y2 = POSTER_PHOTO
    grey = cv2.cvtColor(photo()[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY)
    grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)[:, :, None]
    tone = np.clip((grey - 20) / 215, 0, 1)
    dark, light = np.array([66, 40, 30], np.float32), np.array([196, 222, 236], np.float32)
    return (dark * (1 - tone) + light * tone).astype(np.uint8)


def _draw_poster(brush: Brush) -> None:
    x1, y1, x2, y2 = POSTER
    mat, rim = 16, 26
    brush.shadow(
        ((x1 - 14, y1 - 4), (x2 + 40, y1 - 4), (x2 + 40, y2 + 48), (x1 - 14, y2 + 48)), 14, 0.55
    )  # fmt: skip
    brush.box(x1 - rim, y1 - rim, x2 + rim, y2 + rim, (22, 30, 40))
    brush.box(x1 - mat, y1 - mat, x2 + mat, y2 + mat, (205, 216, 222))
    height, width = brush.picture.shape[:2]
    (px1, py1), (px2, py2) = brush.camera.at(x1, y1), brush.camera.at(x2, y2)
    left, top, right, bottom = round(px1), round(py1), round(px2), round(py2)
    image = print_poster(max(right - left, 1), max(bottom - top, 1))
    a, b, c, d = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if a < c and b < d:
        brush.picture[b:d, a:c] = image[b - top : d - top, a - left : c - left]


def _draw_slats(brush: Brush) -> None:
    """Wooden acoustic slats at both ends of the wall."""
    for start, step in ((-10, 1), (1930, -1)):
        for k in range(6):
            x = start + step * (k * 26 + 6)
            brush.box(min(x, x + step * 15), -10, max(x, x + step * 15), 1090, (34, 50, 74))
            brush.line([(x, -10), (x, 1090)], (50, 74, 108), 2)


def _draw_shelf(brush: Brush) -> None:
    books = ((22, 96, (92, 120, 52)), (16, 118, (64, 92, 190)), (26, 84, (150, 110, 70)),
             (18, 106, (70, 150, 190)), (20, 92, (120, 76, 120)), (15, 112, (180, 170, 150)))  # fmt: skip
    for left in (1200.0,):
        x = left
        for width, height, colour in books:
            brush.box(x, 250 - height, x + width, 250, colour)
            brush.line([(x + 4, 262 - height), (x + width - 4, 262 - height)], (200, 206, 210), 2)
            x += width + 2
        brush.shadow(((left - 16, 262), (left + 152, 262), (left + 152, 292), (left - 16, 292)), 9, 0.5)
        brush.box(left - 20, 250, left + 150, 263, (52, 80, 120))


def _draw_neon(brush: Brush) -> None:
    """A ringed planet in neon tube, the show's sign."""
    x, y = 700, 205
    brush.glow(x, y, 105, 90, (150, 190, 90), 0.5)
    whole, orbit = ring(x, y, 40, 40), ring(x, y, 76, 20, -22)
    for thick, colour in ((9, (150, 170, 84)), (4, (236, 252, 214))):
        brush.line(whole, colour, thick, closed=True)
    for thick, colour in ((9, (84, 140, 226)), (4, (206, 232, 255))):
        brush.line(orbit[:58], colour, thick)
        brush.line(orbit[86:] + orbit[:1], colour, thick)
    for dx, dy in ((-64, -66), (72, -58), (86, 44)):
        brush.oval(x + dx, y + dy, 4, 4, (236, 246, 255))


def _draw_plant(brush: Brush) -> None:
    """Between the hosts, behind the table."""
    x, y = 960, TABLE - 78
    angles = np.linspace(-1.15, 1.15, 13)
    for k, angle in enumerate(sorted(angles, key=lambda a: -abs(a))):
        length = 190 - 46 * abs(angle) + (k % 3) * 18
        tip = (x + np.sin(angle) * length, y - np.cos(angle) * length * 0.92)
        bend = (x + np.sin(angle) * length * 0.42, y - np.cos(angle) * length * 0.62)
        side = 15
        shade = 0.72 + 0.1 * (k % 4)
        green = (round(58 * shade), round(124 * shade), round(70 * shade))
        brush.fill(((x, y), (bend[0] - side, bend[1]), tip, (bend[0] + side, bend[1] + 4)), green)
        brush.line(((x, y), bend, tip), (52, 98, 60), 1.6)
    brush.fill(
        ((x - 52, y - 8), (x + 52, y - 8), (x + 40, TABLE + 10), (x - 40, TABLE + 10)), (108, 132, 196)
    )
    brush.box(x - 58, y - 18, x + 58, y + 6, (120, 146, 210))


def _draw_microphone(brush: Brush, x: float, side: int) -> None:
    """On an arm that comes from the middle of the table; its head stays below the chin."""
    head_x, head_y = x + side * 92, 800.0
    foot = (x + side * 225, TABLE + 34.0)
    elbow = (x + side * 205, 838.0)
    brush.oval(foot[0], foot[1], 46, 11, (24, 24, 26))
    for thick, colour in ((13, (26, 26, 28)), (4, (84, 84, 88))):
        brush.line((foot, elbow, (head_x, head_y + 26)), colour, thick)
    tilt, grill = side * 24, head_x - side * 6
    brush.oval(head_x, head_y, 33, 52, (30, 30, 33), tilt)
    brush.oval(head_x - side * 6, head_y - 10, 27, 38, (54, 54, 58), tilt)
    for k in range(-3, 4):
        brush.line(
            ((grill - 21, head_y - 10 + k * 9), (grill + 21, head_y - 10 + k * 9)), (40, 40, 44), 2
        )  # fmt: skip
    brush.line(ring(head_x, head_y + 16, 31, 9, tilt / 2)[:50], (70, 130, 220), 5)


def _draw_mug(brush: Brush, x: float, colour: Colour) -> None:
    dark = (round(colour[0] * 0.7), round(colour[1] * 0.7), round(colour[2] * 0.7))
    brush.oval(x, TABLE + 78, 44, 9, (26, 40, 66))
    brush.line(ring(x + 38, TABLE + 42, 18, 20), colour, 8, closed=True)
    brush.fill(((x - 36, TABLE + 8), (x + 36, TABLE + 8), (x + 32, TABLE + 78), (x - 32, TABLE + 78)), colour)
    brush.fill(((x + 12, TABLE + 8), (x + 36, TABLE + 8), (x + 32, TABLE + 78), (x + 12, TABLE + 78)), dark)
    brush.oval(x, TABLE + 8, 36, 8, dark)
    brush.oval(x, TABLE + 9, 30, 6, (30, 40, 58))
