"""Face tracking in GPU tasks on Amazon ECS, launched through Dagster's `PipesECSClient`.

A task runs the same worker as every executor; its job, its messages and its results travel through the S3
store. ECS says only whether a task runs and why it ended, which decides who is to blame: the clip, the
machine (a spot instance taken back) or the setup (no capacity, no permission, no image).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.executor_base import Executor
from resources.vision.job_store import Device, Result
from resources.vision.worker_crew import Crew, End, Tally
from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.contracts.slices.reframing_slice import FaceSlice
from shortform_assets.errors import InputError

START_SECONDS = 1800.0
"""A GPU instance may have to be started first."""
CAPACITY_WAITS = (5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0)
"""Seconds before each further try to place a task."""
_LAST_MESSAGES_SECONDS = 5.0

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html, stopCode
_TAKEN_AWAY = {"SpotInterruption", "TerminationNotice", "TaskFailedToStart"}
_BY_HAND = "UserInitiated"
NORMAL = End("exited with status 0")


@dataclass(frozen=True)
class EcsTask:
    """What is run, and where. `deploy/vision/task-definition.json` is one that fits."""

    task_definition: str
    """Family, family:revision or ARN."""
    cluster: str = ""
    container: str = "vision"
    """The container of the task definition whose entry point is the worker."""
    capacity_provider: str = ""
    """Of GPU instances; the cluster's default strategy where empty."""
    subnets: tuple[str, ...] = ()
    """Needed where the task definition's network mode is awsvpc."""
    security_groups: tuple[str, ...] = ()

    def request(self, command: Sequence[str]) -> dict[str, Any]:
        """Parameters of RunTask for one task."""
        request: dict[str, Any] = {
            "taskDefinition": self.task_definition,
            "count": 1,
            "overrides": {"containerOverrides": [{"name": self.container, "command": list(command)}]},
            "startedBy": "shortform",
        }
        if self.cluster:
            request["cluster"] = self.cluster
        if self.capacity_provider:
            request["capacityProviderStrategy"] = [{"capacityProvider": self.capacity_provider}]
        if self.subnets:
            network = {"subnets": list(self.subnets), "securityGroups": list(self.security_groups)}
            request["networkConfiguration"] = {"awsvpcConfiguration": network}
        return request


class EcsVision(Executor):
    """GPU tasks on ECS, each with a share of the clips."""

    def __init__(
        self,
        task: EcsTask,
        tasks: int = 1,
        *,
        device: Device = "cuda",
        client: Any = None,
        poll_seconds: int = 6,
        capacity_waits: Sequence[float] = CAPACITY_WAITS,
        models: Models | None = None,
    ) -> None:
        """At most `tasks` at once. `client` is boto3's for ECS, by default that of the environment."""
        super().__init__(models, device)
        self._task, self._tasks, self._client = task, tasks, client
        self._poll_seconds, self._waits = poll_seconds, tuple(capacity_waits)

    def track(
        self,
        store: MediaStore,
        clips: Sequence[ClipMedia],
        faces: FaceSlice,
        on_result: Callable[[str, Result], None],
        on_progress: Callable[[float, str], None],
        context: Any = None,
    ) -> None:
        """As `Vision.track`; `context` is needed. InputError where the tasks could not reach the store."""
        if store.url.startswith("file:"):
            raise InputError(
                "a task on ECS cannot read a folder of this machine",
                store.url,
                "set SHORTFORM_STORE=s3://bucket/prefix, or SHORTFORM_VISION=local",
            )
        if context is None:
            raise InputError(
                "it runs inside Dagster only", "vision executor ecs", "use local or http elsewhere"
            )
        client = self._client or _client()
        tally = Tally(clips, on_progress)

        def launch(key: str) -> _Task:
            request = self._task.request([store.url, key])
            return _Task(_Watched(client, self._waits), request, store, key, context, self._poll_seconds)

        name = self.judging(faces).fingerprint
        crew = Crew(store, name, faces, self._device, launch, start_seconds=START_SECONDS)
        with crew:
            crew.work(clips, self._tasks, on_result, lambda shares: tally.tell(shares, crew.devices()))


def _client() -> Any:
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("ecs")
    except BotoCoreError as error:
        raise InputError(str(error), "vision executor ecs", "set AWS_REGION, AWS_PROFILE") from error


class NoCapacity(Exception):
    """ECS would not place the task."""


