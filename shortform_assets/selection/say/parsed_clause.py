"""A parsed sentence as clauses: what belongs to a verb, how it reads alone, and whether it has a subject and a tense."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from shortform_assets.ports.sentence_parser import ParsedSentence, ParsedWord
from shortform_assets.text.visible import one_line

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
NEGATIONS = frozenset(
    [
        "not",
        "n't",
        "no",
        "never",
        "nobody",
        "nothing",
        "none",
        "nowhere",
        "neither",
        "nor",
        "hardly",
        "barely",
        "without",
        "cannot",
    ]
)
WRITTEN_OUT = {"'s": "is", "’s": "is", "'re": "are", "’re": "are", "'ll": "will", "’ll": "will", "'ve": "have",
               "’ve": "have", "'m": "am", "’m": "am"}  # fmt: skip
"""Verbs as they are spoken, and as they are written after a noun."""


class ParsedClause:
    """One parsed sentence; words are named by their index."""

    def __init__(self, words: ParsedSentence) -> None:
        self.words = words
        self.children: list[list[int]] = [[] for _ in words]
        for i, word in enumerate(words):
            if word.head != i:
                self.children[word.head].append(i)

    @cached_property
    def roots(self) -> list[int]:
        return [i for i, word in enumerate(self.words) if word.head == i and word.tag not in _MARKS]

    def below(self, i: int) -> set[int]:
        """A word and all that hangs on it."""
        found, todo = set[int](), [i]
        while todo:
            found.add(todo[-1])
            todo += self.children[todo.pop()]
        return found

    def hanging(self, i: int, *relations: str) -> Iterator[int]:
        """What hangs on word i by one of these relations."""
        return (c for c in self.children[i] if self.words[c].relation in relations)

    def finite(self, i: int) -> bool:
        """Whether the verb i has a tense, by itself or by an auxiliary."""
        helpers = list(self.hanging(i, "aux", "auxpass"))
        if self.words[i].tag in FINITE or any(self.words[c].tag in FINITE for c in helpers):
            return True
        # After a plural the present looks like the bare verb.
        subject = self.subject(i)
        return self.words[i].tag == "VB" and not helpers and subject is not None and subject < i

    def commands(self, i: int) -> bool:
        """Whether the verb i commands: bare, without a subject, nothing but `don't`, `never` or `always` before it."""
        before = {w.text.lower() for w in self.words[:i] if w.tag not in _MARKS}
        bare = self.words[i].tag in ("VB", "VBP") and self.subject(i) is None
        return bare and before <= {"do", "don", "n't", "not", "never", "always", "just", "please", "first"}

    def subject(self, i: int) -> int | None:
        """The subject that hangs on the verb i."""
        return next(self.hanging(i, *SUBJECTS), None)

    def negated(self, i: int) -> bool:
        """Whether a negation hangs on word i itself."""
        return any(self.words[c].text.lower() in NEGATIONS for c in self.children[i])

    def text(self, kept: Collection[int], instead: dict[int, str] | None = None) -> str:
        """The words `kept` as one line, without marks that what was left out needed. `instead` stands for words."""
        instead = instead or {}
        parts: list[str] = []
        for i in sorted(kept):
            word = self.words[i]
            said = instead.get(i, word.text)
            # Where a noun took the place of a pronoun, its verb is written out.
            if i - 1 in instead and word.text.lower() in WRITTEN_OUT and word.relation != "case":
                said = f" {WRITTEN_OUT[word.text.lower()]}"
            elif parts and not self.words[i - 1].space and i - 1 not in kept:
                said = f" {said}" if word.tag not in _MARKS else said
            parts.append(said + (" " if word.space or i + 1 not in kept else ""))
        line = one_line("".join(parts))
        line = re.sub(r"\s+([,.?!;:])", r"\1", line)
        line = re.sub(r"[,;:](?=[,.?!;:])|[,;:—–-]+\s*$", "", line)
        return line.strip(" ,;:.—–-…()[]")


_MARKS = frozenset({".", ",", ":", "``", "''", "-LRB-", "-RRB-", "HYPH", "NFP", "_SP"})


def is_mark(word: ParsedWord) -> bool:
    return word.tag in _MARKS


def lower(words: Sequence[ParsedWord], indices: Collection[int]) -> set[str]:
    return {words[i].text.lower() for i in indices}
