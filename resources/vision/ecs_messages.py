"""Dagster's end of the Pipes messages that travel through the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from resources.media_store import MediaStore
from resources.store_errors import StoreError
from resources.vision.store_messages import FOLDER, STORE, chunk_key


class StoreMessageReader(dg.PipesMessageReader):
    """Reads what `StoreMessageWriter` wrote under the job's folder.

    It has no thread of its own, which would outlive a session by its waits: whoever waits for the task calls
    `read`, and the end of the session reads what is left.
    """

    def __init__(self, store: MediaStore, folder: str) -> None:
        self._store, self._folder = store, folder
        self._handler: dg.PipesMessageHandler | None = None
        self._seen = 0

    @contextmanager
    def read_messages(self, handler: dg.PipesMessageHandler) -> Iterator[dict[str, Any]]:
        self._handler = handler
        try:
            yield {STORE: self._store.url, FOLDER: self._folder}
        finally:
            self.read()

    def read(self) -> None:
        """Hand over every message that has come since the last time."""
        while self._handler is not None and (chunk := self._chunk(self._seen + 1)) is not None:
            self._seen += 1
            for line in chunk.splitlines():
                self._handler.handle_message(json.loads(line))

    def no_messages_debug_text(self) -> str:
        return f"Attempted to read messages below {self._folder} of {self._store.url}."

    def _chunk(self, index: int) -> str | None:
        # Logs are a comfort: an outage of the store ends the work elsewhere, in words.
        try:
            return self._store.read(chunk_key(self._folder, index)).decode()
        except StoreError:
            return None
