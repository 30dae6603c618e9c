"""Following faces through one shot: detections now and then, landmarks in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.see.active_speaker import FaceCuts, Listener
from shortform_assets.reframing.see.detect import Boxes, Picture, overlap
from shortform_assets.reframing.see.landmarks import MOUTH, Face
from shortform_assets.reframing.see.lips import Patch, own_motion
from shortform_assets.reframing.see.picture_text import TextLines
from shortform_assets.reframing.see.series import TrackSeries
from shortform_assets.reframing.see.user_judges import EmotionReader

# Set on the scenes of benchmarks/reframing.py: its "compute" bounds the searches, its posters and small faces
# what may be missed; held by "speaker in crop" and "compute, share of the length".
SEARCH = 640
"""Width of the usual search."""
WIDE_SEARCH = 1280
"""Width of the search at the start of a shot and every `WIDE_EVERY` rounds: it finds faces of 25 pixels."""
WIDE_EVERY = 8
"""Rounds of detection: a small face that comes in is seen after at most so many."""
FAINT = 0.6
"""A known face may score this share of the detection threshold."""
FOREHEAD = 0.11
"""Share of a detected box that lies above the landmarks."""
GIVE_UP = 2
"""Rounds without a detection after which a face without landmarks is gone; twice that ends it anyway."""


class Detector(Protocol):
    def find(self, picture: Picture, threshold: float, width: int) -> tuple[Boxes, NDArray[np.float32]]: ...


class Landmarker(Protocol):
    def read(self, picture: Picture, box: NDArray[np.float32]) -> Face | None: ...


@dataclass(frozen=True)
class FaceReaders:
    """The models that look at faces and at text; `emotion` and `listener` are the user's own."""

    detector: Detector
    landmarker: Landmarker
    text: TextLines
    emotion: EmotionReader | None = None
    listener: Listener | None = None


