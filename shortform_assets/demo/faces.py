"""The hosts' faces: one public-domain NASA portrait, cut out, dressed differently and taught to talk.

`skimage.data.astronaut()` is the photo. All coordinates below are pixels of it. A mouth opens by moving
what lies below the lip line down, as a jaw does, and filling the gap with the inside of a mouth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Plane = NDArray[np.floating[Any]]
"""Shares from 0 to 1 over a picture."""

CROP = (400, 330)
"""Width and height of the part of the photo that is used, from its top left corner."""
FACE = (180.0, 72.0, 271.0, 178.0)
"""x1, y1, x2, y2 of the face at rest: hairline to chin."""
MOUTH = (188, 128, 258, 192)
"""The part that changes when the mouth opens."""
EYES = (190, 92, 261, 113)
"""The part that changes when the eyes blink."""
HEAD = (110, -16, 344, 224)
"""The part that moves when the head moves; it ends inside the collar and on the wall."""
NECK = (222.0, 196.0)
"""What the head turns about."""
LEVELS = 14
"""Mouth openings, closed to wide."""
LIDS = 3
"""Eyelids, open to shut."""

MOUTH_DROP = 12.5
"""How far the lower lip falls when the mouth is wide open."""

_LIP_X, _LIP_Y, _LIP_HALF, _LIP_SAG = 223.0, 149.4, 21.0, 9.0
"""Middle of the line between the lips, half its width, and how far its corners hang below; read off the photo, as
all places here. test_face_landmarks_agree_with_the_truth."""
_EYES = ((204.3, 101.0, 10.5, 3.9), (246.8, 103.4, 10.5, 3.9))
"""Middle, half width and half height of each eye."""
# Hair, ears, jaw, collar and shoulders, traced by hand on the photo enlarged three times.
_OUTLINE = (
    "92 992 100 950 125 880 140 830 165 770 200 735 250 690 300 655 340 625 346 600 338 570 345 558 372 540 "
    "385 500 420 470 470 450 530 446 553 446 549 400 530 394 515 372 508 352 480 330 465 285 460 235 468 195 "
    "490 160 520 135 560 115 580 90 610 68 650 53 700 47 750 55 800 72 840 95 870 125 885 165 890 200 903 230 "
    "905 270 897 310 880 340 855 365 838 385 826 405 805 411 796 440 780 478 766 515 768 524 800 537 850 580 890 635 "
    "912 690 918 705 950 725 985 755 1010 790 1030 840 1045 880 1060 940 1088 992"
)
_SKIN = (
    "541 402 524 398 512 372 514 356 538 358 538 330 543 280 556 232 600 232 650 240 700 243 750 252 792 268 812 300 814 340 812 376 838 384 826 408 804 414 800 440 "
    "785 480 768 520 740 560 650 570 560 540 553 446"
)


@dataclass(frozen=True)
class Look:
    """How a host differs from the photo. Colours are BGR; `hair` multiplies, `suit` replaces the orange."""

    mirrored: bool
    suit: tuple[int, int, int]
    hair: tuple[float, float, float]
    skin: tuple[float, float, float]
    width: float = 1.0
    """Stretch of the figure sideways."""
    glasses: bool = False


LOOKS = {
    "A": Look(False, (150, 104, 38), (0.50, 0.47, 0.46), (0.93, 0.97, 0.99)),
    "B": Look(True, (84, 74, 190), (0.62, 0.72, 1.02), (1.02, 1.0, 1.02), width=0.95, glasses=True),
}
"""Unlike enough that the two are told apart by their colours, as by whoever watches. Set by hand."""


def photo() -> Picture:
    """The whole photo, BGR (512, 512, 3)."""
    import skimage.data

    return np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])


def portrait(look: Look, scale: float) -> Picture:
    """The host at rest, BGRA, `CROP` enlarged by `scale` (and `look.width` sideways); not mirrored yet."""
    import cv2

    width, height = CROP
    image = photo()[:height, :width]
    alpha = _cut_out(image)
    # The wall of the photo shines through at hair edges: grow the figure's own colours outwards.
    figure = cv2.inpaint(image, (alpha < 0.97).astype(np.uint8), 3, cv2.INPAINT_TELEA)
    figure = _dress(np.asarray(figure, np.uint8), look)
    size = (round(width * scale * look.width), round(height * scale))
    large = cv2.resize(figure, size, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), max(0.6, 0.55 * scale))
    sharp: Picture = np.asarray(cv2.addWeighted(large, 1.55, soft, -0.55, 0), np.uint8)
    edge = cv2.resize(alpha, size, interpolation=cv2.INTER_CUBIC)
    edge = np.clip((cv2.GaussianBlur(edge, (0, 0), max(0.4, 0.35 * scale)) - 0.25) / 0.6, 0, 1)
    if look.glasses:
        sharp = _put_glasses(sharp, scale, look.width)
    return np.dstack([sharp, (edge * 255).astype(np.uint8)])


def open_mouth(figure: Picture, look: Look, scale: float, level: int) -> Picture:
    """The BGR picture inside `box(MOUTH)` of a `portrait`, its mouth open by `level` of LEVELS - 1."""
    import cv2

    x1, y1, x2, y2 = box(MOUTH, look, scale)
    sx, sy = scale * look.width, scale
    grid_y, grid_x = np.mgrid[y1:y2, x1:x2].astype(np.float32)
    px, py = (grid_x + 0.5) / sx - 0.5, (grid_y + 0.5) / sy - 0.5
    drop = MOUTH_DROP * level / (LEVELS - 1)
    across = (px - _LIP_X) / _LIP_HALF
    lip = _LIP_Y - _LIP_SAG * np.minimum(across * across, 1.6)
    below = np.maximum(py - lip, 0)
    # At the lips only the space between the corners moves, at the chin the whole jaw; the throat is still.
    reach = 1 + 0.75 * np.minimum(below / 24, 1)
    sideways = np.clip(1 - (across / reach) ** 2, 0, 1) ** 0.8
    downwards = np.clip((46 - below) / (46 - 30), 0, 1)
    downwards = downwards * downwards * (3 - 2 * downwards)
    fall = drop * sideways * downwards
    moved = py > lip
    from_y = np.where(moved, np.maximum(py - fall, lip), py)
    source = np.ascontiguousarray(figure[:, :, :3])
    map_y = ((from_y + 0.5) * sy - 0.5).astype(np.float32)
    picture = cv2.remap(source, grid_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if level:
        gap = drop * np.clip(1 - across * across, 0, 1) ** 0.8
        inside = np.clip(np.minimum(py - lip, lip + gap - py) * sy + 0.5, 0, 1) * (gap > 0.2)
        depth = np.clip((py - lip) / np.maximum(gap, 0.5), 0, 1)[:, :, None]
        dark, tongue = np.array([22, 16, 44], np.float32), np.array([62, 56, 128], np.float32)
        weight = np.clip((depth - 0.45) / 0.55, 0, 1) * min(1.0, drop / 9)
        cavity = dark * (1 - weight) + tongue * weight
        shade = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), max(0.5, 0.28 * scale))[:, :, None]
        picture = (picture * (1 - shade) + cavity * shade).round().astype(np.uint8)
    return np.asarray(picture, np.uint8)


def shut_eyes(figure: Picture, look: Look, scale: float, lid: int) -> Picture:
    """The BGR picture inside `box(EYES)` of a `portrait`, eyelids closed by `lid` of LIDS - 1."""
    import cv2

    x1, y1, x2, y2 = box(EYES, look, scale)
    sx, sy = scale * look.width, scale
    grid_y, grid_x = np.mgrid[y1:y2, x1:x2].astype(np.float32)
    px, py = (grid_x + 0.5) / sx - 0.5, (grid_y + 0.5) / sy - 0.5
    picture = figure[y1:y2, x1:x2, :3].astype(np.float32)
    source = np.ascontiguousarray(figure[:, :, :3])
    share = lid / (LIDS - 1)
    for cx, cy, half_w, half_h in _EYES:
        across = np.clip(1 - ((px - cx) / half_w) ** 2, 0, 1)
        top, bottom = cy - half_h * across, cy + half_h * across
        edge = top + (bottom - top) * share
        # The lid is the skin between eye and brow, stretched down over the eye.
        up = top - 2.6 + (py - top) * 0.22
        skin = cv2.remap(source, grid_x, ((up + 0.5) * sy - 0.5).astype(np.float32), cv2.INTER_LINEAR)
        covered = np.clip((edge - py) * sy + 0.5, 0, 1) * np.clip((py - top) * sy + 1.0, 0, 1) * (across > 0)
        lash = np.exp(-(((py - edge) / 0.9) ** 2)) * np.clip(across * 3, 0, 1) * (share > 0)
        covered, lash = covered[:, :, None], 0.75 * lash[:, :, None]
        picture = picture * (1 - covered) + skin * covered
        picture = picture * (1 - lash) + np.array([38, 44, 62], np.float32) * lash
    return picture.round().astype(np.uint8)


def box(area: tuple[float, float, float, float], look: Look, scale: float) -> tuple[int, int, int, int]:
    """An area of the photo as whole pixels of a `portrait` that is not mirrored."""
    x1, y1, x2, y2 = area
    wide = scale * look.width
    return round(x1 * wide), round(y1 * scale), round(x2 * wide), round(y2 * scale)


def _polygon(text: str) -> NDArray[np.int32]:
    return (np.array(text.split(), dtype=np.float32).reshape(-1, 1, 2) / 3).round().astype(np.int32)


def _cut_out(image: Picture) -> Plane:
    """How much of each pixel is the figure, 0 to 1: the traced outline, its rim decided by GrabCut."""
    import cv2

    traced = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(traced, [_polygon(_OUTLINE)], 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    inner, outer = cv2.erode(traced, kernel), cv2.dilate(traced, kernel)
    labels = np.where(traced > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[inner > 0], labels[outer == 0] = cv2.GC_FGD, cv2.GC_BGD
    cv2.setRNGSeed(7)
    everywhere = (0, 0, image.shape[1], image.shape[0])
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image, labels, everywhere, *models, 3, cv2.GC_INIT_WITH_MASK)
    figure = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    soft, softer = cv2.GaussianBlur(figure, (0, 0), 0.8), cv2.GaussianBlur(figure, (0, 0), 1.6)
    # Hair keeps its fine rim; the hard edge of collar and suit is smoothed.
    soft[145:] = np.clip((softer[145:] - 0.5) * 2.4 + 0.5, 0, 1)
    return np.asarray(soft, np.float32)


def _dress(image: Picture, look: Look) -> Picture:
    """Another suit, other hair, another complexion."""
    import cv2

    picture: Plane = image.astype(np.float32)
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    rows = np.arange(image.shape[0])[:, None]
    orange = ((hsv[..., 0] < 16) | (hsv[..., 0] > 170)) & (hsv[..., 1] > 120) & (rows > 205)
    suit = cv2.GaussianBlur(orange.astype(np.float32), (0, 0), 1.0)[:, :, None]
    light = hsv[..., 2:3].astype(np.float32) / 235
    picture = picture * (1 - suit) + np.array(look.suit, np.float32) * light**1.3 * suit
    traced = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(traced, [_polygon(_SKIN)], 1.0)
    skin = cv2.GaussianBlur(traced, (0, 0), 1.6)[:, :, None]
    head = np.zeros(image.shape[:2], np.float32)
    head[:142] = 1.0
    hair = cv2.GaussianBlur(head, (0, 0), 2.0)[:, :, None] * (1 - skin)
    picture *= 1 + hair * (np.array(look.hair, np.float32) - 1)
    picture *= 1 + skin * (np.array(look.skin, np.float32) - 1)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _put_glasses(image: Picture, scale: float, width: float) -> Picture:
    import cv2

    fine = 16

    def at(x: float, y: float) -> tuple[int, int]:
        return round((x + 0.5) * scale * width * fine), round((y + 0.5) * scale * fine)

    def draw(canvas: Any, lift: float, colour: tuple[int, int, int], thick: float) -> None:
        line: dict[str, Any] = {
            "color": colour, "thickness": max(1, round(thick * scale)), "lineType": cv2.LINE_AA, "shift": 4,
        }  # fmt: skip
        for cx, cy in ((204.0, 102.6), (247.0, 105.0)):
            axes = (round(15.5 * scale * width * fine), round(12.0 * scale * fine))
            cv2.ellipse(canvas, at(cx, cy + lift), axes, 3, 0, 360, **line)
        cv2.line(canvas, at(219.6, 100.6 + lift), at(231.4, 101.2 + lift), **line)
        cv2.line(canvas, at(188.6, 100.5 + lift), at(180.5, 98.0 + lift), **line)
        cv2.line(canvas, at(262.4, 104.2 + lift), at(270.5, 103.0 + lift), **line)

    shadow = np.zeros(image.shape[:2], np.uint8)
    draw(shadow, 1.6, (255, 255, 255), 1.5)
    dim = cv2.GaussianBlur(shadow, (0, 0), scale)[:, :, None].astype(np.float32) / 255 * 0.22
    worn = (image * (1 - dim)).astype(np.uint8)
    draw(worn, 0.0, (34, 30, 40), 1.5)
    return worn
