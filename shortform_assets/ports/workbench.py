"""What a domain function is handed to work with, besides its contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from shortform_assets.contracts.base import Blob, Contract

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C", bound=Contract)


class CalledOff(BaseException):
    """The work is not wanted any more. No Exception: nobody may take it for a failure of its own and go on."""


class Workbench(Protocol):
    """A scratch folder, the blobs, a parallel map and a voice. Implementations live in `resources/`."""

    scratch: Path
    """An empty folder for this computation alone; deleted when it ends."""
    cores: int
    """Processors for this process, however it is limited: a decoder gets so many threads."""

    def open(self, blob: Blob) -> Path:
        """A local, read-only path to the bytes of `blob`."""
        ...

    def keep(self, path: Path) -> Blob:
        """Move a finished local file into the store; the path is gone afterwards."""
        ...

    def map(self, fn: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """`fn` over `items` on a few threads, results in order.

        After the first failure the others are called off: what they tell `progress` raises CalledOff.
        """
        ...

    def part(self, name: str, values: Sequence[object], schema: type[C], compute: Callable[[], C]) -> C:
        """`compute()`, kept at once: a run that goes on from a killed one finds it by name and `values`.

        `values` are all that decides the answer beside the stage itself. Safe to call from several threads.
        """
        ...

    def progress(self, fraction: float, note: str = "") -> None:
        """How much is done, 0 to 1; cheap enough to call often. Raises CalledOff, see `map`."""
        ...

    def degrade(self, reason: str) -> None:
        """Mark the result as made by a fallback: shown to the user, never reused by a later run."""
        ...

    def note(self, **facts: object) -> None:
        """Facts about the work, not the result (seconds, rates, costs): they go to run.json and metadata."""
        ...
