"""Messages that were accepted, in the store: written before the answer, so that nobody who is killed loses one.

    inbox/<day>/<source>/<digest of id>/message.json    accepted: what it said
    inbox/<day>/<source>/<digest of id>/handled.json    what became of it

The day is that of its arrival. A message that comes again later than the day after it is handled again, which changes
nothing: its signature would be too old for a replay, and terminal states are terminal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from resources.media_store import MediaStore
from resources.store_errors import Missing
from shortform_assets.contracts.base import canonical_json

_KEPT_DAYS = 2
"""What was handled is kept so long to be looked at. Our choice."""


@dataclass(frozen=True)
class InboxMessage:
    """One accepted message."""

    folder: str
    source: str
    body: bytes


class WebhookInbox:
    """The inbox of one store."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store

    def accept(self, source: str, message_id: str, body: bytes, now: float) -> InboxMessage | None:
        """Keep a message for good; None where this id was accepted before. `now` in seconds since the epoch."""
        name = hashlib.sha256(message_id.encode(errors="replace")).hexdigest()[:32]
        folder, before = (f"inbox/{_day(now, back)}/{source}/{name}" for back in (0, 1))
        if self._store.head(f"{before}/message.json") is not None:
            return None
        said = {"id": message_id, "source": source, "received": int(now), "body": body.decode()}
        if not self._store.create(f"{folder}/message.json", canonical_json(said)):
            return None
        return InboxMessage(folder, source, body)

    def handled(self, message: InboxMessage, result: str, now: float) -> None:
        """It is done with."""
        said = {"at": int(now), "result": result}
        self._store.create(f"{message.folder}/handled.json", canonical_json(said))

    def waiting(self) -> Iterator[InboxMessage]:
        """Those that were accepted and not handled, by a process that is gone perhaps."""
        keys = set(self._store.list("inbox"))
        for key in sorted(key for key in keys if key.endswith("/message.json")):
            folder = key.removesuffix("/message.json")
            if f"{folder}/handled.json" not in keys:
                try:
                    said = json.loads(self._store.read(key))
                    yield InboxMessage(folder, str(said["source"]), str(said["body"]).encode())
                except (Missing, ValueError, KeyError, TypeError):
                    yield InboxMessage(folder, folder.split("/")[-2], b"")

    def tidy(self, now: float) -> int:
        """Remove what was handled days ago; how many."""
        oldest, removed = f"inbox/{_day(now, _KEPT_DAYS)}", 0
        for key in list(self._store.list("inbox")):
            if key >= oldest:
                break
            folder, _, leaf = key.rpartition("/")
            # Listed in order: what says that it is handled comes first, and goes last.
            if leaf == "message.json" and self._store.head(f"{folder}/handled.json") is not None:
                self._store.delete(key)
                self._store.delete(f"{folder}/handled.json")
                removed += 1
        return removed


def _day(now: float, back: int) -> str:
    return (datetime.fromtimestamp(now, UTC) - timedelta(days=back)).strftime("%Y%m%d")
