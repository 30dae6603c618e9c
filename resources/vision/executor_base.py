"""What every vision executor is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.job_store import Device
from resources.vision.user_weights import judge_prints, judges_lacking
from shortform_assets.code_versions import code_of
from shortform_assets.contracts.slices.reframing_slice import FaceSlice
from shortform_assets.ports.vision_executor import TrackRequest

if TYPE_CHECKING:
    from resources.vision.pipes_session import PipesSession

TRACKING = (
    "shortform_assets.reframing.see.tracks:track_faces",
    "shortform_assets.reframing.see.detect:FaceDetector",
    "shortform_assets.reframing.see.landmarks:FaceLandmarker",
    "shortform_assets.reframing.see.text_detector:TextDetector",
    "shortform_assets.reframing.see.user_judges:Judges",
)
"""What a worker puts together: their code decides the tracks."""
MODELS = ("centerface", "face-landmarker", "text-detector")


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


class Executor(ABC):
    """What the executors here share: they load no model themselves, and all their workers load the same."""

    def __init__(self, models: Models | None, device: Device) -> None:
        self._models, self._device = models or Models(), device
        self._session: PipesSession | None = None

    @property
    def fingerprint(self) -> str:
        """What decides the tracks besides the clip and the genre."""
        return fingerprint(self._models)

    def judging(self, faces: FaceSlice) -> Judging:
        """What decides them where the genre asks for models of the user's own: a tool for the recipe."""
        return Judging(self._models, faces)

    def within(self, store: MediaStore, session: PipesSession | None = None) -> BoundVision:
        """This executor for clips whose media are in `store`; with a `session` its workers are launched there."""
        bound = copy(self)
        bound._session = session
        return BoundVision(bound, store)

    @abstractmethod
    def track(self, store: MediaStore, request: TrackRequest) -> None:
        """As `VisionExecutor.track`, with media and series in `store`."""
        ...


@dataclass(frozen=True)
class BoundVision:
    """A `VisionExecutor`: an executor and the store it works on."""

    executor: Executor
    store: MediaStore

    def judging(self, faces: FaceSlice) -> Judging:
        return self.executor.judging(faces)

    def track(self, request: TrackRequest) -> None:
        """See the port."""
        self.executor.track(self.store, request)


def fingerprint(models: Models, faces: FaceSlice | None = None) -> str:
    """The same on every executor that has the same program and models; the user's own count where `faces` ask
    for them."""
    own = judge_prints(faces) if faces else ()
    # Without the versions of libraries: a GPU machine has builds of its own, which are its image's matter.
    return " ".join(
        ("vision", code_of(*TRACKING).digest, *(models.fingerprint(name) for name in MODELS), *own)
    )
