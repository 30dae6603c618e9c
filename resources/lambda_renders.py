"""Renders on AWS Lambda: one asynchronous invocation a job and attempt, results and progress through the store.

Lambda tells an invoker of an `Event` only that it was queued. So what becomes of it is seen in the store: the outcome,
the pulse of the attempt, and where neither comes, its deadline. Whoever sends an attempt twice loses nothing, since it is
begun once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from resources.lambda_calls import LambdaCalls
from resources.render_order import RenderOrder
from resources.retrying import Patience
from shortform_assets.contracts.delivery import RenderTask
from shortform_assets.errors import InputError
from shortform_assets.ports.render_executor import OnEvent, RenderJobs

_TOLD_AT_ONCE = 8
"""Renders whose progress is read at one look: a request each. Our choice."""

_ASK_SECONDS = 10.0
"""Between two questions whether a deadline has passed: a listing each. Our choice."""


@dataclass(frozen=True)
class LambdaPace:
    """How often the store is looked at and how long silence may last; seconds. Our choices."""

    look: float = 2.0
    pulse: float = 5.0
    silence: float = 60.0
    """An attempt whose pulse stands still for so long has died."""
    throttled: Patience = field(default=Patience(tries=60, first_pause=1.0, longest_pause=30.0))
    """How long a place in Lambda's queue is waited for."""


class LambdaRenders:
    """Sends jobs to a function, never more than may run at once.

    Where it `waits`, `dispatch` returns when each job has its outcome, and an attempt that died is followed by the next.
    Else it returns when the last one is sent: sensors and the sweeper see to the rest.
    """

    name = "lambda"

    def __init__(
        self,
        calls: LambdaCalls,
        at_once: int | None = None,
        *,
        waits: bool = False,
        renderer: str | None = None,
        pace: LambdaPace = LambdaPace(),
    ) -> None:
        """`at_once` is by default what Lambda allows; `renderer` is `module:function`, by default the worker's."""
        self.calls, self.at_once, self.renderer, self.pace = calls, at_once, renderer, pace
        self.drains = waits

    def dispatch(
        self, jobs: RenderJobs, keys: Sequence[str], on_event: OnEvent = lambda output, state, fraction: None
    ) -> None:
        """Send the jobs under these keys. Raises InputError where the function could not reach the store, or Lambda refuses,
        and Throttled where it takes no more; what is not sent stays pending."""
        if jobs.store.url.startswith("file:"):
            raise InputError(
                "a function on Lambda cannot read a folder of this machine",
                jobs.store.url,
                "set SHORTFORM_STORE=s3://bucket/prefix, or SHORTFORM_RENDER=local",
            )
        if keys:
            _Flight(self, jobs, list(dict.fromkeys(keys)), on_event).run()


@dataclass
class _Aloft:
    """An attempt that was sent, or that somebody else began."""

    task: RenderTask
    attempt: int | None
    """None where somebody else sent it."""
    beat: int = 0
    heard: float = field(default_factory=time.monotonic)
    """When its pulse last changed, or it was sent."""
    asked: float = 0.0
    """When the store was last asked whether its deadline has passed there."""


