"""What only S3 does: a local cache, damaged objects, credentials, a network."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
import pytest

from resources.blob_cache import BlobCache
from resources.media_store import MediaStore, StoreError, blob_key, hash_file
from resources.s3_store import BucketStore
from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError


def make(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_what_was_adopted_is_not_downloaded(
    s3_store: MediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = s3_store.adopt_file(make(tmp_path / "x.mp4", b"bytes"))
    with monkeypatch.context() as offline:
        offline.setattr(obstore, "get", lambda *_: pytest.fail("downloaded again"))
        path = s3_store.open_local(blob)
        assert path.read_bytes() == b"bytes"
    assert path.stat().st_mode & 0o222 == 0
    path.unlink()
    assert s3_store.open_local(blob).read_bytes() == b"bytes"


def test_a_damaged_object_is_refused(s3_store: MediaStore, tmp_path: Path) -> None:
    blob = hash_file(make(tmp_path / "x", b"right"))
    s3_store.create(blob_key(blob), b"wrong")
    with pytest.raises(StoreError, match="damaged"):
        s3_store.open_local(blob)
    left = {p.parent.name for p in (tmp_path / "cache").rglob("*") if p.is_file()}
    assert left <= {"locks"}


def test_a_key_that_is_replaced_is_read_afresh(s3_store: MediaStore) -> None:
    for data in (b"one", b"two"):
        s3_store.replace("styles/current.json", data)
        assert s3_store.open_local("styles/current.json").read_bytes() == data


def test_a_bucket_that_is_not_there(s3_env: str) -> None:
    store = MediaStore.open("s3://no-such-bucket-here")
    for call in (lambda: store.create("k", b""), lambda: store.read("k"), lambda: list(store.list(""))):
        with pytest.raises(StoreError, match="no such bucket"):
            call()


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path))
    store = MediaStore.open("s3://bucket/prefix")
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        store.create("k", b"")
    assert "\n" not in str(caught.value)


def test_no_credentials_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(InputError, match="no AWS credentials"):
        MediaStore.open("s3://bucket")


def test_a_profile_gives_credentials(s3_env: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    credentials = "[studio]\naws_access_key_id = test\naws_secret_access_key = test\n"
    make(tmp_path / "credentials", credentials.encode())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "studio")
    store = MediaStore.open(f"{s3_env}/profile")
    assert store.create("k", b"v")
    assert store.read("k") == b"v"


def test_where_nobody_works_a_full_cache_is_emptied_and_another_is_not(tmp_path: Path) -> None:
    """As a warm instance on Lambda does between two jobs, whose media were all used just now."""
    cache = BlobCache(tmp_path / "cache", limit=150)
    cache.empty_if_full()
    first, second = (hash_file(make(tmp_path / name, name.encode() * 100)) for name in "ab")
    cache.take(tmp_path / "a", first)
    cache.empty_if_full()
    assert cache.find(first)
    cache.take(tmp_path / "b", second)
    cache.empty_if_full()
    assert [cache.find(first), cache.find(second)] == [None, None]


def test_the_cache_drops_the_oldest_but_nothing_in_use(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "cache", limit=250)
    blobs: list[Blob] = []
    for number in range(4):
        path = make(tmp_path / "file", bytes([number]) * 100)
        blobs.append(hash_file(path))
        kept = cache.take(path, blobs[-1])
        hours = (40, 30, 1, 0)[number]
        os.utime(kept, (time.time() - hours * 3600,) * 2)
    assert [cache.find(blob) is not None for blob in blobs] == [False, False, True, True]
    with pytest.MonkeyPatch.context() as env:
        env.setenv("SHORTFORM_CACHE_GB", "much")
        with pytest.raises(InputError, match="SHORTFORM_CACHE_GB"):
            BlobCache.default()


def test_who_wants_the_same_blob_at_once_fetches_it_once(s3_store, tmp_path, monkeypatch) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"x" * 3_000_000)
    blob = s3_store.add_file(path)
    fetched: list[str] = []
    download = BucketStore._download

    def counted(store: BucketStore, key: str, wanted: Blob | None) -> Path:
        fetched.append(key)
        return download(store, key, wanted)

    monkeypatch.setattr(BucketStore, "_download", counted)
    # As two programs on one machine have it.
    stores = [MediaStore.open(s3_store.url) for _ in range(2)]
    with ThreadPoolExecutor(12) as pool:
        paths = set(pool.map(lambda n: stores[n % 2].open_local(blob), range(12)))
    assert len(paths) == len(fetched) == 1
