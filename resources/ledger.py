"""What the calls that cost money have cost, and the caps they must stay under.

`ledger/<scope>/<n>.json`, numbered from 1 without a gap and never changed. Entry n is created only after
every entry before it was read and the cap was found to hold; of many writers one creates n, and the others
read it and decide again. So no two of them ever share what was left under the cap.
"""

from __future__ import annotations

import math
import os
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from resources.media_store import MediaStore
from resources.store_errors import Missing, StoreError
from shortform_assets.contracts.versioned import NewerSchema, Persisted, UnreadableRecord
from shortform_assets.errors import InputError
from shortform_assets.ports.spending import Charge, OverBudget

USD_VARIABLE, TOKENS_VARIABLE = "SHORTFORM_MAX_USD_PER_SOURCE", "SHORTFORM_MAX_TOKENS_PER_SOURCE"
_MICRO = 1_000_000
"""Amounts are whole millionths of a dollar, which add up exactly."""
_WHAT_LETTERS = 200
"""Characters that are kept of what a reservation is for. Our choice."""
_ENTRY = re.compile(r"/\d{6,}\.json$")


@dataclass(frozen=True)
class Caps:
    """The most that one source or request may cost."""

    usd: float = 10.0
    tokens: int = 2_000_000

    @staticmethod
    def from_environment() -> Caps:
        """The caps the user set, else the defaults; InputError for what is no amount."""
        usd = os.environ.get(USD_VARIABLE, "").strip()
        tokens = os.environ.get(TOKENS_VARIABLE, "").strip()
        return Caps(
            _amount(usd, USD_VARIABLE, "give dollars, such as 10 or 2.50") if usd else Caps.usd,
            _count(tokens, TOKENS_VARIABLE) if tokens else Caps.tokens,
        )


@dataclass(frozen=True)
class LedgerEntry:
    """One call: what was set aside for it, and what it cost as far as that is known."""

    number: int
    at: str
    """UTC, ISO 8601."""
    what: str
    reserved_micro_usd: int
    reserved_tokens: int
    micro_usd: int
    """What counts: the true cost once `settled`, else all that was set aside."""
    tokens: int
    settled: bool

    @property
    def usd(self) -> float:
        """`micro_usd` in dollars."""
        return self.micro_usd / _MICRO


