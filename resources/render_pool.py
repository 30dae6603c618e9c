"""Where renders run. The default is a pool of worker processes on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import IO, Any

from resources.bench import sweep
from resources.cores import usable_cores
from shortform_assets.contracts.delivery import RenderTask
from shortform_assets.ports.render_executor import OnEvent, RenderJobs

_TICK_SECONDS = 0.5
"""Between two looks at deadlines while no worker says anything. Our choice."""
_GRACE_SECONDS = 8.0
"""How long workers have to end by themselves after SIGTERM, all together. Our choice."""
_SOON_SECONDS = 0.02
"""Between two looks while a worker's output is closed and its end not yet there. Our choice."""
_READ_BYTES = 65536


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
        self, jobs: RenderJobs, keys: Sequence[str], on_event: OnEvent = lambda output, state, fraction: None
    ) -> None:
        """Render the jobs under these keys; returns when each has an outcome."""
        if keys:
            _Drain(self, jobs, list(dict.fromkeys(keys)), on_event).run()


class _RenderWorker:
    """One worker process in a session of its own, so that its FFmpeg can be ended with it."""

    def __init__(self, header: dict[str, Any]) -> None:
        self.job: str | None = None
        self.since = 0.0
        self.overdue = False
        self.silent = False
        """Whether it has closed its stdout: it is about to end."""
        self._log: deque[str] = deque(maxlen=20)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shortform_assets.workers.render", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        self._write(json.dumps(header))

    def take(self, key: str) -> None:
        self.job, self.since = key, time.monotonic()
        self._write(key)

    def release(self) -> None:
        """No more jobs: it ends by itself."""
        with contextlib.suppress(OSError):
            _pipe(self.process.stdin).close()

    def stop(self, number: signal.Signals) -> None:
        """Signal the worker; with SIGKILL everything it started too."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number is signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)

    def hang_up(self) -> None:
        """Hear no more of it: it cannot get stuck in what it has to say."""
        for pipe in (self.process.stdout, self.process.stderr):
            _pipe(pipe).close()

    def remember(self, line: str) -> None:
        """A line of its stderr: the last one may be the only reason it leaves."""
        if line.strip():
            self._log.append(line.strip()[:500])

    def end(self) -> str:
        """How it ended, for a sentence; nothing of it is left afterwards."""
        self.release()
        # What it started may outlive it.
        self.stop(signal.SIGKILL)
        code = self.process.wait()
        self.hang_up()
        if self.overdue:
            return "it took longer than its deadline"
        if code == -signal.SIGKILL:
            return "the worker process was killed, perhaps because memory ran out"
        if code < 0:
            return f"the worker process ended by {signal.Signals(-code).name}"
        return self._log[-1] if self._log else f"the worker process ended with status {code}"

    def _write(self, line: str) -> None:
        # Where it is dead, the end of its stdout says so.
        with contextlib.suppress(OSError):
            _pipe(self.process.stdin).write(f"{line}\n".encode())


class _Reader:
    """The lines that come out of one pipe of a worker."""

    def __init__(self, worker: _RenderWorker, pipe: IO[bytes], *, events: bool) -> None:
        self.worker, self.pipe, self.events = worker, pipe, events
        self.over = False
        self._half = b""
        os.set_blocking(pipe.fileno(), False)

    def lines(self) -> list[str] | None:
        """The lines that are complete now; None where there is nothing to read. Sets `over` at the end."""
        try:
            data = os.read(self.pipe.fileno(), _READ_BYTES)
        except BlockingIOError:
            return None
        *whole, self._half = (self._half + data).split(b"\n")
        if not data:
            self.over = True
            whole.append(self._half)
        return [line.decode(errors="replace") for line in whole]


class _Drain:
    """One call of `dispatch`. It has no thread: nothing of it can go on, or log, when the call is over."""

    def __init__(self, pool: LocalRenderPool, jobs: RenderJobs, keys: list[str], on_event: OnEvent) -> None:
        self.jobs, self.on_event = jobs, on_event
        self.tasks: dict[str, RenderTask] = {key: jobs.task(key) for key in keys}
        self.waiting = deque(keys)
        self.deaths: Counter[str] = Counter()
        self.selector = selectors.DefaultSelector()
        self.workers: list[_RenderWorker] = []
        self.size = min(pool.workers, len(keys))
        self.header = {"store": jobs.store.url, "executor": pool.name, "renderer": pool.renderer}

    def run(self) -> None:
        try:
            for _ in range(self.size):
                self._start()
            while self.workers:
                soon = any(worker.silent for worker in self.workers)
                for ready, _ in self.selector.select(_SOON_SECONDS if soon else _TICK_SECONDS):
                    self._read(ready.data)
                for worker in tuple(self.workers):
                    self._watch(worker)
        finally:
            self._stop_all()

    def _start(self) -> None:
        worker = _RenderWorker(self.header)
        self.workers.append(worker)
        for pipe, events in ((worker.process.stdout, True), (worker.process.stderr, False)):
            reader = _Reader(worker, _pipe(pipe), events=events)
            self.selector.register(reader.pipe, selectors.EVENT_READ, reader)
        self._next(worker)

    def _read(self, reader: _Reader) -> bool:
        """Take in what there is now; whether there may be more."""
        lines = reader.lines()
        for line in lines or ():
            if reader.events:
                self._event(reader.worker, line)
            else:
                reader.worker.remember(line)
        if reader.over:
            self.selector.unregister(reader.pipe)
            reader.worker.silent |= reader.events
        return lines is not None and not reader.over

    def _watch(self, worker: _RenderWorker) -> None:
        # Its end, not that of its pipes: what it started may hold those open.
        if worker.process.poll() is not None:
            self._ended(worker)
        elif worker.job and time.monotonic() - worker.since > self.tasks[worker.job].deadline_ms / 1000:
            worker.overdue = True
            worker.stop(signal.SIGKILL)

    def _event(self, worker: _RenderWorker, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return  # A library printed something.
        if not isinstance(event, dict) or "output" not in event:
            return
        if "state" in event:
            worker.job = None
            if worker.process.poll() is None:
                self._next(worker)
            self._tell(event["job"])
        else:
            self.on_event(event["output"], "in_progress", float(event.get("fraction", 0.0)))

    def _next(self, worker: _RenderWorker) -> None:
        if self.waiting:
            worker.take(self.waiting.popleft())
        else:
            worker.release()

    def _ended(self, worker: _RenderWorker) -> None:
        for reader in [key.data for key in self.selector.get_map().values() if key.data.worker is worker]:
            while self._read(reader):
                pass
            if not reader.over:
                self.selector.unregister(reader.pipe)
        self.workers.remove(worker)
        reason, key = worker.end(), worker.job
        if key is not None:
            self.deaths[key] += 1
            if self.jobs.outcome(key):
                self._tell(key)
            elif self.deaths[key] < self.tasks[key].max_attempts:
                self.waiting.append(key)
            else:
                self._give_up(key, reason)
        if self.waiting:
            self._start()

    def _give_up(self, key: str, reason: str) -> None:
        times = self.deaths[key]
        self.jobs.give_up(key, f"Given up after {times} attempt{'s' * (times > 1)}: {reason.rstrip('.')}.")
        self._tell(key)

    def _tell(self, key: str) -> None:
        if outcome := self.jobs.outcome(key):
            self.on_event(outcome.output_id, outcome.state, 1.0)

    def _stop_all(self) -> None:
        try:
            for worker in self.workers:
                worker.stop(signal.SIGTERM)
                worker.hang_up()
            until = time.monotonic() + _GRACE_SECONDS
            for worker in self.workers:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    worker.process.wait(max(0.0, until - time.monotonic()))
        finally:
            # A second Ctrl-C ends the waiting, not the ending.
            for worker in self.workers:
                worker.end()
            self.selector.close()
            # Workers that were killed could not tidy up.
            sweep(self.jobs.store.scratch_root)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _default_workers() -> int:
    """One for two cores and one more: FFmpeg uses two, and the measuring in between uses one."""
    return max(1, min(16, usable_cores() // 2 + 1))
