"""AWS Lambda without an account: the render handler as a zip, run by MiniStack in real processes.

The zip holds one line, as the image's handler is the package's own; what it imports is this checkout and the environment
that runs the tests, which the function's PYTHONPATH names. MiniStack starts a process for each invocation at a time and uses it
again while it is warm, as Lambda does.
"""

from __future__ import annotations

import io
import os
import sys
import sysconfig
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_ENTRY = "from shortform_assets.workers.lambda_handler import handler\n"


@dataclass(frozen=True)
class RenderFunction:
    """A function, and the queue to which its failures go."""

    name: str
    queue: str
    clients: dict[str, Any]

    def logs(self) -> str:
        """What it printed."""
        logs, group = self.clients["logs"], f"/aws/lambda/{self.name}"
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        return "\n".join(
            event["message"]
            for stream in streams
            for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])[
                "events"
            ]
        )

    def reserve(self, at_once: int) -> None:
        self.clients["lambda"].put_function_concurrency(
            FunctionName=self.name, ReservedConcurrentExecutions=at_once
        )

    def set_free(self) -> None:
        """Nothing is reserved any more."""
        self.clients["lambda"].delete_function_concurrency(FunctionName=self.name)


def deploy_function(endpoint: str, folder: Path, timeout: int = 60, **environment: str) -> RenderFunction:
    """One more function; its cache and its marks are in `folder`."""
    clients = {service: _client(service, endpoint) for service in ("lambda", "sqs", "logs")}
    name = f"render-{uuid.uuid4().hex[:8]}"
    queue = clients["sqs"].create_queue(QueueName=f"{name}-failures")["QueueUrl"]
    arn = clients["sqs"].get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as code:
        code.writestr("entry.py", _ENTRY)
    paths = [_ROOT, sysconfig.get_path("purelib"), _ROOT / "tests/delivery"]
    clients["lambda"].create_function(
        FunctionName=name,
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Role="arn:aws:iam::000000000000:role/render",
        Handler="entry.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=timeout,
        MemorySize=3008,
        Environment={
            "Variables": {
                "PYTHONPATH": os.pathsep.join(map(str, paths)),
                "SHORTFORM_CACHE": str(folder / "function cache"),
                "FAKE_MARK": str(folder / "mark"),
                **environment,
            }
        },
    )
    clients["lambda"].put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    return RenderFunction(name, queue, clients)


def _client(service: str, endpoint: str) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture(scope="session")
def render_function(ministack_endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> RenderFunction:
    """One for all tests: it stays warm."""
    return deploy_function(ministack_endpoint, tmp_path_factory.mktemp("function"))
