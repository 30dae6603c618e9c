"""The vision executor: face tracking of many clips in local worker processes.

Within Dagster the workers are launched through `PipesSubprocessClient`, without it as plain processes; the
program and its results are the same. A worker that dies costs nothing that is finished: the clip it was at
is tried once more in a fresh worker and then dropped with the reason.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from resources.media_store import MediaStore
from resources.models import Models
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import ClipMedia, FaceTracks
from shortform_assets.contracts.slices.reframing import FaceSlice
from shortform_assets.workers.vision import STAGE, VisionEvent, VisionJob

ATTEMPTS = 2
POLL_SECONDS = 0.1
LOG_TAIL = 200
MOST_WORKERS = 4
"""A worker takes up to 1.2 GB of memory at 1080p."""
PROGRAM = (sys.executable, "-m", "shortform_assets.workers.vision")
# One thread a library: the workers themselves fill the cores, and sums stay in one order.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "GLOG_minloglevel": "2", "TF_CPP_MIN_LOG_LEVEL": "3"}
VERSION = "1"
"""Raised when the same models would give other tracks."""

OnResult = Callable[[str, FaceTracks | Dropped], None]
OnProgress = Callable[[float, str], None]


class Vision(Protocol):
    """Tracks faces somewhere: here, on a GPU task, behind HTTP."""

    @property
    def fingerprint(self) -> str: ...

    def track(
        self,
        store: MediaStore,
        clips: Sequence[ClipMedia],
        faces: FaceSlice,
        on_result: OnResult,
        on_progress: OnProgress,
        context: Any = None,
    ) -> None: ...


class LocalVision:
    """Worker processes on this machine, one a core unless told otherwise: a worker keeps about one busy."""

    def __init__(self, workers: int | None = None, models: Models | None = None) -> None:
        self._workers = workers or min(MOST_WORKERS, os.cpu_count() or 1)
        self._models = models or Models()

    @property
    def fingerprint(self) -> str:
        """What decides the tracks besides the clip and the genre."""
        models = (self._models.fingerprint(name) for name in ("centerface", "face-landmarker"))
        return " ".join(("vision", VERSION, *models))

    def load(self) -> LocalVision:
        """Itself: the models are loaded by the workers."""
        return self

    def track(
        self,
        store: MediaStore,
        clips: Sequence[ClipMedia],
        faces: FaceSlice,
        on_result: OnResult,
        on_progress: OnProgress,
        context: Any = None,
    ) -> None:
        """Track `clips`; `on_result(clip_id, tracks or Dropped)` is called once a clip, as soon as it is
        there, in this thread. `context` is Dagster's, where there is one."""
        launch = _PipesWorker if context is not None else _Process
        with tempfile.TemporaryDirectory(prefix="vision-") as folder:
            crew = _Crew(Path(folder), store.url, faces, lambda job, log: launch(job, log, context))
            try:
                crew.work(clips, self._workers, on_result, on_progress)
            finally:
                crew.dismiss()


class Launched(Protocol):
    """A started worker."""

    def ended(self) -> str | None:
        """None while it runs; then how it ended."""
        ...

    def kill(self, pid: int) -> None:
        """End it at once. `pid` is what the worker said of itself, 0 before it said so."""
        ...


class _Process:
    """A worker as a plain child process."""

    def __init__(self, job: Path, log: Path, _: Any) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*PROGRAM, str(job)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **ENVIRONMENT},
            )

    def ended(self) -> str | None:
        code = self._process.poll()
        if code is None:
            return None
        return f"was killed by signal {-code}" if code < 0 else f"exited with status {code}"

    def kill(self, pid: int) -> None:
        self._process.kill()
        self._process.wait()


