"""Sentences: from punctuation and pauses, whoever speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shortform_assets.contracts.speech import Sentence, Word

LONGEST = 60
"""Words; a longer sentence is split at its best pause or comma."""
_PAUSE_MS = 1500
"""A pause of this length ends a sentence where the text allows it, twice of it always."""
_SHORTEST_PIECE = 8
"""Words; a long sentence is not cut nearer to its ends."""
_CLOSING = "\"'”’»)]}」』"
_TERMINAL = ".?!…。？！।؟"
_MAY_END = frozenset(
    (
        "etc",
        "inc",
        "ltd",
        "co",
        "corp",
        "jr",
        "sr",
        "a.m",
        "p.m",
        "u.s",
        "u.k",
        "u.n",
        "ph.d",
        "b.c",
        "a.d",
        "no",
    )
)
"""Abbreviations that also stand at the end of a sentence: then a capital follows."""
_ABBREVIATIONS = _MAY_END | {
    *(
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "vs",
        "e.g",
        "i.e",
        "gen",
        "col",
        "sgt",
        "capt",
        "lt",
        "rev",
        "hon",
    ),
    *(
        "mt",
        "ft",
        "approx",
        "fig",
        "vol",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
    ),
    *("nov", "dec"),
}
_OPENERS = {
    *(
        "the",
        "this",
        "that",
        "these",
        "those",
        "there",
        "they",
        "they're",
        "we",
        "we're",
        "you",
        "you're",
        "he",
    ),
    *(
        "she",
        "it",
        "it's",
        "that's",
        "and",
        "but",
        "so",
        "or",
        "if",
        "when",
        "what",
        "why",
        "how",
        "who",
        "where",
    ),
    *(
        "because",
        "well",
        "now",
        "yes",
        "yeah",
        "no",
        "exactly",
        "okay",
        "oh",
        "thank",
        "thanks",
        "then",
        "do",
    ),
    *("is", "are", "can", "my", "your", "our", "in", "on", "at", "for", "to", "a", "an", "not", "let's"),
}
"""Common English words that are written with a capital only where a sentence begins."""
_IN_TITLES = frozenset(
    ("the", "a", "an", "and", "or", "but", "in", "on", "at", "for", "to", "is", "this", "you", "it")
)
_INITIAL = re.compile(r"^[A-Z]\.$")


def split_sentences(words: Sequence[Word]) -> tuple[Sentence, ...]:
    """Sentences that cover all words in order, each closed by terminal punctuation or else marked open.

    A pause of 1.5 s ends a sentence where the text does not run on in lower case, 3 s always do, and so
    does a capital where English writes none. None is longer than 60 words: those are split at the longest pause, preferably after a comma.
    """
    found: list[Sentence] = []
    first = 0
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else None
        closed = ends_sentence(word.text, following.text if following else None)
        if closed or following is None or _breaks(word, following):
            found += _pieces(words, first, i, closed)
            first = i + 1
    return tuple(found)


def ends_sentence(text: str, following: str | None) -> bool:
    """Whether `text` ends a sentence, given the next word (None at the very end)."""
    bare = text.rstrip(_CLOSING)
    if not bare or bare[-1] not in _TERMINAL:
        return False
    if bare[-1] != "." or following is None:
        # An ellipsis before a lower-case word is a hesitation.
        return not (bare.endswith("…") and following is not None and following[:1].islower())
    start = following.lstrip("\"'“‘«¿¡([{")[:1]
    stem = bare.lstrip("\"'“‘«([{").rstrip(".").casefold()
    if bare.endswith("..") or stem in _MAY_END:
        return not start.islower() and (stem != "no" or not start.isdigit())
    return not (stem in _ABBREVIATIONS or _INITIAL.match(bare))


def _breaks(word: Word, following: Word) -> bool:
    opener = following.text.rstrip(",").replace("’", "'").lower()
    if following.text[:1].isupper() and opener in _OPENERS and word.text[-1:] not in ",;:—–":
        # The recognizer began a new sentence and forgot to end the last. Titles have capitals on both sides.
        return not (opener in _IN_TITLES and word.text[:1].isupper())
    pause = following.start_ms - word.end_ms
    return pause >= 2 * _PAUSE_MS or (pause >= _PAUSE_MS and not following.text[:1].islower())


def _pieces(words: Sequence[Word], first: int, last: int, closed: bool) -> list[Sentence]:
    if last - first < LONGEST:
        return [Sentence(first=first, last=last, closed=closed)]
    room = range(first + _SHORTEST_PIECE - 1, last - _SHORTEST_PIECE + 1)
    middle = (first + last) / 2

    def worth(i: int) -> tuple[float, float]:
        pause = words[i + 1].start_ms - words[i].end_ms
        return pause + (400 if words[i].text[-1:] in ",;:—–" else 0), -abs(i - middle)

    cut = max(room, key=worth)
    return _pieces(words, first, cut, False) + _pieces(words, cut + 1, last, closed)
