"""Which render executor the environment asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping

from resources.executor_settings import ExecutorSettings
from resources.inline_renders import InlineRenders, RunJob
from resources.render_pool import LocalRenderPool
from shortform_assets.errors import InputError
from shortform_assets.ports.render_executor import RenderExecutor

PREFIX = "SHORTFORM_RENDER"


def renders_from_environment(
    run_job: RunJob, environment: Mapping[str, str] = os.environ, *, waits: bool = False
) -> RenderExecutor:
    """`SHORTFORM_RENDER`: local (default), lambda or inprocess; docs/executors.md lists the settings of each.

    `run_job` is what renders in this process; `waits` is for who wants the outcomes of a remote executor at once, since
    no sensor will see to them. Raises InputError that names the variable.
    """
    settings = ExecutorSettings(PREFIX, environment)
    kind = settings.kind("local")
    if kind == "local":
        return LocalRenderPool(settings.number("WORKERS"))
    if kind == "inprocess":
        return InlineRenders(run_job)
    if kind == "lambda":
        from resources.lambda_calls import LambdaCalls
        from resources.lambda_renders import LambdaRenders

        calls = LambdaCalls(settings.needed("LAMBDA_FUNCTION"), settings.text("LAMBDA_FAILURES"))
        return LambdaRenders(calls, settings.number("LAMBDA_AT_ONCE"), waits=waits)
    raise InputError(f"there is no render executor {kind!r}", PREFIX, "give local, lambda or inprocess")
