"""Which words of a clip carry emphasis: numbers, names of the glossary, and telling words of its hook."""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.text.graphemes import columns
from shortform_assets.text.term_finds import finds, letter_trail, plain_letters

_TELLING = 5
"""Columns from which on a word of the hook tells something: function words are shorter in the languages with spaces.
Our choice."""
_OFTEN = 3
"""A word of the hook that is said more often in the clip is its subject, not its point. Our choice."""
_APART = 3
"""Words between two that are emphasised for the hook's sake: where everything stands out nothing does. Our choice."""


def key_words(words: Sequence[SpokenWord], hook: str, glossary: Sequence[str]) -> frozenset[int]:
    """Indices into `words`, which are those of one clip in playing order."""
    texts = [word.text for word in words]
    trail = letter_trail(texts)
    found = {i for i, text in enumerate(texts) if any(c.isdigit() for c in text)}
    for term in glossary:
        for first, last in finds(trail, term):
            found.update(range(first, last + 1))
    plain = [plain_letters(text) for text in texts]
    telling = {own for word in hook.split() if columns(own := plain_letters(word)) >= _TELLING}
    for i, text in enumerate(plain):
        near = any(other in found for other in range(i - _APART, i + _APART + 1))
        if text in telling and not near and plain.count(text) <= _OFTEN:
            found.add(i)
    return frozenset(found)