@dataclass
class Follower:
    """One face and its samples so far."""

    box: NDArray[np.float32]
    score: float
    hits: int = 1
    missed: int = 0
    seen: bool = True
    """Detected in the current sample."""
    frames: list[int] = field(default_factory=list)
    boxes: list[NDArray[np.float32]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    faces: list[Face | None] = field(default_factory=list)
    looks: list[NDArray[np.float32]] = field(default_factory=list)
    motions: list[tuple[float, float]] = field(default_factory=list)
    """Of lips and of lids against the look `lag` samples before; NaN without one."""
    recent: deque[Patch | None] = field(default_factory=deque)
    felt: NDArray[np.float32] | None = None
    """What the user's own model last read of it."""
    cuts: FaceCuts = field(default_factory=FaceCuts)

    @property
    def landmarked(self) -> bool:
        return bool(self.faces) and self.faces[-1] is not None

    @property
    def gone(self) -> bool:
        return self.missed >= GIVE_UP and (not self.landmarked or self.missed >= 2 * GIVE_UP)

    def add(self, frame: int, face: Face | None, lag: int) -> None:
        """One more sample; what `face` looks like is only kept for `lag` samples."""
        patch = face.patch if face else None
        before = self.recent.popleft() if len(self.recent) == lag else None
        self.recent.append(patch)
        self.motions.append(own_motion(before, patch) if before and patch else (np.nan, np.nan))
        self.frames.append(frame)
        self.boxes.append(self.box)
        self.scores.append(self.score)
        self.faces.append(replace(face, patch=None) if face else None)

    def series(self, listener: Listener | None) -> TrackSeries:
        def gather(read: Callable[[Face], object], *shape: int) -> NDArray[np.float32]:
            empty = np.full(shape, np.nan, np.float32)
            values = [empty if face is None else read(face) for face in self.faces]
            return np.array(values, np.float32).reshape(-1, *shape)

        look = np.mean(self.looks, axis=0) if self.looks else np.zeros(1)
        motions = np.array(self.motions, np.float32).reshape(-1, 2)
        frames, boxes = np.array(self.frames, np.int32), np.array(self.boxes, np.float32)
        return TrackSeries(
            frame=frames,
            box=boxes,
            score=np.array(self.scores, np.float32),
            mouth=gather(lambda face: face.mouth),
            shape=gather(lambda face: face.shape, len(MOUTH), 2),
            pose=gather(lambda face: face.pose, 3),
            blink=gather(lambda face: face.blink),
            emotion=gather(lambda face: face.emotion, 7),
            look=np.asarray(look, np.float32),
            lips=motions[:, 0],
            lids=motions[:, 1],
            asd=listener.scores(self.cuts, frames, boxes) if listener else None,
        )


class ShotFollower:
    """All faces of one shot."""

    def __init__(self, readers: FaceReaders, threshold: float, max_faces: int, lag: int = 2) -> None:
        """Lips and lids are compared over `lag` samples."""
        self._emotion, self._listener = readers.emotion, readers.listener
        self._detector, self._landmarker, self._lag = readers.detector, readers.landmarker, lag
        self._threshold, self._max_faces = threshold, max_faces
        self._active: list[Follower] = []
        self._ended: list[Follower] = []
        self._rounds = 0

    def sample(self, frame: int, picture: Picture, detect: bool) -> None:
        """Look at `picture`; `detect` asks for a search of the whole picture."""
        if detect or not self._rounds:
            self._search(picture)
        else:
            for follower in self._active:
                follower.seen = False
        by_size = sorted(self._active, key=lambda f: (-_area(f.box), f.box[0]))
        for rank, follower in enumerate(by_size):
            self._look(follower, frame, picture, landmark=rank < self._max_faces)
        self._retire()

    def watch(self, frame: int, picture: Picture) -> None:
        """Show every frame's `picture` to what sees more than samples."""
        if self._listener and self._listener.wants(frame):
            for follower in self._active:
                follower.cuts.add(frame, picture, follower.box)

    def finish(self) -> list[TrackSeries]:
        """The faces that held, by first frame, then from left to right."""
        ended = [*self._ended, *self._active]
        # A box that was found once in many searches is a pattern in the background, not a face.
        held = [f for f in ended if f.frames and (f.hits > 1 or self._rounds <= 2)]
        held.sort(key=lambda f: (f.frames[0], float(f.boxes[0][0])))
        return [f.series(self._listener) for f in held]

    def _search(self, picture: Picture) -> None:
        width = WIDE_SEARCH if self._rounds % WIDE_EVERY == 0 else SEARCH
        self._rounds += 1
        boxes, scores = self._detector.find(picture, self._threshold * FAINT, width)
        boxes = boxes.copy()
        boxes[:, 1] += FOREHEAD * (boxes[:, 3] - boxes[:, 1])
        taken = self._match(boxes)
        for follower in self._active:
            follower.seen = False
        for number, (box, score) in enumerate(zip(boxes, scores, strict=True)):
            known = taken.get(number)
            if known is not None:
                known.box, known.score, known.seen = box, float(score), True
                known.hits, known.missed = known.hits + 1, 0
            elif score >= self._threshold:
                self._active.append(Follower(box, float(score)))
        for follower in self._active:
            if not follower.seen:
                follower.missed += 1
            elif len(follower.looks) < 8:
                follower.looks.append(look_of(picture, follower.box))

    def _match(self, boxes: Boxes) -> dict[int, Follower]:
        """Which detection is which known face: the best assignment by overlap."""
        from scipy.optimize import linear_sum_assignment

        if not self._active or not len(boxes):
            return {}
        likeness = overlap(np.stack([f.box for f in self._active]), boxes)
        rows, columns = linear_sum_assignment(-likeness)
        return {int(c): self._active[r] for r, c in zip(rows, columns, strict=True) if likeness[r, c] > 0.15}

    def _look(self, follower: Follower, frame: int, picture: Picture, landmark: bool) -> None:
        face = self._landmarker.read(picture, follower.box) if landmark else None
        if face is not None and overlap(face.box[None], follower.box[None])[0, 0] < 0.25:
            face = None
        if face is None and not follower.seen:
            return
        if face is not None:
            follower.box = face.box
            face = self._feel(follower, picture, face)
        follower.add(frame, face, self._lag)

    def _feel(self, follower: Follower, picture: Picture, face: Face) -> Face:
        """`face` with the user's own reading of it, which is renewed at detections."""
        if self._emotion and (follower.seen or follower.felt is None):
            read = self._emotion.read(picture, face.box)
            follower.felt = follower.felt if read is None else read
        return face if follower.felt is None else replace(face, emotion=follower.felt)

    def _retire(self) -> None:
        """End what is gone, and the later of two that have come to follow one face."""
        staying: list[Follower] = []
        for follower in self._active:
            twin = any(overlap(follower.box[None], other.box[None])[0, 0] > 0.6 for other in staying)
            (self._ended if follower.gone or twin else staying).append(follower)
        self._active = staying


def look_of(picture: Picture, box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colour histogram (128,) of head and shoulders: 8 hues x 4 saturations x 4 values."""
    import cv2

    x1, y1, x2, y2 = (float(v) for v in box)
    wide, tall = x2 - x1, y2 - y1
    left, right = int(max(0, x1 - 0.6 * wide)), int(min(picture.shape[1], x2 + 0.6 * wide))
    top, bottom = int(max(0, y1 - 0.5 * tall)), int(min(picture.shape[0], y2 + 1.5 * tall))
    if right - left < 2 or bottom - top < 2:
        return np.zeros(128, np.float32)
    skip = max(1, (right - left) // 64)
    part = np.ascontiguousarray(picture[top:bottom:skip, left:right:skip])
    hsv = cv2.cvtColor(part, cv2.COLOR_BGR2HSV)
    counts = cv2.calcHist([hsv], [0, 1, 2], None, [8, 4, 4], [0, 180, 0, 256, 0, 256]).ravel()
    return np.asarray(counts / max(counts.sum(), 1), np.float32)


def _area(box: NDArray[np.float32]) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))
