"""The media store: everything a run leaves behind, in a directory or on S3.

Create-if-absent is the only condition it knows, because both kinds can hold to it: whoever creates a key
first wins, and a key that exists is complete. Media are content-addressed at `blobs/<sha256>`.
"""

from __future__ import annotations

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, S3Store

from resources.store_errors import KeyTaken, Missing, StoreError, check_key, clear_errors
from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError

__all__ = ["KeyTaken", "MediaStore", "Missing", "StoreError", "blob_key", "hash_file"]


class MediaStore(ABC):
    """One store. Safe to share between threads; another process opens it again by `url`.

    Every verb raises InputError for a key that no backend could hold, and StoreError, in one sentence,
    when the store is unreachable, full or forbidden.
    """

    url: str
    """What `open` takes to reach the same store."""
    scratch_root: Path
    """Where work on this store is best done: files there can be adopted without a copy."""

    _objects: LocalStore | S3Store

    @staticmethod
    def local(path: Path) -> MediaStore:
        """A directory, made if it is not there."""
        from resources.directory_store import DirectoryStore

        return DirectoryStore(path)

    @staticmethod
    def open(url: str) -> MediaStore:
        """`file:///folder`, a plain path, or `s3://bucket/prefix` (AWS_* from the environment)."""
        if url.startswith("s3://"):
            from resources.s3_store import BucketStore

            bucket, _, prefix = url.removeprefix("s3://").partition("/")
            return BucketStore(bucket, prefix.strip("/"))
        if url.startswith("file://"):
            url = unquote(url.removeprefix("file://").removeprefix("localhost"))
        elif "://" in url:
            raise InputError(
                "this kind of store is not known", url, "give a path, file:/// or s3://bucket/prefix"
            )
        if not url.strip():
            raise InputError("the address is empty", "media store", "give a path or s3://bucket/prefix")
        return MediaStore.local(Path(url))

    def create(self, key: str, data: bytes) -> bool:
        """Write `data` if nothing is there. Of many writers one gets True; nobody sees a half-written key."""
        with clear_errors(self.url, check_key(key)):
            try:
                obstore.put(self._objects, key, data, mode="create")
            except AlreadyExistsError:
                return False
        return True

    def adopt_file(self, path: Path, key: str | None = None) -> Blob:
        """Take over a finished file: it is moved to its blob key (or to `key`, once) and gone from `path`.

        Doing it again with the same bytes changes nothing. Raises KeyTaken where `key` holds other bytes.
        """
        blob = hash_file(path)
        self._place(path, check_key(key) if key else blob_key(blob), blob, owned=True)
        return blob

    def add_file(self, path: Path) -> Blob:
        """Copy a file in; `path` stays. InputError when the file changes meanwhile."""
        before = _version(path)
        blob = hash_file(path)
        self._place(path, blob_key(blob), blob, owned=False)
        if _version(path) != before:
            raise InputError(
                "the file changed while it was copied", str(path), "run again when it is complete"
            )
        return blob

    def read(self, key: str) -> bytes:
        """All bytes of `key`; raises Missing."""
        with clear_errors(self.url, check_key(key)):
            return bytes(obstore.get(self._objects, key).bytes())

    def open_local(self, item: Blob | str) -> Path:
        """A local, read-only path to the bytes of a blob or key; raises Missing.

        Where the bytes must be fetched first, a blob is verified against its hash.
        """
        key = blob_key(item) if isinstance(item, Blob) else check_key(item)
        return self._localise(key, item if isinstance(item, Blob) else None)

    def head(self, key: str) -> int | None:
        """Size in bytes, or None where nothing is there."""
        try:
            with clear_errors(self.url, check_key(key)):
                return int(obstore.head(self._objects, key)["size"])
        except Missing:
            return None

    def has(self, blob: Blob) -> bool:
        """Whether the blob is there in its full size."""
        return self.head(blob_key(blob)) == blob.size

    def intact(self, blob: Blob) -> bool:
        """Whether the blob is there and its bytes have its hash; all of them are read."""
        digest = hashlib.sha256()
        try:
            with clear_errors(self.url, blob_key(blob)):
                for piece in obstore.get(self._objects, blob_key(blob)).stream():
                    digest.update(piece)
        except Missing:
            return False
        return digest.hexdigest() == blob.sha256

    def list(self, prefix: str, after: str | None = None) -> Iterator[str]:
        """Keys in the folder `prefix` at any depth ("" for all), sorted; those past `after` where given.

        `prefix` is whole names: `blobs/ab` does not list `blobs/abc`.
        """
        folder = prefix.removesuffix("/")
        if folder:
            check_key(folder)
        with clear_errors(self.url, folder):
            for key in self._keys(folder or None, after):
                if not key.startswith("."):
                    yield key

    def replace(self, key: str, data: bytes) -> None:
        """Write `data` whatever is there, atomically. For pointers and leases only."""
        with clear_errors(self.url, check_key(key)):
            obstore.put(self._objects, key, data, use_multipart=False)

    def delete(self, key: str) -> None:
        """Remove `key`; nothing happens where it is absent. For garbage collection only."""
        try:
            with clear_errors(self.url, check_key(key)):
                obstore.delete(self._objects, key)
        except StoreError:
            if self.head(key) is not None:
                raise

    @abstractmethod
    def _keys(self, folder: str | None, after: str | None) -> Iterator[str]:
        """Keys under `folder`, sorted."""

    @abstractmethod
    def _place(self, path: Path, key: str, blob: Blob, *, owned: bool) -> None:
        """Put the bytes of `path` under `key`; where `owned`, `path` is gone afterwards."""

    @abstractmethod
    def _localise(self, key: str, blob: Blob | None) -> Path:
        """A local path to the bytes of `key`."""


def blob_key(blob: Blob) -> str:
    """Where a blob lives in every store."""
    return f"blobs/{blob.sha256}"


def hash_file(path: Path) -> Blob:
    """The blob that `path` is; InputError where it is no readable file."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Blob(sha256=digest, size=os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", str(path), "check the path") from error


def _version(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", str(path), "check the path") from error
    return stat.st_size, stat.st_mtime_ns
