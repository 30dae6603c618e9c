"""What the director works with: the faces of one shot, judged, on the shot's sample grid."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.clips import FaceTrack
from shortform_assets.contracts.existing_text import PictureText
from shortform_assets.contracts.geometry import PictureArea
from shortform_assets.reframing.see.series import TrackSeries
from shortform_assets.reframing.who.liveness import State

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in source pixels."""

# Set by hand on the puppets of benchmarks/scenes.py, whose heads are known to the pixel; held by "speaker in
# crop".
HEAD_ABOVE, BESIDE, BELOW = 0.22, 0.10, 0.08
"""Room around the landmarks of a face that belongs to it, as shares of its height and width."""
ABSENT_SECONDS = 0.6
"""A face that was not sampled for longer is not there."""


@dataclass(frozen=True)
class Actor:
    """One face that may be framed."""

    track: FaceTrack
    series: TrackSeries
    state: State
    speaker: str = ""
    person: str = ""
    window: Box | None = None
    """The picture within the picture that the face is in: a webcam's box, half of a split screen."""
    may_talk: bool = False
    """Whether the lips move more than those of a print."""

    @property
    def name(self) -> str:
        return self.track.track_id

    def heads(self, frames: NDArray[np.int32]) -> NDArray[np.float64]:
        """Face and hair (m, 4: x1 y1 x2 y2) at any frames, held where the face is not seen."""
        boxes = self.series.boxes_at(frames).astype(np.float64)
        wide, tall = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        grown = [-BESIDE * wide, -HEAD_ABOVE * tall, BESIDE * wide, BELOW * tall]
        return boxes + np.stack(grown, axis=1)

    def height(self, start: int, end: int) -> float:
        """Face height in source pixels, a little above its median, in frames [start, end)."""
        boxes = self._boxes(start, end)
        return float(np.percentile(boxes[:, 3] - boxes[:, 1], 60))

    def middle(self, start: int, end: int) -> tuple[float, float]:
        """Where the face mostly is in frames [start, end): x, y in source pixels."""
        boxes = self._boxes(start, end)
        x, y = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
        return float(x), float(y)

    def yaw(self, start: int, end: int) -> float:
        """Where the head is mostly turned in frames [start, end), degrees, to the picture's right; 0 unknown."""
        inside = (self.series.frame >= start) & (self.series.frame < end)
        yaw = self.series.pose[inside, 0] if inside.any() else self.series.pose[:, 0]
        yaw = yaw[np.isfinite(yaw)]
        return float(np.median(yaw)) if len(yaw) else 0.0

    def present(self, frames: NDArray[np.int32], fps: float) -> NDArray[np.bool_]:
        """(m,) whether the face was sampled close to each of `frames`."""
        at = np.searchsorted(self.series.frame, frames)
        last = self.series.frame[np.clip(at - 1, 0, len(self.series.frame) - 1)]
        following = self.series.frame[np.clip(at, 0, len(self.series.frame) - 1)]
        gap = np.minimum(np.abs(frames - last), np.abs(following - frames))
        return np.asarray(gap <= ABSENT_SECONDS * fps)

    def _boxes(self, start: int, end: int) -> NDArray[np.float32]:
        inside = (self.series.frame >= start) & (self.series.frame < end)
        return self.series.box[inside] if inside.any() else self.series.box


@dataclass(frozen=True)
class Focus:
    """Where something happens in one shot, by cells of the picture."""

    frames: NDArray[np.int32]
    """(n,) clip frames."""
    weight: NDArray[np.float64]
    """(n, rows, columns) how much draws the eye there; 0 where nothing does."""


@dataclass(frozen=True)
class Scene:
    """One shot: clip frames [start, end), its sample grid, who may be framed, and who speaks when."""

    start: int
    end: int
    frames: NDArray[np.int32]
    """(n,) sample frames, the first and last frame of the shot among them."""
    actors: tuple[Actor, ...]
    """Faces that may be subjects, the most present and biggest first."""
    speaking: tuple[str, ...]
    """(n,) track that speaks, or empty."""
    overlap: NDArray[np.bool_]
    """(n,) two voices at once."""
    change: float
    """Median change of the picture a frame."""
    fps: float
    turns: tuple[tuple[int, int, str], ...] = ()
    """The diarizer's: clip frames [start, end) and the voice."""
    focus: Focus | None = None
    slide: Box | None = None
    """What is shown on a slide or a screen beside a face in its own window."""
    along: frozenset[str] = frozenset()
    """Tracks whose lips move while two voices are heard."""
    followed: bool = field(default=False)
    """A human said who is to be followed."""
    texts: tuple[PictureText, ...] = ()
    """Text that is in the picture in the time of the shot."""
    area: PictureArea | None = None
    """The active picture, from whose corner on all places of the scene are counted; None where that is all of it."""

    def actor(self, name: str) -> Actor:
        return next(actor for actor in self.actors if actor.name == name)
