"""One contract for every media store: it holds for a directory and for S3."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.media_store import KeyTaken, MediaStore, Missing, StoreError, blob_key
from resources.store_errors import check_key
from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError

BIG = os.urandom(11_000_000)
"""More than one part of a multipart upload."""


@pytest.fixture
def store(either_store: MediaStore) -> MediaStore:
    return either_store


@pytest.fixture
def source(tmp_path: Path):
    def make(data: bytes, name: str = "clip.mp4") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make


def blob_of(data: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def test_of_forty_writers_one_creates(store: MediaStore) -> None:
    with ThreadPoolExecutor(40) as pool:
        won = list(pool.map(lambda n: store.create("jobs/1/outcome.json", str(n).encode()), range(40)))
    assert won.count(True) == 1
    assert store.read("jobs/1/outcome.json") == str(won.index(True)).encode()


def test_create_never_changes_what_stands(store: MediaStore) -> None:
    assert store.create("a.json", b"first")
    assert not store.create("a.json", b"second, longer")
    assert store.read("a.json") == b"first"
    assert store.head("a.json") == 5


def test_replace_overwrites_and_delete_removes(store: MediaStore) -> None:
    store.replace("p/current.json", b"one")
    store.replace("p/current.json", b"two")
    assert store.read("p/current.json") == b"two"
    store.delete("p/current.json")
    store.delete("p/current.json")
    assert store.head("p/current.json") is None
    assert store.create("p/current.json", b"again")


def test_empty_objects_exist(store: MediaStore, source) -> None:
    assert store.create("empty", b"")
    assert store.head("empty") == 0
    assert store.read("empty") == b""
    assert not store.create("empty", b"x")
    blob = store.adopt_file(source(b""))
    assert store.has(blob)
    assert store.open_local(blob).read_bytes() == b""
    assert store.adopt_file(source(b""), key="deliveries/empty").size == 0


@pytest.mark.parametrize("data", [b"small", BIG], ids=["small", "multipart"])
def test_adopt_takes_the_file(store: MediaStore, source, data: bytes) -> None:
    path = source(data)
    blob = store.adopt_file(path)
    assert blob == blob_of(data)
    assert not path.exists()
    assert store.has(blob)
    assert store.open_local(blob).read_bytes() == data
    assert list(store.list("")) == [blob_key(blob)]


def test_adopting_twice_changes_nothing(store: MediaStore, source) -> None:
    first = store.adopt_file(source(b"same"))
    second_path = source(b"same", "other name.mp4")
    assert store.adopt_file(second_path) == first
    assert not second_path.exists()
    assert list(store.list("blobs")) == [blob_key(first)]


def test_many_adopt_the_same_bytes_at_once(store: MediaStore, source) -> None:
    paths = [source(b"x" * 100_000, f"{n}.mp4") for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        blobs = set(pool.map(store.adopt_file, paths))
    assert len(blobs) == 1
    assert store.open_local(blobs.pop()).read_bytes() == b"x" * 100_000
    assert not any(path.exists() for path in paths)


def test_adopting_mends_a_truncated_blob(store: MediaStore, source) -> None:
    blob = blob_of(b"the whole")
    store.create(blob_key(blob), b"the w")
    assert not store.has(blob)
    store.adopt_file(source(b"the whole"))
    assert store.has(blob)
    assert store.read(blob_key(blob)) == b"the whole"


def test_adopting_under_a_key_is_once(store: MediaStore, source) -> None:
    key = "deliveries/ab/clip é.mp4"
    blob = store.adopt_file(source(b"bytes"), key)
    assert store.adopt_file(source(b"bytes"), key) == blob
    for other in (b"other", b"other length"):
        path = source(other)
        with pytest.raises(KeyTaken, match="other bytes"):
            store.adopt_file(path, key)
        assert path.exists(), "a refused file must not be lost"
    assert store.read(key) == b"bytes"
    assert store.open_local(key).read_bytes() == b"bytes"


def test_add_copies(store: MediaStore, source) -> None:
    path = source(BIG)
    blob = store.add_file(path)
    assert path.read_bytes() == BIG
    assert store.open_local(blob).read_bytes() == BIG
    path.write_bytes(b"the user goes on working on it")
    assert store.open_local(blob).read_bytes() == BIG


def test_a_linked_file_is_adopted_by_its_bytes(store: MediaStore, source, tmp_path: Path) -> None:
    link = tmp_path / "link.mp4"
    link.symlink_to(source(b"behind the link"))
    blob = store.adopt_file(link)
    assert not link.is_symlink()
    assert not store.open_local(blob).is_symlink()
    assert (tmp_path / "clip.mp4").read_bytes() == b"behind the link"


def test_what_is_absent_is_missing(store: MediaStore, tmp_path: Path) -> None:
    for ask in (store.read, store.open_local):
        with pytest.raises(Missing, match="nothing here"):
            ask("no/such key")
    with pytest.raises(KeyError):
        store.open_local(blob_of(b"never seen"))
    assert store.head("no/such key") is None
    assert not store.has(blob_of(b"never seen"))
    assert list(store.list("no")) == []
    for verb in (store.adopt_file, store.add_file):
        with pytest.raises(InputError, match="cannot be read"):
            verb(tmp_path / "absent.mp4")


def test_a_folder_of_keys_is_not_a_key(store: MediaStore) -> None:
    store.create("a/b/c", b"1")
    assert store.head("a/b") is None
    with pytest.raises(Missing):
        store.read("a/b")
    with pytest.raises(Missing):
        store.open_local("a/b")


UNICODE = ("日本/🎬.mp4", "é/ü%20.txt", "q&a/?x=1", "plus+/a b~c", "z[1]*/{x}", "quote'\"`/$HOME")


def test_keys_keep_their_letters(store: MediaStore) -> None:
    for key in UNICODE:
        assert store.create(key, key.encode())
    assert list(store.list("")) == sorted(UNICODE)
    assert [store.read(key).decode() for key in UNICODE] == list(UNICODE)
    assert list(store.list("日本/")) == ["日本/🎬.mp4"]


def test_list_is_sorted_by_whole_names_and_can_go_on(store: MediaStore) -> None:
    keys = ["s/a/1", "s/a-b/1", "s/a.b", "s/b/10", "s/b/2", "s/B"]
    for key in [*keys, "sx/1", "t"]:
        store.create(key, b"")
    assert list(store.list("s")) == list(store.list("s/")) == sorted(keys)
    assert list(store.list("s/a")) == ["s/a/1"]
    assert list(store.list("s", after="s/a/1")) == [key for key in sorted(keys) if key > "s/a/1"]


BAD = (
    "",
    "/a",
    "a/",
    "a//b",
    "..",
    "a/../b",
    "a/..",
    "./a",
    "a/.",
    "a\nb",
    "a\0b",
    ".scratch/x",
    "a#1",
    "a#1/b",
)


@pytest.mark.parametrize("key", [*BAD, "a\x7f", "\u2028", "\ud800", "é" * 121, "a/" * 600 + "a"])
def test_bad_keys_are_refused_by_every_verb(tmp_path: Path, key: str) -> None:
    store = MediaStore.local(tmp_path / "store")
    path = tmp_path / "file"
    path.write_bytes(b"x")
    calls: list[Callable[[], object]] = [
        lambda: store.create(key, b""),
        lambda: store.replace(key, b""),
        lambda: store.read(key),
        lambda: store.head(key),
        lambda: store.delete(key),
        lambda: store.open_local(key),
    ]
    if key:
        calls.append(lambda: store.adopt_file(path, key))
    for call in calls:
        with pytest.raises(InputError, match="store key"):
            call()
    assert path.exists()
    assert {p.name for p in tmp_path.rglob("*")} == {"store", "file"}


@given(st.text(max_size=30))
def test_a_key_that_passes_stays_inside(text: str) -> None:
    try:
        check_key(text)
    except InputError:
        return
    assert Path(os.path.normpath(Path("/root") / text)).is_relative_to("/root")
    assert os.path.normpath(text) == text


def test_another_process_opens_it_by_url(store: MediaStore) -> None:
    store.create("hello", b"from here")
    code = (
        "import sys; from resources.media_store import MediaStore\n"
        "s = MediaStore.open(sys.argv[1]); s.create('answer', s.read('hello') + b' and there')"
    )
    subprocess.run([sys.executable, "-c", code, store.url], check=True, timeout=60)
    assert store.read("answer") == b"from here and there"


@pytest.mark.parametrize("url", ["", "  ", "gs://bucket/x", "http://host/x", "s3://", "s3://ab"])
def test_addresses_that_are_no_store(url: str) -> None:
    with pytest.raises(InputError):
        MediaStore.open(url)


def test_errors_are_one_sentence(store: MediaStore) -> None:
    with pytest.raises(StoreError) as caught:
        store.read("gone")
    assert "\n" not in str(caught.value)
    assert not str(caught.value).startswith(("'", '"'))
