"""Dispatched jobs as an executor sees them: their terms, and how they came to their end."""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.contracts.delivery import Outcome, RenderProgress, RenderTask
from shortform_assets.delivery.job_records import (
    attempt_path,
    attempt_record,
    outcome_of,
    progress_of,
    survey,
    task_of,
)
from shortform_assets.delivery.outcomes import finish, sweep
from shortform_assets.ports.store import ObjectStore

_REASON_LENGTH = 500
"""Characters of a reason that are kept. Our choice."""


class DispatchedJobs:
    """The `RenderJobs` of one store."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    def task(self, key: str) -> RenderTask:
        """The job and its terms. Raises InputError where nothing was dispatched under `key`."""
        return task_of(self.store, key)

    def outcome(self, key: str) -> Outcome | None:
        """The terminal state, once there is one."""
        return outcome_of(self.store, key)

    def ended(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys, all of one composition, that have their outcome: one listing of the store."""
        if not keys:
            return set()
        found = survey(self.store, _shared_folder(keys))
        return {key for key in keys if key in found and found[key].outcome}

    def progress(self, key: str) -> RenderProgress | None:
        """What a worker last said of the latest attempt that it heard of."""
        return progress_of(self.store, key)

    def due(self, key: str, now_ms: int) -> int | None:
        """The attempt that is to be sent now, see the port."""
        seen = survey(self.store, key).get(key)
        if seen is None or seen.outcome:
            return None
        if seen.latest in seen.begun:
            return self.expire(key, now_ms)
        # Announced by a sweeper, sent and lost, or never sent: the same number may be sent again, it is begun once.
        return max(1, seen.latest)

    def expire(self, key: str, now_ms: int) -> int | None:
        """The attempt to be sent after one that has outlived its deadline, see the port."""
        again = sweep(self.store, now_ms, self.task(key).executor, key).again
        return again[0][1] if again else None

    def sent(self, key: str, attempt: int, now_ms: int) -> None:
        """Note that an attempt was sent: its deadline begins to run."""
        record = attempt_record(attempt, now_ms, self.task(key).executor)
        self.store.create(attempt_path(key, attempt, sent=True), record)

    def give_up(self, key: str, reason: str) -> Outcome | None:
        """Fail the output for `reason`; the outcome that stands, which may be that of a worker."""
        output = self.task(key).job.output_id
        number = 0
        while (seen := survey(self.store, key).get(key)) and seen.latest >= number:
            # Given up before it could even begin: there is no attempt to name.
            number = max(1, seen.latest)
            failed = Outcome(output_id=output, attempt=number, state="failed", error=reason[:_REASON_LENGTH])
            if standing := finish(self.store, key, failed):
                return standing
            # Another attempt was sent meanwhile, and is given up as well; or what stands is damaged.
            number += 1
        return None


def _shared_folder(keys: Sequence[str]) -> str:
    """The folder in which all of them are."""
    first, last = (key.split("/")[:-1] for key in (min(keys), max(keys)))
    same = [one for one, other in zip(first, last, strict=False) if one == other]
    return "/".join(same)
