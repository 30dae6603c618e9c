"""What a server of the review page asks of whoever knows the source: the page, its files, edits and runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class ReviewDesk(Protocol):
    """One source under review. Called from several threads; what a user did wrong is raised as InputError."""

    def page(self) -> str:
        """The HTML of the delivery as it stands."""
        ...

    def file(self, name: str) -> Path | None:
        """A local path to a file of the delivery; None for every other name."""
        ...

    def asset(self, name: str) -> tuple[bytes, str] | None:
        """Bytes and media type of a file of the page itself; None for every other name."""
        ...

    def clip(self, number: int) -> Mapping[str, Any]:
        """What a person needs to edit clip `number` of the plan, as plain data."""
        ...

    def camera(self, number: int, aspect: str) -> bytes:
        """PNG of clip `number`'s camera over time."""
        ...

    def edit(self, request: bytes) -> Mapping[str, Any]:
        """Append the edit that the JSON asks for; what it does, and what waits now."""
        ...

    def start(self, request: bytes) -> None:
        """Begin the run that the JSON asks for, in the background."""
        ...

    def progress(self) -> Mapping[str, Any]:
        """How the latest run stands, as plain data: equal where nothing changed."""
        ...
