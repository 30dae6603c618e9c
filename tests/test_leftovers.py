"""The watch over leftovers sees them."""

from __future__ import annotations

import subprocess
import sys
import threading

import leftovers
import psutil
import pytest


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "GRACE_SECONDS", 0.2)


def test_a_thread_that_outlives_its_test_is_named_with_its_stack() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="straggler", daemon=True)
    with (
        pytest.raises(AssertionError, match=r"thread 'straggler', at\n(?s:.)*threading\.py"),
        leftovers.nothing_left(),
    ):
        thread.start()
    done.set()
    thread.join()


def test_a_process_that_outlives_its_test_is_named_and_killed() -> None:
    with pytest.raises(AssertionError, match=r"process \d+: .*sleep\(60\)"), leftovers.nothing_left():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert child.wait(10) < 0


def test_who_ends_in_time_is_no_leftover() -> None:
    with leftovers.nothing_left():
        child = subprocess.Popen([sys.executable, "-c", "pass"])
        thread = threading.Thread(target=child.wait)
        thread.start()
    thread.join()
    assert not psutil.pid_exists(child.pid)
