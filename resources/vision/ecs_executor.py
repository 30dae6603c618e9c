"""Face tracking in GPU tasks on Amazon ECS, launched through Dagster's `PipesECSClient`.

A task runs the same worker as every executor; its job, its messages and its results travel through the S3
store. ECS says only whether a task runs and why it ended, which decides who is to blame: the clip, the
machine (a spot instance taken back) or the setup (no capacity, no permission, no image).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from resources.media_store import MediaStore
from resources.models import Models
from resources.retrying import GaveUp, Patience, Setback
from resources.vision.ecs_messages import StoreMessageReader
from resources.vision.executor_base import Executor
from resources.vision.job_store import Device
from resources.vision.worker_crew import Crew, End, Leniency, Tally, VisionTask
from shortform_assets.errors import InputError
from shortform_assets.ports.vision_executor import TrackRequest

if TYPE_CHECKING:
    from resources.vision.pipes_session import PipesSession

START_SECONDS = 1800.0
"""A GPU instance may have to be started first."""
CAPACITY = Patience(tries=8, first_pause=5.0, longest_pause=60.0, deadline=600.0)
"""How long a place for a task is waited for."""
_REQUEST_SECONDS = 60.0
"""One request to ECS or the store takes no longer."""

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html, stopCode
_TAKEN_AWAY = {"SpotInterruption", "TerminationNotice", "TaskFailedToStart"}
_BY_HAND = "UserInitiated"


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


@dataclass(frozen=True)
class EcsAccess:
    """How ECS is asked."""

    client: Any = None
    """boto3's for ECS, by default that of the environment."""
    poll_seconds: float = 6.0
    """Between two looks at a task: as botocore's own waiter for `tasks_stopped`."""
    capacity: Patience = CAPACITY


class EcsVision(Executor):
    """GPU tasks on ECS, each with a share of the clips."""

    def __init__(
        self,
        task: EcsTask,
        tasks: int = 1,
        *,
        device: Device = "cuda",
        access: EcsAccess = EcsAccess(),
        models: Models | None = None,
    ) -> None:
        """At most `tasks` at once."""
        super().__init__(models, device)
        self._task, self._tasks, self._access = task, tasks, access

    def track(self, store: MediaStore, request: TrackRequest) -> None:
        """As `Executor.track`, within a session of Dagster's only. InputError where the tasks could not reach the store."""
        if store.url.startswith("file:"):
            raise InputError(
                "a task on ECS cannot read a folder of this machine",
                store.url,
                "set SHORTFORM_STORE=s3://bucket/prefix, or SHORTFORM_VISION=local",
            )
        session = self._session
        if session is None:
            raise InputError(
                "it runs inside Dagster only", "vision executor ecs", "use local or http elsewhere"
            )
        access = self._access if self._access.client else replace(self._access, client=_client())
        tally = Tally(request.clips, request.on_progress)

        def launch(key: str) -> _Task:
            return _Task(access, self._task.request([store.url, key]), store, key, session)

        task = VisionTask(self.judging(request.faces).fingerprint, request.faces, self._device)
        with Crew(store, task, launch, Leniency(start_seconds=START_SECONDS)) as crew:
            crew.work(
                request.clips,
                self._tasks,
                request.on_result,
                lambda shares: tally.tell(shares, crew.devices()),
            )


def _client() -> Any:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    half = _REQUEST_SECONDS / 2
    try:
        return boto3.client("ecs", config=Config(connect_timeout=half / 3, read_timeout=half / 2))
    except BotoCoreError as error:
        raise InputError(str(error), "vision executor ecs", "set AWS_REGION, AWS_PROFILE") from error


class NoCapacity(Exception):
    """ECS would not place the task."""


class Unwanted(Exception):
    """The task is not needed any more."""


