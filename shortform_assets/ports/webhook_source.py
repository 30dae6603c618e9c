"""Who may call the webhook: what the server asks of each kind of message, and how a message is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shortform_assets.errors import ShortformError
from shortform_assets.ports.store import ObjectStore


class MessageRefused(ShortformError):
    """A message that changes nothing: the HTTP status to answer with, a word for counters, a sentence for the log."""

    def __init__(self, status: int, reason: str, said: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(said)


@dataclass(frozen=True)
class MessageTaken:
    """What became of a message."""

    result: str
    """One of a few words: it is a label of a counter."""
    about: str
    """What it was about, for the log."""
    deliver: str = ""
    """The source whose delivery can be gathered now; empty where nothing is to be done yet."""
    version: str = ""
    """Stands for the outcomes that are to be gathered: the same are not asked for twice."""


class WebhookSource(Protocol):
    """One kind of message. Its address is `/webhooks/<name>`, its secret `SHORTFORM_WEBHOOK_<NAME>_SECRET`.

    Messages are signed and new when these are called, but may say anything, be late, or come twice.
    """

    name: str
    """A small word."""

    def check(self, store: ObjectStore, body: bytes) -> None:
        """Before the answer, in well under a second. Raises MessageRefused."""
        ...

    def take(self, store: ObjectStore, body: bytes) -> MessageTaken:
        """Do what it says, after the answer. Called again where the process was killed meanwhile. Raises
        MessageRefused; a StoreError is tried again."""
        ...
