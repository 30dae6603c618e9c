"""What remote providers share: the sound as they take it, patience with them, and paying."""

from __future__ import annotations

import io
import re
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats, ProviderFailed
from shortform_assets.ports.spending import Charge, OverBudget, Purse

T = TypeVar("T")
_TOLD_LETTERS = 200
_SECRETS = re.compile(
    r"\b(?:sk|gsk|pk|key)[-_][\w*-]{6,}|\b(?:AKIA|ASIA)\w{8,}|\bBearer\s+\S+", re.IGNORECASE
)


def wav(samples: Floats) -> bytes:
    """Mono 16 kHz 16-bit WAV: every service and local server reads it, and the bytes are always the same."""
    heard = np.clip(np.nan_to_num(samples), -1.0, 1.0)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(np.round(heard * 32767.0).astype("<i2").tobytes())
    return file.getvalue()


def told(text: str, *secrets: str) -> str:
    """What a server said, fit to be shown: one short line, and nothing in it that looks like a key."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    line = _SECRETS.sub("***", line)
    return line if len(line) <= _TOLD_LETTERS else f"{line[:_TOLD_LETTERS]}…"


class Setback(Exception):
    """One try failed in a way that the next may not: `what` happened, `fix` helps if it goes on."""

    def __init__(self, what: str, fix: str, after: float | None = None) -> None:
        super().__init__(what)
        self.what, self.fix, self.after = what, fix, after


@dataclass(frozen=True)
class Patience:
    """How long a provider is waited for. Pauses double from try to try; seconds."""

    tries: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    """A longer `Retry-After` is cut to this."""
    silence: float = 300.0
    """How long a server may say nothing."""
    deadline: float = 900.0
    """For one stretch of sound, pauses and tries together."""
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def start(self) -> Timer:
        """The time of one stretch of sound begins."""
        return Timer(self, self.clock() + self.deadline)


class Timer:
    """What is left of a deadline."""

    def __init__(self, patience: Patience, until: float) -> None:
        self.patience, self._until = patience, until

    def left(self) -> float:
        """Seconds until the deadline, 0 when it has passed."""
        return max(0.0, self._until - self.patience.clock())

    def insist(self, who: str, attempt: Callable[[], T]) -> T:
        """`attempt()`, tried again after each Setback; ProviderFailed when tries or time run out."""
        for number in range(self.patience.tries):
            try:
                return attempt()
            except Setback as setback:
                last = setback
            pause = last.after if last.after is not None else self.patience.first_pause * 2.0**number
            pause = min(pause, self.patience.longest_pause)
            if number + 1 == self.patience.tries or pause >= self.left():
                break
            self.patience.wait(pause)
        tried = f"tried {number + 1} times, at last " if number else ""
        late = "" if number + 1 == self.patience.tries else ", and there is no time left to ask again"
        raise ProviderFailed(f"{who}: {tried}{last.what}{late} - {last.fix}") from last


@contextmanager
def set_aside(purse: Purse | None, what: str, usd: float) -> Iterator[Charge]:
    """A charge for a call that is about to be made; ProviderFailed where the budget forbids it.

    What is free, as on the user's own server, is not written down.
    """
    if purse is None or usd <= 0:
        yield _Free()
        return
    try:
        with purse.reserve(what, usd) as charge:
            yield charge
    except OverBudget as error:
        raise ProviderFailed(str(error)) from error


class _Free:
    def settle(self, usd: float, tokens: int = 0) -> None:
        pass
