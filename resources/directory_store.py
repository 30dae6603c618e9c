"""A media store in a directory: plain files that anybody can look at."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import obstore
from obstore.store import LocalStore

from resources.media_store import MediaStore, hash_file
from resources.store_errors import KeyTaken, Missing, clear_errors
from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError

_STALE_SECONDS = 24 * 3600
"""What is older was left: no copy takes a day. test_killed_while_copying_leaves_nothing_visible."""


class DirectoryStore(MediaStore):
    """Keys are paths below `root`. Names that start with a dot are the store's own and never listed."""

    def __init__(self, path: Path) -> None:
        self.root = Path(os.path.abspath(path.expanduser()))
        try:
            str(self.root).encode()
        except UnicodeEncodeError:
            raise InputError(
                "this folder's name is no UTF-8", str(self.root), "name another folder"
            ) from None
        self.url = self.root.as_uri()
        self.scratch_root = self.root / ".scratch"
        self._incoming = self.root / ".incoming"
        if self.root.exists() and not self.root.is_dir():
            raise InputError(
                "this is a file, not a folder", str(self.root), "name a folder for the media store"
            )
        with clear_errors(self.url):
            self.root.mkdir(parents=True, exist_ok=True)
            self._objects = LocalStore(self.root, automatic_cleanup=True)

    def _keys(self, folder: str | None, after: str | None) -> Iterator[str]:
        found = (item["path"] for page in obstore.list(self._objects, folder) for item in page)
        yield from sorted(key for key in found if after is None or key > after)

    def _localise(self, key: str, blob: Blob | None) -> Path:
        path = self.root / key
        if not path.is_file():
            raise Missing(f"{self.url}/{key}: there is nothing here")
        return path

    def _place(self, path: Path, key: str, blob: Blob, *, owned: bool) -> None:
        target = self.root / key
        with clear_errors(self.url, key):
            if self.head(key) != blob.size:
                target.parent.mkdir(parents=True, exist_ok=True)
                # A symbolic link must not be moved in place of the bytes it points at.
                if not owned or path.is_symlink() or not _moved(path, target, blob):
                    self._copied(path, target, blob)
            elif not _is_blob(key, blob) and hash_file(target) != blob:
                raise KeyTaken(f"{self.url}/{key}: other bytes stand here already")
            if owned:
                path.unlink(missing_ok=True)

    def _copied(self, path: Path, target: Path, blob: Blob) -> None:
        self._incoming.mkdir(exist_ok=True)
        self._sweep()
        half = self._incoming / uuid.uuid4().hex
        try:
            shutil.copyfile(path, half)
            if hash_file(half) != blob:
                raise InputError(
                    "the file changed while it was copied", str(path), "run again when it is complete"
                )
            _moved(half, target, blob)
        finally:
            half.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove what killed processes left half-copied."""
        for left in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    left.unlink()


def _is_blob(target: Path | str, blob: Blob) -> bool:
    return Path(target).name == blob.sha256


def _moved(path: Path, target: Path, blob: Blob) -> bool:
    """Whether `path` now stands at `target`, in one step; False where they are on two file systems."""
    try:
        os.chmod(path, 0o444)
        if _is_blob(target, blob):
            os.replace(path, target)
        else:
            os.link(path, target)
    except FileExistsError:
        if hash_file(target) != blob:
            raise KeyTaken(f"{target}: other bytes stand here already") from None
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True
