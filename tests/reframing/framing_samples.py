"""A talking scene made from one public-domain portrait, and its tracks; computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import ClipMedia, FaceTracks, MediaSegment
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.genres import load_genre

FPS = 25
LIP = (223.0, 149.4, 21.0)
"""x, y and half width of the lip line in the portrait."""


def portrait() -> np.ndarray:
    import skimage.data

    return np.ascontiguousarray(skimage.data.astronaut()[:260, 90:360, ::-1])


def open_mouth(picture: np.ndarray, opening: float) -> np.ndarray:
    """`picture` (the portrait) with the jaw `opening` pixels lower and a dark gap between the lips."""
    import cv2

    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    across = (x - (LIP[0] - 90)) / (1.6 * LIP[2])
    below = y - LIP[1]
    shift = opening * np.exp(-(across**2) * 1.5) * np.exp(-((np.clip(below, 0, None) / 45) ** 2))
    from_y = np.where(below > 0, y - np.minimum(shift, below), y).astype(np.float32)
    moved = cv2.remap(picture, x, from_y, cv2.INTER_LINEAR)
    if opening >= 1:
        middle = (round(LIP[0] - 90), round(LIP[1] + opening / 2))
        cv2.ellipse(moved, middle, (round(LIP[2] * 0.7), round(opening / 2)), 0, 0, 360, (20, 15, 40), -1)
    return moved


def openings(count: int, start: int, end: int, seed: int) -> np.ndarray:
    """Syllables of about 4 Hz in frames [start, end), closed lips elsewhere: pixels (count,)."""
    t = np.arange(count) / FPS
    rng = np.random.default_rng(seed)
    beats = np.arange(0, t[-1] + 1, 0.4)
    loud = np.interp(t, beats, rng.uniform(0.3, 1.0, len(beats)))
    syllables = 11 * loud * (0.5 + 0.5 * np.sin(2 * np.pi * 3.7 * t + seed))
    inside = (np.arange(count) >= start) & (np.arange(count) < end)
    return np.where(inside, syllables, 0.0)


def voice(opening: np.ndarray, seed: int) -> np.ndarray:
    """Noise as loud as the mouth is open: mono 16 kHz."""
    samples = len(opening) * 16_000 // FPS
    level = np.interp(np.arange(samples) / 16_000 * FPS, np.arange(len(opening)), opening)
    noise = np.random.default_rng(seed).normal(0, 0.03, samples)
    return (noise * level / 11).astype(np.float32)


@dataclass
class Talk:
    """Two people far apart and a poster between them; left talks, then right."""

    width: int
    height: int
    left: np.ndarray
    right: np.ndarray
    frames: int

    @property
    def samples(self) -> np.ndarray:
        return voice(self.left, 1) + voice(self.right, 2)

    def picture(self, n: int) -> np.ndarray:
        import cv2

        picture = np.full((self.height, self.width, 3), (96, 88, 80), np.uint8)
        picture[::40] = (70, 70, 70)
        base = portrait()
        tall, wide = base.shape[:2]
        sway = round(4 * np.sin(n / 20))
        one = open_mouth(base, self.left[n])
        other = open_mouth(base, self.right[n])[:, ::-1]
        tinted = np.clip(other.astype(np.int16) + np.array((40, 0, -30)), 0, 255).astype(np.uint8)
        top = self.height - tall - 40
        picture[top : top + tall, 20 + sway : 20 + sway + wide] = one
        picture[top : top + tall, self.width - wide - 20 - sway : self.width - 20 - sway] = tinted
        poster = cv2.resize(base, (wide * 6 // 10, tall * 6 // 10), interpolation=cv2.INTER_AREA)
        left = (self.width - poster.shape[1]) // 2
        picture[60 : 60 + poster.shape[0], left : left + poster.shape[1]] = poster
        return picture

    def pictures(self):
        return ((n, self.picture(n)) for n in range(self.frames))


def media(width: int, height: int, *frames: int, clip_id: str = "clip") -> ClipMedia:
    blob = Blob(sha256="0" * 64, size=1)
    return ClipMedia(
        clip_id=clip_id,
        width=width,
        height=height,
        rate=FrameRate(num=FPS),
        frames=sum(frames),
        segments=tuple(MediaSegment(video=blob, audio=blob, first_frame=0, frames=n) for n in frames),
    )


class NoText:
    """A text detector that finds nothing."""

    def lines(self, picture: np.ndarray) -> np.ndarray:
        return np.zeros((0, 4), np.float32)


@pytest.fixture(scope="session")
def reframing() -> ReframingSlice:
    return load_genre("base").reframing


@pytest.fixture(scope="session")
def detector():
    from resources.models import Models
    from shortform_assets.reframing.see.detect import FaceDetector

    return FaceDetector(Models().resolve("centerface"))


@pytest.fixture(scope="session")
def landmarker():
    from resources.models import Models
    from shortform_assets.reframing.see.landmarks import FaceLandmarker

    with FaceLandmarker(Models().resolve("face-landmarker")) as ready:
        yield ready


@pytest.fixture(scope="session")
def talk() -> Talk:
    frames = 6 * FPS
    return Talk(960, 540, openings(frames, 0, 75, 1), openings(frames, 75, 150, 2), frames)


@pytest.fixture(scope="session")
def followed(talk, detector, landmarker, reframing):
    from shortform_assets.reframing.see.follow import FaceReaders
    from shortform_assets.reframing.see.tracks import follow_clip

    readers = FaceReaders(detector, landmarker, NoText())
    return follow_clip(talk.pictures(), readers, media(960, 540, talk.frames), reframing.faces)


@pytest.fixture(scope="session")
def tracks(talk, followed) -> FaceTracks:
    from shortform_assets.reframing.see.tracks import summary

    clip = media(960, 540, talk.frames)
    return FaceTracks(
        clip_id=clip.clip_id,
        media=clip.digest(),
        width=960,
        height=540,
        rate=clip.rate,
        frames=clip.frames,
        cuts=tuple(followed.cuts),
        step=followed.step,
        tracks=tuple(summary(n, followed.shots[n], s, clip.rate) for n, s in followed.series.tracks.items()),
        series=Blob(sha256="0" * 64, size=1),
    )
