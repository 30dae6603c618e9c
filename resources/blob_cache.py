"""Local copies of what lies elsewhere: blobs of a remote store and models, each verified once."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from shortform_assets.contracts.base import Blob
from shortform_assets.data import cache_dir as cache_dir
from shortform_assets.errors import InputError

_DEFAULT_GIGABYTES = 50.0
"""Of 10^9 bytes, where SHORTFORM_CACHE_GB says nothing. Our choice."""
_IN_USE_SECONDS = 6 * 3600
"""What was used since then stays. Our choice; test_the_cache_drops_the_oldest_but_nothing_in_use."""


class BlobCache:
    """Verified files at `<root>/blobs/<sha256>`; the oldest go when they exceed `limit` bytes."""

    def __init__(self, root: Path, limit: int) -> None:
        self.root, self.limit = root, limit

    @staticmethod
    def default() -> BlobCache:
        """In `cache_dir`, at most `SHORTFORM_CACHE_GB` (50)."""
        text = os.environ.get("SHORTFORM_CACHE_GB") or str(_DEFAULT_GIGABYTES)
        try:
            return BlobCache(cache_dir(), int(float(text) * 1e9))
        except ValueError:
            raise InputError(f"{text!r} is not a number", "SHORTFORM_CACHE_GB", "give gigabytes") from None

    def find(self, blob: Blob) -> Path | None:
        """The local copy, if there is one."""
        path = self._path(blob)
        try:
            if path.stat().st_size != blob.size:
                return None
            os.utime(path)
        except OSError:
            return None
        return path

    @contextlib.contextmanager
    def fetching(self, blob: Blob) -> Iterator[None]:
        """Held while a blob is fetched: who wants the same one, in any thread or process, waits and finds it."""
        # Few names, so that no lock file need ever be removed: a blob in 256 waits for another one.
        lock = self.root / "locks" / blob.sha256[:2]
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def take(self, path: Path, blob: Blob) -> Path:
        """Move a verified file in; `path` is gone afterwards."""
        target = self._path(blob)
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.parent / f".{uuid.uuid4().hex}"
        try:
            if path.is_symlink():
                raise OSError(errno.EXDEV, "a link is not the bytes it points at")
            os.replace(path, half)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copyfile(path, half)
            path.unlink()
        os.chmod(half, 0o444)
        os.utime(half)
        os.replace(half, target)
        self._trim()
        return target

    def empty_if_full(self) -> None:
        """Drop everything where it has reached the limit, what was just used too: only where nobody works with it."""
        folder = self.root / "blobs"
        if folder.is_dir() and sum(path.stat().st_size for path in folder.iterdir()) > self.limit:
            shutil.rmtree(folder)

    def _path(self, blob: Blob) -> Path:
        return self.root / "blobs" / blob.sha256

    def _trim(self) -> None:
        """Drop the least recently used, but nothing that a running job may still be about to open."""
        files = []
        for path in (self.root / "blobs").iterdir():
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        excess = sum(size for _, size, _ in files) - self.limit
        for used, size, path in sorted(files):
            if excess <= 0 or time.time() - used < _IN_USE_SECONDS:
                return
            path.unlink(missing_ok=True)
            excess -= size
