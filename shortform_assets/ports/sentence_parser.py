"""What selection asks of a grammar: who does what in a sentence. `resources/spacy_parser.py` has one for English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ParsedWord:
    """One token of a sentence, as a dependency parser sees it."""

    text: str
    space: str
    """The white space that follows it."""
    lemma: str
    tag: str
    """Penn Treebank tag."""
    relation: str
    """Relation to its head, in ClearNLP's scheme: `nsubj`, `ROOT`, ..."""
    head: int
    """Index of its head; of a root its own."""
    person: bool
    """Part of somebody's name."""


ParsedSentence = tuple[ParsedWord, ...]


class SentenceParser(Protocol):
    """Parses sentences of one language."""

    name: str
    language: str
    """ISO 639-1."""

    def parse(self, texts: Sequence[str]) -> list[ParsedSentence]:
        """The words of each text; the same text is always parsed alike, whatever stands beside it.

        InputError where the model is not installed, naming what to install.
        """
        ...
