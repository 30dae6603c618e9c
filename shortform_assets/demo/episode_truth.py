"""What is known about a made episode, because it was made: words, turns, cuts, faces and mouths."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Blob, Contract, FrameRate, Pixels
from shortform_assets.demo.faces import FACE, LEVELS, LOOKS, MOUTH, MOUTH_DROP, NECK
from shortform_assets.demo.scripts import Host, Kind
from shortform_assets.demo.studio_set import CAMERAS, POSTER, POSTER_PHOTO, SEATS, WIDTH, Camera

ShotKind = Literal["wide", "close_a", "close_b"]
Box = tuple[Pixels, Pixels, Pixels, Pixels]
"""x1, y1, x2, y2 in pixels."""


class TrueWord(Contract):
    """`exact` where the voice's own alignment has the word, else its borders were matched by phonemes."""

    text: str
    start_ms: int
    end_ms: int
    exact: bool


class TrueSentence(Contract):
    speaker: Host
    text: str
    start_ms: int
    end_ms: int
    kind: Kind
    segment: str
    turn: int
    words: tuple[TrueWord, ...]


class TrueTurn(Contract):
    speaker: Host
    start_ms: int
    end_ms: int


class TrueSegment(Contract):
    """A planted stretch; those of kind `talk` make good clips, whole."""

    name: str
    kind: Kind
    start_ms: int
    end_ms: int


class CameraShot(Contract):
    """Frames [start, end) from one camera."""

    start: int
    end: int
    kind: ShotKind


class HostTruth(Contract):
    """Series with one entry a frame."""

    name: str
    mouth: tuple[int, ...]
    """Mouth opening, 0 closed to 13 wide."""
    motion: tuple[tuple[int, int, int], ...]
    """Head: right, down in hundredths of a unit (the wide shot is 1920 units wide), turn in 0.01 degrees."""


class EpisodeTruth(Contract):
    recipe: str
    """Digest of the script, the voice, the size and the code that made the episode."""
    video: Blob
    voice: str
    width: int
    height: int
    rate: FrameRate
    frames: int = Field(gt=0)
    sentences: tuple[TrueSentence, ...]
    turns: tuple[TrueTurn, ...]
    segments: tuple[TrueSegment, ...]
    shots: tuple[CameraShot, ...]
    hosts: dict[Host, HostTruth]

    @property
    def cuts(self) -> tuple[int, ...]:
        """Frames at which a new shot begins, 0 not included."""
        return tuple(shot.start for shot in self.shots[1:])

    @property
    def moments(self) -> tuple[TrueSegment, ...]:
        """The planted good segments."""
        return tuple(s for s in self.segments if s.kind == "talk")

    def shot(self, frame: int) -> CameraShot:
        """The shot of a frame; IndexError outside the episode."""
        for shot in self.shots:
            if shot.start <= frame < shot.end:
                return shot
        raise IndexError(f"frame {frame} is outside the episode of {self.frames} frames")


def face_box(truth: EpisodeTruth, host: Host, frame: int) -> Box | None:
    """The host's face (hairline to chin, open mouth included) in a frame, or None where not in the shot."""
    drop = MOUTH_DROP * truth.hosts[host].mouth[frame] / (LEVELS - 1)
    x1, y1, x2, y2 = FACE
    return _moved(truth, host, frame, (x1, y1, x2, y2 + 0.9 * drop))


def mouth_box(truth: EpisodeTruth, host: Host, frame: int) -> Box | None:
    """The part of a frame that changes when the host's mouth opens, or None where not in the shot."""
    return _moved(truth, host, frame, MOUTH)


def poster_box(truth: EpisodeTruth, frame: int) -> Box | None:
    """The face on the poster, the same in every wide shot; None in close-ups, where it is out of the picture."""
    if truth.shot(frame).kind != "wide":
        return None
    camera = _camera(truth, frame)
    (left, top, right, bottom), (a, b, c, d) = POSTER, POSTER_PHOTO
    sx, sy = (right - left) / (c - a), (bottom - top) / (d - b)
    x1, y1, x2, y2 = FACE
    corners = [camera.at(left + (x - a) * sx, top + (y - b) * sy) for x, y in ((x1, y1), (x2, y2))]
    return corners[0][0], corners[0][1], corners[1][0], corners[1][1]


def _camera(truth: EpisodeTruth, frame: int) -> Camera:
    return CAMERAS[truth.shot(frame).kind].scaled(truth.width / WIDTH)


def _moved(
    truth: EpisodeTruth, host: Host, frame: int, area: tuple[float, float, float, float]
) -> Box | None:
    kind = truth.shot(frame).kind
    if kind != "wide" and kind != f"close_{host.lower()}":
        return None
    camera, seat, look = _camera(truth, frame), SEATS[host], LOOKS[host]
    right, down, turn = (v / 100 for v in truth.hosts[host].motion[frame])
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    nx, ny = seat.at(*NECK, look)
    xs, ys = [], []
    x1, y1, x2, y2 = area
    for x, y in ((x1, y1), (x2, y1), (x1, y2), (x2, y2)):
        ux, uy = seat.at(x, y, look)
        dx, dy = ux - nx, uy - ny
        px, py = camera.at(nx + right + dx * cos - dy * sin, ny + down + dx * sin + dy * cos)
        xs.append(px)
        ys.append(py)
    return min(xs), min(ys), max(xs), max(ys)
