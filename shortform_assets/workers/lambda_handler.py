"""The render worker on AWS Lambda: `shortform_assets.workers.lambda_handler.handler`.

The event is a `RenderOrder`; the render, its gate and its outcome are those of every render worker. The function returns
{"output": id, "state": "completed" | "failed" | "skipped"}. An attempt that is about to run out of time says so in the store
before Lambda ends it, and then fails, as does one whose store fails: what Lambda sends its failures to hears of it.

Of its own it needs SHORTFORM_CACHE in a folder that may be written, as `/tmp`. Where SHORTFORM_STORE is set, jobs of stores
that are not there or below are refused.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

from pydantic import ValidationError

from resources.blob_cache import BlobCache
from resources.media_store import MediaStore
from resources.render_order import RenderOrder
from shortform_assets.delivery import DispatchedJobs
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.workers.render import load_renderer, render_one

EXECUTOR = "lambda"
_MARGIN_SECONDS, _MARGIN_SHARE = 10.0, 0.1
"""Kept of the time that is left, the lesser of the two: FFmpeg is ended and the store written to. Our choice."""


class Context(Protocol):
    """Of Lambda's context object, what is used."""

    def get_remaining_time_in_millis(self) -> int: ...


class TimeUp(BaseException):
    """Lambda is about to end the invocation. No Exception: no renderer may take it for a fault of its own."""


class AttemptLost(ShortformError):
    """The attempt leaves no outcome: the invocation fails, and another attempt may follow."""


def handler(event: Any, context: Context) -> dict[str, str]:
    """Render one job. Raises InputError for an event that is no order, AttemptLost where it leaves no outcome."""
    order = _order(event)
    store = MediaStore.open(order.store)
    # One job runs at a time here, so nothing that earlier ones left is in use.
    BlobCache.default().empty_if_full()
    said: dict[str, Any] = {}
    try:
        with _deadline(context.get_remaining_time_in_millis() / 1000):
            renderer, version = load_renderer(order.renderer)
            state = render_one(
                store,
                order.job,
                renderer,
                EXECUTOR,
                said.update,
                version,
                order.attempt,
                order.pulse_seconds,
            )
    except TimeUp as error:
        jobs = DispatchedJobs(store)
        if order.attempt < jobs.task(order.job).max_attempts:
            raise AttemptLost(str(error)) from error
        # Nobody may be waiting any more: the last attempt says itself that it was the last.
        times = f"{order.attempt} attempt{'s' * (order.attempt > 1)}"
        outcome = jobs.give_up(order.job, f"Given up after {times}: {error}")
        state = outcome.state if outcome else "skipped"
    return {"output": order.job.rsplit("/", 1)[-1], "state": state}


def _order(event: Any) -> RenderOrder:
    try:
        order = RenderOrder.model_validate(event)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "event"
        raise InputError(
            f"{where}: {first['msg']}", "render order", "send what SHORTFORM_RENDER=lambda sends"
        ) from None
    own = os.environ.get("SHORTFORM_STORE", "").rstrip("/")
    if own and not f"{order.store}/".startswith(f"{own}/"):
        raise InputError(f"this function renders for {own} only", order.store, "deploy one for this store")
    return order


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise TimeUp in the block shortly before `seconds` have passed. In the main thread only, where Lambda's Python calls
    handlers."""

    def over(number: int, frame: FrameType | None) -> None:
        raise TimeUp(f"it took longer than the {seconds:.0f} s that the function had.")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, max(0.1, seconds - min(_MARGIN_SECONDS, _MARGIN_SHARE * seconds)))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
