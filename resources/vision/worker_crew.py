"""The workers of one call: shares, starts, results as they come, and what to do about a worker that ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal, Protocol

from resources.media_store import MediaStore
from resources.vision.job_store import STAGE, Device, JobFolder, Pulse, Result, Results, VisionJob, rhythm
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import ClipMedia, FaceTracks
from shortform_assets.contracts.slices.reframing_slice import FaceSlice
from shortform_assets.errors import ShortformError

ATTEMPTS = 2
"""So often a clip may end the worker that is at it."""
BARREN = 3
"""So many workers in a row may be lost, for no clip's fault, without a finished clip."""
START_SECONDS = 300.0
"""Until a worker says its first word: it loads its models before. Our choice."""
SILENCE_SECONDS = 600.0
"""Between two words of a worker. Our choice; test_a_worker_that_says_nothing_any_more_is_ended."""

OnResult = Callable[[str, Result], None]
OnTick = Callable[[Mapping[str, float]], None]
OnLost = Callable[[str, str], None]


class VisionFailed(ShortformError):
    """No worker can be had, or none keeps running: no clip's fault, so no clip is dropped for it."""


@dataclass(frozen=True)
class End:
    """How a worker ended, to follow the words `the vision worker`, and what that is laid to.

    `clip`: the clip it was at, if any. `machine`: it was taken away, another may be had. `setup`: no worker
    would do better.
    """

    how: str
    fault: Literal["clip", "machine", "setup"] = "clip"


@dataclass(frozen=True)
class VisionTask:
    """How the workers look at clips."""

    fingerprint: str
    """Of the program and its models; a worker that has others declines."""
    faces: FaceSlice
    device: Device = "auto"


@dataclass(frozen=True)
class Leniency:
    """What a worker is forgiven."""

    attempts: int = ATTEMPTS
    """So often a clip may end the worker that is at it."""
    start_seconds: float = START_SECONDS
    silence_seconds: float = SILENCE_SECONDS


class Launched(Protocol):
    """A started worker."""

    def ended(self) -> End | None:
        """None while it runs or a thread still waits for it."""
        ...

    def kill(self) -> None:
        """End it at once, also while it is still being started. Its threads are gone when this returns."""
        ...

    def last_words(self) -> str:
        """The end of what it printed, in one line, where that is known."""
        ...


Launch = Callable[[str], Launched]
"""Starts a worker on the job at this key of the store."""


class _VisionWorker:
    """One launched worker, its clips and what it has said so far."""

    def __init__(self, launched: Launched, folder: JobFolder, clips: Sequence[ClipMedia]) -> None:
        self.launched, self.folder = launched, folder
        self.left = {clip.clip_id: clip for clip in clips}
        self.pulse = Pulse()
        self.heard = time.monotonic()

    def listen(self) -> None:
        pulse = self.folder.hear()
        if pulse and pulse.beat != self.pulse.beat:
            self.pulse, self.heard = pulse, time.monotonic()

    def silent_for(self) -> float:
        return time.monotonic() - self.heard


