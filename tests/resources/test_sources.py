"""Sources on disk and on S3: named by address, pinned by etag."""

from __future__ import annotations

import os
from pathlib import Path

import boto3
import pytest

from resources.sources import describe, fetch
from shortform_assets.errors import InputError


def test_a_local_file_is_pinned_and_a_change_is_noticed(tmp_path: Path):
    file = tmp_path / "a talk, with commas & ümlauts.mp4"
    file.write_bytes(b"one")
    source = describe(file)
    assert source == describe(source.uri), "a path and its address are the same source"
    assert fetch(source.uri, source.etag, tmp_path).read_bytes() == b"one"
    file.write_bytes(b"two!")
    with pytest.raises(InputError, match="changed after it was registered"):
        fetch(source.uri, source.etag, tmp_path)


@pytest.mark.parametrize("place", ["ftp://host/a.mp4", "https://host/a.mp4"])
def test_other_addresses_are_refused(place: str):
    with pytest.raises(InputError, match="not supported"):
        describe(place)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(tmp_path: Path):
    file = tmp_path / "secret.mp4"
    file.write_bytes(b"one")
    file.chmod(0)
    with pytest.raises(InputError, match="permission"):
        describe(file)


def test_an_object_on_s3_is_pinned_and_fetched(s3_env: str, tmp_path: Path):
    bucket = s3_env.removeprefix("s3://")
    client = boto3.client("s3")
    client.put_object(Bucket=bucket, Key="inbox/talk.mp4", Body=b"one")
    source = describe(f"{s3_env}/inbox/talk.mp4")
    assert source.name == "talk.mp4"
    assert fetch(source.uri, source.etag, tmp_path).read_bytes() == b"one"
    client.put_object(Bucket=bucket, Key="inbox/talk.mp4", Body=b"two")
    with pytest.raises(InputError, match="changed after it was registered"):
        fetch(source.uri, source.etag, tmp_path)
    client.put_object(Bucket=bucket, Key="inbox/empty.mp4", Body=b"")
    with pytest.raises(InputError, match="empty"):
        describe(f"{s3_env}/inbox/empty.mp4")
    with pytest.raises(InputError, match="404"):
        describe(f"{s3_env}/inbox/nothing.mp4")
