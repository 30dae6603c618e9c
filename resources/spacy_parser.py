"""English grammar: spaCy's small English model (OntoNotes 5), 13 MB, a millisecond a sentence on one core.

It is used for titles: which words are a claim of their own, and what may be left out of it. Nothing of spaCy is
imported before the first sentence is parsed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from resources.models import Models
from shortform_assets.code_versions import code_of
from shortform_assets.ports.sentence_parser import ParsedSentence, ParsedWord

_MODEL = "spacy-en-core-web-sm"
_MOST_LETTERS = 2000
"""Of a longer text only so much is parsed: a line is never longer, run-ons are parted earlier."""


class EnglishGrammar:
    """The tool: its fingerprint enters the recipe, the model is opened when a sentence is first parsed."""

    def __init__(self, models: Models | None = None) -> None:
        self._models = models or Models()

    @property
    def fingerprint(self) -> str:
        return f"{_MODEL}:{self._models.fingerprint(_MODEL)}:{code_of(SpacyParser).version}"

    def load(self) -> SpacyParser:
        """Never fails: a model that is missing is reported by `parse`, so that the stage can do without."""
        return SpacyParser(self._models)


class SpacyParser:
    """A `SentenceParser`; safe to share between threads."""

    name = _MODEL
    language = "en"

    def __init__(self, models: Models) -> None:
        self._models, self._lock = models, threading.Lock()

    def parse(self, texts: Sequence[str]) -> list[ParsedSentence]:
        """See `SentenceParser`. InputError where the model is missing."""
        with self._lock:
            # One by one: in a batch the last digits of a vector hang on its neighbours.
            return [
                tuple(
                    ParsedWord(
                        text=word.text,
                        space=word.whitespace_,
                        lemma=word.lemma_,
                        tag=word.tag_,
                        relation=word.dep_,
                        head=word.head.i,
                        person=word.ent_type_ == "PERSON",
                    )
                    for word in self._pipeline(text[:_MOST_LETTERS])
                )
                for text in texts
            ]

    @cached_property
    def _pipeline(self) -> Any:
        folder = self._models.resolve(_MODEL)
        import spacy

        # A folder of arrays and tables: none of the package's own code is run.
        return spacy.load(folder, exclude=["senter"])
