"""Multipart uploads against a server that minds S3's limits: every part but the last has 5 MiB or more."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from s3_here import use_s3

from resources import s3_store
from resources.media_store import MediaStore
from resources.store_errors import StoreError


@pytest.fixture
def strict_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MediaStore]:
    """A store on moto's server; skipped where that is not installed."""
    binary = os.environ.get("MOTO_SERVER_BIN") or shutil.which("moto_server")
    if binary is None:
        pytest.skip(
            "moto's server is not here: `pip install 'moto[server]'` somewhere, or set MOTO_SERVER_BIN"
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    use_s3(monkeypatch, f"http://127.0.0.1:{port}", tmp_path / "cache")
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [binary, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            client = boto3.client(
                "s3", config=Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=10)
            )
            until = time.monotonic() + 60
            while True:
                try:
                    client.create_bucket(Bucket="strict")
                    break
                except BotoCoreError:
                    assert server.poll() is None, (tmp_path / "log").read_text()
                    assert time.monotonic() < until
                    time.sleep(0.2)
            yield MediaStore.open("s3://strict/prefix")
        finally:
            server.terminate()
            server.wait(20)


def test_parts_are_as_large_as_s3_wants_them(strict_store, tmp_path, monkeypatch) -> None:
    path = tmp_path / "talk.mp4"
    path.write_bytes(os.urandom(21_000_000))
    blob = strict_store.add_file(path)
    assert strict_store.has(blob)
    assert strict_store.intact(blob)
    # The server does mind.
    other = tmp_path / "other.mp4"
    other.write_bytes(os.urandom(9_000_000))
    monkeypatch.setattr(s3_store, "_PART", 1 << 20)
    with pytest.raises(StoreError):
        strict_store.add_file(other)
