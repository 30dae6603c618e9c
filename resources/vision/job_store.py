"""What an executor and its workers tell each other, as objects in the store: the same for every executor.

`jobs/vision/<id>/job.json` says what a worker is to do and `pulse.json` beside it how far it is: a lease that
only that worker writes. A finished clip is created once at `jobs/vision/results/<digest>.json`, named by
what decides its tracks, so that a clip outlives its worker, its executor and the machine of both, until
somebody has collected it. Series go where all blobs go.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from resources.media_store import MediaStore
from resources.store_errors import Missing
from shortform_assets.contracts.base import Dropped, canonical_json
from shortform_assets.contracts.clips import ClipMedia, FaceTracks
from shortform_assets.contracts.slices.reframing_slice import FaceSlice

ROOT = "jobs/vision"
STAGE = "face_tracks"

Device = Literal["auto", "cpu", "cuda"]
"""Where the models run: `cuda` insists on it, `auto` takes it where it is."""
Result = FaceTracks | Dropped


class VisionJob(BaseModel):
    """What a worker is to do."""

    model_config = ConfigDict(frozen=True)

    fingerprint: str
    """What decides tracks besides clip and faces: the worker must come to the same."""
    faces: FaceSlice
    clips: tuple[ClipMedia, ...]
    device: Device = "auto"


class VisionResult(BaseModel):
    """How one clip ended: exactly one of the two."""

    tracks: FaceTracks | None = None
    dropped: Dropped | None = None


class Pulse(BaseModel):
    """How far a worker is."""

    beat: int = 0
    """Grows with every pulse: a worker whose beat stands still is stuck."""
    at: str = ""
    """The clip it is working on."""
    fraction: float = 0.0
    """How much of that clip is done."""
    done: tuple[str, ...] = ()
    """Clips whose result is there."""
    device: str = ""
    """What its models run on."""
    complaint: str = ""
    """Why it cannot work at all, in one sentence."""


class Results:
    """Finished clips, of one fingerprint and one way of looking for faces."""

    def __init__(self, store: MediaStore, fingerprint: str, faces: FaceSlice) -> None:
        self._store, self._fingerprint, self._faces = store, fingerprint, faces

    def put(self, clip: ClipMedia, result: Result) -> None:
        """Leave `result` for whoever collects; where one is there already, that one stays."""
        tracks = result if isinstance(result, FaceTracks) else None
        dropped = result if isinstance(result, Dropped) else None
        body = VisionResult(tracks=tracks, dropped=dropped).model_dump(mode="json", exclude_none=True)
        self._store.create(self._key(clip), canonical_json(body))

    def find(self, clip: ClipMedia) -> Result | None:
        """The clip's result, where it is there with all its bytes."""
        try:
            found = VisionResult.model_validate_json(self._store.read(self._key(clip)))
        except (Missing, ValidationError):
            return None
        if found.tracks and not self._store.has(found.tracks.series):
            return None
        return found.tracks or found.dropped

    def forget(self, clip: ClipMedia) -> None:
        """It was collected, or is of no use."""
        self._store.delete(self._key(clip))

    def _key(self, clip: ClipMedia) -> str:
        parts = canonical_json([self._fingerprint, self._faces.digest(), clip.digest()])
        return f"{ROOT}/results/{hashlib.sha256(parts).hexdigest()[:32]}.json"


class JobFolder:
    """One worker's job and its pulse."""

    def __init__(self, store: MediaStore, key: str) -> None:
        self.store, self.key = store, key

    @staticmethod
    def make(store: MediaStore, job: VisionJob) -> JobFolder:
        """Write `job` under a name of its own."""
        folder = JobFolder(store, f"{ROOT}/{uuid.uuid4().hex}")
        store.create(f"{folder.key}/job.json", job.model_dump_json().encode())
        return folder

    def job(self) -> VisionJob:
        """Raises Missing where there is none."""
        return VisionJob.model_validate_json(self.store.read(f"{self.key}/job.json"))

    def say(self, pulse: Pulse) -> None:
        self.store.replace(f"{self.key}/pulse.json", pulse.model_dump_json().encode())

    def hear(self) -> Pulse | None:
        """The last pulse, or None before the first."""
        with contextlib.suppress(Missing, ValidationError):
            return Pulse.model_validate_json(self.store.read(f"{self.key}/pulse.json"))
        return None

    def remove(self) -> None:
        for key in list(self.store.list(self.key)):
            self.store.delete(key)


def rhythm(store: MediaStore) -> float:
    """Seconds between two looks at the store, and between two pulses: what a request costs decides."""
    return 2.0 if store.url.startswith("s3:") else 0.1
