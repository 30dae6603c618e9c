"""A step of Dagster's as far as vision executors need it: workers are launched in it, and log there."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from resources.vision.ecs_messages import StoreMessageReader
from resources.vision.foreground_log import ForegroundLog


class PipesSession:
    """Launches workers through Dagster's Pipes clients."""

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self._context = context

    def launch(self) -> PipesLaunch:
        """For one worker, from the step's own thread."""
        return PipesLaunch(self._context)


class PipesLaunch:
    """One worker's: it runs in a thread of its own, what it says is logged by `drain` in the step's."""

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self._log = ForegroundLog(context)

    def drain(self) -> None:
        """Log what has come; for the step's own thread."""
        self._log.drain()

    def run_process(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run `command` here until it ends; its status, negative for a signal."""
        # The client calls it itself; nobody who reads the terminal can do anything about it.
        warnings.filterwarnings("ignore", message=".*PipesMessageReader", category=dg.PreviewWarning)
        client = dg.PipesSubprocessClient(env=dict(environment))
        try:
            client.run(context=self._log.context, command=list(command))
        except Exception as error:
            # Its only way to tell the status; Dagster offers the class nowhere in public.
            code = str(error).rpartition(" ")[2]
            if type(error).__name__ != "DagsterPipesExecutionError" or not code.lstrip("-").isdigit():
                raise
            return int(code)
        return 0

    def run_task(self, client: Any, request: Mapping[str, Any], messages: StoreMessageReader) -> None:
        """Run one task on ECS, with boto3's client or what passes for it, until it has stopped."""
        from dagster_aws.pipes import PipesECSClient

        pipes = PipesECSClient(client=client, message_reader=messages)
        pipes.run(context=self._log.context, run_task_params=dict(request))
