"""Where a transcript nearly says a term of the glossary.

A find needs a likeness and a doubt. Words that are ordinary, sure and in their place are never touched,
however much they look like a term: only what no dictionary has, what the recognizer hardly believed, what
it wrote as a name, or what is the very term in pieces ("short form" for Shortform).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from shortform_assets.speech.names.name_likeness import letters, likeness, spelling_likeness, spoken_likeness
from shortform_assets.speech.words.sentences import sentence_ends
from shortform_assets.speech.words.word_assembly import UNSPACED, DraftWord

# Our choice; held from both sides by test_near_misses_are_repaired and test_traps_are_left_alone.
_UNSURE = 0.5
"""Confidence below which the recognizer hardly believed a word."""
_GAP_MS = 700
"""A term is spoken without a pause longer than this."""
_MORE = 2
"""A term may be heard as this many words more than it has."""
_FEWEST, _FEWEST_KNOWN = 4, 5
"""Letters of a term whose near misses are looked for, and of one that may replace a known word."""
_SPOKEN, _LIKE = 0.8, 0.77
"""Likeness to the term, from 0 to 1, as it is spoken and altogether."""
_SPOKEN_KNOWN, _LIKE_KNOWN = 0.85, 0.85
"""The same where all that is doubted are words of the dictionary."""
_SPOKEN_SHORT = 0.9
"""The least spoken likeness to a term of at most `_SHORT` letters."""
_SHORT = 5
"""Letters; with fewer, neither capitals inside nor being joined or parted tell a term from other words."""
_SHORT_KNOWN = 6
"""A term of at most so many letters replaces a known word only where they sound the same."""
_CURTAILED = 2
"""What is the term but for this many letters at its end is its short form: Postgres, not PostgreSQL."""
_WRITTEN, _WRITTEN_NAME = 0.8, 0.9
"""Spelling alone, in languages whose letters are not read as in English; a name has 8 letters and more."""
_DOUBTED = 0.4
"""Share of the letters that must be doubted where words are joined or parted."""
_THERE, _EXACT = 3.0, 2.0
"""Scores of the term itself and of the term in other case or pieces; near misses have their likeness."""
_HOMOPHONE = 0.999
"""Spoken likeness of what sounds the same: 1, but for rounding."""
_EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)
_ENDINGS = re.compile(r"^(.+?)(['’]s|s|-\w+)$", re.IGNORECASE)
_NOUNS_HAVE_CAPITALS = frozenset({"de", "lb"})
_FUNCTION = frozenset(
    ("the", "a", "an", "of", "and", "or", "in", "on", "at", "to", "for", "is", "it", "i", "we", "you", "who")
)
_OPEN = frozenset(
    ("anyone", "everyone", "someone", "everyday", "maybe", "into", "onto", "setup", "workout", "login",
     "pickup", "backup", "checkout", "takeout", "startup", "altogether", "anyway", "anymore", "awhile",
     "sometime", "together", "cannot", "whatever", "however", "nobody", "thereby", "shutdown", "breakdown")
)  # fmt: skip
"""Ordinary words that are as often written in two."""


@dataclass(frozen=True)
class Find:
    """Words first..last, inclusive, and what the glossary writes for them, punctuation included."""

    score: float
    first: int
    last: int
    text: str


def near_misses(
    words: Sequence[DraftWord], terms: Sequence[str], language: str, known: Callable[[str], bool] | None
) -> list[Find]:
    """Everything in `words` that is or nearly is one of `terms`, best first; finds may overlap.

    `known` tells the ordinary words of English; it is not asked in other languages.
    """
    wanted = [_Term(text) for text in terms if _usable(text, language)]
    if not wanted or not words:
        return []
    finds = _Search(words, wanted, language, known if language == "en" else None).finds()
    return sorted(finds, key=lambda find: (-find.score, find.first, find.last, find.text))


def _usable(term: str, language: str) -> bool:
    """Two letters and more; where words are not spaced, only terms that are foreign there."""
    key = letters(term)
    return len(key) > 1 and (language not in UNSPACED or key.isascii())


@dataclass(frozen=True)
class _Term:
    text: str

    @cached_property
    def key(self) -> str:
        return letters(self.text)

    @cached_property
    def parts(self) -> list[str]:
        """The letters of its words."""
        return [letters(word) for word in self.text.split()]

    @cached_property
    def peculiar(self) -> bool:
        """Capitals inside (GitHub, iPhone): no ordinary word is written with the same letters."""
        rest = self.text[1:]
        if len(self.parts) > 1:
            return False
        return len(self.key) >= _SHORT and rest != rest.lower() and self.text != self.text.upper()


@dataclass(frozen=True)
class _Heard:
    """A word taken apart, and what speaks against it."""

    before: str
    core: str
    after: str
    unknown: bool
    unsure: bool
    named: bool

    @property
    def doubted(self) -> bool:
        return self.unknown or self.unsure

    @property
    def suspect(self) -> bool:
        return self.doubted or self.named


class _Search:
    def __init__(
        self,
        words: Sequence[DraftWord],
        terms: Sequence[_Term],
        language: str,
        known: Callable[[str], bool] | None,
    ) -> None:
        self.words, self.known, self.english = words, known, language == "en"
        self.names = language not in _NOUNS_HAVE_CAPITALS
        self.by_key: dict[str, list[_Term]] = {}
        for term in terms:
            self.by_key.setdefault(term.key, []).append(term)
        self.longest = max(len(term.parts) for term in terms) + _MORE
        ends = sentence_ends([word.text for word in words], language)
        self.heard = [
            self._taken_apart(word, opens) for word, opens in zip(words, [True, *ends], strict=False)
        ]

    def finds(self) -> Iterator[Find]:
        for first in range(len(self.words)):
            for last in range(first, min(first + self.longest, len(self.words))):
                if last > first and not self._together(last):
                    break
                yield from self._in(first, last)

    def _in(self, first: int, last: int) -> Iterator[Find]:
        """What words first..last may be, with and without an ending that the term does not have."""
        from rapidfuzz import process
        from rapidfuzz.distance import Indel

        span = self.heard[first : last + 1]
        suspect = any(word.suspect for word in span)
        for core, ending in _variants(span[-1].core):
            parts = [*(letters(word.core) for word in span[:-1]), letters(core)]
            key = "".join(parts)
            if not all(parts):
                return
            found = [(term, self._exact(first, last, term, ending)) for term in self.by_key.get(key, ())]
            if suspect and (ending != "s" or span[-1].suspect):
                near = process.extract(
                    key, list(self.by_key), scorer=Indel.normalized_similarity, score_cutoff=0.5, limit=None
                )
                found += [
                    (term, self._near(span, parts, term, ending))
                    for name, *_ in near
                    if name != key
                    for term in self.by_key[name]
                ]
            for term, score in found:
                if score:
                    text = _with_edges(span[0].before, term.text + ending, span[-1].after)
                    yield Find(score, first, last, text)

    def _exact(self, first: int, last: int, term: _Term, ending: str) -> float:
        """The letters are those of the term: only case, spaces or punctuation differ."""
        span = self.heard[first : last + 1]
        if " ".join(word.core for word in span) == term.text + ending:
            return _THERE
        initials = len(span) > 1 and all(len(word.core) == 1 and word.core.isupper() for word in span)
        if initials:
            return _EXACT
        if len(term.key) <= 2 or (ending == "s" and not span[-1].suspect):
            return 0.0
        if any(word.unknown or word.named for word in span) or term.peculiar:
            return _EXACT
        if len(span) == 1:
            return 0.0
        if len(span) == len(term.parts):
            return 0.0 if _FUNCTION.intersection(term.parts) else _EXACT
        return 0.0 if term.key in _OPEN or len(term.key) < _SHORT else _EXACT

    def _near(self, span: Sequence[_Heard], parts: Sequence[str], term: _Term, ending: str) -> float:
        key = "".join(parts)
        if len(term.key) < _FEWEST or _digits(key) != _digits(term.key):
            return 0.0
        if term.key.startswith(key) and len(term.key) - len(key) >= _CURTAILED:
            return 0.0
        if not self.english:
            return self._near_written(span, parts, term)
        if len(span) == len(term.parts):
            changed = [i for i, part in enumerate(parts) if part != term.parts[i]]
            if not all(self._may_be(span[i], parts[i], term.parts[i]) for i in changed):
                return 0.0
            doubted = [span[i] for i in changed if span[i].doubted]
        else:
            doubted = [word for word in span if word.doubted]
            share = sum(len(letters(word.core)) for word in doubted) / len(key)
            if share < _DOUBTED and spoken_likeness(key, term.key) < _HOMOPHONE:
                return 0.0
            if not all(word.suspect for word in span) and not any(word.unknown for word in span):
                return 0.0
        known = not any(word.unknown for word in doubted)
        spoken, like = (_SPOKEN_KNOWN, _LIKE_KNOWN) if known else (_SPOKEN, _LIKE)
        if known and len(term.key) < _FEWEST_KNOWN:
            return 0.0
        if len(term.key) <= _SHORT:
            spoken = max(spoken, _SPOKEN_SHORT)
        if known and len(span) == len(term.parts) == 1 and len(term.key) <= _SHORT_KNOWN:
            # Short words have many neighbours: motion and Notion.
            spoken = _HOMOPHONE
        score = likeness(key, term.key)
        return score if spoken_likeness(key, term.key) >= spoken and score >= like else 0.0

    def _may_be(self, word: _Heard, part: str, wanted: str) -> bool:
        """Whether one word may stand for one of the term; a known name only for one that sounds the same."""
        if word.doubted:
            return spoken_likeness(part, wanted) >= (_SPOKEN if len(wanted) > 3 else _HOMOPHONE)
        return word.named and spoken_likeness(part, wanted) >= _HOMOPHONE

    def _near_written(self, span: Sequence[_Heard], parts: Sequence[str], term: _Term) -> float:
        score = spelling_likeness("".join(parts), term.key)
        changed = list(span)
        if len(span) == len(term.parts):
            changed = [w for w, part, wanted in zip(span, parts, term.parts, strict=True) if part != wanted]
        if len(term.key) >= _FEWEST_KNOWN and all(word.unsure for word in changed):
            return score if score >= _WRITTEN else 0.0
        if len(term.key) >= 8 and all(word.suspect for word in changed):
            return score if score >= _WRITTEN_NAME else 0.0
        return 0.0

    def _together(self, at: int) -> bool:
        """Whether a word belongs to the one before it: no punctuation and no pause between them."""
        left, right = self.heard[at - 1], self.heard[at]
        initial = left.after == "." and len(left.core) == 1
        return (
            (not left.after or initial)
            and not right.before
            and self.words[at].start - self.words[at - 1].end <= _GAP_MS
        )

    def _taken_apart(self, word: DraftWord, opens: bool) -> _Heard:
        match = _EDGES.match(word.text)
        before, core, after = match.groups() if match else ("", word.text, "")
        own = core == "I" or core.startswith(("I'", "I’"))
        capital = self.names and core[:1].isupper() and not own
        return _Heard(
            before, core, after, self._unknown(core), word.confidence < _UNSURE, capital and not opens
        )

    def _unknown(self, core: str) -> bool:
        if self.known is None or not letters(core) or any(c.isdigit() for c in core):
            return False
        for piece in re.split(r"[-–—/]", core.lower().replace("’", "'")):
            base = piece.removesuffix("'s").removesuffix("s'")
            if piece and not any(self.known(form) for form in (piece, base, piece.removesuffix("s"))):
                return True
        return False


def _variants(core: str) -> Iterator[tuple[str, str]]:
    """The word as it is, and without a possessive, a plural, or what hangs on it by a hyphen."""
    yield core, ""
    match = _ENDINGS.match(core)
    if match and letters(match[1]) and not (match[2].lower() == "s" and match[1][-1:].lower() == "s"):
        yield match[1], match[2]


def _with_edges(before: str, text: str, after: str) -> str:
    if after and text.endswith(after[0]):
        after = after[1:]
    return before + text + after


def _digits(key: str) -> str:
    return "".join(c for c in key if c.isdigit())
