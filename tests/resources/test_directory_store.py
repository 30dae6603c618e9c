"""What only a directory can do wrong: half-copied files, other file systems, permissions, full disks."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from resources.media_store import MediaStore, StoreError, hash_file
from shortform_assets.errors import InputError

KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from resources.media_store import MediaStore

def half(source, target):
    data = Path(source).read_bytes()
    Path(target).write_bytes(data[: len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)

shutil.copyfile = half
MediaStore.local(Path(sys.argv[1])).add_file(Path(sys.argv[2]))
"""


def test_killed_while_copying_leaves_nothing_visible(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    path.write_bytes(os.urandom(100_000))
    root = tmp_path / "store"
    ended = subprocess.run([sys.executable, "-c", KILLED, root, path], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    store = MediaStore.local(root)
    left = [p for p in root.rglob("*") if p.is_file()]
    assert len(left) == 1, "the simulation must have left its half file"
    assert list(store.list("")) == []
    assert not store.has(hash_file(path))
    blob = store.adopt_file(path)
    assert store.open_local(blob).stat().st_size == 100_000

    os.utime(left[0], (time.time() - 2 * 86400,) * 2)
    other = tmp_path / "other"
    other.write_bytes(b"x")
    store.add_file(other)
    assert not left[0].exists()


def test_from_another_file_system_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MediaStore.local(tmp_path / "store")
    path = tmp_path / "far.mp4"
    replace = os.replace

    def far(source: Path, target: Path) -> None:
        if Path(source) == path:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        replace(source, target)

    monkeypatch.setattr(os, "replace", far)
    path.write_bytes(b"far away")
    blob = store.adopt_file(path)
    assert not path.exists()
    assert store.open_local(blob).read_bytes() == b"far away"
    assert list((tmp_path / "store" / ".incoming").iterdir()) == []


def test_a_file_that_changes_while_it_is_copied_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MediaStore.local(tmp_path / "store")
    path = tmp_path / "growing.mp4"
    path.write_bytes(b"first part")
    copy = shutil.copyfile

    def grow(source: Path, target: Path) -> None:
        with path.open("ab") as file:
            file.write(b" and more")
        copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", grow)
    with pytest.raises(InputError, match="changed while it was copied"):
        store.add_file(path)
    assert list(store.list("")) == []


def test_blobs_are_read_only(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    store = MediaStore.local(tmp_path / "store")
    assert store.open_local(store.adopt_file(path)).stat().st_mode & 0o222 == 0
    path.write_bytes(b"user's own")
    store.add_file(path)
    assert path.stat().st_mode & 0o200, "a copied source keeps its permissions"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "permission denied"), (errno.EROFS, "read-only")],
)
def test_a_failing_disk_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str
) -> None:
    store = MediaStore.local(tmp_path / "store")
    path = tmp_path / "x"
    path.write_bytes(b"x")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(StoreError, match=sentence):
        store.adopt_file(path)
    assert path.exists()


def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    store = MediaStore.local(tmp_path / "store")
    store.create("folder", b"a file")
    with pytest.raises(StoreError, match="a file stands where a folder is needed"):
        store.create("folder/key", b"x")


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(InputError, match="not a folder"):
        MediaStore.local(tmp_path / "file")
    with pytest.raises(StoreError, match="a file stands where"):
        MediaStore.local(tmp_path / "file" / "below")


def test_the_folder_may_be_relative_or_spelt_as_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = MediaStore.open("a store #1 %41 ü")
    store.create("k", b"v")
    monkeypatch.chdir("/")
    assert store.read("k") == b"v"
    assert MediaStore.open(store.url).read("k") == b"v"
    assert (tmp_path / "a store #1 %41 ü" / "k").is_file()
