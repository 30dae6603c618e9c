"""Running a job of the graph for one source, in this process, while nobody else works on it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.claims import Held, Owner, claimed
from shortform_assets.cli.project import Project
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.ports.progress import Progress

if TYPE_CHECKING:
    import dagster as dg


@dataclass(frozen=True)
class JobEnd:
    """How a job ended: `error` is one sentence naming the stage, empty when all went well."""

    run_id: str
    error: str = ""


@contextmanager
def working_on(project: Project, key: str) -> Iterator[None]:
    """Hold `key` while the block runs; runs of dead processes are closed first.

    Raises InputError where somebody else works on it, and ShortformError where somebody else took it over
    because this process gave no sign of life for long.
    """
    lost = False

    def stop() -> None:
        nonlocal lost
        lost = True
        os.kill(os.getpid(), signal.SIGINT)

    try:
        with claimed(project.store, key, on_lost=stop) as held:
            _close_dead_runs(project, key, held)
            yield
    except KeyboardInterrupt:
        if lost:
            raise ShortformError(
                f"{key}: this process slept too long, and another took over - see `shortform status {key}`"
            ) from None
        raise


def _close_dead_runs(project: Project, key: str, held: Held) -> None:
    """Close what the process that was followed, or one that is gone, left open; InputError for any other run."""
    from shortform_assets.graph.run_claims import close_dead, is_dead, unfinished_runs

    for run in unfinished_runs(project.instance, key):
        if is_dead(run, held):
            close_dead(project.instance, run)
            continue
        raise InputError(
            f"run {run.run_id[:8]} is still working on it", key, "wait for it or terminate it, then try again"
        )


def run_job(
    project: Project, job_name: str, key: str, progress: Progress, tags: dict[str, str] | None = None
) -> JobEnd:
    """Run a job for one partition, which the caller holds, on the project's instance in this process."""
    from shortform_assets.definitions import build_defs, renders
    from shortform_assets.graph.run_claims import HELD_BY_CALLER, OWNER_TAG

    own = {"run_claim": HELD_BY_CALLER, "renderer": renders(waits=True)}
    defs = build_defs({"store": project.store, "progress": progress, **own})
    job = defs.resolve_job_def(job_name)
    with _one_interrupt() as interrupted:
        result = job.execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            instance=project.instance,
            partition_key=key,
            raise_on_error=False,
            tags={OWNER_TAG: Owner.me().model_dump_json(), **(tags or {})},
        )
        # Dagster forgets one that comes while it looks elsewhere, as between two steps.
        if interrupted():
            raise KeyboardInterrupt
    if result.success:
        return JobEnd(result.run_id)
    return JobEnd(result.run_id, why_failed(result))


def why_failed(result: dg.ExecuteInProcessResult) -> str:
    """One sentence for the user. Raises KeyboardInterrupt where that is what ended the run."""
    import dagster as dg

    for check in result.get_asset_check_evaluations():
        # The step that such a check fails only says how many did.
        if not check.passed and check.blocking:
            return f"{check.check_name}: {check.description}"
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.error and failure.error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
                raise KeyboardInterrupt
            told = failure.user_failure_data
            text = (told.description if told else None) or (failure.error.message if failure.error else "")
            return f"{event.step_key}: {text.strip()}" if text else f"{event.step_key} failed"
    return "the run failed; its log in the Dagster UI says why"


@contextmanager
def _one_interrupt() -> Iterator[Callable[[], bool]]:
    """SIGTERM ends a run as Ctrl-C does: the state stays resumable. Yields whether either of them came."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    came, noted = os.pipe()
    for end in (came, noted):
        os.set_blocking(end, False)

    def interrupted() -> bool:
        with contextlib.suppress(BlockingIOError):
            return bool({signal.SIGINT, signal.SIGTERM} & set(os.read(came, 4096)))
        return False

    before = signal.signal(signal.SIGTERM, interrupt)
    woken = signal.set_wakeup_fd(noted, warn_on_full_buffer=False)
    try:
        yield interrupted
    finally:
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGTERM, before)
        os.close(came)
        os.close(noted)
