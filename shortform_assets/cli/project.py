"""The project a command works on: the Dagster instance, the store, and running a job with live progress."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from resources.artifacts import Artifacts
from resources.home import find_home, store_url
from resources.media_store import MediaStore
from resources.registry import Registry
from shortform_assets.errors import InputError
from shortform_assets.ports.progress import Progress

if TYPE_CHECKING:
    import dagster as dg

PID_TAG = "shortform/pid"


@dataclass(frozen=True)
class JobEnd:
    """How a job ended: `error` is one sentence naming the stage, empty when all went well."""

    run_id: str
    error: str = ""


class Project:
    """Dagster home, store and registry of the folder that the command runs in."""

    def __init__(self) -> None:
        self.home = find_home(create=True)
        os.environ["DAGSTER_HOME"] = str(self.home)

    @cached_property
    def store(self) -> MediaStore:
        return MediaStore.open(store_url())

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.store)

    @cached_property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.store)

    @cached_property
    def instance(self) -> dg.DagsterInstance:
        import dagster as dg

        return dg.DagsterInstance.get()

    def keys(self) -> list[str]:
        """All registered partition keys, sorted."""
        return sorted(self.instance.get_dynamic_partitions("source_videos"))

    def require(self, key: str) -> str:
        """`key`, or the one registered key that begins with it; InputError when there is none or more."""
        found = [k for k in self.keys() if k == key] or [k for k in self.keys() if k.startswith(key)]
        if len(found) != 1:
            what = "more than one source is called so" if found else "no source is registered under this key"
            raise InputError(what, key, "see `shortform list` for the keys")
        return found[0]

    def claim(self, key: str) -> None:
        """Refuse a partition that another run works on; a run whose process is gone is closed first."""
        import dagster as dg

        unfinished = [
            s for s in dg.DagsterRunStatus if s not in dg._core.storage.dagster_run.FINISHED_STATUSES
        ]
        filters = dg.RunsFilter(tags={"dagster/partition": key}, statuses=unfinished)
        for run in self.instance.get_runs(filters):
            pid = run.tags.get(PID_TAG)
            if pid and not _alive(int(pid)):
                self.instance.report_run_failed(run, "the process that ran it is gone")
                continue
            raise InputError(
                f"run {run.run_id[:8]} is still working on it",
                key,
                "wait for it or terminate it, then try again",
            )

    def run(self, job_name: str, key: str, progress: Progress, tags: dict[str, str] | None = None) -> JobEnd:
        """Run a job for one partition on the real instance, in this process."""

        from shortform_assets.definitions import build_defs

        defs = build_defs({"store": self.store, "progress": progress})
        job = defs.resolve_job_def(job_name)
        with _one_interrupt():
            result = job.execute_in_process(
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                instance=self.instance,
                partition_key=key,
                raise_on_error=False,
                tags={PID_TAG: str(os.getpid()), **(tags or {})},
            )
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


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: the state stays resumable."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
