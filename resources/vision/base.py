"""What every vision executor is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.mailbox import Result
from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.contracts.slices.reframing import FaceSlice

VERSION = "1"
"""Raised when the same models would give other tracks."""
MODELS = ("centerface", "face-landmarker")


class Vision(Protocol):
    """Tracks faces somewhere: here, on a GPU task, behind HTTP."""

    @property
    def fingerprint(self) -> str:
        """What decides the tracks besides the clip and the genre: not where or on what they are made."""
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


def fingerprint(models: Models) -> str:
    """The same on every executor that has the same program and models."""
    return " ".join(("vision", VERSION, *(models.fingerprint(name) for name in MODELS)))
