"""What remote providers share: the sound as they take it, patience with them, and paying."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from resources.redaction import redact
from resources.retrying import GaveUp, Timer
from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats, ProviderFailed
from shortform_assets.ports.spending import Charge, OverBudget, Purse

T = TypeVar("T")
_TOLD_LETTERS = 200
"""Characters of a server's words that get into a message. Our choice."""


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
    shown = "".join(sign if sign.isprintable() else " " for sign in redact(text, *secrets))
    line = " ".join(shown.split())
    return line if len(line) <= _TOLD_LETTERS else f"{line[:_TOLD_LETTERS]}…"


def insist(who: str, timer: Timer, attempt: Callable[[], T]) -> T:
    """`attempt()`, tried again after each Setback; ProviderFailed when tries or time run out."""
    try:
        return timer.insist(attempt)
    except GaveUp as error:
        raise ProviderFailed(f"{who}: {error}") from error


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