class _Watched:
    """The ECS client as `PipesECSClient` uses it. A task that is not placed is waited for; what ECS says of
    one that is, is remembered."""

    def __init__(self, client: Any, waits: Sequence[float]) -> None:
        self._client, self._waits = client, waits
        self._unwanted = threading.Event()
        self._lock = threading.Lock()
        self._cluster: dict[str, str] = {}
        self._arn = ""
        self.stopped: dict[str, Any] | None = None
        """The task as it was when it had stopped."""
        self.refused: Exception | None = None
        """Why there is no task."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_task_definition(self, **request: Any) -> Any:
        with self._refusals():
            return self._client.describe_task_definition(**request)

    def run_task(self, **request: Any) -> Any:
        with self._refusals():
            answer = self._placed(request)
        with self._lock:
            self._arn = answer["tasks"][0]["taskArn"]
            self._cluster = {"cluster": request["cluster"]} if "cluster" in request else {}
        if self._unwanted.is_set():
            self.stop()
        return answer

    def describe_tasks(self, **request: Any) -> Any:
        answer = self._client.describe_tasks(**request)
        if answer["tasks"]:
            self.stopped = answer["tasks"][0]
        return answer

    def _placed(self, request: dict[str, Any]) -> Any:
        """The answer that holds a task; waits for capacity. Raises NoCapacity."""
        for wait in (*self._waits, 0.0):
            if self._unwanted.is_set():
                break
            answer = self._client.run_task(**request)
            if answer["tasks"]:
                return answer
            refusals = [f"{f.get('reason', '')} {f.get('detail', '')}".strip() for f in answer["failures"]]
            self._unwanted.wait(wait)
        else:
            raise NoCapacity("; ".join(refusals) or "no reason given")
        raise NoCapacity("it is not wanted any more")

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.refused = error
            raise

    def stop(self) -> None:
        """End the task, now or as soon as it is placed."""
        self._unwanted.set()
        with self._lock:
            arn = self._arn
        if arn:
            self._client.stop_task(task=arn, reason="shortform does not need it any more", **self._cluster)


class _Task:
    """A task on ECS: the Pipes client waits for it in a thread of its own."""

    def __init__(
        self,
        client: _Watched,
        request: dict[str, Any],
        store: MediaStore,
        key: str,
        context: Any,
        poll_seconds: int,
    ) -> None:
        self._client, self._request, self._context = client, request, context
        self._store, self._key, self._poll_seconds = store, key, poll_seconds
        self._end = End("ended")
        self._stopped_at = 0.0
        self._thread = threading.Thread(target=self._run, name="vision task", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from dagster_aws.pipes import PipesECSClient
        from dagster_aws.pipes.clients.utils import WaiterConfig

        from resources.vision.ecs_messages import StoreMessageReader

        pipes = PipesECSClient(client=self._client, message_reader=StoreMessageReader(self._store, self._key))
        waiting = WaiterConfig(Delay=self._poll_seconds, MaxAttempts=1_000_000)
        try:
            pipes.run(context=self._context, run_task_params=self._request, waiter_config=waiting)
        except Exception as error:
            self._end = _failure(error)

    def ended(self) -> End | None:
        task = self._client.stopped
        if task is None:
            if self._client.refused is not None:
                return _failure(self._client.refused)
            return None if self._thread.is_alive() else self._end
        end = _manner(task)
        if end == NORMAL and self._thread.is_alive():
            # Its last messages are being read. One that was killed sent none, and would be waited for.
            self._stopped_at = self._stopped_at or time.monotonic()
            if time.monotonic() - self._stopped_at < _LAST_MESSAGES_SECONDS:
                return None
        return end

    def kill(self) -> None:
        with contextlib.suppress(Exception):
            self._client.stop()

    def last_words(self) -> str:
        return "; ".join(_reasons(self._client.stopped)) if self._client.stopped else ""


def _failure(error: Exception) -> End:
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, NoCapacity):
        return End(f"could not be placed on ECS: {error}", "setup")
    if isinstance(error, ClientError):
        return End(f"could not be run on ECS: {error}", "setup")
    if isinstance(error, BotoCoreError):
        return End(f"was lost sight of: {error}", "machine")
    # A container's failure is told by the task itself, so this is none.
    return End(f"ended: {error!r}", "machine")


def _manner(task: dict[str, Any]) -> End:
    code = task.get("stopCode", "")
    if code in _TAKEN_AWAY:
        return End(f"was stopped by ECS ({code})", "machine")
    if code == _BY_HAND:
        return End("was stopped by hand", "setup")
    statuses = [c["exitCode"] for c in task.get("containers", []) if c.get("exitCode") is not None]
    worst = max(statuses, default=None)
    return End("ended without a status" if worst is None else f"exited with status {worst}")


def _reasons(task: dict[str, Any]) -> Iterator[str]:
    for part in (task.get("stoppedReason"), *(c.get("reason") for c in task.get("containers", []))):
        if part:
            yield str(part)
