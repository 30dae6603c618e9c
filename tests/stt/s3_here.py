"""One MiniStack for all suites of this folder, started when the first of them wants an S3."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

BUCKET = "shortform-speech-test"
_START_SECONDS = 40
_ENDPOINT: pytest.StashKey[str] = pytest.StashKey()


def s3_endpoint(request: pytest.FixtureRequest) -> str:
    """Where it listens, with an empty bucket; the test is skipped where MiniStack is not installed."""
    stash = request.config.stash
    if _ENDPOINT not in stash:
        own = Path(__file__).resolve().parents[2] / ".ministack" / "bin" / "ministack"
        found = os.environ.get("MINISTACK_BIN") or shutil.which("ministack")
        binary = found or (str(own) if own.is_file() else None)
        if binary is None:
            pytest.skip("MiniStack is not here: make .ministack, or set MINISTACK_BIN")
        home = request.getfixturevalue("tmp_path_factory").mktemp("ministack")
        stash[_ENDPOINT] = _start(binary, home, request.session)
    return stash[_ENDPOINT]


def _start(binary: str, home: Path, session: pytest.Session) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bound = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [binary], env=os.environ | bound | {"GATEWAY_PORT": str(port)}, cwd=home, stdout=log, stderr=log
        )
    session.addfinalizer(lambda: _stop(server))
    endpoint = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
    )
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            return endpoint
        except BotoCoreError:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"MiniStack did not start: {(home / 'log').read_text(errors='replace')[-500:]}")
            time.sleep(0.2)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
