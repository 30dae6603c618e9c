"""Dispatched jobs as an executor sees them: their terms, and how they came to their end."""

from __future__ import annotations

from shortform_assets.contracts.delivery import Outcome, RenderTask
from shortform_assets.delivery.job_records import outcome_of, survey, task_of
from shortform_assets.delivery.outcomes import finish
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

    def give_up(self, key: str, reason: str) -> Outcome | None:
        """Fail the output for `reason`; the outcome that stands, which may be that of a worker."""
        # Given up before it could even begin: there is no attempt to name.
        seen = survey(self.store, key).get(key)
        number = seen.latest if seen and seen.latest else 1
        output = self.task(key).job.output_id
        failed = Outcome(output_id=output, attempt=number, state="failed", error=reason[:_REASON_LENGTH])
        return finish(self.store, key, failed)
