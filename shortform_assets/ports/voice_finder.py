"""Where there is voice in a sound: what recognizers ask that look for it themselves.

The speech room has one and hands it in, so that everybody hears voice in the same places.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from shortform_assets.ports.recognizer import Floats

Span = tuple[int, int]
"""Start and end in milliseconds."""


class VoiceFinder(Protocol):
    def spans(self, samples: Floats) -> tuple[Span, ...]:
        """The voiced stretches of mono 16 kHz `samples` in -1..1, in order, apart."""
        ...

    def windows(self, samples: Floats, longest_ms: int, pad_ms: int) -> Iterator[tuple[Span, list[Span]]]:
        """What to decode in one go, `longest_ms` and its padding at most, and the voice in it."""
        ...
