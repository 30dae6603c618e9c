"""Where renders run. The default is a pool of worker processes on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import IO, Any, Protocol

from resources.bench import sweep
from resources.media_store import MediaStore
from shortform_assets.contracts.delivery import Outcome, RenderTask
from shortform_assets.delivery.job_records import outcome_of, survey, task_of
from shortform_assets.delivery.outcomes import finish

OnEvent = Callable[[str, str, float], None]
"""Told (output_id, state, fraction); state is in_progress, completed or failed."""

_TICK_SECONDS = 0.5
_GRACE_SECONDS = 8.0


class RenderExecutor(Protocol):
    """Runs dispatched jobs somewhere. Outcomes come back through the store, never through this."""

    name: str
    drains: bool
    """True where `dispatch` returns when every job has an outcome; False where it returns at once."""

    def dispatch(self, store: MediaStore, jobs: Sequence[str], on_event: OnEvent = ...) -> None:
        """Begin the jobs at these keys of `store`."""
        ...


class LocalRenderPool:
    """Warm worker processes; each takes the next job when it is done with one.

    A worker that dies or outlives the job's deadline costs the job an attempt; after `max_attempts` of
    them the output is failed with the reason. Ctrl-C, or any exception from `on_event`, ends the workers
    and leaves what they were doing without outcome, to be begun again.
    """

    name = "local"
    drains = True

    def __init__(self, workers: int | None = None, renderer: str | None = None) -> None:
        """`renderer` is `module:function`, by default the one the worker knows."""
        self.workers = workers or _default_workers()
        self.renderer = renderer

    def dispatch(
        self, store: MediaStore, jobs: Sequence[str], on_event: OnEvent = lambda output, state, fraction: None
    ) -> None:
        """Render the jobs at these keys; returns when each has an outcome."""
        if jobs:
            _Drain(self, store, list(dict.fromkeys(jobs)), on_event).run()


class _RenderWorker:
    """One worker process in a session of its own, so that its FFmpeg can be ended with it."""

    def __init__(
        self, header: dict[str, Any], inbox: queue.Queue[tuple[_RenderWorker, dict[str, Any] | None]]
    ) -> None:
        self.job: str | None = None
        self.since = 0.0
        self.overdue = False
        self._log: deque[str] = deque(maxlen=20)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shortform_assets.workers.render", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
            errors="replace",
            bufsize=1,
        )
        self._write(json.dumps(header))
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()
        self._logger = threading.Thread(target=self._keep_log, daemon=True)
        self._logger.start()

    def take(self, key: str) -> None:
        self.job, self.since = key, time.monotonic()
        self._write(key)

    def release(self) -> None:
        """No more jobs: it ends by itself."""
        with contextlib.suppress(OSError):
            self._stdin.close()

    def stop(self, number: signal.Signals) -> None:
        """Signal the worker; with SIGKILL everything it started too."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number is signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)

    def epitaph(self) -> str:
        """How it ended, for a sentence; nothing of it is left afterwards."""
        self.release()
        # What it started may outlive it.
        self.stop(signal.SIGKILL)
        code = self.process.wait()
        self._logger.join(_GRACE_SECONDS)
        last = next((line.strip() for line in reversed(self._log) if line.strip()), "")
        if self.overdue:
            return "it took longer than its deadline"
        if code == -signal.SIGKILL:
            return "the worker process was killed, perhaps because memory ran out"
        if code < 0:
            return f"the worker process ended by {signal.Signals(-code).name}"
        return last or f"the worker process ended with status {code}"

    @property
    def _stdin(self) -> IO[str]:
        assert self.process.stdin is not None
        return self.process.stdin

    def _write(self, line: str) -> None:
        # Where it is dead, the end of its stdout says so to the listener.
        with contextlib.suppress(OSError):
            self._stdin.write(line + "\n")
            self._stdin.flush()

    def _keep_log(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self._log.append(line[:500])

    def _listen(self, inbox: queue.Queue[tuple[_RenderWorker, dict[str, Any] | None]]) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # A library printed something.
                if isinstance(event, dict) and "output" in event:
                    inbox.put((self, event))
        inbox.put((self, None))


class _Drain:
    """One call of `dispatch`."""

    def __init__(self, pool: LocalRenderPool, store: MediaStore, jobs: list[str], on_event: OnEvent) -> None:
        self.store, self.on_event = store, on_event
        self.tasks: dict[str, RenderTask] = {key: task_of(store, key) for key in jobs}
        self.waiting = deque(jobs)
        self.deaths: Counter[str] = Counter()
        self.inbox: queue.Queue[tuple[_RenderWorker, dict[str, Any] | None]] = queue.Queue()
        self.workers: list[_RenderWorker] = []
        self.size = min(pool.workers, len(jobs))
        self.header = {"store": store.url, "executor": pool.name, "renderer": pool.renderer}

    def run(self) -> None:
        try:
            for _ in range(self.size):
                self._start()
            while self.workers:
                try:
                    worker, event = self.inbox.get(timeout=_TICK_SECONDS)
                except queue.Empty:
                    continue
                finally:
                    self._watch()
                if event is None:
                    self._ended(worker)
                elif "state" in event:
                    self._done(worker, event)
                else:
                    self.on_event(event["output"], "in_progress", float(event.get("fraction", 0.0)))
        finally:
            self._stop_all()

    def _start(self) -> None:
        worker = _RenderWorker(self.header, self.inbox)
        self.workers.append(worker)
        self._next(worker)

    def _next(self, worker: _RenderWorker) -> None:
        if self.waiting:
            worker.take(self.waiting.popleft())
        else:
            worker.job = None
            worker.release()

    def _done(self, worker: _RenderWorker, event: dict[str, Any]) -> None:
        self._next(worker)
        self._tell(event["job"])

    def _ended(self, worker: _RenderWorker) -> None:
        self.workers.remove(worker)
        reason, key = worker.epitaph(), worker.job
        if key is None:
            return
        self.deaths[key] += 1
        if outcome_of(self.store, key):
            self._tell(key)
        elif self.deaths[key] < self.tasks[key].max_attempts:
            self.waiting.append(key)
        else:
            self._give_up(key, reason)
        if self.waiting:
            self._start()

    def _give_up(self, key: str, reason: str) -> None:
        times = self.deaths[key]
        error = f"Given up after {times} attempt{'s' * (times > 1)}: {reason.rstrip('.')}."[:500]
        # Dead before it could even begin: there is no attempt to name.
        number = survey(self.store, key)[key].latest or 1
        output = self.tasks[key].job.output_id
        finish(self.store, key, Outcome(output_id=output, attempt=number, state="failed", error=error))
        self._tell(key)

    def _tell(self, key: str) -> None:
        if outcome := outcome_of(self.store, key):
            self.on_event(outcome.output_id, outcome.state, 1.0)

    def _watch(self) -> None:
        for worker in self.workers:
            if worker.job and time.monotonic() - worker.since > self.tasks[worker.job].deadline_ms / 1000:
                worker.overdue = True
                worker.stop(signal.SIGKILL)

    def _stop_all(self) -> None:
        for worker in self.workers:
            worker.stop(signal.SIGTERM)
        until = time.monotonic() + _GRACE_SECONDS
        for worker in self.workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.0, until - time.monotonic()))
            worker.epitaph()
        # Workers that were killed could not tidy up.
        sweep(self.store.scratch_root)


def _default_workers() -> int:
    """One for two cores and one more: FFmpeg uses two, and the measuring in between uses one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(16, cores // 2 + 1))
