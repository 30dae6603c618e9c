"""The panel's own caps, over the purse of the source."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shortform_assets.ports.spending import Charge, OverBudget, Purse


class Pocket:
    """A purse with smaller caps for one piece of work. Safe between threads."""

    def __init__(self, purse: Purse, max_usd: float, max_tokens: int, where: str) -> None:
        self._purse, self._max_usd, self._max_tokens, self._where = purse, max_usd, max_tokens, where
        self._lock = threading.Lock()
        self._usd, self._tokens = 0.0, 0

    @contextmanager
    def reserve(self, what: str, usd: float, tokens: int = 0) -> Iterator[Charge]:
        """Set aside here and in the purse below; OverBudget, and nothing set aside, where either forbids it."""
        with self._lock:
            # A millionth of a millionth of a dollar is no money: sums of floats are not exact.
            if self._usd + usd > self._max_usd + 1e-12:
                raise OverBudget(
                    f"{what}: it may cost ${usd:.4f}, and ${self._usd:.4f} of the ${self._max_usd:.2f} "
                    f"are spent or set aside - raise {self._where}.max_usd"
                )
            if self._tokens + tokens > self._max_tokens:
                raise OverBudget(
                    f"{what}: it may take {tokens:,} tokens, and {self._tokens:,} of the "
                    f"{self._max_tokens:,} are spent or set aside - raise {self._where}.max_tokens"
                )
            self._usd, self._tokens = self._usd + usd, self._tokens + tokens
        coin = _Coin(self, usd, tokens)
        try:
            with self._purse.reserve(what, usd, tokens) as charge:
                coin.charge = charge
                yield coin
        except OverBudget:
            coin.give_back(0.0, 0)
            raise

    def _change(self, usd: float, tokens: int) -> None:
        with self._lock:
            self._usd, self._tokens = self._usd + usd, self._tokens + tokens


class _Coin:
    def __init__(self, pocket: Pocket, usd: float, tokens: int) -> None:
        self._pocket, self._usd, self._tokens = pocket, usd, tokens
        self.charge: Charge | None = None

    def settle(self, usd: float, tokens: int = 0) -> None:
        """What the call really cost."""
        self.give_back(usd, tokens)
        if self.charge is not None:
            self.charge.settle(usd, tokens)

    def give_back(self, usd: float, tokens: int) -> None:
        self._pocket._change(usd - self._usd, tokens - self._tokens)
        self._usd, self._tokens = usd, tokens