class Ledger:
    """The purse of one scope (a source's or a request's key). Safe between threads and processes."""

    def __init__(self, store: MediaStore, scope: str, caps: Caps | None = None) -> None:
        if not scope or "/" in scope:
            raise InputError("a ledger is named by one plain key", repr(scope), "give the source's key")
        self._store, self._scope = store, scope
        self._caps = caps if caps is not None else Caps.from_environment()
        self._lock = threading.Lock()
        self._last: int | None = None
        self._entries: dict[int, LedgerEntry] = {}

    @contextmanager
    def reserve(self, what: str, usd: float, tokens: int = 0) -> Iterator[Charge]:
        """Set aside the most a call can cost; OverBudget, and nothing written, where a cap forbids it.

        What is not settled inside or later, because of an error or a crash, counts in full.
        """
        amounts = _micro(usd, ROUND_CEILING), _tokens(tokens)
        number = self._append("reserve", amounts, what=" ".join(what.split())[:_WHAT_LETTERS])
        yield _Charge(self, number)

    def spent(self) -> tuple[float, int]:
        """Dollars and tokens that count against the caps now: settled ones, and open ones in full."""
        with self._lock:
            self._refresh()
            micro, tokens = self._sum()
        return micro / _MICRO, tokens

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Every call, oldest first."""
        with self._lock:
            self._refresh()
            return tuple(self._entries.values())

    def _settle(self, number: int, usd: float, tokens: int) -> None:
        self._append("settle", (_micro(usd, ROUND_CEILING), _tokens(tokens)), of=number)

    def _append(
        self, kind: Literal["reserve", "settle"], amounts: tuple[int, int], what: str = "", of: int = 0
    ) -> int:
        line = LedgerLine(
            id=uuid.uuid4().hex,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            kind=kind,
            of=of,
            what=what,
            micro_usd=amounts[0],
            tokens=amounts[1],
        )
        with self._lock:
            while True:
                number = self._refresh() + 1
                if kind == "reserve":
                    self._check(what, amounts)
                if self._store.create(self._path(number), LEDGER_LINE.dump(line)):
                    self._take(number, line)
                    return number
                # Another writer was first, or this very write was sent twice by a retrying client.
                if self._read(number) == line:
                    self._take(number, line)
                    return number

    def _check(self, what: str, amounts: tuple[int, int]) -> None:
        micro, tokens = self._sum()
        cap = _micro(self._caps.usd, ROUND_FLOOR)
        if amounts[0] and micro + amounts[0] > cap:
            raise OverBudget(
                f"{what}: it may cost ${amounts[0] / _MICRO:.4f}, and ${micro / _MICRO:.4f} of the "
                f"${cap / _MICRO:.2f} for {self._scope} are spent or set aside - raise {USD_VARIABLE}"
            )
        if amounts[1] and tokens + amounts[1] > self._caps.tokens:
            raise OverBudget(
                f"{what}: it may take {amounts[1]:,} tokens, and {tokens:,} of the "
                f"{self._caps.tokens:,} for {self._scope} are spent or set aside - raise {TOKENS_VARIABLE}"
            )

    def _sum(self) -> tuple[int, int]:
        found = self._entries.values()
        return sum(e.micro_usd for e in found), sum(e.tokens for e in found)

    def _refresh(self) -> int:
        """Read what was added since the last look; returns the number of the last entry."""
        if self._last is None:
            self._must_be_whole()
            self._last = 0
        while True:
            try:
                line = self._read(self._last + 1)
            except Missing:
                return self._last
            self._take(self._last + 1, line)

    def _must_be_whole(self) -> None:
        # An entry that somebody removed would hide all that follow it.
        there = {key for key in self._store.list(f"ledger/{self._scope}/") if _ENTRY.search(key)}
        for number in range(1, len(there) + 1):
            path = self._path(number)
            # A listing made while others write may lack one that is there.
            if path not in there and self._store.head(path) is None:
                raise StoreError(
                    f"{self._store.url}/{path}: the ledger is damaged, this entry is not there - "
                    "put it back, or the money spent cannot be counted"
                )

    def _read(self, number: int) -> LedgerLine:
        path = self._path(number)
        try:
            return LEDGER_LINE.load(self._store.read(path), path)
        except NewerSchema as error:
            raise StoreError(f"{self._store.url}/{error}") from error
        except UnreadableRecord as error:
            raise StoreError(
                f"{self._store.url}/{path}: the ledger is damaged, this entry cannot be read - "
                "mend it, or the money spent cannot be counted"
            ) from error

    def _take(self, number: int, line: LedgerLine) -> None:
        self._last = number
        if line.kind == "reserve":
            self._entries[number] = LedgerEntry(
                number,
                line.at,
                line.what,
                reserved_micro_usd=line.micro_usd,
                reserved_tokens=line.tokens,
                micro_usd=line.micro_usd,
                tokens=line.tokens,
                settled=False,
            )
        elif line.of in self._entries:
            self._entries[line.of] = replace(
                self._entries[line.of], micro_usd=line.micro_usd, tokens=line.tokens, settled=True
            )

    def _path(self, number: int) -> str:
        return f"ledger/{self._scope}/{number:06d}.json"


class LedgerLine(BaseModel):
    """One entry as it is stored. Money in millionths of a dollar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    at: str
    kind: Literal["reserve", "settle"]
    of: int = 0
    what: str = ""
    micro_usd: int = Field(ge=0)
    tokens: int = Field(ge=0)


LEDGER_LINE = Persisted("ledger entry", LedgerLine, "mend it, or the money spent cannot be counted")


class _Charge:
    def __init__(self, ledger: Ledger, number: int) -> None:
        self._ledger, self._number = ledger, number

    def settle(self, usd: float, tokens: int = 0) -> None:
        """What the call really cost; of several, the last one counts."""
        self._ledger._settle(self._number, usd, tokens)


def _micro(usd: float, rounding: str) -> int:
    if not math.isfinite(usd) or usd < 0:
        raise ValueError(f"{usd} is no amount of money")
    # What floats add behind a billionth is noise: 0.1 + 0.2 is 300000 millionths and not one more.
    return int((Decimal(str(round(usd, 9))) * _MICRO).to_integral_value(rounding))


def _tokens(tokens: int) -> int:
    if tokens < 0:
        raise ValueError(f"{tokens} is no number of tokens")
    return tokens


def _amount(text: str, variable: str, fix: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{text!r} is no amount of money", variable, fix)
    return value


def _count(text: str, variable: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise InputError(f"{text!r} is no number of tokens", variable, "give a whole number, such as 500000")
    return value
