"""The glossary: names and terms that the recognizer is told beforehand, and near misses repaired after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from shortform_assets.contracts.speech import GuardAction
from shortform_assets.speech.names.name_likeness import letters
from shortform_assets.speech.names.near_misses import Find, near_misses
from shortform_assets.speech.words.word_assembly import DraftWord, Timing
from shortform_assets.text.visible import one_line

PROMPT_TERMS, PROMPT_LENGTH = 60, 500
"""What a decoder can be told: Whisper reads no more than some 220 tokens."""
_MARKS = re.compile(r"^[^\w]+|[^\w+#]+$")
_TRUST: tuple[Timing, ...] = ("proportional", "recognized", "aligned")


def prompt_terms(glossary: Sequence[str]) -> tuple[str, ...]:
    """The terms to bias decoding with: cleaned, each once, as many from the front as a decoder reads."""
    terms: list[str] = []
    length = 0
    for term in _cleaned(glossary):
        length += len(term) + 2
        if len(terms) == PROMPT_TERMS or length > PROMPT_LENGTH:
            break
        terms.append(term)
    return tuple(terms)


def repair(
    words: Sequence[DraftWord],
    glossary: Sequence[str],
    language: str,
    known: Callable[[str], bool] | None = None,
) -> tuple[list[DraftWord], list[GuardAction]]:
    """`words` with near misses of glossary terms written as the glossary has them, and what was changed.

    `known` says whether a lower-case English word is in the dictionary; without it, and in other languages,
    only what the recognizer doubts or wrote as a name is repaired. Punctuation, plural and possessive stay.
    As many words keep their times; joined ones last from the first start to the last end, parted ones share
    it by their length. Doing it twice changes nothing more.
    """
    chosen: list[tuple[Find, str]] = []
    taken: set[int] = set()
    # Marks around a term belong to the sentence, and would be added once more each time.
    terms = [bare for term in _cleaned(glossary) if letters(bare := _MARKS.sub("", term))]
    for find in near_misses(words, terms, language, known):
        place = set(range(find.first, find.last + 1))
        if not place & taken:
            taken |= place
            was = " ".join(word.text for word in words[find.first : find.last + 1])
            chosen += [(find, was)] if find.text != was else []
    chosen.sort(key=lambda choice: choice[0].first)
    actions = [
        GuardAction(
            kind="repaired",
            reason="glossary",
            text=f"{was} -> {find.text}",
            start_ms=words[find.first].start,
            end_ms=words[find.last].end,
        )
        for find, was in chosen
    ]
    fixed = list(words)
    for find, _ in reversed(chosen):
        fixed[find.first : find.last + 1] = _rewritten(words[find.first : find.last + 1], find.text.split())
    return fixed, actions


def _cleaned(glossary: Sequence[str]) -> Iterator[str]:
    """Each term once, on one line, without what cannot be printed; those without a letter are left out."""
    seen = set()
    for term in glossary:
        text = one_line(term)
        if letters(text) and text.casefold() not in seen:
            seen.add(text.casefold())
            yield text


def _rewritten(words: Sequence[DraftWord], texts: Sequence[str]) -> list[DraftWord]:
    if len(words) == len(texts):
        return [replace(word, text=text) for word, text in zip(words, texts, strict=True)]
    start, length = words[0].start, words[-1].end - words[0].start
    sizes = [len(text) for text in texts]
    edges = [start + length * sum(sizes[:i]) // sum(sizes) for i in range(len(texts) + 1)]
    letters_heard = sum(len(word.text) for word in words)
    sure = sum(word.confidence * len(word.text) for word in words) / letters_heard
    timing = min((word.timing for word in words), key=_TRUST.index)
    return [
        replace(
            words[0],
            text=text,
            start=low,
            end=high,
            confidence=sure,
            timing=timing if len(texts) == 1 else "proportional",
        )
        for text, low, high in zip(texts, edges, edges[1:], strict=False)
    ]
