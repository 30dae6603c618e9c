"""People cut out of single photos, head and shoulders, with the landmarks that MediaPipe finds in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.see.lips import OVAL

Picture = NDArray[np.uint8]
Mesh = NDArray[np.float64]

PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "media" / "photos"
FILES = ("obama_1.jpg", "biden_1.jpg", "obama_3.jpg", "biden_2.jpg")
FACE_PIXELS = 240
"""Height of a face in a cut-out before it is scaled into a scene."""


@dataclass(frozen=True)
class Tint:
    """How a person differs from the photo: mirrored, hue turned (degrees of 180), colours multiplied (BGR),
    stretched sideways."""

    mirrored: bool = False
    hue: int = 0
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    stretch: float = 1.0


PLAIN = Tint()


@dataclass(frozen=True)
class Sitter:
    """A cut-out photo: BGRA with faces `FACE_PIXELS` high, and its landmarks (478, 2) in pixels."""

    name: str
    picture: Picture
    mesh: Mesh

    @property
    def box(self) -> tuple[float, float, float, float]:
        oval = self.mesh[list(OVAL)]
        return (*oval.min(axis=0), *oval.max(axis=0))

    def tinted(self, tint: Tint) -> Sitter:
        """The same photo as somebody else."""
        picture, mesh = self.picture.copy(), self.mesh.copy()
        colours = picture[:, :, :3]
        if tint.hue:
            hsv = cv2.cvtColor(colours, cv2.COLOR_BGR2HSV)
            skin = (hsv[..., 0] < 22) | (hsv[..., 0] > 172)
            turned = (hsv[..., 0].astype(np.int16) + tint.hue) % 180
            hsv[..., 0] = np.where(skin & (hsv[..., 1] < 150), hsv[..., 0], turned)
            colours = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), np.uint8)
        picture[:, :, :3] = np.clip(colours * np.array(tint.gain, np.float32), 0, 255).astype(np.uint8)
        if tint.stretch != 1.0:
            resized = cv2.resize(picture, None, fx=tint.stretch, fy=1.0, interpolation=cv2.INTER_AREA)
            picture = np.asarray(resized, np.uint8)
            mesh[:, 0] *= tint.stretch
        if tint.mirrored:
            picture = np.ascontiguousarray(picture[:, ::-1])
            mesh[:, 0] = picture.shape[1] - mesh[:, 0]
        return Sitter(f"{self.name} {tint}", picture, mesh)


@cache
def sitters(shared: bool = True) -> tuple[Sitter, ...]:
    """The astronaut of scikit-image, and with `shared` those of the shared photos that are there."""
    import skimage.data

    found = [_sitter("astronaut", np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1]))]
    for name in FILES if shared else ():
        if (PHOTOS / name).is_file():
            found.append(_sitter(name, np.asarray(cv2.imread(str(PHOTOS / name)), np.uint8)))
    return tuple(found)


def cast(count: int, shared: bool, seed: int) -> list[Sitter]:
    """`count` different people; photos are used again in other colours, mirrored and stretched."""
    rng = np.random.default_rng(seed)
    photos = sitters(shared)
    start = int(rng.integers(len(photos)))
    tints = (
        PLAIN,
        Tint(True, 70, (0.80, 0.86, 0.92), 0.94),
        Tint(False, 120, (1.12, 1.0, 0.92), 1.06),
        Tint(True, 30, (0.66, 0.70, 0.76), 1.0),
    )
    first = int(rng.integers(len(tints)))
    return [
        photos[(start + i) % len(photos)].tinted(tints[(first + i // len(photos) + i) % len(tints)])
        for i in range(count)
    ]


def _sitter(name: str, photo: Picture) -> Sitter:
    mesh = _landmarks(photo)
    oval = mesh[list(OVAL)]
    (x1, y1), (x2, y2) = oval.min(axis=0), oval.max(axis=0)
    tall, wide = y2 - y1, x2 - x1
    left, right = round(max(0, x1 - 1.15 * wide)), round(min(photo.shape[1], x2 + 1.15 * wide))
    top, bottom = round(max(0, y1 - 0.75 * tall)), round(min(photo.shape[0], y2 + 1.0 * tall))
    part, mesh = photo[top:bottom, left:right], mesh - (left, top)
    scale = FACE_PIXELS / tall
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    part = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    mesh = mesh * scale
    return Sitter(name, np.dstack([part, _cut_out(part, mesh)]), mesh)


@cache
def _mesher() -> Any:
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision

    from resources.models import Models

    options = tasks.BaseOptions(model_asset_path=str(Models().resolve("face-landmarker")))
    return vision.FaceLandmarker.create_from_options(vision.FaceLandmarkerOptions(base_options=options))


def _landmarks(photo: Picture) -> Mesh:
    """(478, 2) of the biggest face, pixels."""
    import mediapipe

    image = mediapipe.Image(
        image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(photo[:, :, ::-1])
    )
    points = _mesher().detect(image).face_landmarks[0]
    return np.array([(p.x, p.y) for p in points]) * (photo.shape[1], photo.shape[0])


def _cut_out(part: Picture, mesh: Mesh) -> Picture:
    """How much of each pixel is the person, 0 to 255: GrabCut around a head on shoulders."""
    height, width = part.shape[:2]
    oval = mesh[list(OVAL)].astype(np.float32)
    (x1, y1), (x2, y2) = oval.min(axis=0), oval.max(axis=0)
    wide, tall, middle = x2 - x1, y2 - y1, (x1 + x2) / 2
    labels = np.full((height, width), cv2.GC_BGD, np.uint8)
    head = (round(middle), round(y1 + 0.42 * tall))
    cv2.ellipse(labels, head, (round(0.92 * wide), round(0.86 * tall)), 0, 0, 360, cv2.GC_PR_FGD, -1)
    body = [(middle - 0.45 * wide, y2 - 0.1 * tall), (middle + 0.45 * wide, y2 - 0.1 * tall),
            (width + 1, y2 + 0.62 * tall), (width + 1, height + 1), (-1, height + 1),
            (-1, y2 + 0.62 * tall)]  # fmt: skip
    cv2.fillPoly(labels, [np.array(body, np.int32)], cv2.GC_PR_FGD)
    cv2.fillPoly(labels, [oval.round().astype(np.int32)], cv2.GC_FGD)
    neck = (slice(round(y2), height), slice(round(middle - 0.3 * wide), round(middle + 0.3 * wide)))
    labels[neck] = cv2.GC_FGD
    cv2.setRNGSeed(7)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(part, labels, (0, 0, width, height), *models, 4, cv2.GC_INIT_WITH_MASK)
    figure = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    # Only what hangs together with the face is the person.
    _, parts = cv2.connectedComponents(figure)
    figure = (parts == parts[head[1], head[0]]).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    smooth = cv2.morphologyEx(cv2.morphologyEx(figure, cv2.MORPH_CLOSE, kernel), cv2.MORPH_OPEN, kernel)
    soft = cv2.GaussianBlur(smooth.astype(np.float32), (0, 0), 2.5)
    return (np.clip((soft - 0.35) / 0.5, 0, 1) * 255).astype(np.uint8)
