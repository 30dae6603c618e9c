"""The only place that starts FFmpeg: local files in, local files out, nothing left running."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np
import psutil

from shortform_assets.contracts.base import FrameRate
from shortform_assets.errors import ShortformError

BITEXACT = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")
"""Output options without which the bytes tell the day, the machine's FFmpeg or the input's tags."""

_LOCAL_ONLY = ("-protocol_whitelist", "file,pipe")
_ADDRESS = re.compile(
    r"^(?!file:|pipe:)(?:[a-z][a-z0-9+.-]*://|(?:concat|concatf|crypto|data|subfile|tee|async|cache):)", re.I
)
_TELLING = re.compile(
    r"error|invalid|no such|unable|cannot|could not|failed|not found|unrecogni[sz]ed|denied|no space|unknown|whitelist",
    re.I,
)
_LOG_LINES = 4000
"""The last lines kept: a filter may print one for every frame, and the measurements come at the end."""
_STILL_S, _STILL_SHARE = 120.0, 0.02
"""Seconds without output in which less than this share of one core was used: it hangs. Telling how far it is costs a
ten-thousandth. A scheduler that locked itself up was seen in FFmpeg 9; held by tests/media/test_ffmpeg_runner.py."""
_LONGEST = 400
"""Characters of the log in an error: a sentence or two for a person; the log itself is kept beside it."""


class FfmpegError(ShortformError):
    """FFmpeg gave up; the message holds its telling lines, without folders."""

    def __init__(self, returncode: int, log: str, args: Sequence[str]) -> None:
        self.returncode, self.log = returncode, log
        super().__init__(f"FFmpeg failed ({returncode}): {_telling(log, args)}")


def run_ffmpeg(
    args: Sequence[str],
    *,
    duration_ms: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> str:
    """Run FFmpeg with `args` (inputs, filters, outputs) and return what it wrote to stderr.

    `progress` receives 0 to 1 of `duration_ms` (output time) a few times a second. Raises FfmpegError when
    FFmpeg fails or stands still and ValueError when an argument is a network address. The child never outlives
    the call.
    """
    command = [_binary(), *_HEAD, "-progress", "pipe:1", "-nostats", *_guarded(args)]
    with _child(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as (child, log):
        assert child.stdout is not None
        watch = _Watch(child.pid)
        for raw in child.stdout:
            key, _, value = raw.decode("ascii", "replace").strip().partition("=")
            if key == "out_time_us":
                if progress and duration_ms and value.lstrip("-").isdigit():
                    progress(min(1.0, max(0.0, int(value) / 1000 / duration_ms)))
                if watch.hangs(value):
                    raise FfmpegError(
                        -1, f"it failed to go on after {_STILL_S:.0f} s without doing anything", args
                    )
        child.wait()
    return _finish(child, log, args)


@contextmanager
def pipe_frames(
    args: Sequence[str],
    width: int,
    height: int,
    rate: FrameRate = FrameRate(num=30),
    *,
    alpha: bool = False,
) -> Iterator[Callable[[np.ndarray], None]]:
    """Hand raw pictures to FFmpeg as its input 0, at `rate`; `args` hold everything after that input.

    The value is a function that writes one (height, width, 3) uint8 BGR picture, with `alpha` (height, width, 4) RGBA. Leaving the block ends the
    input and waits for FFmpeg; leaving it by an exception kills FFmpeg. Raises FfmpegError when it fails.
    """
    depth = 4 if alpha else 3
    source = [
        "-f",
        "rawvideo",
        "-pixel_format",
        "rgba" if alpha else "bgr24",
        "-video_size",
        f"{width}x{height}",
    ]
    source += ["-framerate", f"{rate.num}/{rate.den}", "-i", "pipe:0"]
    command = [_binary(), *_HEAD, "-nostats", *source, *_guarded(args)]
    with _child(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (child, log):
        pipe = child.stdin
        assert pipe is not None

        def write(picture: np.ndarray) -> None:
            if picture.shape != (height, width, depth) or picture.dtype != np.uint8:
                raise ValueError(
                    f"expected ({height}, {width}, {depth}) uint8, got {picture.shape} {picture.dtype}"
                )
            try:
                pipe.write(np.ascontiguousarray(picture).data)
            except BrokenPipeError:
                # It may have all it wants (-frames:v, -shortest) or have failed: the exit code tells.
                if child.wait() != 0:
                    _finish(child, log, args)

        yield write
        with suppress(BrokenPipeError):
            pipe.close()
        child.wait()
    _finish(child, log, args)


_HEAD = ("-nostdin", "-hide_banner", "-y")


@cache
def _binary() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _guarded(args: Sequence[str]) -> list[str]:
    """The arguments, with every input held to local files; ValueError on a network address."""
    out: list[str] = []
    for arg in map(str, args):
        if _ADDRESS.match(arg):
            raise ValueError(f"FFmpeg is given local files only, not {arg!r}")
        if arg == "-i":
            out += _LOCAL_ONLY
        out.append(arg)
    return out


class _Watch:
    """Whether a child that tells how far it is has stopped working."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._at, self._since, self._used = "", 0.0, 0.0

    def hangs(self, at: str) -> bool:
        now = time.monotonic()
        if at != self._at or now - self._since >= _STILL_S:
            still, before = at == self._at, (self._since, self._used)
            times = self._process.cpu_times()
            self._at, self._since, self._used = at, now, times.user + times.system
            return still and self._used - before[1] < _STILL_SHARE * (now - before[0])
        return False


class _Log:
    """Drains stderr in a thread, so that a talkative FFmpeg never blocks; keeps the last lines."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._lines: deque[str] = deque(maxlen=_LOG_LINES)
        self._thread = threading.Thread(target=self._drain, args=(pipe,), daemon=True)
        self._thread.start()

    def _drain(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._lines.append(line.decode("utf-8", "replace").rstrip())

    def text(self) -> str:
        self._thread.join()
        return "\n".join(self._lines)


@contextmanager
def _child(command: list[str], *, stdin: int, stdout: int) -> Iterator[tuple[subprocess.Popen[bytes], _Log]]:
    child = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    assert child.stderr is not None
    log = _Log(child.stderr)
    try:
        yield child, log
    finally:
        # Only an exception (KeyboardInterrupt included) leaves the child running here.
        if child.poll() is None:
            child.kill()
        child.wait()
        log.text()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def _finish(child: subprocess.Popen[bytes], log: _Log, args: Sequence[str]) -> str:
    if child.returncode != 0:
        raise FfmpegError(child.returncode, log.text(), args)
    return log.text()


def _telling(log: str, args: Sequence[str]) -> str:
    """The last few lines that say what went wrong, without addresses in memory and folders."""
    lines = [re.sub(r" @ 0x[0-9a-f]+", "", line.strip()) for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)] or lines
    text = " | ".join(dict.fromkeys(telling[-6:])) or "it said nothing"
    for arg in sorted({str(arg) for arg in args}, key=len, reverse=True):
        if arg.startswith("/"):
            text = text.replace(arg, Path(arg).name)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
