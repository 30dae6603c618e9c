"""Trying again what may pass: one rule for every service. Each service says only what is passing.

Pauses double from try to try, with jitter, so that many callers do not come back at once; a server that asks
for patience (`Retry-After`) gets it. Tries and time are bounded, and every pause can be cut short.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, TypeVar

import tenacity

T = TypeVar("T")
Pause = Callable[[float], None]
"""Waits so many seconds, or raises because the work is called off."""
_TICK = 0.5
"""Seconds after which a long pause looks whether it is still wanted."""


class Setback(Exception):
    """One try failed in a way that the next may not: `what` happened, `fix` helps if it goes on."""

    def __init__(self, what: str, fix: str = "", after: float | None = None) -> None:
        super().__init__(what)
        self.what, self.fix, self.retry_after = what, fix, after


class GaveUp(Exception):
    """Tries or time ran out. Its text says how often it was tried, and what happened last."""

    def __init__(self, last: Setback, tries: int, late: bool) -> None:
        tried = f"tried {tries} times, at last " if tries > 1 else ""
        super().__init__(
            f"{tried}{last.what}{', and there is no time left to ask again' if late else ''}"
            + (f" - {last.fix}" if last.fix else "")
        )
        self.last = last


@dataclass(frozen=True)
class Patience:
    """How long a service is waited for; seconds."""

    tries: int = 5
    first_pause: float = 1.0
    """Doubles from try to try, and up to as much again is added by lot."""
    longest_pause: float = 60.0
    """A longer `Retry-After` is cut to this."""
    silence: float = 300.0
    """How long a server may say nothing."""
    deadline: float = 900.0
    """For one piece of work, pauses and tries together."""
    wait: Pause | None = field(default=None, repr=False)
    """Waits instead of the clock."""
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def start(self, tick: Callable[[], None] | None = None) -> Timer:
        """The time of one piece of work begins; `tick` is called now and then in long pauses and may raise."""
        return Timer(self, self.clock() + self.deadline, tick)


class Timer:
    """What is left of a deadline."""

    def __init__(self, patience: Patience, until: float, tick: Callable[[], None] | None = None) -> None:
        self.patience, self._until, self._tick = patience, until, tick

    def left(self) -> float:
        """Seconds until the deadline, 0 when it has passed."""
        return max(0.0, self._until - self.patience.clock())

    def pause(self, seconds: float) -> None:
        """Wait; raises what `tick` raises."""
        if self.patience.wait is not None:
            self.patience.wait(seconds)
            return
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._tick is not None:
                self._tick()
            time.sleep(min(left, _TICK))

    def insist(self, attempt: Callable[[], T]) -> T:
        """`attempt()`, tried again after each Setback; GaveUp when tries or time run out."""

        def give_up(state: tenacity.RetryCallState) -> NoReturn:
            last = failure(state)
            assert isinstance(last, Setback)
            tries = state.attempt_number
            raise GaveUp(last, tries, late=tries < self.patience.tries) from last

        again = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Setback),
            wait=pauses(self.patience.first_pause, self.patience.longest_pause),
            stop=in_time(self.patience.tries, self.left),
            sleep=self.pause,
            retry_error_callback=give_up,
        )
        return again(attempt)


async def insist_async(
    attempt: Callable[[], Awaitable[T]],
    passing: Callable[[BaseException], bool],
    patience: Patience,
    left: Callable[[], float],
    before_pause: Callable[[BaseException, float], None],
) -> T:
    """`attempt()`, again after each `passing` error, whose `retry_after` is kept to; else its last error.

    `left` tells the seconds that remain for everything. Cancelling the task ends a pause.
    """

    def told(state: tenacity.RetryCallState) -> None:
        before_pause(failure(state), state.upcoming_sleep)

    again = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(passing),
        wait=pauses(patience.first_pause, patience.longest_pause),
        stop=in_time(patience.tries, left),
        before_sleep=told,
        reraise=True,
    )
    result: T = await again(attempt)
    return result


def failure(state: tenacity.RetryCallState) -> BaseException:
    """Why the last attempt failed."""
    error = state.outcome.exception() if state.outcome else None
    assert error is not None
    return error


def pauses(first: float, longest: float) -> Callable[[tenacity.RetryCallState], float]:
    """The pause after an attempt: as long as its error's `retry_after` says, else doubling with jitter."""
    grown = tenacity.wait_exponential_jitter(multiplier=first, max=longest, jitter=first)

    def pause(state: tenacity.RetryCallState) -> float:
        asked: Any = getattr(failure(state), "retry_after", None)
        return grown(state) if asked is None else min(max(0.0, float(asked)), longest)

    return pause


def in_time(tries: int, left: Callable[[], float]) -> Callable[[tenacity.RetryCallState], bool]:
    """Whether to stop: after so many tries, or where the next pause would outlast what is `left`."""
    return lambda state: state.attempt_number >= tries or state.upcoming_sleep >= left()


def retry_after(header: str) -> float | None:
    """Seconds that a `Retry-After` header asks for, given as such or as a date; None where it is neither."""
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else None
