"""The render worker: `python -m shortform_assets.workers.render JOB.json`.

JOB.json is {"store": url, "jobs": [job keys], "executor": name, "renderer": "module:function"}; the last
two may be left out. `-` reads it as the first line of stdin, and then further job keys, one a line, until
stdin ends: so a pool keeps a worker warm.

Says on stdout, one JSON object a line: {"output": id, "fraction": 0..1} while it works, and
{"output": id, "job": key, "state": "completed" | "failed" | "skipped"} after each job; `skipped` means that
the outcome was there already. A fault of one output is its failed outcome; a fault of the store ends the
worker with exit status 1. SIGTERM and Ctrl-C leave no outcome, so that the job can be begun again.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.store_errors import StoreError
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.delivery import (
    begin_attempt,
    finish,
    measure,
    picture_of,
    renderer_named,
    renderer_version,
    same_code,
    survey,
    task_of,
)
from shortform_assets.errors import ShortformError
from shortform_assets.ports.render_executor import OnEvent, RenderJobs
from shortform_assets.ports.workbench import CalledOff, Workbench
from shortform_assets.rendering import Witness
from shortform_assets.workers.render_pulse import RenderPulse

OTHER_CODE = (
    "The render worker has another version of Shortform's code than it was asked for: "
    "install the same release there, or run again where the code was changed meanwhile."
)
_QUIET_SECONDS = 0.5
"""Between two reports of progress. Our choice."""


class RenderResult(Protocol):
    """What a renderer hands back."""

    @property
    def video(self) -> Path: ...

    @property
    def poster(self) -> Path: ...

    @property
    def witness(self) -> Witness | None:
        """What the file can be judged against; without it the gate is half blind, and says so."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done that one would want to know."""
        ...


Renderer = Callable[[Workbench, RenderJob], RenderResult]
Say = Callable[[dict[str, Any]], None]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m shortform_assets.workers.render JOB.json (or - for stdin)", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _leave)
    try:
        header, keys = _jobs(arguments[0])
        store = MediaStore.open(header["store"])
        renderer, version = load_renderer(header.get("renderer"))
        for key in keys:
            render_one(store, key, renderer, header.get("executor", ""), _say, version)
    except KeyboardInterrupt:
        return 130
    except ShortformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def render_one(
    store: MediaStore,
    key: str,
    renderer: Renderer,
    executor: str,
    say: Say,
    version: str = "",
    attempt: int | None = None,
    pulse_seconds: float | None = None,
) -> str:
    """Take one job from an attempt to its outcome; returns the state that was said.

    `version` is that of the renderer's code: a job that was meant for another one fails, since its outcome
    would stand for a picture that it does not hold. `attempt` is the one that was sent, by default the next free
    one: where it was begun already, or is followed by another that was, it is skipped. While it works, `progress.json` beside the job
    is renewed; an outcome that appears there (a cancelled output has one) ends the work. Raises StoreError where the
    store fails: that says nothing about the output.
    """
    task = task_of(store, key)
    output, state = task.job.output_id, "skipped"
    begun = None if _late(store, key, attempt) else begin_attempt(store, key, _now_ms(), executor, attempt)
    if begun is not None:
        say({"output": output, "fraction": 0.0})
        with contextlib.suppress(CalledOff), RenderPulse(store, key, begun, pulse_seconds) as pulse:
            if same_code(version, task.renderer):
                ended = _attempt(store, task.job, begun, renderer, say, pulse)
            else:
                ended = Outcome(output_id=output, attempt=begun, state="failed", error=OTHER_CODE)
            outcome = finish(store, key, ended)
            state = outcome.state if outcome else "skipped"
    say({"output": output, "job": key, "state": state})
    return state


def render_here(
    jobs: RenderJobs, key: str, executor: str, named: str | None, on_event: OnEvent = lambda *_: None
) -> None:
    """`render_one` in this process, with the renderer of that name; raises as it does."""
    renderer, version = load_renderer(named)

    def say(event: dict[str, Any]) -> None:
        if "fraction" in event:
            on_event(event["output"], "in_progress", event["fraction"])

    render_one(MediaStore.open(jobs.store.url), key, renderer, executor, say, version)


def _late(store: MediaStore, key: str, attempt: int | None) -> bool:
    """Whether a later attempt than this was begun: then this one was given up."""
    seen = survey(store, key).get(key) if attempt else None
    return bool(seen and attempt and max(seen.begun, default=0) > attempt)


def load_renderer(named: str | None) -> tuple[Renderer, str]:
    """The renderer called `module:function`, by default this release's, and the version of its code."""
    name = renderer_named(named)
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function), renderer_version(name)


def _attempt(
    store: MediaStore, job: RenderJob, attempt: int, renderer: Renderer, say: Say, pulse: RenderPulse
) -> Outcome:
    said = 0.0

    def progress(fraction: float, note: str) -> None:
        nonlocal said
        # The last bit of the bar is measuring and storing.
        fraction = round(fraction * 0.95, 3)
        pulse.tell(fraction)
        if time.monotonic() - said >= _QUIET_SECONDS:
            said = time.monotonic()
            say({"output": job.output_id, "fraction": fraction})

    try:
        with StoreBench.over(store, on_progress=progress) as bench:
            rendered = renderer(bench, picture_of(job))
            quality = measure(rendered.video, job, rendered.witness, notes=rendered.notes, cores=bench.cores)
            if quality.problems:
                # Never kept: what fails the gate is no output.
                return Outcome(
                    output_id=job.output_id,
                    attempt=attempt,
                    state="failed",
                    error=_sentence(" ".join(quality.problems)),
                    quality=quality,
                )
            return Outcome(
                output_id=job.output_id,
                attempt=attempt,
                state="completed",
                video=bench.keep(rendered.video),
                poster=bench.keep(rendered.poster),
                quality=quality,
                degraded=tuple(bench.degraded),
            )
    except StoreError:
        raise
    except ShortformError as error:
        reason = str(error)
    except Exception as error:
        traceback.print_exc()
        reason = f"The renderer failed unexpectedly ({type(error).__name__}: {error})."
    return Outcome(output_id=job.output_id, attempt=attempt, state="failed", error=_sentence(reason))


def _sentence(reason: str) -> str:
    return " ".join(reason.split())[:500] or "The renderer failed without saying why."


def _jobs(argument: str) -> tuple[dict[str, Any], Iterable[str]]:
    if argument != "-":
        header = json.loads(Path(argument).read_text())
        return header, header["jobs"]
    header = json.loads(sys.stdin.readline())
    return header, _lines(header.get("jobs", ()))


def _lines(first: Iterable[str]) -> Iterator[str]:
    yield from first
    # readline, not iteration over stdin, which may read ahead and wait for more.
    while line := sys.stdin.readline():
        if key := line.strip():
            yield key


def _say(event: dict[str, Any]) -> None:
    try:
        print(json.dumps(event), flush=True)
    except OSError:
        # Who started this is gone: to go on would help nobody, and it is no fault of the output.
        raise SystemExit(1) from None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _leave(number: int, frame: FrameType | None) -> None:
    # An exception, not os._exit: FFmpeg and the scratch folder are cleaned up on the way out.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
