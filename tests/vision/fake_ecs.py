"""Amazon ECS behind a real boto3 client: requests are validated and answers parsed by botocore, waiters and
error classes are its own; only the wire is cut. Tasks are subprocesses with the command and environment
that RunTask was given."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

DEFINITION = Path(__file__).resolve().parents[2] / "deploy" / "vision" / "task-definition.json"
OVERRIDES_LIMIT = 8192
ACCOUNT = "arn:aws:ecs:eu-central-1:123456789012"


class FakeEcs:
    """One cluster. `entry_point` stands for the image; `refusals` are answered to the next RunTask calls."""

    def __init__(self, entry_point: Sequence[str], region: str = "eu-central-1") -> None:
        self.entry_point = list(entry_point)
        self.refusals: list[str] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._definition: dict[str, Any] = {}
        self._tasks: dict[str, dict[str, Any]] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()
        self.client = boto3.client(
            "ecs", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.client.meta.events.register("before-send.ecs", self._answer)
        definition = DEFINITION.read_text().replace("eu-central-1", region)
        self.client.register_task_definition(**json.loads(definition))

    def tasks(self) -> list[dict[str, Any]]:
        with self._lock:
            return [self._seen(arn) for arn in self._tasks]

    def asked(self, action: str) -> list[dict[str, Any]]:
        return [request for name, request in self.calls if name == action]

    def reclaim(self) -> int:
        """The spot instances go; how many tasks ran on them."""
        with self._lock:
            gone = [arn for arn in self._tasks if self._seen(arn)["lastStatus"] == "RUNNING"]
            for arn in gone:
                self._end(arn, "SpotInterruption", "Your Spot Task was interrupted.", code=None)
            return len(gone)

    def close(self) -> None:
        with self._lock:
            for process in self._processes.values():
                process.kill()
                process.wait()

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        action = request.headers["X-Amz-Target"]
        name = (action.decode() if isinstance(action, bytes) else action).split(".")[-1]
        asked = json.loads(request.body)
        with self._lock:
            self.calls.append((name, asked))
            status, answer = getattr(self, f"_{name}")(asked)
        return AWSResponse(request.url, status, {"x-amzn-RequestId": uuid.uuid4().hex}, _Raw(answer))

    def _RegisterTaskDefinition(self, asked: dict[str, Any]) -> tuple[int, Any]:
        arn = f"{ACCOUNT}:task-definition/{asked['family']}:1"
        self._definition = {**asked, "taskDefinitionArn": arn, "revision": 1, "status": "ACTIVE"}
        return 200, {"taskDefinition": self._definition}

    def _DescribeTaskDefinition(self, asked: dict[str, Any]) -> tuple[int, Any]:
        if asked["taskDefinition"].split("/")[-1].split(":")[0] != self._definition["family"]:
            return 400, {"__type": "ClientException", "message": "Unable to describe task definition."}
        return 200, {"taskDefinition": self._definition}

    def _RunTask(self, asked: dict[str, Any]) -> tuple[int, Any]:
        if len(json.dumps(asked["overrides"])) > OVERRIDES_LIMIT:
            return 400, {"__type": "InvalidParameterException", "message": "Container Overrides length"}
        if self.refusals:
            refusal = self.refusals.pop(0)
            if refusal == "AccessDeniedException":
                return 400, {"__type": refusal, "message": "not authorized to perform: ecs:RunTask"}
            if refusal == "TaskFailedToStart":
                return 200, {"tasks": [self._place(asked, start=False)], "failures": []}
            return 200, {
                "tasks": [],
                "failures": [{"arn": f"{ACCOUNT}:container-instance/1", "reason": refusal}],
            }
        return 200, {"tasks": [self._place(asked, start=True)], "failures": []}

    def _place(self, asked: dict[str, Any], *, start: bool) -> dict[str, Any]:
        (container,) = self._definition["containerDefinitions"]
        (override,) = asked["overrides"]["containerOverrides"]
        assert override["name"] == container["name"]
        arn = f"{ACCOUNT}:task/{asked.get('cluster', 'default')}/{uuid.uuid4().hex}"
        self._tasks[arn] = {
            "taskArn": arn,
            "clusterArn": f"{ACCOUNT}:cluster/{asked.get('cluster', 'default')}",
            "lastStatus": "RUNNING",
            "containers": [{"name": container["name"], "runtimeId": f"{uuid.uuid4().hex}-1", "lastStatus": "RUNNING"}],
        }  # fmt: skip
        if start:
            given = {
                item["name"]: item["value"] for item in [*container["environment"], *override["environment"]]
            }
            self._processes[arn] = subprocess.Popen(
                [*self.entry_point, *override["command"]], env={**os.environ, **given}
            )
        else:
            self._end(arn, "TaskFailedToStart", "CannotPullContainerError: no such image", code=None)
        return dict(self._tasks[arn])

    def _DescribeTasks(self, asked: dict[str, Any]) -> tuple[int, Any]:
        known = [arn for arn in asked["tasks"] if arn in self._tasks]
        missing = [{"arn": arn, "reason": "MISSING"} for arn in asked["tasks"] if arn not in self._tasks]
        return 200, {"tasks": [self._seen(arn) for arn in known], "failures": missing}

    def _StopTask(self, asked: dict[str, Any]) -> tuple[int, Any]:
        if asked["task"] not in self._tasks:
            return 400, {
                "__type": "InvalidParameterException",
                "message": "The referenced task was not found.",
            }
        if self._seen(asked["task"])["lastStatus"] == "RUNNING":
            self._end(asked["task"], "UserInitiated", asked.get("reason", ""), code=137)
        return 200, {"task": self._seen(asked["task"])}

    def _seen(self, arn: str) -> dict[str, Any]:
        """The task as ECS would describe it now."""
        task = self._tasks[arn]
        if task["lastStatus"] == "RUNNING" and (code := self._processes[arn].poll()) is not None:
            self._end(
                arn,
                "EssentialContainerExited",
                "Essential container in task exited",
                128 - code if code < 0 else code,
            )
        return dict(self._tasks[arn])

    def _end(self, arn: str, stop_code: str, reason: str, code: int | None) -> None:
        with contextlib.suppress(KeyError):
            self._processes[arn].kill()
            self._processes[arn].wait()
        task = self._tasks[arn]
        container = {**task["containers"][0], "lastStatus": "STOPPED"}
        if code is not None:
            container["exitCode"] = code
        if code == 137 and stop_code == "EssentialContainerExited":
            container["reason"] = "OutOfMemoryError: Container killed due to memory usage"
        task.update(lastStatus="STOPPED", stopCode=stop_code, stoppedReason=reason, containers=[container])


class _Raw:
    """The body, as botocore reads it off urllib3."""

    def __init__(self, answer: Any) -> None:
        self._body = json.dumps(answer).encode()

    def stream(self, *_: Any, **__: Any):
        yield self._body