class Crew:
    """Workers that share some clips. Use as a context manager: whoever still runs at the end is killed."""

    def __init__(
        self,
        store: MediaStore,
        task: VisionTask,
        launch: Launch,
        leniency: Leniency = Leniency(),
    ) -> None:
        self._store, self._task, self._launch, self._leniency = store, task, launch, leniency
        self._results = Results(store, task.fingerprint, task.faces)
        self._workers: list[_VisionWorker] = []
        self._tries: Counter[str] = Counter()
        self._barren = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as everybody:
            for worker in self._workers:
                everybody.callback(worker.folder.remove)
                everybody.callback(worker.launched.kill)
        self._workers.clear()

    def work(
        self,
        clips: Sequence[ClipMedia],
        workers: int,
        on_result: OnResult,
        on_tick: OnTick = lambda shares: None,
        on_lost: OnLost | None = None,
    ) -> None:
        """Have every clip tracked. `on_result(clip_id, result)` once a clip, as soon as it is there, in this
        thread; `on_tick` with each clip's share done at every look; `on_lost(clip_id, reason)`, by default a
        dropped clip, for one that ended `attempts` workers. Raises VisionFailed."""
        shares = dict.fromkeys((clip.clip_id for clip in clips), 0.0)

        def lost(clip_id: str, reason: str) -> None:
            shares[clip_id] = 1.0
            if on_lost is not None:
                on_lost(clip_id, reason)
            else:
                on_result(clip_id, dropped(clip_id, reason))

        def collect(clip: ClipMedia) -> bool:
            result = self._results.find(clip)
            if result is None:
                return False
            shares[clip.clip_id], self._barren = 1.0, 0
            on_result(clip.clip_id, result)
            self._results.forget(clip)
            return True

        for share in share_out([clip for clip in clips if not self._left_over(clip, collect)], workers):
            self._start(share)
        while self._workers:
            for worker in list(self._workers):
                # Asked before it is listened to: what it said before it ended is then all there.
                end = worker.launched.ended() or self._lost_patience(worker)
                self._listen(worker, shares, collect, everything=end is not None)
                if end is not None:
                    self._workers.remove(worker)
                    worker.folder.remove()
                    self._bury(worker, end, lost)
            on_tick(shares)
            if self._workers:
                time.sleep(rhythm(self._store))
        on_tick(shares)

    def devices(self) -> str:
        """What the running workers' models run on."""
        return ", ".join(sorted({w.pulse.device for w in self._workers if w.pulse.device}))

    def _left_over(self, clip: ClipMedia, collect: Callable[[ClipMedia], bool]) -> bool:
        """Collect what an interrupted call left; its faults and what is unreadable are no reason not to try."""
        if isinstance(self._results.find(clip), FaceTracks):
            return collect(clip)
        self._results.forget(clip)
        return False

    def _start(self, clips: Sequence[ClipMedia]) -> None:
        job = VisionJob(
            fingerprint=self._task.fingerprint,
            faces=self._task.faces,
            clips=tuple(clips),
            device=self._task.device,
        )
        folder = JobFolder.make(self._store, job)
        try:
            self._workers.append(_VisionWorker(self._launch(folder.key), folder, clips))
        except BaseException:
            folder.remove()
            raise

    def _lost_patience(self, worker: _VisionWorker) -> End | None:
        lenient = self._leniency
        limit = lenient.silence_seconds if worker.pulse.beat else lenient.start_seconds
        if worker.silent_for() < limit:
            return None
        worker.launched.kill()
        return End(f"said nothing for {limit:.0f} seconds and was ended")

    def _listen(
        self,
        worker: _VisionWorker,
        shares: dict[str, float],
        collect: Callable[[ClipMedia], bool],
        *,
        everything: bool,
    ) -> None:
        worker.listen()
        # A worker killed between a result and its pulse has not said that the clip is done.
        done = list(worker.left) if everything else [c for c in worker.pulse.done if c in worker.left]
        for clip_id in done:
            if collect(worker.left[clip_id]):
                del worker.left[clip_id]
        if worker.pulse.at in worker.left:
            shares[worker.pulse.at] = worker.pulse.fraction

    def _bury(self, worker: _VisionWorker, end: End, lost: OnLost) -> None:
        """Give what a dead worker left to a fresh one; the clip it was at comes last, and only so often."""
        if not worker.left:
            return
        if worker.pulse.complaint:
            raise VisionFailed(worker.pulse.complaint)
        at = worker.pulse.at if worker.pulse.at in worker.left else ""
        said = worker.launched.last_words()
        how = f"the vision worker {end.how}" + (f": {said}" if said else "")
        if end.fault == "setup":
            raise VisionFailed(how)
        if end.fault == "clip" and at:
            self._tries[at] += 1
            attempts = self._leniency.attempts
            if self._tries[at] >= attempts:
                del worker.left[at]
                times = f", {attempts} times at this clip" if attempts > 1 else ""
                lost(at, f"the vision worker {end.how}{times}" + (f": {said}" if said else ""))
        else:
            self._barren += 1
            if self._barren >= BARREN:
                raise VisionFailed(f"{how} ({BARREN} workers in a row finished no clip)")
        rest = sorted(worker.left.values(), key=lambda clip: self._tries[clip.clip_id])
        if rest:
            self._start(rest)


def dropped(clip_id: str, reason: str) -> Dropped:
    """A clip that face tracking gave up on."""
    return Dropped(clip_id=clip_id, stage=STAGE, reason=reason)


def share_out(clips: Sequence[ClipMedia], workers: int) -> list[list[ClipMedia]]:
    """At most `workers` shares of about the same number of frames: the longest clip to the least loaded."""
    shares: list[list[ClipMedia]] = [[] for _ in range(max(1, min(workers, len(clips))))]
    counts = dict.fromkeys(range(len(shares)), 0)
    for clip in sorted(clips, key=lambda clip: (-clip.frames, clip.clip_id)):
        least = min(counts, key=lambda i: (counts[i], i))
        shares[least].append(clip)
        counts[least] += clip.frames
    return [share for share in shares if share]


class Tally:
    """Shares of clips as one fraction, weighed by their frames, and a note."""

    def __init__(self, clips: Sequence[ClipMedia], on_progress: Callable[[float, str], None]) -> None:
        self._weights = {clip.clip_id: clip.frames for clip in clips}
        self._on_progress = on_progress

    def tell(self, shares: Mapping[str, float], where: str = "") -> None:
        weights = self._weights
        done = sum(shares[clip] * weight for clip, weight in weights.items()) / max(sum(weights.values()), 1)
        count = sum(shares[clip] >= 1 for clip in weights)
        self._on_progress(done, f"{count} of {len(weights)} clips" + (f" ({where})" if where else ""))


__all__ = [
    "Crew",
    "End",
    "Launch",
    "Launched",
    "Leniency",
    "Tally",
    "VisionFailed",
    "VisionTask",
    "dropped",
    "share_out",
]
