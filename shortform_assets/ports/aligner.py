"""What the speech room asks of a forced aligner; `resources/stt/sphinx.py` has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from shortform_assets.ports.recognizer import Floats


class Aligner(Protocol):
    """Finds when known English words are spoken."""

    def knows(self, word: str) -> bool:
        """Whether the lower-case `word` is in the pronunciation dictionary."""
        ...

    def align(
        self, samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
    ) -> list[tuple[float, float]] | None:
        """Start and end in seconds of every word in at most 30 s of `samples`; None where it fails.

        `pronunciations` are the ARPAbet phones of the words that the dictionary lacks.
        """
        ...

    def crew(self, utterances: int) -> AbstractContextManager[Aligner]:
        """An aligner for that many calls from several threads; their number never changes an answer."""
        ...
