"""Renders in this very process, one after the other: for a debugger, not for speed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shortform_assets.ports.render_executor import OnEvent, RenderJobs

RunJob = Callable[[RenderJobs, str, str, str | None, OnEvent], None]
"""Takes (jobs, key, executor, renderer, on_event) through one job: the worker's own function."""


class InlineRenders:
    """Breakpoints in a renderer hold here. What kills a render kills the run: the next one begins another attempt."""

    name = "inprocess"
    drains = True

    def __init__(self, run_job: RunJob, renderer: str | None = None) -> None:
        """`renderer` is `module:function`, by default the one the worker knows."""
        self.renderer = renderer
        self._run_job = run_job

    def dispatch(
        self, jobs: RenderJobs, keys: Sequence[str], on_event: OnEvent = lambda output, state, fraction: None
    ) -> None:
        """Render the jobs under these keys; returns when each has an outcome."""
        for key in dict.fromkeys(keys):
            self._run_job(jobs, key, self.name, self.renderer, on_event)
            if outcome := jobs.outcome(key):
                on_event(outcome.output_id, outcome.state, 1.0)
