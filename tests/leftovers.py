"""What a test started and did not end: threads and child processes."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import traceback
from collections.abc import Iterator

import psutil

GRACE_SECONDS = 5.0
"""For those that are just ending."""

THREADS: dict[str, str] = {
    "tqdm_monitor": "tqdm's, one a process, for ever",
    "IPythonHistorySavingThread": "IPython's, where a debugger is used",
}
"""Threads of libraries that stay by design, by the beginning of their name, and why."""

PROCESSES: dict[str, str] = {
    "multiprocessing.resource_tracker": "Python's own, one a process, ends with it",
}
"""Processes of libraries that stay by design, by a part of their command line, and why."""


_session: set[int] = set()


def stays_for_the_session(pid: int) -> None:
    """A server that a fixture of the session starts, be it in the middle of a test, is ended by that fixture."""
    _session.add(pid)


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.name.startswith(tuple(THREADS))}


def processes() -> set[psutil.Process]:
    """Descendants of this process that run. Zombies are dead, and nobody can wait for another's."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and not _owned_by_a_library(process) and not _of_the_session(process):
                found.add(process)
    return found


@contextlib.contextmanager
def nothing_left() -> Iterator[None]:
    """Fails with names and stacks where a thread or a process that began inside still runs a while after; such
    processes are killed."""
    threads_before, processes_before = threads(), processes()
    yield
    until = time.monotonic() + GRACE_SECONDS
    while (left := _told(threads() - threads_before, processes() - processes_before)) and (
        time.monotonic() < until
    ):
        time.sleep(0.05)
    for process in processes() - processes_before:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    if left:
        raise AssertionError("the test left behind:\n" + "\n".join(left))


def _of_the_session(process: psutil.Process) -> bool:
    return bool(_session & {process.pid, *(parent.pid for parent in process.parents())})


def _owned_by_a_library(process: psutil.Process) -> bool:
    command = " ".join(process.cmdline())
    return any(part in command for part in PROCESSES)


def _told(running: set[threading.Thread], started: set[psutil.Process]) -> list[str]:
    frames = sys._current_frames()
    told = []
    for thread in running:
        stack = traceback.format_stack(frames[thread.ident]) if thread.ident in frames else []
        told.append(f"thread {thread.name!r}, at\n{''.join(stack)}")
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            told.append(f"process {process.pid}: {' '.join(process.cmdline())}")
    return told
