"""A clip's translation as words that subtitles are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby

from shortform_assets.contracts.creative import CaptionPage, ClipWord
from shortform_assets.text.graphemes import grapheme_count
from shortform_assets.text.spacing import words_of


def translated_words(pages: Sequence[CaptionPage]) -> list[ClipWord]:
    """The words of all translations, in clip frames. Nobody says them, so those of a text share its time by length;
    a text that stands on pages that follow each other is one."""
    words: list[ClipWord] = []
    for text, run in groupby(pages, key=lambda page: page.translation.text if page.translation else ""):
        stands, texts = list(run), words_of(text)
        if not texts:
            continue
        start, time = stands[0].start_frame, stands[-1].end_frame - stands[0].start_frame
        lengths = [0, *accumulate(grapheme_count(word) for word in texts)]
        edges = [start + time * at // lengths[-1] for at in lengths]
        words += [
            ClipWord(text=word, start_frame=low, end_frame=high)
            for word, low, high in zip(texts, edges, edges[1:], strict=False)
        ]
    return words
