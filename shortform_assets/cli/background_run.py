"""A run in a process of its own, by the same command as anybody's, and how it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shortform_assets.cli.display import STEPS
from shortform_assets.cli.exit_codes import FAILED, INTERRUPTED
from shortform_assets.errors import InputError

_GRACE_SECONDS = 20.0
"""For a run to end by itself when the server ends; what it did until then is kept. Our choice."""
_TAIL_BYTES = 256 * 1024
_OUTPUTS = re.compile(r"\((\d+) of (\d+)\)")
_STEP = re.compile(rf": ({'|'.join(STEPS)})(:| \.\.\.)")


class BackgroundRun:
    """At most one `shortform` command at a time. Its words go to a file, so that it outlives whoever reads them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="shortform-review-")
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0

    def start(self, arguments: Sequence[str]) -> None:
        """Begin `shortform ARGUMENTS`; InputError while another runs here."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                raise InputError("a run is going on already", fix="wait until it is done")
            self._number += 1
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "shortform_assets.cli", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
                    # Ctrl-C reaches the server, which ends it once, and not twice.
                    start_new_session=True,
                )

    def state(self) -> dict[str, Any]:
        """Which run it is (from 1, 0: none yet), whether it runs, the share that is done, its last line, its error."""
        with self._lock:
            process, number = self._process, self._number
            code = None if process is None else process.poll()
            lines = self._lines() if process is not None else []
        running = process is not None and code is None
        told = next((line for line in reversed(lines) if line), "")
        failed = code in (FAILED, INTERRUPTED) or (code is not None and code not in range(5))
        return {
            "number": number,
            "running": running,
            "fraction": round(_fraction(lines), 3) if running else 0.0,
            "line": (_said(lines) or "Starting ...") if running else "",
            "error": told.removeprefix("error: ") or f"the run ended with code {code}" if failed else "",
        }

    def end(self) -> None:
        """End what runs, as Ctrl-C would: the same command goes on from there."""
        with self._lock:
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._folder.cleanup()

    @property
    def _log(self) -> Path:
        return Path(self._folder.name) / f"{self._number}.log"

    def _lines(self) -> list[str]:
        with self._log.open("rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - _TAIL_BYTES))
            return log.read().decode("utf-8", "replace").splitlines()


def _fraction(lines: Sequence[str]) -> float:
    """Share of the steps that are done; those of the renders count with their outputs."""
    done = {match[1] for line in lines if (match := _STEP.search(line)) and match[2] == ":"}
    outputs = next((match for line in reversed(lines) if (match := _OUTPUTS.search(line))), None)
    rendered = int(outputs[1]) / max(1, int(outputs[2])) if outputs and STEPS[-1] not in done else 0.0
    # Renders take most of the time of a run after an edit.
    return 0.5 * len(done - {STEPS[-1]}) / (len(STEPS) - 1) + 0.5 * (1.0 if STEPS[-1] in done else rendered)


def _said(lines: Sequence[str]) -> str:
    """The last line about a step or an output, without the name of the source."""
    for line in reversed(lines):
        if _STEP.search(line):
            return line.partition(": ")[2].replace("_", " ")
        if _OUTPUTS.search(line):
            return line.partition(": ")[2]
    return ""
