"""The handler under AWS's own runtime interface client and emulator, which `aws-sam-cli` carries as
`samcli/local/rapid/aws-lambda-rie-x86_64`. LAMBDA_RIE names it; LAMBDA_PYTHON a Python that has `awslambdaric` and what
`deploy/lambda/requirements.txt` lists."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from delivery_samples import composition, render_job, saying, terms
from render_rigs import HERE, RENDERER, now_ms

from resources.media_store import MediaStore
from resources.render_order import RenderOrder
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.outcomes import dispatch, states

Call = Callable[[dict[str, Any]], dict[str, Any]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def emulator(folder: Path, seconds: int) -> Iterator[Call]:
    """Invokes the function, which may run for so long."""
    rie = os.environ.get("LAMBDA_RIE")
    if not rie:
        pytest.skip("set LAMBDA_RIE and LAMBDA_PYTHON to try AWS's own emulator")
    door, inside = free_port(), free_port()
    command = [rie, "--runtime-interface-emulator-address", f"127.0.0.1:{door}"]
    command += [
        "--runtime-api-address",
        f"127.0.0.1:{inside}",
        os.environ.get("LAMBDA_PYTHON", sys.executable),
    ]
    command += ["-m", "awslambdaric", "shortform_assets.workers.lambda_handler.handler"]
    own = {
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds),
        "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}",
        "SHORTFORM_CACHE": str(folder / "function cache"),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, env=os.environ | own, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{door}/2015-03-31/functions/function/invocations"

            def call(event: dict[str, Any]) -> dict[str, Any]:
                until = time.monotonic() + 30
                while True:
                    try:
                        answer: dict[str, Any] = httpx2.post(address, json=event, timeout=120).json()
                        return answer
                    except httpx2.ConnectError:
                        assert time.monotonic() < until, (folder / "log").read_text()
                        time.sleep(0.1)

            yield call
        finally:
            os.killpg(server.pid, 9)
            server.wait()


def test_the_handler_runs_under_awss_own_emulator(s3_store: MediaStore, tmp_path: Path) -> None:
    index = composition(saying(render_job(1), "fine"), saying(render_job(2), "slow"))
    on = terms(now_ms(), "lambda", deadline_seconds=60, max_attempts=2)
    fine, slow = dispatch(s3_store, "talk", index, on).unfinished
    order = RenderOrder(store=s3_store.url, job=fine, attempt=1, renderer=RENDERER, pulse_seconds=0.5)
    with emulator(tmp_path, 60) as call:
        # The second time warm, and nothing to do.
        assert [call(order.model_dump())["state"] for _ in range(2)] == ["completed", "skipped"]
        assert "nothing was dispatched" in call(order.model_dump() | {"job": "deliveries/x"})["errorMessage"]
    with emulator(tmp_path, 10) as call:
        late = order.model_copy(update={"job": slow})
        assert call(late.model_dump())["errorType"] == "AttemptLost"
        progress = DispatchedJobs(s3_store).progress(slow)
        assert progress
        assert progress.lost.startswith("it took longer than the")
        assert call(late.model_copy(update={"attempt": 2}).model_dump())["state"] == "failed"
    assert [state.attempts for state in states(s3_store, "talk", index)] == [1, 2]
