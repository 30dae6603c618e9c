"""How the people, posters and screens of a synthesised scene move, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from puppets import LEVELS, LIDS, Motion, Puppet, paste
from sitters import Picture, Sitter

if TYPE_CHECKING:
    from scenes import Role, Said

Box = tuple[float, float, float, float]

RATE = 25


class Actor:
    """What one person does in every frame: mouth, eyelids and head."""

    def __init__(self, number: int, said: Sequence[Said], frames: int, seed: int) -> None:
        rng = np.random.default_rng([seed, number + 1])
        time = np.arange(frames) / RATE
        self.opening = _openings(said, frames, rng)
        """(frames,) 0 closed to 1 wide."""
        self.lids = _blinks(frames, rng)
        talks = np.convolve(self.opening > 0, np.hanning(21) / np.hanning(21).sum(), "same")[:frames]
        a, b, c, d = rng.uniform(0, 2 * np.pi, 4)
        two_pi = 2 * np.pi
        self.right = 0.03 * np.sin(two_pi * time / 7.3 + a) + 0.03 * talks * np.sin(two_pi * time / 2.1 + b)
        self.down = 0.015 * np.sin(two_pi * time / 5.1 + c) + 0.03 * talks * np.sin(two_pi * time / 1.3 + a)
        self.roll = 1.2 * np.sin(two_pi * time / 8.7 + b) + 1.5 * talks * np.sin(two_pi * time / 1.9 + c)
        self.yaw = 4.0 * np.sin(two_pi * time / 6.1 + d) + 5.0 * talks * np.sin(two_pi * time / 2.7 + a)

    def pose(self, frame: int, yaw: float) -> tuple[int, int, Motion]:
        """Mouth level, eyelid level and head in `frame`, of a person who looks `yaw` degrees aside."""
        motion = Motion(self.right[frame], self.down[frame], self.roll[frame], self.yaw[frame] + yaw)
        return round(self.opening[frame] * (LEVELS - 1)), int(self.lids[frame]), motion


def _openings(said: Sequence[Said], frames: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Syllables at 3 to 6 a second with short pauses between phrases; smiles and breaths do not count."""
    time = np.arange(frames) / RATE
    found = np.zeros(frames)
    for one in said:
        beats = [one.start]
        while beats[-1] < one.end:
            # Every eighth syllable or so is followed by a breath.
            beats.append(beats[-1] + rng.uniform(0.16, 0.32) + (0.25 if rng.random() < 0.12 else 0.0))
        for first, last in pairwise(beats):
            wide, span = rng.uniform(0.4, 1.0), min(last - first, 0.3)
            inside = (time >= first) & (time < first + span) & (time < one.end)
            bump = np.clip(np.sin(np.pi * (time - first) / span), 0, 1) ** 1.3 * wide
            found = np.where(inside, np.maximum(found, bump), found)
    return found


