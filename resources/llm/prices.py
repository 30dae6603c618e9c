"""What a call costs: the user's own price, nothing on this machine, or the price list that PydanticAI carries."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from shortform_assets.contracts.slices.panel_slice import Price

LETTERS_A_TOKEN = 3.5
"""Bytes of UTF-8; most text has more to a token, so an estimate is rather too high."""


class NoPrice(Exception):
    """Nobody knows what this model costs, so no cap could be kept."""


class Tariff:
    """The price of one model at one address."""

    def __init__(self, model: str, base_url: str | None, prices: Mapping[str, Price]) -> None:
        self._provider, _, self._name = model.partition(":")
        self._own, self._url = prices.get(model), base_url
        self._free = self._own is None and is_loopback(base_url)

    def usd(self, sent: int, received: int) -> float:
        """Dollars for so many tokens; NoPrice where it is not known."""
        if self._own is not None:
            return (sent * self._own.input + received * self._own.output) / 1e6
        if self._free or sent + received == 0:
            return 0.0
        from genai_prices import Usage, calc_price

        usage = Usage(input_tokens=sent, output_tokens=received)
        # The name of a provider first: a proxy's address says nothing.
        for where in ({"provider_id": self._provider.removesuffix("-chat")}, {"provider_api_url": self._url}):
            try:
                return float(calc_price(usage, self._name, **where).total_price)
            except LookupError:
                continue
        raise NoPrice


def is_loopback(url: str | None) -> bool:
    """Whether `url` can only be on this machine."""
    host = urlsplit(url or "").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tokens_of(*texts: bytes) -> int:
    """About how many tokens these are, rather too many than too few."""
    return 1 + int(sum(len(text) for text in texts) / LETTERS_A_TOKEN)
