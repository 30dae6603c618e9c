"""What every vision executor is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.job_store import Device, Result
from resources.vision.user_weights import judge_prints, judges_lacking
from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.contracts.slices.reframing_slice import FaceSlice

VERSION = "4"
"""Raised when the same models would give other tracks."""
MODELS = ("centerface", "face-landmarker")


class Vision(Protocol):
    """Tracks faces somewhere: here, on a GPU task, behind HTTP."""

    @property
    def fingerprint(self) -> str:
        """What decides the tracks besides the clip and the genre: not where or on what they are made."""
        ...

    def judging(self, faces: FaceSlice) -> Judging:
        """What decides them where the genre asks for models of the user's own: a tool for the recipe."""
        ...

    def load(self) -> Vision: ...

    def track(
        self,
        store: MediaStore,
        clips: Sequence[ClipMedia],
        faces: FaceSlice,
        on_result: Callable[[str, Result], None],
        on_progress: Callable[[float, str], None],
        context: Any = None,
    ) -> None:
        """Track `clips`, whose media are in `store`, where the series go too.

        `on_result(clip_id, tracks or Dropped)` is called once a clip, as soon as it is there, in this thread;
        `on_progress(fraction, note)` about as often as something changes. Whatever is raised in them ends all
        workers; clips they had finished are found by the next call. Raises VisionFailed where no worker can
        be had.
        """
        ...


@dataclass(frozen=True)
class Judging:
    """The models, bundled and the user's own, that look for faces in one way."""

    models: Models
    faces: FaceSlice

    @property
    def fingerprint(self) -> str:
        """Raises InputError where a model of the user's own is asked for and is not there."""
        return fingerprint(self.models, self.faces)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Which model of the user's own another one stands in for: a degraded result."""
        return judges_lacking(self.faces)

    def load(self) -> Self:
        """Itself: there is nothing to load here."""
        return self


class Executor:
    """What the executors here share: they load no model themselves, and all their workers load the same."""

    def __init__(self, models: Models | None, device: Device) -> None:
        self._models, self._device = models or Models(), device

    @property
    def fingerprint(self) -> str:
        """What decides the tracks besides the clip and the genre."""
        return fingerprint(self._models)

    def judging(self, faces: FaceSlice) -> Judging:
        return Judging(self._models, faces)

    def load(self) -> Self:
        """Itself: there is nothing to load here."""
        return self


def fingerprint(models: Models, faces: FaceSlice | None = None) -> str:
    """The same on every executor that has the same program and models; the user's own count where `faces` ask
    for them."""
    own = judge_prints(faces) if faces else ()
    return " ".join(("vision", VERSION, *(models.fingerprint(name) for name in MODELS), *own))
