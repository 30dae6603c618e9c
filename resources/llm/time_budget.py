"""The time a panel has, and the patience its servers ask for."""

from __future__ import annotations

import asyncio
import time


class OutOfTime(Exception):
    """The panel's time is over."""


class Clock:
    """The time all calls of a panel have together, counted from the first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end: float | None = None

    def left(self) -> float:
        """Seconds that are left; starts the clock."""
        if self._end is None:
            self._end = time.monotonic() + self._seconds
        return self._end - time.monotonic()


class Gate:
    """Holds back all calls of one model while its server asks for patience."""

    def __init__(self) -> None:
        self._until = 0.0

    def close(self, seconds: float) -> None:
        """Let nobody through for so long from now."""
        self._until = max(self._until, time.monotonic() + seconds)

    async def passed(self) -> None:
        """Returns when the gate is open."""
        while (wait := self._until - time.monotonic()) > 0:
            await asyncio.sleep(wait)
