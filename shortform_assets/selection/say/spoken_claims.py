"""The complete claims of a spoken sentence, compressed by its grammar (English).

A claim is what the speaker asserts: the main clause, those beside it, what is said to be thought or known, and the
reason after `because`. Never what stands under an `if`, what others say, what is denied or only wished. From a claim
only tails fall off that do not bear on its truth. After sentence compression by trimming a dependency tree
(Filippova and Strube, 2008); what may be trimmed is decided by hand here, so that nothing claimed is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shortform_assets.selection.say.parsed_clause import ParsedClause, is_mark

_EPISTEMIC = frozenset(
    ["think", "believe", "know", "realize", "realise", "learn", "mean", "notice", "discover", "understand"]
)
"""Verbs of the speaker's own mind: what hangs on them is claimed."""
_REASONS = frozenset(["because", "although", "though", "whereas", "while", "since", "so", "cause", "'cause"])
"""What a clause hangs on that begins so holds without it."""
_CLAIMED_TAILS = frozenset(["because", "'cause", "cause"])
_CONDITIONS = frozenset(
    [
        "if",
        "unless",
        "until",
        "till",
        "whether",
        "once",
        "provided",
        "assuming",
        "suppose",
        "supposing",
        "imagine",
        "except",
        "lest",
        "when",
        "whenever",
        "before",
        "after",
        "as",
    ]
)
_LOOSE = frozenset(
    [
        "so",
        "also",
        "actually",
        "basically",
        "honestly",
        "obviously",
        "literally",
        "clearly",
        "anyway",
        "well",
        "like",
        "thus",
        "therefore",
        "certainly",
        "definitely",
        "additionally",
        "meanwhile",
        "luckily",
        "unfortunately",
    ]
)
_QUOTES = ('"', "“", "”")
_FRAME = frozenset(
    [
        "i",
        "we",
        "that",
        ",",
        "and",
        "but",
        "so",
        "because",
        "really",
        "always",
        "also",
        "now",
        "well",
        ":",
        "do",
        "did",
        "'ve",
        "have",
        "just",
    ]
)
"""Words that may stand around an epistemic verb without changing what it claims."""


@dataclass(frozen=True)
class SpokenClaim:
    """One way to say a claim: words of a parsed sentence, and the verb that it is about."""

    clause: ParsedClause
    verb: int
    kept: frozenset[int]

    @property
    def text(self) -> str:
        return self.clause.text(self.kept)


def find_claims(clause: ParsedClause) -> Iterator[SpokenClaim]:
    """Every claim in full, and with its tails cut off one after the other."""
    for root in clause.roots:
        if clause.finite(root) or clause.commands(root):
            yield SpokenClaim(clause, root, frozenset(_trimmed(clause, root, clause.below(root))))
        for verb in _asserted(clause, root):
            if _outweighed(clause, verb):
                continue
            kept = _trimmed(clause, verb, _alone(clause, verb))
            yield SpokenClaim(clause, verb, frozenset(kept))
            if any(clause.words[i].text in _QUOTES for i in kept):
                continue
            for tail in _tails(clause, verb, kept):
                kept = kept - tail
                yield SpokenClaim(clause, verb, frozenset(kept))


def _asserted(clause: ParsedClause, verb: int) -> Iterator[int]:
    """The verb of a main clause and those under it whose clauses are claimed too."""
    if clause.finite(verb) and clause.subject(verb) is not None:
        yield verb
    conditional = any(_opens(clause, c) & _CONDITIONS for c in clause.hanging(verb, "advcl", "prep", "mark"))
    if not conditional and not _joins(clause, verb) & {"or", "nor"} and not clause.negated(verb):
        for other in clause.hanging(verb, "conj", "parataxis"):
            if clause.subject(other) is not None:
                yield from _asserted(clause, other)
    for inner in clause.hanging(verb, "ccomp"):
        if _own_mind(clause, verb, inner):
            yield from _asserted(clause, inner)
    for inner in clause.hanging(verb, "advcl"):
        # "I did not quit because I was tired" claims neither.
        if _opens(clause, inner) & _CLAIMED_TAILS and not conditional and not clause.negated(verb):
            yield from _asserted(clause, inner)


