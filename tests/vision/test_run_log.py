"""Vision work and the log of its run: nothing that waits for a worker may hold up the next run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("executor", ["pipes", "ecs"])
def test_an_interrupted_run_does_not_hold_up_the_next(tmp_path: Path, executor: str) -> None:
    program = Path(__file__).with_name("interrupted_run.py")
    done = subprocess.run(
        [sys.executable, str(program), executor, str(tmp_path)], capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stderr[-6000:]
    assert "configured" in done.stdout