class _Watched:
    """The ECS client as `PipesECSClient` uses it. A task that is not placed is waited for; what ECS says of
    one that is, is remembered; and no wait outlasts `stop`."""

    def __init__(self, access: EcsAccess, on_look: Callable[[], None]) -> None:
        self._client = access.client
        self._capacity = replace(access.capacity, wait=self._pause)
        self._poll_seconds, self._on_look = access.poll_seconds, on_look
        self._unwanted = threading.Event()
        self._lock = threading.Lock()
        self._cluster: dict[str, str] = {}
        self._arn = ""
        self.stopped: dict[str, Any] | None = None
        """The task as it was when it had stopped."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def run_task(self, **request: Any) -> Any:
        answer = self._placed(request)
        with self._lock:
            self._arn = answer["tasks"][0]["taskArn"]
            self._cluster = {"cluster": request["cluster"]} if "cluster" in request else {}
        if self._unwanted.is_set():
            self.stop()
        return answer

    def get_waiter(self, _: str) -> _Watched:
        """For `tasks_stopped`: botocore's own sleeps through everything."""
        return self

    def wait(self, *, tasks: Sequence[str], WaiterConfig: Any = None, **cluster: str) -> None:
        """Return when the task has stopped. Raises Unwanted, and LookupError where ECS knows no such task."""
        while True:
            (task,) = self._client.describe_tasks(tasks=tasks, **cluster)["tasks"] or (None,)
            self._on_look()
            if task is None:
                raise LookupError(f"ECS has forgotten {tasks[0]}")
            if task["lastStatus"] == "STOPPED":
                self.stopped = task
                return
            if self._unwanted.wait(self._poll_seconds):
                raise Unwanted

    def _placed(self, request: dict[str, Any]) -> Any:
        """The answer that holds a task; waits for capacity. Raises NoCapacity, Unwanted."""

        def attempt() -> Any:
            self._pause(0.0)
            answer = self._client.run_task(**request)
            if answer["tasks"]:
                return answer
            refusals = [f"{f.get('reason', '')} {f.get('detail', '')}".strip() for f in answer["failures"]]
            raise Setback("; ".join(refusals) or "no reason given")

        try:
            return self._capacity.start().insist(attempt)
        except GaveUp as error:
            raise NoCapacity(error.last.what) from error

    def _pause(self, seconds: float) -> None:
        if self._unwanted.wait(seconds):
            raise Unwanted

    def stop(self) -> None:
        """End the task, now or as soon as it is placed."""
        self._unwanted.set()
        with self._lock:
            arn = self._arn
        if arn and self.stopped is None:
            self._client.stop_task(task=arn, reason="shortform does not need it any more", **self._cluster)


class _Task:
    """A task on ECS: the Pipes client waits for it in a thread of its own."""

    def __init__(
        self,
        access: EcsAccess,
        request: dict[str, Any],
        store: MediaStore,
        key: str,
        session: PipesSession,
    ) -> None:
        self._messages = StoreMessageReader(store, key)
        self._client = _Watched(access, self._messages.read)
        self._request, self._launch = request, session.launch()
        self._end = End("ended")
        self._thread = threading.Thread(target=self._run, name="vision task", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._launch.run_task(self._client, self._request, self._messages)
        except Exception as error:
            self._end = _failure(error)

    def ended(self) -> End | None:
        alive = self._thread.is_alive()
        self._launch.drain()
        if alive:
            return None
        return _manner(self._client.stopped) if self._client.stopped else self._end

    def kill(self) -> None:
        with contextlib.suppress(Exception):
            self._client.stop()
        # It is at most in one request; what it says later than this is heard by nobody.
        self._thread.join(_REQUEST_SECONDS)
        self._launch.drain()

    def last_words(self) -> str:
        return "; ".join(_reasons(self._client.stopped)) if self._client.stopped else ""


def _failure(error: Exception) -> End:
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, NoCapacity):
        return End(f"could not be placed on ECS: {error}", "setup")
    if isinstance(error, ClientError):
        return End(f"could not be run on ECS: {error}", "setup")
    if isinstance(error, (BotoCoreError, LookupError)):
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
