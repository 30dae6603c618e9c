"""Which OpenAI-compatible server is asked, with which key, and what a minute costs there."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shortform_assets.errors import InputError

URL_VARIABLE, KEY_VARIABLE = "SHORTFORM_STT_URL", "SHORTFORM_STT_KEY"
PRICE_VARIABLE = "SHORTFORM_STT_USD_PER_MINUTE"
_OPENAI, _GROQ = "api.openai.com", "api.groq.com"
_DEFAULT_URL = f"https://{_OPENAI}/v1"

_PRICES = {
    "whisper-1": (0.006, 1.0),
    "gpt-4o-transcribe": (0.006, 1.0),
    "gpt-4o-transcribe-diarize": (0.006, 1.0),
    "gpt-4o-mini-transcribe": (0.003, 1.0),
    "whisper-large-v3": (0.111 / 60, 10.0),
    "whisper-large-v3-turbo": (0.04 / 60, 10.0),
}
"""Dollars a minute and the fewest seconds that are billed, as OpenAI and Groq publish them (2026); the
gpt-4o ones are billed by tokens, and this is OpenAI's own estimate."""
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Endpoint:
    """One server and model. Made without a look at anything but the environment."""

    model: str
    url: str
    key: str = field(repr=False)
    usd_per_minute: str

    @staticmethod
    def from_environment(model: str) -> Endpoint:
        """SHORTFORM_STT_URL, SHORTFORM_STT_KEY (for OpenAI itself also OPENAI_API_KEY) and the price."""
        url = (os.environ.get(URL_VARIABLE, "").strip() or _DEFAULT_URL).rstrip("/")
        key = os.environ.get(KEY_VARIABLE, "").strip()
        # A key of OpenAI's is nobody else's business.
        if not key and urlsplit(url).hostname == _OPENAI:
            key = os.environ.get("OPENAI_API_KEY", "").strip()
        return Endpoint(model, url, key, os.environ.get(PRICE_VARIABLE, "").strip())

    @property
    def place(self) -> str:
        """Host, port and path: what tells one server from another, and holds no secret."""
        parts = urlsplit(self.url)
        return f"{parts.netloc.rpartition('@')[2]}{parts.path}"

    def check(self) -> None:
        """InputError, with what to set, where no call could be made or its price is not known."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise InputError("this is no address of a server", URL_VARIABLE, f"give one like {_DEFAULT_URL}")
        if "@" in parts.netloc:
            raise InputError("the address holds a password", URL_VARIABLE, f"put it into {KEY_VARIABLE}")
        if not re.fullmatch(r"[\x21-\x7e]*", self.key):
            raise InputError("the key holds spaces or other signs", KEY_VARIABLE, "copy it again")
        if not self.key and parts.hostname in (_OPENAI, _GROQ):
            raise InputError(f"{parts.hostname} wants a key", f"openai:{self.model}", f"set {KEY_VARIABLE}")
        self._price()

    def cost(self, seconds: float) -> float:
        """Dollars for so many seconds of sound."""
        per_minute, least = self._price()
        return max(math.ceil(seconds), least) / 60.0 * per_minute

    def _price(self) -> tuple[float, float]:
        if self.usd_per_minute:
            try:
                price = float(self.usd_per_minute)
            except ValueError:
                price = math.nan
            if not math.isfinite(price) or price < 0:
                raise InputError(
                    f"{self.usd_per_minute!r} is no price", PRICE_VARIABLE, "give dollars, such as 0.006"
                )
            return price, 1.0
        known = _PRICES.get(_DATE.sub("", self.model))
        if known is None and urlsplit(self.url).hostname in (_OPENAI, _GROQ):
            raise InputError(
                "what a minute costs with this model is not known",
                f"openai:{self.model}",
                f"check the name, or set {PRICE_VARIABLE}",
            )
        return known or (0.0, 1.0)