def _own_mind(clause: ParsedClause, verb: int, inner: int) -> bool:
    """Whether all that governs `inner` is the speaker saying that he thinks or knows it."""
    words = clause.words
    subject = clause.subject(verb)
    if words[verb].lemma.lower() not in _EPISTEMIC or subject is None:
        return False
    if words[subject].text.lower() not in ("i", "we") or _opens(clause, inner) & {"if", "whether"}:
        return False
    if any(words[c].tag in ("WP", "WRB", "WDT", "WP$") for c in clause.children[inner]):
        return False
    around = clause.below(verb) - clause.below(inner) - {verb}
    return all(is_mark(words[i]) or words[i].text.lower() in _FRAME for i in around)


def _opens(clause: ParsedClause, i: int) -> set[str]:
    """Words that subordinate clause i."""
    found = {clause.words[c].text.lower() for c in clause.hanging(i, "mark", "advmod")}
    return found | ({clause.words[i].text.lower()} if clause.words[i].relation in ("prep", "mark") else set())


def _alone(clause: ParsedClause, verb: int) -> set[int]:
    """The clause of a verb without the clauses beside it; all of them where one is weighed against another."""
    kept = clause.below(verb)
    if clause.negated(verb) or _joins(clause, verb) & {"or", "nor"}:
        return kept
    for c in clause.hanging(verb, "conj", "parataxis"):
        if clause.subject(c) is not None and clause.finite(c):
            kept -= clause.below(c)
    return kept


def _outweighed(clause: ParsedClause, verb: int) -> bool:
    """Whether a "but" follows: the point is what comes after it, and the first half alone says the opposite."""
    after = [
        c for c in clause.hanging(verb, "cc") if c > verb and clause.words[c].text.lower() in ("but", "yet")
    ]
    return bool(after)


def _joins(clause: ParsedClause, verb: int) -> set[str]:
    return {clause.words[c].text.lower() for c in clause.hanging(verb, "cc")}


def _trimmed(clause: ParsedClause, verb: int, kept: set[int]) -> set[int]:
    """Without connectives, interjections and marks at the ends."""
    words = clause.words
    first = min((i for i in kept if not is_mark(words[i])), default=verb)
    for c in clause.children[verb]:
        word = words[c]
        loose = word.relation == "advmod" and word.text.lower() in _LOOSE and c == first
        opens = word.relation == "mark" and word.text.lower() in ("that", *_CLAIMED_TAILS)
        if word.relation == "intj" or loose or opens:
            kept = kept - clause.below(c)
    for c in clause.hanging(verb, "cc"):
        if not any(k > c for k in clause.hanging(verb, "conj") if k in kept):
            kept = kept - {c}
    spoken = [i for i in kept if not is_mark(words[i]) or words[i].text in _QUOTES]
    low, high = min(spoken, default=verb), max(spoken, default=verb)
    return {i for i in kept if low <= i <= high or (i > high and words[i].text == "?")}


def _tails(clause: ParsedClause, verb: int, kept: set[int]) -> Iterator[set[int]]:
    """What may fall off, the last first: reasons and concessions, and what a comma parts from its noun."""
    words = clause.words
    found: list[set[int]] = []
    for i in kept - {verb}:
        part = clause.below(i) & kept
        parted = min(part) > 0 and words[min(part) - 1].text == ","
        opens = _opens(clause, i)
        reason = words[i].relation == "advcl" and clause.finite(i) and bool(opens & _REASONS)
        reason = reason and not clause.negated(words[i].head)
        aside = words[i].relation in ("relcl", "appos") and parted
        if (aside or reason) and not opens & _CONDITIONS and not part & {verb, clause.subject(verb)}:
            commas = {m for m in (min(part) - 1, max(part) + 1) if m in kept and words[m].text == ","}
            found.append(part | commas)
    yield from sorted(found, key=lambda part: -max(part))
