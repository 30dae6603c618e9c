"""S3 without an account: MiniStack on a free port of 127.0.0.1, once a session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from leftovers import stays_for_the_session

if TYPE_CHECKING:
    from resources.media_store import MediaStore

BUCKET = "shortform-test"
NOT_HERE = "MiniStack is not here: make .ministack with `pip install ministack`, or set MINISTACK_BIN"
_START_SECONDS = 40


def ministack_binary() -> str | None:
    own = Path(__file__).resolve().parents[1] / ".ministack" / "bin" / "ministack"
    named = os.environ.get("MINISTACK_BIN")
    return named or shutil.which("ministack") or (str(own) if own.is_file() else None)


@pytest.fixture(scope="session")
def ministack_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a MiniStack with one empty bucket; skipped where MiniStack is not installed."""
    if ministack_binary() is None:
        pytest.skip(NOT_HERE)
    with running_ministack(tmp_path_factory.mktemp("ministack")) as endpoint:
        yield endpoint


@contextmanager
def running_ministack(home: Path) -> Iterator[str]:
    """A MiniStack with one empty bucket, its log in `home`."""
    binary = ministack_binary()
    assert binary, NOT_HERE
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    quiet = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [binary],
            env=os.environ | quiet | {"GATEWAY_PORT": str(port)},
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        stays_for_the_session(server.pid)
        try:
            _make_bucket(endpoint, server, home / "log")
            yield endpoint
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _make_bucket(endpoint: str, server: subprocess.Popen[bytes], log: Path) -> None:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=10),
    )
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            return
        except BotoCoreError:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"MiniStack did not start: {log.read_text(errors='replace')[-500:]}")
            time.sleep(0.2)


@pytest.fixture
def s3_env(ministack_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment of a user of that S3; returns the bucket's address."""
    use_s3(monkeypatch, ministack_endpoint, tmp_path / "cache")
    return f"s3://{BUCKET}"


def use_s3(monkeypatch: pytest.MonkeyPatch, endpoint: str, cache: Path) -> None:
    """The environment of a user of the S3 at `endpoint`."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "SHORTFORM_CACHE": str(cache),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["directory", "s3"])
def either_store(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    """An empty store of each kind: what must hold wherever people keep their work."""
    from resources.media_store import MediaStore

    if request.param == "s3":
        return request.getfixturevalue("s3_store")
    return MediaStore.local(tmp_path / "media store ü")


@pytest.fixture
def s3_store(s3_env: str) -> MediaStore:
    """An empty store on S3, below a prefix of its own."""
    from resources.media_store import MediaStore

    return MediaStore.open(f"{s3_env}/{uuid.uuid4().hex}/a b")