class _PipesWorker:
    """A worker under Dagster Pipes: the client waits for it in a thread of its own."""

    def __init__(self, job: Path, log: Path, context: Any) -> None:
        self._end: str | None = None
        self._job, self._context = job, context
        self._thread = threading.Thread(target=self._run, name="vision worker", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        import dagster as dg

        # The client calls it itself; nobody who reads the terminal can do anything about it.
        warnings.filterwarnings("ignore", message=".*PipesMessageReader", category=dg.PreviewWarning)
        try:
            dg.PipesSubprocessClient(env={**os.environ, **ENVIRONMENT}).run(
                context=self._context, command=[*PROGRAM, str(self._job)]
            )
            self._end = "exited with status 0"
        except Exception as error:
            self._end = f"ended: {error}"

    def ended(self) -> str | None:
        return None if self._thread.is_alive() else self._end or "ended"

    def kill(self, pid: int) -> None:
        if pid and self._thread.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._thread.join(timeout=10)


class _Worker:
    """One launched worker, its clips and what it has said so far."""

    def __init__(self, launched: Launched, clips: Sequence[ClipMedia], results: Path, log: Path) -> None:
        self.launched, self.log = launched, log
        self.left = {clip.clip_id: clip for clip in clips}
        self.pid = 0
        self.at = ""
        """The clip it is working on."""
        self._results, self._offset = results, 0

    def events(self) -> list[VisionEvent]:
        """What it said since the last call; a line that is not finished waits."""
        if not self._results.exists():
            return []
        with self._results.open("rb") as lines:
            lines.seek(self._offset)
            fresh = lines.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [VisionEvent.model_validate_json(line) for line in whole.splitlines()]

    def last_words(self) -> str:
        """The end of its log, in one line."""
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return " ".join(text.split())[-LOG_TAIL:]


class _Crew:
    """The workers of one call."""

    def __init__(
        self, folder: Path, url: str, faces: FaceSlice, launch: Callable[[Path, Path], Launched]
    ) -> None:
        self._folder, self._url, self._faces, self._launch = folder, url, faces, launch
        self._workers: list[_Worker] = []
        self._started = 0
        self._tries: Counter[str] = Counter()

    def work(
        self, clips: Sequence[ClipMedia], workers: int, on_result: OnResult, on_progress: OnProgress
    ) -> None:
        done = dict.fromkeys((clip.clip_id for clip in clips), 0.0)
        weight = {clip.clip_id: clip.frames for clip in clips}

        def finish(clip_id: str, result: FaceTracks | Dropped) -> None:
            done[clip_id] = 1.0
            on_result(clip_id, result)

        for share in share_out(clips, workers):
            self._start(share)
        while self._workers:
            for worker in list(self._workers):
                # Asked before its last words are read: what it said before it ended is then all there.
                end = worker.launched.ended()
                self._listen(worker, done, finish)
                if end is not None:
                    self._workers.remove(worker)
                    self._bury(worker, end, finish)
            finished = sum(done[c] * weight[c] for c in done) / max(sum(weight.values()), 1)
            count = sum(share >= 1 for share in done.values())
            on_progress(finished, f"{count} of {len(done)} clips")
            if self._workers:
                time.sleep(POLL_SECONDS)

    def dismiss(self) -> None:
        """Kill what still runs."""
        for worker in self._workers:
            worker.launched.kill(worker.pid)
        self._workers.clear()

    def _start(self, clips: Sequence[ClipMedia]) -> None:
        self._started += 1
        base = self._folder / f"worker-{self._started}"
        results, log, job = base.with_suffix(".jsonl"), base.with_suffix(".log"), base.with_suffix(".json")
        work = VisionJob(
            store=self._url, faces=self._faces, clips=tuple(clips), results=str(results), log=str(log)
        )
        job.write_text(work.model_dump_json())
        self._workers.append(_Worker(self._launch(job, log), clips, results, log))

    def _listen(
        self,
        worker: _Worker,
        done: dict[str, float],
        finish: Callable[[str, FaceTracks | Dropped], None],
    ) -> None:
        for event in worker.events():
            worker.pid = event.pid or worker.pid
            if event.clip_id in worker.left:
                worker.at = event.clip_id
                done[event.clip_id] = event.fraction
                if event.result is not None:
                    del worker.left[event.clip_id]
                    worker.at = ""
                    finish(event.clip_id, event.result)

    def _bury(self, worker: _Worker, end: str, finish: Callable[[str, FaceTracks | Dropped], None]) -> None:
        """Give what a dead worker left to a fresh one; the clip it was at comes last, and only once more."""
        if not worker.left:
            return
        suspects = [worker.at] if worker.at else list(worker.left)
        self._tries.update(suspects)
        for clip_id in [c for c in suspects if self._tries[c] >= ATTEMPTS]:
            del worker.left[clip_id]
            said = worker.last_words()
            reason = f"the vision worker {end} twice at this clip" + (f": {said}" if said else "")
            finish(clip_id, Dropped(clip_id=clip_id, stage=STAGE, reason=reason))
        rest = sorted(worker.left.values(), key=lambda clip: self._tries[clip.clip_id])
        if rest:
            self._start(rest)


def share_out(clips: Sequence[ClipMedia], workers: int) -> list[list[ClipMedia]]:
    """At most `workers` shares of about the same number of frames: the longest clip to the least loaded."""
    shares: list[list[ClipMedia]] = [[] for _ in range(max(1, min(workers, len(clips))))]
    counts = dict.fromkeys(range(len(shares)), 0)
    for clip in sorted(clips, key=lambda clip: (-clip.frames, clip.clip_id)):
        least = min(counts, key=lambda i: (counts[i], i))
        shares[least].append(clip)
        counts[least] += clip.frames
    return [share for share in shares if share]
