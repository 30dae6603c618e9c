"""What a caption page is made of: words, and phrases of scripts that are written without spaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.text.graphemes import grapheme_count
from shortform_assets.text.line_breaks import line_units
from shortform_assets.text.spacing import runs_on, space_between

Unit = tuple[SpokenWord, ...]
"""Words that stay on one line."""


def page_units(words: Sequence[SpokenWord]) -> list[Unit]:
    """The words as units; a word that holds a line break is parted there."""
    units = line_units([word.text for word in words])
    pieces = (piece for unit in units for piece in unit)
    texts: dict[int, list[str]] = {}
    for piece in pieces:
        texts.setdefault(piece.word, []).append(words[piece.word].text[piece.start : piece.end])
    parts = {number: parted_word(words[number], own) for number, own in texts.items()}
    return [_whole([parts[piece.word].pop(0) for piece in unit]) for unit in units]


def parted_word(word: SpokenWord, texts: Sequence[str]) -> list[SpokenWord]:
    """The word in the pieces `texts`, its time divided by their length."""
    if len(texts) == 1:
        return [word]
    time, count = word.end_frame - word.start_frame, len(texts)
    said = [0, *accumulate(grapheme_count(text) for text in texts)]
    edges = [word.start_frame + time * at // said[-1] for at in said]
    return [
        replace(
            word,
            text=text,
            start_frame=low,
            end_frame=max(high, low + 1),
            ends_sentence=word.ends_sentence and i == count - 1,
        )
        for i, (text, low, high) in enumerate(zip(texts, edges, edges[1:], strict=False))
    ]


def _whole(unit: Sequence[SpokenWord]) -> Unit:
    """The unit with words joined that share a character; a phrase of a script without spaces is lit as one."""
    phrase = any(map(runs_on, "".join(word.text for word in unit)))
    found: list[SpokenWord] = []
    for word in unit:
        if found and (
            (phrase and not space_between(found[-1].text, word.text)) or _share(found[-1].text, word.text)
        ):
            before = found.pop()
            word = replace(
                before,
                text=before.text + word.text,
                end_frame=max(before.end_frame, word.end_frame),
                source_ms=(before.source_ms[0], max(before.source_ms[1], word.source_ms[1])),
                ends_sentence=word.ends_sentence,
            )
        found.append(word)
    return tuple(found)


def _share(left: str, right: str) -> bool:
    return grapheme_count(left + right) < grapheme_count(left) + grapheme_count(right)
