"""What is loaded when it is first asked for, and then kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Lock
from typing import Generic, TypeVar

L = TypeVar("L")


class LoadedOnce(ABC, Generic[L]):
    """A provider whose recognizer is made once, whichever thread asks first."""

    def __init__(self) -> None:
        self._loaded: L | None = None
        self._loading = Lock()

    def load(self) -> L:
        """The recognizer. Raises what making it raises, and tries again when it is asked again."""
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @abstractmethod
    def _load(self) -> L: ...
