"""The vision worker: `python -m shortform_assets.workers.vision JOB.json` tracks faces in many clips.

The job names a store, how to look for faces, the clips' media and a results file. Every result is
appended to that file as one JSON line as soon as it is there, and reported through Dagster Pipes where the
worker was launched by it. What is big goes into the store; a line holds contracts only.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from shortform_assets.contracts.base import Dropped, canonical_json
from shortform_assets.contracts.clips import ClipMedia, FaceTracks
from shortform_assets.contracts.slices.reframing import FaceSlice
from shortform_assets.errors import ShortformError

STAGE = "face_tracks"


class VisionJob(BaseModel):
    """What JOB.json holds."""

    store: str
    faces: FaceSlice
    clips: tuple[ClipMedia, ...]
    results: str
    """File for the results, one JSON line each."""
    log: str = ""
    """File for what libraries print; the worker's own stderr where it is empty."""


class VisionEvent(BaseModel):
    """One line of the results: a worker's start, a clip's start, its progress, or its end."""

    pid: int = 0
    clip_id: str = ""
    fraction: float = 0.0
    tracks: FaceTracks | None = None
    dropped: Dropped | None = None

    @property
    def result(self) -> FaceTracks | Dropped | None:
        return self.tracks or self.dropped


Tell = Callable[[VisionEvent], None]


def main(path: Path) -> None:
    """Work through the job at `path`."""
    job = VisionJob.model_validate_json(path.read_bytes())
    if job.log:
        _print_into(Path(job.log))
    with _teller(Path(job.results)) as tell:
        tell(VisionEvent(pid=os.getpid()))
        track_clips(job, tell)


def track_clips(job: VisionJob, tell: Tell) -> None:
    """Track every clip of `job`; a fault in one clip drops that clip only."""
    from resources.media_store import MediaStore
    from resources.models import Models
    from shortform_assets.reframing.detect import FaceDetector
    from shortform_assets.reframing.landmarks import FaceLandmarker

    models = Models()
    store = MediaStore.open(job.store)
    detector = FaceDetector(models.resolve("centerface"))
    with FaceLandmarker(models.resolve("face-landmarker")) as landmarker:
        for clip in job.clips:
            tell(VisionEvent(clip_id=clip.clip_id))
            try:
                tracks = _track(store, detector, landmarker, clip, job.faces, tell)
                tell(VisionEvent(clip_id=clip.clip_id, fraction=1.0, tracks=tracks))
            except ShortformError as error:
                tell(_drop(clip.clip_id, str(error)))
            except Exception as error:
                # A defect met by one clip must not cost the others; the log keeps the traceback.
                traceback.print_exc()
                tell(_drop(clip.clip_id, f"unexpected {type(error).__name__}: {error}"))


def _track(
    store: Any, detector: Any, landmarker: Any, clip: ClipMedia, faces: FaceSlice, tell: Tell
) -> FaceTracks:
    from resources.bench import StoreBench
    from shortform_assets.reframing.tracks import track_faces

    parent = os.getppid()

    def progress(fraction: float, _: str) -> None:
        if os.getppid() != parent:
            raise SystemExit("whoever started this worker is gone")
        tell(VisionEvent(clip_id=clip.clip_id, fraction=fraction))

    with StoreBench.over(store, on_progress=progress, threads=1) as bench:
        return track_faces(bench, detector, landmarker, clip, faces)


def _drop(clip_id: str, reason: str) -> VisionEvent:
    return VisionEvent(clip_id=clip_id, dropped=Dropped(clip_id=clip_id, stage=STAGE, reason=reason))


@contextmanager
def _teller(results: Path) -> Iterator[Tell]:
    """Appends events to `results`, and reports results to Dagster where it launched this process."""
    with results.open("ab", buffering=0) as lines:

        def write(event: VisionEvent) -> None:
            lines.write(canonical_json(event.model_dump(mode="json")) + b"\n")

        if "DAGSTER_PIPES_CONTEXT" not in os.environ:
            yield write
            return
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:

            def report(event: VisionEvent) -> None:
                write(event)
                if event.result is not None:
                    pipes.report_custom_message(event.model_dump(mode="json"))

            yield report


def _print_into(log: Path) -> None:
    """Everything printed, also by native libraries, goes to `log`."""
    into = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(into, 1)
    os.dup2(into, 2)
    os.close(into)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
