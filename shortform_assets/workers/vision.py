"""The vision worker: `python -m shortform_assets.workers.vision STORE JOB` tracks faces in many clips.

STORE is the media store's URL, JOB the key of a job's folder in it. The job names how to look for faces and
the clips' media. Every result is left in the store as soon as it is there, so that it outlives this process;
see `resources.vision.job_store`. Launched by Dagster Pipes, it logs there too.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from shortform_assets.errors import ShortformError

if TYPE_CHECKING:
    from resources.media_store import MediaStore
    from resources.vision.job_store import JobFolder, Result, VisionJob
    from shortform_assets.contracts.clips import ClipMedia, FaceTracks
    from shortform_assets.reframing import FaceReaders, Judges

Log = Callable[[str], None]


def main(url: str, key: str) -> int:
    """Work through the job; the exit status: 1 where it cannot be worked on at all."""
    from resources.media_store import MediaStore
    from resources.vision.job_store import JobFolder

    store = MediaStore.open(url)
    report = Report(JobFolder(store, key))
    try:
        with _log() as log:
            track_clips(store, report, log)
    except ShortformError as error:
        report.complain(str(error))
        return 1
    return 0


class Report:
    """What is said of a job while it is worked on."""

    def __init__(self, folder: JobFolder) -> None:
        from resources.vision.job_store import Pulse, Results, rhythm

        self.job: VisionJob = folder.job()
        self._folder, self._pulse = folder, Pulse()
        self._results = Results(folder.store, self.job.fingerprint, self.job.faces)
        self._pause, self._said = rhythm(folder.store), 0.0

    def start(self, device: str) -> None:
        self._say(device=device)

    def begin(self, clip: ClipMedia) -> None:
        self._say(at=clip.clip_id, fraction=0.0)

    def progress(self, fraction: float) -> None:
        """Cheap to call often."""
        if time.monotonic() - self._said >= self._pause:
            self._say(fraction=fraction)

    def finish(self, clip: ClipMedia, result: Result) -> None:
        self._results.put(clip, result)
        self._say(at="", fraction=0.0, done=(*self._pulse.done, clip.clip_id))

    def complain(self, complaint: str) -> None:
        print(complaint, file=sys.stderr)
        self._say(complaint=complaint)

    def _say(self, **news: object) -> None:
        self._pulse = self._pulse.model_copy(update={"beat": self._pulse.beat + 1, **news})
        self._folder.say(self._pulse)
        self._said = time.monotonic()


def track_clips(store: MediaStore, report: Report, log: Log) -> None:
    """Track every clip of the job; a fault in one clip drops that clip only. Raises InputError where the
    models, or the device that the job insists on, are not there."""
    from resources.models import Models
    from resources.vision.executor_base import fingerprint
    from resources.vision.user_weights import judge_prints, judge_weights
    from resources.vision.worker_crew import dropped
    from shortform_assets.errors import InputError
    from shortform_assets.reframing import FaceDetector, FaceLandmarker, FaceReaders, Judges, TextDetector

    models, faces = Models(), report.job.faces
    if fingerprint(models, faces) != report.job.fingerprint:
        raise InputError(
            "the worker tracks faces with another version or other models than were asked for",
            "vision worker",
            "install the same release of shortform there",
        )
    judges = Judges.load(judge_weights(faces), judge_prints(faces))
    detector = FaceDetector(models.resolve("centerface"), device=report.job.device)
    text = TextDetector(models.resolve("text-detector"))
    with FaceLandmarker(models.resolve("face-landmarker"), device=detector.device) as landmarker:
        own = "".join(f", {name.partition(':')[0]}" for name in judges.names)
        readers = FaceReaders(detector, landmarker, text)
        report.start(f"detector on {detector.device}, landmarks on {landmarker.device}{own}")
        for number, clip in enumerate(report.job.clips, start=1):
            report.begin(clip)
            try:
                result: Result = _track(store, readers, judges, clip, report)
            except ShortformError as error:
                result = dropped(clip.clip_id, str(error))
            except Exception as error:
                # A defect met by one clip must not cost the others; the log keeps the traceback.
                traceback.print_exc()
                result = dropped(clip.clip_id, f"unexpected {type(error).__name__}: {error}")
            report.finish(clip, result)
            log(f"faces: clip {number} of {len(report.job.clips)} is done ({clip.clip_id})")


def _track(
    store: MediaStore,
    readers: FaceReaders,
    judges: Judges,
    clip: ClipMedia,
    report: Report,
) -> FaceTracks:
    from resources.bench import StoreBench
    from shortform_assets.reframing import track_faces

    parent = os.getppid()

    def progress(fraction: float, _: str) -> None:
        if os.getppid() != parent:
            raise SystemExit("whoever started this worker is gone")
        report.progress(fraction)

    with StoreBench.over(store, on_progress=progress, threads=1) as bench:
        return track_faces(bench, readers, clip, report.job.faces, judges)


@contextmanager
def _log() -> Iterator[Log]:
    """Says a sentence in Dagster's log where Dagster launched this process, else on stderr."""
    with ExitStack() as stack:
        if "DAGSTER_PIPES_CONTEXT" not in os.environ:
            yield lambda sentence: print(sentence, file=sys.stderr)
            return
        from dagster_pipes import PipesEnvVarParamsLoader, open_dagster_pipes

        from resources.vision.store_messages import STORE, StoreMessageWriter

        remote = STORE in PipesEnvVarParamsLoader().load_messages_params()
        writer = StoreMessageWriter() if remote else None
        yield stack.enter_context(open_dagster_pipes(message_writer=writer)).log.info


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
