"""Face tracking in worker processes on this machine.

Within Dagster the workers are launched through `PipesSubprocessClient`, without it as plain processes; the
program, its job and its results are the same.
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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resources.cores import usable_cores
from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.executor_base import Executor
from resources.vision.job_store import Device
from resources.vision.worker_crew import Crew, End, Launch, Launched, Tally, VisionTask
from shortform_assets.ports.vision_executor import TrackRequest

if TYPE_CHECKING:
    from resources.vision.pipes_session import PipesSession

LOG_TAIL = 200
"""Characters of a log that get into a message. Our choice."""
MOST_WORKERS = 4
"""A worker takes up to 1.2 GB of memory at 1080p."""
PROGRAM = (sys.executable, "-m", "shortform_assets.workers.vision")
# One thread a library: the workers themselves fill the cores, and sums stay in one order.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "GLOG_minloglevel": "2", "TF_CPP_MIN_LOG_LEVEL": "3"}

# The Pipes client does not tell whom it started. A shell that writes down its number, sends all that is
# printed to a log and then becomes the worker is killed by that number at any time. One that comes too late
# finds no folder for its number and does not start.
_AS_WORKER = 'echo $$ > "$0" || exit 1; log=$1; shift; exec "$@" >> "$log" 2>&1'
_START_SECONDS = 60.0
"""How long one that is to be killed is waited for to write down its number. Our choice."""


class LocalVision(Executor):
    """Worker processes on this machine, one a core unless told otherwise: a worker keeps about one busy."""

    def __init__(
        self,
        workers: int | None = None,
        models: Models | None = None,
        *,
        device: Device = "auto",
        program: Sequence[str] = PROGRAM,
    ) -> None:
        """`program` is called with the store's URL and the job's key in it."""
        super().__init__(models, device)
        self._workers = workers or min(MOST_WORKERS, usable_cores())
        self._program = tuple(program)

    def track(self, store: MediaStore, request: TrackRequest) -> None:
        """As `Executor.track`. Raises VisionFailed."""
        tally = Tally(request.clips, request.on_progress)
        task = VisionTask(self.judging(request.faces).fingerprint, request.faces, self._device)
        with (
            launcher(store, self._program, self._session) as launch,
            Crew(store, task, launch) as crew,
        ):
            crew.work(
                request.clips,
                self._workers,
                request.on_result,
                lambda shares: tally.tell(shares, crew.devices()),
            )


@contextlib.contextmanager
def launcher(
    store: MediaStore, program: Sequence[str], session: PipesSession | None = None
) -> Iterator[Launch]:
    """Yields a `Launch` of worker processes; their logs are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="vision-") as folder:

        def launch(key: str) -> Launched:
            files = Path(folder) / Path(key).name
            command = [*program, store.url, key]
            return _PipesWorker(command, files, session) if session is not None else _Process(command, files)

        yield launch


class _Child:
    """A worker's command, its process number and what it printed."""

    def __init__(self, command: Sequence[str], files: Path) -> None:
        self._pid, self._log = files.with_suffix(".pid"), files.with_suffix(".log")
        self._command = ["/bin/sh", "-c", _AS_WORKER, str(self._pid), str(self._log), *command]

    def last_words(self) -> str:
        text = self._log.read_text("utf-8", "replace") if self._log.exists() else ""
        return " ".join(text.split())[-LOG_TAIL:]


class _Process(_Child):
    """A worker as a plain child process."""

    def __init__(self, command: Sequence[str], files: Path) -> None:
        super().__init__(command, files)
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, env={**os.environ, **ENVIRONMENT}
        )

    def ended(self) -> End | None:
        code = self._process.poll()
        return None if code is None else End(_manner(code))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class _PipesWorker(_Child):
    """A worker under Dagster Pipes: the client waits for it in a thread of its own."""

    def __init__(self, command: Sequence[str], files: Path, session: PipesSession) -> None:
        super().__init__(command, files)
        self._launch = session.launch()
        self._end = End("ended")
        self._thread = threading.Thread(target=self._run, name="vision worker", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._end = End(_manner(self._launch.run_process(self._command, {**os.environ, **ENVIRONMENT})))
        except Exception as error:
            self._end = End(f"could not be run: {error}", "setup")

    def ended(self) -> End | None:
        alive = self._thread.is_alive()
        self._launch.drain()
        return None if alive else self._end

    def kill(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while self._thread.is_alive() and time.monotonic() < until:
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(self._pid.read_text()), signal.SIGKILL)
            self._thread.join(timeout=0.1)
        self._launch.drain()


def _manner(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"exited with status {code}"