def _blinks(frames: int, rng: np.random.Generator) -> NDArray[np.int64]:
    lids = np.zeros(frames, np.int64)
    at = int(rng.integers(RATE // 2, 3 * RATE))
    while at + 5 < frames:
        lids[at : at + 5] = (1, LIDS - 1, LIDS - 1, LIDS - 1, 1)
        at += int(rng.integers(2 * RATE, 5 * RATE))
    return lids


class Placed:
    """A role in its shot, ready to be drawn frame by frame."""

    def __init__(
        self, role: Role, sitter: Sitter, actor: Actor, size: tuple[int, int], frames: int, seed: int
    ) -> None:
        self.role, self._actor, self._size, self._frames = role, actor, size, frames
        self._puppet = Puppet(sitter, role.size * size[1])
        self._rng = np.random.default_rng([seed, role.person, 77])
        self._tone = tuple(int(v) for v in self._rng.uniform(60, 210, 3))
        self._phase = self._rng.uniform(0, 2 * np.pi, 6)
        noise = self._rng.normal(0, 1, (frames + 4, 3))
        self._tremble = (noise[:-4] + noise[1:-3] + noise[2:-2] + noise[3:-1]) / 2
        self._drawn: Picture | None = None
        x1, y1, x2, y2 = self._puppet.box
        self._corner = (role.x * size[0] - (x1 + x2) / 2, role.y * size[1] - (y1 + y2) / 2)
        if role.kind != "person":
            self._print_pose = (
                int(self._rng.integers(0, 6)),
                0,
                Motion(yaw=float(self._rng.uniform(-12, 12))),
            )

    def draw(self, picture: Picture, n: int, frame: int) -> Box:
        """Draw frame `n` of the shot, `frame` of the scene; the face's box in the picture."""
        if self.role.kind == "person":
            return self._person(picture, n, frame)
        return self._flat(picture, n, frame)

    def _person(self, picture: Picture, n: int, frame: int) -> Box:
        mouth, lid, motion = self._actor.pose(frame, self.role.yaw)
        left, top = self._corner
        if self.role.walk_to is not None:
            share = n / max(1, self._frames - 1)
            left += (self.role.walk_to - self.role.x) * self._size[0] * share * share * (3 - 2 * share)
            top += 0.012 * self._size[1] * abs(np.sin(n / RATE * 2 * np.pi * 0.9))
        left, top = round(left), round(top)
        figure = self._puppet.picture(mouth, lid, motion)
        paste(picture, figure, left, top)
        # Shoulders go on below a photo that ends: the last row, down to the edge of the picture.
        foot = top + figure.shape[0]
        if 0 < foot < self._size[1] and foot < picture.shape[0]:
            rest = np.repeat(figure[-2:-1], self._size[1] - foot + 1, axis=0)
            paste(picture, np.ascontiguousarray(rest), left, foot - 1)
        x1, y1, x2, y2 = self._puppet.face_box(mouth, motion)
        return x1 + left, y1 + top, x2 + left, y2 + top

    def _flat(self, picture: Picture, n: int, frame: int) -> Box:
        """A poster or a screen: a frame around a picture that moves as one."""
        screen = self.role.kind == "screen"
        mouth, lid, motion = self._actor.pose(frame, self.role.yaw) if screen else self._print_pose
        sheet = self._sheet(mouth, lid, motion, screen, fresh=screen)
        into = self._pose(n)
        light = 1.0
        if "flicker" in self.role.move:
            light = 1 + 0.18 * np.sin(2 * np.pi * n / RATE * 1.7 + self._phase[4])
        shown = cv2.convertScaleAbs(sheet, alpha=light) if light != 1 else sheet
        cv2.warpPerspective(
            shown, into, self._size, dst=picture, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
        )
        x1, y1, x2, y2 = (v + self._margin for v in self._puppet.face_box(mouth, motion))
        corners = np.array([[x1, x2, x2, x1], [y1, y1, y2, y2], [1, 1, 1, 1]])
        moved = into @ corners
        moved = moved[:2] / moved[2]
        (a, b), (c, d) = moved.min(axis=1), moved.max(axis=1)
        return float(a), float(b), float(c), float(d)

    def _sheet(self, mouth: int, lid: int, motion: Motion, screen: bool, fresh: bool) -> Picture:
        if self._drawn is not None and not fresh:
            return self._drawn
        wide, tall = self._puppet.size
        rim = max(2, round(0.05 * tall))
        self._margin = rim
        edge = (18, 18, 20) if screen else tuple(int(255 - v) for v in self._tone)
        sheet = np.full((tall + 2 * rim, wide + 2 * rim, 3), edge, np.uint8)
        inside = np.full((tall, wide, 3), self._tone, np.uint8)
        inside = (inside * np.linspace(1.1, 0.75, tall)[:, None, None]).clip(0, 255).astype(np.uint8)
        paste(inside, self._puppet.picture(mouth, lid, motion), 0, 0)
        if screen:
            inside = (inside * np.array([1.05, 0.97, 0.90])).clip(0, 255).astype(np.uint8)
        sheet[rim : rim + tall, rim : rim + wide] = inside
        self._drawn = sheet
        return sheet

    def _pose(self, n: int) -> NDArray[np.float64]:
        """The 3x3 map from the sheet to the picture."""
        move, time, p = self.role.move, n / RATE, self._phase
        turn = 2 * np.pi * time
        zoom = 1 + (0.16 * np.sin(turn / 5 + p[0]) if "zoom" in move else 0.0)
        roll = np.radians(4.0 * np.sin(turn / 3 + p[1])) if "sway" in move else 0.0
        right = down = 0.0
        face = self.role.size * self._size[1]
        if "pan" in move:
            right, down = 0.45 * face * np.sin(turn / 6 + p[2]), 0.2 * face * np.sin(turn / 4 + p[3])
        if "shake" in move:
            right += 0.035 * face * self._tremble[n, 0]
            down += 0.035 * face * self._tremble[n, 1]
            roll += np.radians(0.5 * self._tremble[n, 2])
        x1, y1, x2, y2 = self._puppet.box
        middle = np.array([(x1 + x2) / 2 + self._margin, (y1 + y2) / 2 + self._margin])
        cos, sin = zoom * np.cos(roll), zoom * np.sin(roll)
        turned = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
        if "tilt" in move:
            # Seen from aside, by a camera that walks past.
            turned[2, 0] = 0.22 * np.sin(turn / 7 + p[5]) / self._puppet.size[0]
        to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
        x, y = self.role.x * self._size[0] + right, self.role.y * self._size[1] + down
        return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]) @ turned @ to_middle
