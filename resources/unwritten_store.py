"""A store for those who only look: what they write is theirs alone and forgotten with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from resources.media_store import MediaStore
from shortform_assets.contracts.base import Blob


class UnwrittenStore(MediaStore):
    """Reads from `under`; keys that are created or replaced are kept in memory."""

    def __init__(self, under: MediaStore) -> None:
        self._under = under
        self._new: dict[str, bytes] = {}
        self.url, self.scratch_root = under.url, under.scratch_root

    def create(self, key: str, data: bytes) -> bool:
        if self.head(key) is not None:
            return False
        self._new[key] = data
        return True

    def replace(self, key: str, data: bytes) -> None:
        self._new[key] = data

    def read(self, key: str) -> bytes:
        return self._new[key] if key in self._new else self._under.read(key)

    def head(self, key: str) -> int | None:
        return len(self._new[key]) if key in self._new else self._under.head(key)

    def list(self, prefix: str, after: str | None = None) -> Iterator[str]:
        folder = prefix.removesuffix("/")
        own = (key for key in self._new if not folder or key == folder or key.startswith(f"{folder}/"))
        yield from sorted({*self._under.list(prefix, after), *(k for k in own if after is None or k > after)})

    def delete(self, key: str) -> None:
        self._new.pop(key, None)

    def _keys(self, folder: str | None, after: str | None) -> Iterator[str]:
        return self._under._keys(folder, after)

    def _place(self, path: Path, key: str, blob: Blob, *, owned: bool) -> None:
        """A blob is known by its content, which is all that who only looks asks of it."""

    def _localise(self, key: str, blob: Blob | None) -> Path:
        return self._under._localise(key, blob)
