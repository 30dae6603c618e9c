"""Emoji that a style puts after words: which word of a clip gets which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.text.spacing import runs_on
from shortform_assets.text.term_finds import finds, letter_trail

_APART = 5
"""Words from one emoji to the next: more of them are noise. Our choice; test_emoji_stand_after_their_words."""


def word_emoji(
    words: Sequence[SpokenWord], listed: Mapping[str, str], but: Collection[int]
) -> dict[int, str]:
    """Index of a word -> the emoji after it; `listed` are words or phrases with theirs, the longest comes first. An emoji
    comes once in a clip, and none after a word of `but`."""
    trail = letter_trail([word.text for word in words])
    wanted: dict[int, str] = {}
    for term in sorted(listed, key=len, reverse=True):
        for _, last in finds(trail, term):
            wanted.setdefault(last, listed[term])
    found: dict[int, str] = {}
    for at, emoji in sorted(wanted.items()):
        if at not in but and emoji not in found.values() and all(at - other >= _APART for other in found):
            found[at] = emoji
    return found


def with_emoji(text: str, emoji: str) -> str:
    """The word as captions show it."""
    if not emoji:
        return text
    return text + emoji if text and runs_on(text[-1]) else f"{text} {emoji}"