class _Flight:
    """One call of `dispatch`."""

    def __init__(self, renders: LambdaRenders, jobs: RenderJobs, keys: list[str], on_event: OnEvent) -> None:
        self.renders, self.jobs, self.on_event = renders, jobs, on_event
        self.waiting = deque(keys)
        self.aloft: dict[str, _Aloft] = {}
        self.window = renders.at_once or renders.calls.most_at_once()
        if self.window < 1:
            raise InputError(
                "no concurrency is left for it", renders.calls.function, "reserve some for the function"
            )
        self._most = self.window
        self._round = 0

    def run(self) -> None:
        while self.waiting or (self.aloft and self.renders.drains):
            while self.waiting and len(self.aloft) < self.window:
                self._begin(self.waiting.popleft())
            if not self.waiting and not self.renders.drains:
                return
            self._look()
            # As TCP begins again (RFC 5681, slow start): a call that is refused now and then costs seconds, no more.
            self.window = min(self._most, 2 * self.window)
            # Before the next are sent: an invocation still holds its place for a moment when its outcome is there.
            time.sleep(self.renders.pace.look)

    def _begin(self, key: str) -> None:
        task = self.jobs.task(key)
        attempt = self.jobs.due(key, _now_ms())
        if attempt is not None:
            self._send(key, task, attempt)
        elif not self._ended(key):
            # Somebody began it and may still answer.
            self.aloft[key] = _Aloft(task, None)

    def _send(self, key: str, task: RenderTask, attempt: int) -> None:
        renders = self.renders
        order = RenderOrder(
            store=self.jobs.store.url,
            job=key,
            attempt=attempt,
            renderer=renders.renderer,
            pulse_seconds=renders.pace.pulse,
        )
        renders.calls.invoke(order, renders.pace.throttled, self._slower)
        # Noted after it is sent: whoever dies in between sends the same attempt again, which is begun once.
        self.jobs.sent(key, attempt, _now_ms())
        self.aloft[key] = _Aloft(task, attempt)

    def _slower(self) -> None:
        """No more at a time than Lambda has taken by now; twice as many with every look again."""
        self.window = max(1, min(self.window, len(self.aloft)))

    def _look(self) -> None:
        for key in self.jobs.ended(list(self.aloft)):
            self._ended(key)
        lost = {found.order.job: found for found in self.renders.calls.lost(self._mine)}
        for key in [key for key in lost if key in self.aloft]:
            self._died(key, lost[key].order.attempt, lost[key].reason)
        for key in self._next_told():
            self._hear(key, self.aloft[key])

    def _mine(self, order: RenderOrder) -> bool:
        return order.store == self.jobs.store.url and order.job in self.aloft

    def _next_told(self) -> list[str]:
        """A few renders in turn: each progress is a request to the store."""
        keys = list(self.aloft)
        first = self._round % len(keys) if keys else 0
        self._round = first + _TOLD_AT_ONCE
        return (keys[first:] + keys[:first])[:_TOLD_AT_ONCE]

    def _hear(self, key: str, aloft: _Aloft) -> None:
        said, now = self.jobs.progress(key), time.monotonic()
        if said and said.attempt >= (aloft.attempt or 1):
            if (said.attempt, said.beat) != (aloft.attempt, aloft.beat):
                aloft.attempt, aloft.beat, aloft.heard = said.attempt, said.beat, now
                self.on_event(aloft.task.job.output_id, "in_progress", said.fraction)
            if said.lost:
                self._died(key, said.attempt, said.lost)
                return
        silent = now - aloft.heard
        if aloft.beat and aloft.attempt and silent > self.renders.pace.silence:
            self._died(key, aloft.attempt, f"nothing was heard of it for {silent:.0f} s")
        elif silent * 1000 > aloft.task.deadline_ms and now - aloft.asked > _ASK_SECONDS:
            # Never begun: the store decides whether it is late, and whose it is to send it again.
            aloft.asked = now
            if (attempt := self.jobs.expire(key, _now_ms())) is not None:
                self._send(key, aloft.task, attempt)

    def _died(self, key: str, attempt: int, reason: str) -> None:
        aloft = self.aloft[key]
        if attempt < (aloft.attempt or 1) or self._ended(key):
            return
        if attempt < aloft.task.max_attempts:
            self._send(key, aloft.task, attempt + 1)
        else:
            times = f"{attempt} attempt{'s' * (attempt > 1)}"
            self.jobs.give_up(key, f"Given up after {times}: {reason.rstrip('.')}.")
            self._ended(key)

    def _ended(self, key: str) -> bool:
        """Whether the output has its outcome; if so it is told, and no more looked after."""
        outcome = self.jobs.outcome(key)
        if outcome is not None:
            self.aloft.pop(key, None)
            self.on_event(outcome.output_id, outcome.state, 1.0)
        return outcome is not None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
