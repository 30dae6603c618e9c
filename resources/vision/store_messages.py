"""Pipes messages through the store, for workers that share no file system with Dagster.

`PipesCloudWatchMessageReader` is not used: its log reader polls in a thread that never ends once a task has
printed its last line.
"""

from __future__ import annotations

import io
from typing import Any

from dagster_pipes import PipesBlobStoreMessageWriter, PipesBlobStoreMessageWriterChannel

from resources.media_store import MediaStore

STORE, FOLDER = "store", "folder"
_SECONDS = 2.0
"""Between two bundles of messages. Our choice."""


def chunk_key(folder: str, index: int) -> str:
    """Where the `index`th bundle of messages is, from 1."""
    return f"{folder}/messages/{index}.json"


class StoreMessageWriter(PipesBlobStoreMessageWriter):
    """The worker's end."""

    def __init__(self) -> None:
        super().__init__(interval=_SECONDS)

    def make_channel(self, params: Any) -> StoreMessageChannel:
        return StoreMessageChannel(MediaStore.open(params[STORE]), params[FOLDER])


class StoreMessageChannel(PipesBlobStoreMessageWriterChannel):
    def __init__(self, store: MediaStore, folder: str) -> None:
        super().__init__(interval=_SECONDS)
        self._store, self._folder = store, folder

    def upload_messages_chunk(self, payload: io.IOBase, index: int) -> None:
        self._store.create(chunk_key(self._folder, index), payload.read().encode())
