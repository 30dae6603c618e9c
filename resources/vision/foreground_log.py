"""A run's log for threads that are not the run's own.

Dagster configures `logging` anew for every run, under the module's lock, and then waits for each handler's. A
thread that logs through such a handler holds the handler's lock and asks for the module's: each waits for the
other for ever. So only the run's own thread logs; the others hand their lines over.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any


class ForegroundLog:
    """Lines that other threads have for the log of the run of `context`, which is Dagster's."""

    def __init__(self, context: Any) -> None:
        self._log = context.log
        self._lines: queue.SimpleQueue[tuple[str, tuple[Any, ...], dict[str, Any]]] = queue.SimpleQueue()
        self.context: Any = _Elsewhere(context, _Lines(self._put))
        """For a Pipes client in another thread: the run's context, whose log is these lines."""

    def drain(self) -> None:
        """Log what has come; for the run's own thread."""
        while not self._lines.empty():
            method, args, named = self._lines.get()
            getattr(self._log, method)(*args, **named)

    def _put(self, method: str, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._lines.put((method, args, named))


class _Lines:
    """Has every method of a logger."""

    def __init__(self, put: Callable[[str, tuple[Any, ...], dict[str, Any]], None]) -> None:
        self._put = put

    def __getattr__(self, method: str) -> Callable[..., None]:
        return lambda *args, **named: self._put(method, args, named)


class _Elsewhere:
    """A context with another log. Events about the session are logged through the step's, which is covered too."""

    def __init__(self, context: Any, log: _Lines) -> None:
        self._context, self.log = context, log

    @property  # type: ignore[misc]  # mypy wants a setter; nothing may set it
    def __class__(self) -> Any:
        # Dagster tells step contexts from others by their type.
        return type(self._context)

    def get_step_execution_context(self) -> _Elsewhere:
        return _Elsewhere(self._context.get_step_execution_context(), self.log)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_context", "log"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._context, name, value)
