"""Dagster's end of the Pipes messages that travel through the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from resources.media_store import MediaStore
from resources.store_errors import StoreError
from resources.vision.store_messages import FOLDER, STORE, chunk_key

_SECONDS = 2.0


class StoreMessageReader(dg.PipesBlobStoreMessageReader):
    """Reads what `StoreMessageWriter` wrote under the job's folder."""

    def __init__(self, store: MediaStore, folder: str) -> None:
        super().__init__(interval=_SECONDS)
        self._store, self._folder = store, folder

    @contextmanager
    def get_params(self) -> Iterator[dict[str, Any]]:
        yield {STORE: self._store.url, FOLDER: self._folder}

    def messages_are_readable(self, params: Any) -> bool:
        return self._read(1) is not None

    def download_messages_chunk(self, index: int, params: Any) -> str | None:
        return self._read(index)

    def no_messages_debug_text(self) -> str:
        return f"Attempted to read messages below {self._folder} of {self._store.url}."

    def _read(self, index: int) -> str | None:
        # Logs are a comfort: an outage of the store ends the work elsewhere, in words.
        try:
            return self._store.read(chunk_key(self._folder, index)).decode()
        except StoreError:
            return None
