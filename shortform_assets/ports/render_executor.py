"""Where renders run: what delivery asks of an executor, and what an executor asks of delivery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from shortform_assets.contracts.delivery import Outcome, RenderProgress, RenderTask
from shortform_assets.ports.store import ObjectStore

OnEvent = Callable[[str, str, float], None]
"""Told (output_id, state, fraction); state is in_progress, completed or failed."""


class RenderJobs(Protocol):
    """Dispatched jobs by their keys. `delivery/dispatched_jobs.py` has them; how an output comes to its end
    is decided there alone, whoever says so."""

    @property
    def store(self) -> ObjectStore:
        """Where the jobs are, their media, and where workers leave what they made."""
        ...

    def task(self, key: str) -> RenderTask:
        """The job and its terms. Raises InputError where nothing was dispatched under `key`."""
        ...

    def outcome(self, key: str) -> Outcome | None:
        """The terminal state, once there is one."""
        ...

    def ended(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys, all of one composition, that have their outcome: one listing of the store."""
        ...

    def progress(self, key: str) -> RenderProgress | None:
        """What a worker last said of the latest attempt that it heard of."""
        ...

    def due(self, key: str, now_ms: int) -> int | None:
        """The attempt that is to be sent now: one that nobody has begun, else the next one after a deadline.

        None where an attempt may still answer, and where the output has its outcome, which it may get by this call.
        Of many callers at once one is told to send a next one; an attempt that is sent twice is begun once.
        """
        ...

    def expire(self, key: str, now_ms: int) -> int | None:
        """As `due`, but only what has outlived its deadline, begun or not."""
        ...

    def sent(self, key: str, attempt: int, now_ms: int) -> None:
        """Note that an attempt was sent: its deadline begins to run."""
        ...

    def give_up(self, key: str, reason: str) -> Outcome | None:
        """Fail the output for `reason`, a sentence; the outcome that stands, which may be somebody else's."""
        ...


class RenderExecutor(Protocol):
    """Runs dispatched jobs somewhere. Outcomes come back through the store, never through this."""

    name: str
    drains: bool
    """True where `dispatch` returns when every job has an outcome; False where it returns at once."""
    renderer: str | None
    """`module:function` that draws; None for the one of this release."""

    def dispatch(self, jobs: RenderJobs, keys: Sequence[str], on_event: OnEvent = ...) -> None:
        """Begin the jobs under these keys. Of what it starts on this machine nothing outlives the call."""
        ...
