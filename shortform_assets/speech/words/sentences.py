"""Sentences: from punctuation and pauses, whoever speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from shortform_assets.contracts.speech import Sentence, Word
from shortform_assets.speech.words.abbreviations import (
    ABBREVIATIONS,
    BEFORE_NUMBERS,
    OFTEN_LAST,
    ORDINAL_AFTER,
    ORDINAL_LANGUAGES,
    TITLES,
)

LONGEST = 60
"""Words; a longer sentence is split at its best pause or comma."""
_PAUSE_MS = 1500
"""A pause of this length ends a sentence where the text allows it, twice of it always."""
_SHORTEST_PIECE = 8
"""Words; a long sentence is not cut nearer to its ends."""
_CLOSING = "\"'”’“‘»)]}」』"
_TERMINAL = ".?!…。？！।؟"
_ORDINAL = re.compile(r"(?:\d{1,2}|[XVI]{2,6})\.")
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
_STREET = "str"
_ABBREVIATED = re.compile(r"(?:\w{1,2}\.-?){2,}")
"""Letters with full stops between them: `z.B.`, `a.C.`, `i.d.R.`"""


def split_sentences(words: Sequence[Word], language: str) -> tuple[Sentence, ...]:
    """Sentences that cover all words in order, each closed by terminal punctuation or else marked open.

    A pause of 1.5 s ends a sentence where the text does not run on in lower case, 3 s always do, and so
    does a capital where English writes none. None is longer than 60 words: those are split at the longest pause, preferably after a comma.
    """
    found: list[Sentence] = []
    first = 0
    ends = sentence_ends([word.text for word in words], language)
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else None
        if ends[i] or following is None or _breaks(word, following):
            found += _pieces(words, first, i, ends[i])
            first = i + 1
    return tuple(found)


def sentence_ends(texts: Sequence[str], language: str) -> list[bool]:
    """For every word whether it ends a sentence by what is written, with its abbreviations by language (ISO 639-1).

    Full stops are judged by sentencex (Wikimedia), which knows the abbreviations of some 300 languages, under rules of
    ours: what it parts after titles, initials and German ordinals, and full stops before lower case, as ASR writes them.
    """
    parted = _parted(texts, language)
    return [
        _ends(
            texts[i - 1] if i else "",
            text,
            texts[i + 1] if i + 1 < len(texts) else None,
            i in parted,
            language,
        )
        for i, text in enumerate(texts)
    ]


def _parted(texts: Sequence[str], language: str) -> set[int]:
    """Words after which the library sees a sentence end."""
    from sentencex import segment

    ends = {at: i for i, at in enumerate(accumulate(len(text) + 1 for text in texts))}
    at, found = 0, set()
    for sentence in segment(language, " ".join(texts)):
        at += len(sentence)
        # It leaves the space with the sentence before it, but not always.
        found |= {ends[edge] for edge in (at, at + 1) if edge in ends}
    return found


def _ends(before: str, text: str, following: str | None, parted: bool, language: str) -> bool:
    bare = text.rstrip(_CLOSING)
    if not bare or bare[-1] not in _TERMINAL:
        return False
    if bare[-1] != "." or following is None:
        # An ellipsis before a lower-case word is a hesitation.
        return not (bare.endswith("…") and following is not None and following[:1].islower())
    start = following.lstrip("\"'“‘«¿¡([{")[:1]
    # Without an article that runs into it: l'art.
    stem = re.split("['’]", bare.lstrip("\"'“‘«([{").rstrip(".").casefold())[-1]
    if bare.endswith(".."):
        return not start.islower()
    if _INITIAL.match(bare) or stem in TITLES or (start.isdigit() and stem in BEFORE_NUMBERS):
        return False
    if stem == "st" and language != "en":
        return False
    if language in ORDINAL_LANGUAGES and _ORDINAL.fullmatch(bare) and before.casefold() in ORDINAL_AFTER:
        return False
    if start.islower():
        short = stem in ABBREVIATIONS or _ABBREVIATED.fullmatch(bare) or stem.endswith(_STREET)
        return not (short or (language in ORDINAL_LANGUAGES and _ORDINAL.fullmatch(bare)))
    return parted or stem in OFTEN_LAST


def _breaks(word: Word, following: Word) -> bool:
    opener = following.text.rstrip(",").replace("’", "'").lower()
    # In capitals throughout they say nothing.
    shouted = following.text.isupper() and word.text.isupper()
    if not shouted and following.text[:1].isupper() and opener in _OPENERS and word.text[-1:] not in ",;:—–":
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
