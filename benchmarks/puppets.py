"""People who talk on command, made from single photos: what speaks in the synthesised scenes.

The jaw drops along the lip line of the photo, the eyelids come down over the eyes, and the head sways, nods,
tilts and turns about the neck while the shoulders stay. Where every landmark went is known, so a face's box
is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from sitters import FACE_PIXELS, Picture, Sitter

from shortform_assets.reframing.see.lips import OVAL

LEVELS, LIDS = 9, 3
"""Mouth openings, closed to wide; eyelids, open to shut."""
WIDE = 0.26
"""How far the lower lip falls at the widest opening, as a share of the distance of the outer eye corners."""
LIDS_OF = ((33, 133, 159, 145), (362, 263, 386, 374))
"""Outer and inner corner, upper and lower lid of each eye."""


@dataclass(frozen=True)
class Motion:
    """Where a head is: shares of the face's height right and down, degrees of roll and yaw."""

    right: float = 0.0
    down: float = 0.0
    roll: float = 0.0
    yaw: float = 0.0


class Puppet:
    """A sitter at one size, ready to be drawn in any pose."""

    def __init__(self, sitter: Sitter, face_height: float) -> None:
        """`face_height` in pixels of the scene, forehead to chin."""
        scale = face_height / FACE_PIXELS
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        self._rest = cv2.resize(sitter.picture, None, fx=scale, fy=scale, interpolation=way)
        self.mesh = sitter.mesh * scale
        self.box = replace(sitter, mesh=self.mesh).box
        x1, y1, x2, y2 = (float(v) for v in self.box)
        self._tall, self._half = y2 - y1, (x2 - x1) / 2
        self._middle, self._neck = ((x1 + x2) / 2, (y1 + y2) / 2), ((x1 + x2) / 2, y2 + 0.1 * self._tall)
        height, width = self._rest.shape[:2]
        self._y, self._x = np.mgrid[:height, :width].astype(np.float32)
        # The head moves as one; below the chin the movement dies away towards the shoulders.
        fade = np.clip((self._y - y2) / (0.75 * self._tall), 0, 1)
        weight = 1 - fade * fade * (3 - 2 * fade)
        self._weight = weight
        self._dx, self._dy = (self._x - self._neck[0]) * weight, (self._y - self._neck[1]) * weight
        self._ball = (self._turned(self._x, self._y, 90.0) * weight).astype(np.float32)
        self._faces: dict[tuple[int, int], Picture] = {}

    @property
    def size(self) -> tuple[int, int]:
        return self._rest.shape[1], self._rest.shape[0]

    def picture(self, mouth: int, lid: int, motion: Motion) -> Picture:
        """BGRA in a pose; mouth of 0 to LEVELS - 1, lid of 0 to LIDS - 1."""
        right, down = (np.float32(v * self._tall) for v in (motion.right, motion.down))
        roll, turn = (np.float32(np.radians(v)) for v in (motion.roll, motion.yaw))
        # Backwards: each pixel fetches what the head's movement brings to it; small turns are linear.
        map_x = self._x - right * self._weight + roll * self._dy - np.sin(turn) * self._ball
        map_y = self._y - down * self._weight - roll * self._dx
        return np.asarray(
            cv2.remap(self._face(mouth, lid), map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT),
            np.uint8,
        )  # fmt: skip

    def face_box(self, mouth: int, motion: Motion) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 of the face in `picture`, open mouth included."""
        points = self.mesh[list(OVAL)].copy()
        chin = points[:, 1] > self.mesh[14, 1]
        points[chin, 1] += self._drop(mouth) * 0.85
        if motion.yaw:
            points[:, 0] += self._turned(points[:, 0], points[:, 1], motion.yaw)
        points = points - self._neck
        roll = np.radians(motion.roll)
        moved = np.stack(
            [points[:, 0] - roll * points[:, 1], points[:, 1] + roll * points[:, 0]], axis=1
        ) + self._neck + np.array([motion.right, motion.down]) * self._tall  # fmt: skip
        (x1, y1), (x2, y2) = moved.min(axis=0), moved.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)

    def _face(self, mouth: int, lid: int) -> Picture:
        if (mouth, lid) not in self._faces:
            self._faces[mouth, lid] = self._lidded(self._opened(mouth), lid)
        return self._faces[mouth, lid]

    def _turned(self, x: Any, y: Any, yaw: float) -> Any:
        """How far sideways points move when the head turns: it is a ball, its outline a cylinder."""
        u = np.clip((x - self._middle[0]) / (1.5 * self._half), -1, 1)
        v = np.clip((y - self._middle[1]) / (1.3 * self._tall), -1, 1)
        # Beyond the face the turn dies away, so that hair and collar stretch instead of tearing.
        return np.sin(np.radians(yaw)) * np.sqrt(1 - u * u) * np.sqrt(1 - v * v) * self._half * 1.1

    def _drop(self, level: int) -> float:
        eyes = float(np.linalg.norm(self.mesh[33] - self.mesh[263]))
        return WIDE * eyes * level / (LEVELS - 1)

    def _opened(self, level: int) -> Picture:
        """The person at rest with the jaw lower and the inside of a mouth between the lips."""
        if level == 0:
            return np.asarray(self._rest, np.uint8)
        (lx, ly), (rx, ry) = sorted((tuple(self.mesh[61]), tuple(self.mesh[291])))
        half, centre = max((rx - lx) / 2, 1.0), (lx + rx) / 2
        middle = (self.mesh[13, 1] + self.mesh[14, 1]) / 2
        across = (self._x - centre) / half
        ends = ly + (ry - ly) * (self._x - lx) / (rx - lx)
        line = ends + (middle - (ly + ry) / 2) * np.clip(1 - across * across, -0.6, 1)
        drop, below = self._drop(level), self._y - line
        chin = max(float(self.mesh[152, 1] - middle), 1.0)
        reach = 1 + 0.8 * np.clip(below / (0.5 * chin), 0, 1)
        sideways = np.clip(1 - (across / reach) ** 2, 0, 1) ** 0.8
        downwards = np.clip((1.55 * chin - below) / (0.55 * chin), 0, 1)
        fall = drop * sideways * downwards * downwards * (3 - 2 * downwards)
        from_y = np.where(below > 0, np.maximum(self._y - fall, line), self._y).astype(np.float32)
        opened = cv2.remap(self._rest, self._x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        gap = drop * np.clip(1 - across * across, 0, 1) ** 0.8
        inside = np.clip(np.minimum(below, gap - below) + 0.5, 0, 1) * (gap > 0.3)
        depth = np.clip(below / np.maximum(gap, 0.5), 0, 1)[:, :, None]
        cavity = np.array([24, 18, 46], np.float32) * (1 - 0.7 * depth) + 0.7 * depth * np.array(
            [70, 62, 130]
        )
        shade = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), max(0.5, 0.004 * self._tall))[:, :, None]
        opened[:, :, :3] = (opened[:, :, :3] * (1 - shade) + cavity * shade).round().astype(np.uint8)
        return np.asarray(opened, np.uint8)

    def _lidded(self, figure: Picture, lid: int) -> Picture:
        """`figure` with the skin above the eyes pulled down over them."""
        if lid == 0:
            return figure
        shut = figure.copy()
        share = lid / (LIDS - 1)
        for corners in LIDS_OF:
            one, other, upper, lower = (self.mesh[i] for i in corners)
            half = max(abs(other[0] - one[0]) / 2 * 1.1, 1.0)
            middle = (one[0] + other[0]) / 2
            across = np.clip(1 - ((self._x - middle) / half) ** 2, 0, 1)
            base = one[1] + (other[1] - one[1]) * (self._x - one[0]) / (other[0] - one[0] or 1.0)
            opening = max(lower[1] - upper[1], 1.0) * 1.15
            top, edge = base - 0.62 * opening * across, base + (share - 0.62) * opening * across
            covered = np.clip(edge - self._y + 0.5, 0, 1) * np.clip(self._y - top + 0.5, 0, 1) * (across > 0)
            from_y = (top - 0.35 * opening + 0.25 * (self._y - top)).astype(np.float32)
            skin = cv2.remap(figure, self._x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            lash = np.exp(-(((self._y - edge) / max(0.6, 0.006 * self._tall)) ** 2)) * (across > 0.15) * 0.6
            kept = (1 - covered)[:, :, None]
            shut[:, :, :3] = (
                (shut[:, :, :3] * kept + skin[:, :, :3] * (1 - kept)) * (1 - lash[:, :, None])
            ).astype(np.uint8)
        return shut


def paste(canvas: Picture, figure: Picture, left: float, top: float) -> None:
    """Draw a BGRA `figure` with its corner at whole pixels near (left, top); what hangs over is cut off."""
    x, y = round(left), round(top)
    height, width = canvas.shape[:2]
    x1, y1 = max(x, 0), max(y, 0)
    x2, y2 = min(x + figure.shape[1], width), min(y + figure.shape[0], height)
    if x1 >= x2 or y1 >= y2:
        return
    part = figure[y1 - y : y2 - y, x1 - x : x2 - x]
    alpha = cv2.cvtColor(part[:, :, 3], cv2.COLOR_GRAY2BGR)
    under = canvas[y1:y2, x1:x2]
    shown = cv2.add(
        cv2.multiply(np.ascontiguousarray(part[:, :, :3]), alpha, scale=1 / 255),
        cv2.multiply(under, cv2.bitwise_not(alpha), scale=1 / 255),
    )
    canvas[y1:y2, x1:x2] = shown
