"""Every run holds its source for its time, from whichever door it comes, and is refused where a live one works on it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import dagster as dg
from pydantic import ValidationError

from resources.claims import Held, Owner, claimed
from shortform_assets.errors import ShortformError

OWNER_TAG = "shortform/owner"
"""On every run of the command line: the process that runs it."""
HELD_BY_CALLER = "the caller holds the source"
"""Stands for the resource where whoever starts the run holds its source already."""

_ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


class SourceHeld(dg.DagsterError):
    """A live run works on the source, or the store does not tell; the run ends with this one sentence."""


@dg.resource(
    required_resource_keys={"store"}, description="Holds the run's source, so that no two runs work on one."
)
def run_claim(context: dg.InitResourceContext) -> Iterator[None]:
    """Made before the first step, and let go when the run ends, however it does.

    A run that was followed because its process slept too long is interrupted.
    """
    run = context.run
    key = run.tags.get("dagster/partition") if run else None
    if run is None or key is None:
        yield
        return
    followed = threading.Event()

    def stop() -> None:
        followed.set()
        os.kill(os.getpid(), signal.SIGINT)

    with ExitStack() as stack:
        try:
            held = stack.enter_context(claimed(context.resources.store, key, on_lost=stop, run_id=run.run_id))
            if context.instance is not None:
                for dead in unfinished_runs(context.instance, key):
                    if dead.run_id != run.run_id and is_dead(dead, held):
                        close_dead(context.instance, dead)
        except ShortformError as error:
            # Any other kind of error would reach the user inside one that speaks of resources.
            raise SourceHeld(str(error)) from error
        try:
            yield
        finally:
            if followed.is_set() and context.log:
                context.log.error(f"{key}: this process slept too long, and another run took over")


def unfinished_runs(instance: dg.DagsterInstance, key: str) -> list[dg.DagsterRun]:
    """Runs on this source that Dagster takes for waiting or alive."""
    unfinished = [status for status in dg.DagsterRunStatus if status not in _ENDED]
    filters = dg.RunsFilter(tags={"dagster/partition": key}, statuses=unfinished)
    return list(instance.get_runs(filters))


def is_dead(run: dg.DagsterRun, held: Held) -> bool:
    """Whether its process is known to be gone: who holds the source has followed it, or this machine says so."""
    try:
        owner = Owner.model_validate_json(run.tags.get(OWNER_TAG, ""))
    except ValidationError:
        return bool(held.followed_run) and run.run_id == held.followed_run
    return owner == held.followed or owner.is_gone()


def close_dead(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Say of a run that its process is gone, which Dagster cannot tell."""
    instance.report_run_failed(run, "the process that ran it is gone")
