"""The server's jobs: a bounded queue, and slots in which the vision worker runs on some of them at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from resources.media_store import MediaStore
from resources.vision.http_protocol import JobStatus
from resources.vision.job_store import Device, Result, VisionJob, VisionResult
from resources.vision.local_executor import launcher
from resources.vision.worker_crew import Crew, Leniency, VisionFailed, VisionTask
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import ClipMedia, FaceTracks

BATCH = 8
"""Jobs that one worker process takes at most: it loads its models once."""
FORGET_SECONDS = 3600.0
"""After so long nobody fetches a finished job any more."""


class Full(Exception):
    """The queue holds as much as it may."""


class _Job:
    def __init__(self, name: str, job: VisionJob) -> None:
        self.name, self.job = name, job
        self.status = JobStatus(state="queued")
        self.cancelled = False
        self.changed = time.monotonic()

    @property
    def clip(self) -> ClipMedia:
        return self.job.clips[0]

    def become(self, status: JobStatus) -> None:
        self.status, self.changed = status, time.monotonic()

    def like(self, other: _Job) -> bool:
        """Whether one worker can take both: clips are told apart by their ids there."""
        mine, its = self.job, other.job
        return (mine.faces, mine.device) == (
            its.faces,
            its.device,
        ) and self.clip.clip_id != other.clip.clip_id


class _CalledOff(Exception):
    """A job that is being worked on is not wanted any more."""


class VisionQueue:
    """Jobs by name. Safe to share between threads."""

    def __init__(
        self,
        store: MediaStore,
        fingerprint: str,
        program: Sequence[str],
        *,
        slots: int,
        most: int,
        device: Device,
    ) -> None:
        """`most` jobs are queued at a time; `device` is what jobs get that ask for auto."""
        self._store, self._fingerprint, self._program = store, fingerprint, program
        self._most, self._device = most, device
        self._jobs: dict[str, _Job] = {}
        self._waiting: list[_Job] = []
        self._changed = threading.Condition()
        self._closed = False
        self._slots = [
            threading.Thread(target=self._slot, name=f"slot {n}", daemon=True) for n in range(slots)
        ]
        for slot in self._slots:
            slot.start()

    def submit(self, name: str, job: VisionJob) -> JobStatus:
        """Take the job, or join the one of that name; one that failed is begun again. Raises Full."""
        with self._changed:
            self._forget()
            known = self._jobs.get(name)
            if known is None or known.status.state == "failed":
                if len(self._waiting) >= self._most:
                    raise Full
                known = self._jobs[name] = _Job(name, job)
                self._waiting.append(known)
                self._changed.notify()
            return known.status

    def status(self, name: str) -> JobStatus | None:
        with self._changed:
            job = self._jobs.get(name)
            return job.status if job else None

    def cancel(self, name: str) -> None:
        """Call the job off, or forget what it came to. Nothing happens where there is none."""
        with self._changed:
            job = self._jobs.pop(name, None)
            if job is not None:
                job.cancelled = True
                self._waiting = [waiting for waiting in self._waiting if waiting is not job]

    def needs(self) -> set[str]:
        """Hashes of the media of all jobs that are not finished."""
        with self._changed:
            unfinished = [j for j in self._jobs.values() if j.status.state in ("queued", "running")]
            return {segment.video.sha256 for job in unfinished for segment in job.clip.segments}

    def close(self) -> None:
        """End all workers."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for slot in self._slots:
            slot.join(30)

    def _forget(self) -> None:
        now = time.monotonic()
        for name, job in list(self._jobs.items()):
            if job.status.state in ("done", "failed") and now - job.changed > FORGET_SECONDS:
                del self._jobs[name]

    def _slot(self) -> None:
        while batch := self._take():
            try:
                self._work(batch)
            except _CalledOff:
                self._put_back(batch)
            except VisionFailed as error:
                self._fail(batch, str(error))
            except Exception as error:
                self._fail(batch, f"unexpected {type(error).__name__}: {error}")

    def _take(self) -> list[_Job]:
        """Some jobs for one worker; none where the server is being closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if self._closed:
                return []
            first = self._waiting[0]
            batch = [first]
            for job in self._waiting[1:]:
                if len(batch) < BATCH and all(job.like(other) for other in batch):
                    batch.append(job)
            self._waiting = [job for job in self._waiting if job not in batch]
            return batch

    def _work(self, batch: list[_Job]) -> None:
        jobs = {job.clip.clip_id: job for job in batch}
        settings = batch[0].job
        device = self._device if settings.device == "auto" else settings.device

        def on_result(clip_id: str, result: Result) -> None:
            outcome = VisionResult(
                tracks=result if isinstance(result, FaceTracks) else None,
                dropped=result if isinstance(result, Dropped) else None,
            )
            self._become(jobs[clip_id], JobStatus(state="done", fraction=1.0, result=outcome))

        def on_lost(clip_id: str, reason: str) -> None:
            self._become(jobs[clip_id], JobStatus(state="failed", reason=reason))

        def on_tick(shares: Mapping[str, float]) -> None:
            if self._closed:
                raise _CalledOff
            for clip_id, job in jobs.items():
                if job.status.state in ("queued", "running"):
                    if job.cancelled:
                        raise _CalledOff
                    if shares[clip_id] or clip_id == batch[0].clip.clip_id:
                        self._become(job, JobStatus(state="running", fraction=shares[clip_id]))

        task = VisionTask(self._fingerprint, settings.faces, device)
        # Whether to try again is for the client to say.
        with (
            launcher(self._store, self._program) as launch,
            Crew(self._store, task, launch, Leniency(attempts=1)) as crew,
        ):
            crew.work([job.clip for job in batch], 1, on_result, on_tick, on_lost)

    def _become(self, job: _Job, status: JobStatus) -> None:
        with self._changed:
            job.become(status)

    def _put_back(self, batch: list[_Job]) -> None:
        """What is left of a batch, one of whose jobs was called off, goes first."""
        with self._changed:
            left = [j for j in batch if not j.cancelled and j.status.state in ("queued", "running")]
            for job in left:
                job.become(JobStatus(state="queued"))
            self._waiting[:0] = left
            self._changed.notify()

    def _fail(self, batch: list[_Job], reason: str) -> None:
        with self._changed:
            for job in batch:
                if job.status.state in ("queued", "running"):
                    job.become(JobStatus(state="failed", reason=reason, blameless=True))
