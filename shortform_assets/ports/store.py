"""What domain code asks of the media store; `resources/media_store.py` has it in a directory and on S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from shortform_assets.contracts.base import Blob


class ObjectStore(Protocol):
    """Objects that are created once, and blobs by hash. Safe to share between threads.

    Whoever creates a key first has decided, and a key that exists is complete; nothing else is relied upon.
    """

    url: str
    """By this another process opens the same store."""
    scratch_root: Path
    """Where work on this store leaves its scratch folders."""

    def create(self, key: str, data: bytes) -> bool:
        """Write `data` where nothing is; False where something is already."""
        ...

    def read(self, key: str) -> bytes:
        """All bytes; raises KeyError where nothing is."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """All keys in the folder `prefix`, at any depth, sorted."""
        ...

    def has(self, blob: Blob) -> bool:
        """Whether the blob is there in its full size."""
        ...

    def intact(self, blob: Blob) -> bool:
        """Whether the blob is there and its bytes have its hash; all of them are read."""
        ...

    def add_file(self, path: Path) -> Blob:
        """Copy a file in, addressed by its hash; `path` stays."""
        ...

    def open_local(self, item: Blob) -> Path:
        """A local, read-only path to the bytes of a blob; raises KeyError where it is not there."""
        ...
