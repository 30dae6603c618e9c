"""Every render executor behind one handle, on the stand-in renderers of `fake_renderers`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from delivery_samples import composition, terms
from lambda_here import RenderFunction

from resources.inline_renders import InlineRenders
from resources.lambda_calls import LambdaCalls
from resources.lambda_renders import LambdaPace, LambdaRenders
from resources.media_store import MediaStore
from resources.render_pool import LocalRenderPool
from shortform_assets.contracts.creative import Composition, RenderJob
from shortform_assets.contracts.delivery import OutputState
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.outcomes import dispatch, states
from shortform_assets.ports.render_executor import RenderExecutor
from shortform_assets.workers.render import render_here

RENDERER = "fake_renderers:render"
HERE = Path(__file__).parent
Event = tuple[str, str, float]


@dataclass
class RenderRig:
    """An executor, a store, and what was heard of its renders."""

    executor: RenderExecutor
    store: MediaStore
    events: list[Event] = field(default_factory=list)

    @property
    def jobs(self) -> DispatchedJobs:
        return DispatchedJobs(self.store)

    def send(
        self, *renders: RenderJob, deadline_seconds: int = 60, max_attempts: int = 2
    ) -> tuple[Composition, Sequence[str]]:
        """Dispatched outputs and the keys of those that want rendering."""
        index = composition(*renders)
        on = terms(now_ms(), self.executor.name, deadline_seconds, max_attempts)
        return index, dispatch(self.store, "talk", index, on).unfinished

    def work(self, keys: Sequence[str], hear: Callable[[Event], None] = lambda event: None) -> None:
        """Until all of them have their end."""

        def on_event(output: str, state: str, share: float) -> None:
            self.events.append((output, state, share))
            hear((output, state, share))

        self.executor.dispatch(self.jobs, keys, on_event)

    def work_dying(self, keys: Sequence[str]) -> None:
        """`work` where a render dies: where the executor dies with it, the next run goes on."""
        if self.executor.name != InlineRenders.name:
            return self.work(keys)
        code = (
            "import sys; from render_rigs import inline, DispatchedJobs, MediaStore; "
            "inline().dispatch(DispatchedJobs(MediaStore.open(sys.argv[1])), sys.argv[2:])"
        )
        for _ in range(3):
            ended = subprocess.run(
                [sys.executable, "-c", code, self.store.url, *keys], cwd=HERE.parents[1], capture_output=True
            )
            if ended.returncode == 0:
                return None
            # Killed, and nothing else.
            assert ended.returncode == -9, ended.stderr.decode()
            keys = [key for key in keys if not self.jobs.outcome(key)]
        raise AssertionError("it died three times")

    def states(self, index: Composition) -> tuple[OutputState, ...]:
        return states(self.store, "talk", index)


def inline() -> InlineRenders:
    return InlineRenders(render_here, RENDERER)


def local() -> LocalRenderPool:
    return LocalRenderPool(2, RENDERER)


def on_lambda(function: RenderFunction, failures: str | None = None, silence: float = 60.0) -> LambdaRenders:
    """`failures` is by default the function's own queue."""
    calls = LambdaCalls(function.name, function.queue if failures is None else failures)
    pace = LambdaPace(look=0.2, pulse=0.3, silence=silence)
    return LambdaRenders(calls, 2, waits=True, renderer=RENDERER, pace=pace)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
