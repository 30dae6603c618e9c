"""What domain code knows of money: it asks before it spends, and says afterwards what it cost."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from shortform_assets.errors import ShortformError


class OverBudget(ShortformError):
    """The next call would go over a cap; nothing was sent."""


class Charge(Protocol):
    """A reserved amount; what is never settled counts as spent in full."""

    def settle(self, usd: float, tokens: int = 0) -> None:
        """What the call really cost; 0 for one that failed without being billed."""
        ...


class Purse(Protocol):
    """The money and tokens of one source or request. Implementation: `resources/ledger.py`."""

    def reserve(self, what: str, usd: float, tokens: int = 0) -> AbstractContextManager[Charge]:
        """Set aside the most a call can cost, before it is made; OverBudget where a cap forbids it.

        `what` is shown to the user (`openai whisper-1, 480 s`); secrets and texts have no place in it.
        """
        ...
