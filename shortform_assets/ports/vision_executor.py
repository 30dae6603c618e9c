"""What face tracking asks of whoever runs its workers; `resources/vision/` has them here, on ECS, behind HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import ClipMedia, FaceTracks
from shortform_assets.contracts.slices.reframing_slice import FaceSlice

OnTracked = Callable[[str, FaceTracks | Dropped], None]
"""Takes a clip's id and how it ended."""


@dataclass(frozen=True)
class TrackRequest:
    """Clips whose faces are wanted, and who hears of it."""

    clips: Sequence[ClipMedia]
    faces: FaceSlice
    on_result: OnTracked
    """Called once a clip, as soon as its tracks are there, in the thread that asked."""
    on_progress: Callable[[float, str], None] = lambda share, note: None
    """Takes the share that is done and a note, about as often as something changes."""


class FaceJudges(Protocol):
    """The models, bundled and the user's own, that look for faces in one way: a tool for the recipe."""

    @property
    def fingerprint(self) -> str:
        """What decides tracks besides clip and genre. InputError where a model that is asked for is not there."""
        ...

    @property
    def lacking(self) -> tuple[str, ...]:
        """A sentence for every model of the user's own that another one stands in for: a degraded result."""
        ...

    def load(self) -> Any:
        """Nothing is loaded here: workers load their own."""
        ...


class VisionExecutor(Protocol):
    """Tracks faces in clips whose media are in the store it was bound to, and leaves the series there."""

    def judging(self, faces: FaceSlice) -> FaceJudges:
        """The models that tracking with `faces` would use."""
        ...

    def track(self, request: TrackRequest) -> None:
        """Have every clip tracked. Whatever is raised in what the request calls ends all workers; clips they had
        finished are found by the next call. Raises VisionFailed where no worker can be had.
        """
        ...
