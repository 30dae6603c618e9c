"""Sources on disk and on S3: named by address, pinned by etag."""

from __future__ import annotations

import os
from pathlib import Path

import boto3
import pytest

from resources.artifacts import Artifacts
from resources.media_store import MediaStore
from resources.registry import Registry
from resources.sources import describe, fetch, local_path
from shortform_assets.contracts.edits import CreativeEdit
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.errors import InputError
from shortform_assets.media import container_seconds
from shortform_assets.media.ffmpeg import run_ffmpeg


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


def test_records_and_edits_are_appended_and_read(tmp_path: Path):
    store = MediaStore.local(tmp_path / "store")
    registry = Registry(store)
    with pytest.raises(InputError, match="register it with `shortform run`"):
        registry.record("a-key")
    first = SourceRecord(uri="file:///a.mp4", etag="1", name="a.mp4", genre="podcast")
    registry.register("a-key", first)
    registry.register("a-key", first)
    second = first.model_copy(update={"title": "Better"})
    registry.register("a-key", second)
    assert registry.record("a-key") == second
    assert len(list(store.list("sources/a-key/record/"))) == 2, "what was said stays; repeats add nothing"
    assert registry.creative_edits("a-key").edits == ()
    edits = [CreativeEdit(verb="fix", wrong=word, right=word.title()) for word in ("acme", "orbit")]
    for edit in edits:
        registry.add_edit("a-key", edit)
    assert registry.creative_edits("a-key").edits == tuple(edits)
    assert registry.plan_edits("a-key").edits == ()


def test_a_record_that_lacks_something_is_refused_in_words(tmp_path: Path):
    store = MediaStore.local(tmp_path / "store")
    Artifacts(store).append("sources/a-key/record", {"uri": "file:///a.mp4", "mood": "blue"})
    with pytest.raises(InputError, match=r"this source record cannot be read .* register the source again"):
        Registry(store).record("a-key")


def test_a_bare_style_name_is_resolved_once(tmp_path: Path):
    registry = Registry(MediaStore.local(tmp_path / "store"))
    assert registry.pinned_style("a-key", "acme") is None
    assert registry.pin_style("a-key", "acme", "acme@1") == "acme@1"
    assert registry.pin_style("a-key", "acme", "acme@2") == "acme@1"
    assert registry.pinned_style("a-key", "acme") == "acme@1"


@pytest.mark.parametrize(
    "name", [b"two words.mp4", "café [x] 100%.mp4".encode(), b"caf\xe9.mp4", b"\xff\n.mp4"]
)
def test_a_file_of_any_name_is_registered_found_and_measured(tmp_path: Path, name: bytes):
    """The URI is percent-encoded: whoever opens it as it stands finds nothing, and the ETA is 0."""
    plain = tmp_path / "plain.mp4"
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=2", "-c:v", "libx264", str(plain)])
    file = plain.rename(os.path.join(os.fsdecode(tmp_path), os.fsdecode(name)))
    source = describe(file)
    record = SourceRecord(uri=source.uri, etag=source.etag, name=source.name, genre="podcast")
    assert SourceRecord.model_validate_json(record.canonical_json()) == record
    assert local_path(source.uri) == file
    seconds = container_seconds(file)
    assert seconds is not None
    assert abs(seconds - 2) < 0.1
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with_plain_name = fetch(source.uri, source.etag, scratch)
    str(with_plain_name).encode()
    assert with_plain_name.read_bytes() == file.read_bytes()
