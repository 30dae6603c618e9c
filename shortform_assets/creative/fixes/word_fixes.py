"""Fixes: words that a person corrected, put right wherever they are shown.

One engine for captions, transcripts and titles: a fix is looked for in running text as whole words, in any
case, and is written exactly as the person wrote it. Fixes are applied one after the other, in the order in
which they were made, so that a later one may undo an earlier one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import regex

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import CreativeEdit
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative.captions.text.clip_words import SpokenWord, source_words
from shortform_assets.text.graphemes import grapheme_count
from shortform_assets.text.spacing import RUN_ON, runs_on, space_between

Times = Sequence[tuple[int, int]]
"""Stretches of the source, [start, end) in milliseconds."""

_BETWEEN = r"([,;:…]?\s+|-)"
"""What may stand between two words of a phrase: no end of a sentence."""
_CONTRACTED = frozenset(
    ("it", "that", "what", "he", "she", "there", "who", "let", "here", "where", "how", "when", "why")
)
"""Words after which 's is a verb."""
_STOPS = ".,;:!?…"
_NEAR_MS = 2000
"""Spans of a clip that are less than this apart are one stretch: what was tightened away (pauses and fillers, well
below two seconds) lies between; test_a_clip_is_meant_by_its_place_not_its_number."""


def fix_words(words: Sequence[SpokenWord], edits: Sequence[CreativeEdit]) -> list[SpokenWord]:
    """`words` with what each edit calls wrong replaced; punctuation around it stays.

    A replacement of as many words takes over their times one by one; any other divides the time of the
    phrase by the length of its words. What a person wrote is certain: its confidence is 1.
    """
    fixed = list(words)
    for edit in edits:
        for first, last in reversed(_merged(found_words(fixed, edit))):
            phrase = fixed[first : last + 1]
            fixed[first : last + 1] = _retimed(phrase, _replaced(_joined(phrase)[0], edit).split())
    return fixed


def fix_text(text: str, source_ms: Times, edits: Sequence[CreativeEdit]) -> str:
    """The same fixes in a title or description of a clip made of the source times `source_ms`."""
    for edit in edits:
        if found_text(text, source_ms, edit):
            text = _replaced(text, edit)
    return text


def fix_clip(clip: PlannedClip, rate: FrameRate, edits: Sequence[CreativeEdit]) -> PlannedClip:
    """The clip with all its texts fixed; `clip` itself where nothing is."""
    times = clip_times(clip, rate)
    texts = {name: fix_text(getattr(clip, name), times, edits) for name in TEXTS} if edits else {}
    if all(text == getattr(clip, name) for name, text in texts.items()):
        texts = {}
    tags = tuple(_fix_tag(tag, times, edits) for tag in clip.hashtags)
    return clip.model_copy(update={**texts, "hashtags": tags}) if texts or tags != clip.hashtags else clip


TEXTS = ("title", "hook", "description", "quote", "reason")
"""Fields of a planned clip that quote what was said."""


def fixed_words(
    transcript: Transcript, turns: SpeakerTurns, edits: Sequence[CreativeEdit]
) -> list[SpokenWord]:
    """Every word of the source as it is shown: at milliseconds, with the edits applied."""
    return fix_words(source_words(transcript, turns), edits)


def fix_plan(plan: ClipPlan, edits: Sequence[CreativeEdit]) -> ClipPlan:
    """The plan with the texts of all its clips fixed."""
    return plan.model_copy(update={"clips": tuple(fix_clip(clip, plan.rate, edits) for clip in plan.clips)})


def clip_times(clip: PlannedClip, rate: FrameRate) -> list[tuple[int, int]]:
    """Where the clip's spans are in the source, in playing order."""
    return [(rate.ms(span.start_frame), rate.ms(span.end_frame)) for span in clip.spans]


def anchor(clip: PlannedClip, rate: FrameRate) -> tuple[tuple[int, int], ...]:
    """`spans_ms` of an edit that means this clip: in order, those that nearly touch taken together."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(clip_times(clip, rate)):
        if merged and start - merged[-1][1] < _NEAR_MS:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return tuple(merged)


def found_words(words: Sequence[SpokenWord], edit: CreativeEdit) -> list[tuple[int, int]]:
    """Where `edit` would change something: indices of the first and last word, inclusive."""
    text, starts = _joined(words)
    found = []
    for match in _matches(text, edit):
        first, last = (bisect_right(starts, at) - 1 for at in (match.start(), match.end() - 1))
        phrase = words[first : last + 1]
        voices = {word.speaker for word in phrase} - {-1}
        if len(voices) <= 1 and all(_covers(edit, word.source_ms) for word in phrase):
            found.append((first, last))
    return found


def found_text(text: str, source_ms: Times, edit: CreativeEdit) -> int:
    """How many places `edit` would change in a text of a clip made of the source times `source_ms`."""
    return len(_matches(text, edit)) if _meant(edit, source_ms) else 0


def _matches(text: str, edit: CreativeEdit) -> list[regex.Match[str]]:
    if not edit.wrong.split():
        return []
    return [match for match in _pattern(edit.wrong).finditer(text) if _put(match, edit.right) != match[0]]


def _replaced(text: str, edit: CreativeEdit) -> str:
    return _pattern(edit.wrong).sub(lambda match: _put(match, edit.right), text)


@cache
def _pattern(wrong: str) -> regex.Pattern[str]:
    """Finds the phrase as whole words; a possessive and the parts of a hyphenated word are words too."""
    tokens = wrong.split()
    phrase = _BETWEEN.join(regex.sub("['’]", "['’]", regex.escape(token)) for token in tokens)
    # A foreign word among characters that run on is a word all the same.
    letter = rf"[^\W{RUN_ON}]"
    before, after = rf"(?<!{letter})(?<!{letter}['’])(?<!\d[.,])", rf"(?!{letter})(?![.,]\d)"
    if tokens[-1].casefold() in _CONTRACTED:
        after += r"(?!['’]\w)"
    else:
        after += r"(?!['’](?!s(?!\w))\w)"
    if runs_on(wrong.strip()[0]):
        before = ""
    if runs_on(wrong.strip()[-1]):
        after = ""
    return regex.compile(before + phrase + after, regex.IGNORECASE)


def _put(match: regex.Match[str], right: str) -> str:
    """What stands instead of `match`; its separators stay where there are as many words as before."""
    tokens, between = right.split(), match.groups()
    if len(tokens) == len(between) + 1:
        right = "".join(t + s for t, s in zip(tokens, (*between, ""), strict=True))
    else:
        right = " ".join(tokens)
    # Punctuation that the replacement brings itself wins over the same behind it.
    if right[-1:] in _STOPS and match.string[match.end() : match.end() + 1] == right[-1:]:
        return right[:-1]
    return right


def _joined(words: Sequence[SpokenWord]) -> tuple[str, list[int]]:
    """The words as running text, and where each begins in it."""
    text, starts = "", []
    for word in words:
        text += space_between(text, word.text)
        starts.append(len(text))
        text += word.text
    return text, starts


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Two places in one word ("tick-tick") are fixed in one go."""
    merged: list[tuple[int, int]] = []
    for first, last in ranges:
        if merged and first <= merged[-1][1]:
            first, last = merged.pop()[0], max(last, last)
        merged.append((first, last))
    return merged


def _retimed(phrase: Sequence[SpokenWord], texts: Sequence[str]) -> list[SpokenWord]:
    if len(texts) == len(phrase):
        return [_written(word, text) for word, text in zip(phrase, texts, strict=True)]
    start, time = phrase[0].start_frame, phrase[-1].end_frame - phrase[0].start_frame
    lengths = [grapheme_count(text) for text in texts]
    edges = [start + time * sum(lengths[:i]) // sum(lengths) for i in range(len(texts) + 1)]
    source = (phrase[0].source_ms[0], phrase[-1].source_ms[1])
    return [
        replace(
            _written(phrase[0], text),
            start_frame=low,
            end_frame=max(high, low + 1),
            source_ms=source,
            ends_sentence=phrase[-1].ends_sentence and i == len(texts) - 1,
        )
        for i, (text, low, high) in enumerate(zip(texts, edges, edges[1:], strict=False))
    ]


def _written(word: SpokenWord, text: str) -> SpokenWord:
    return word if text == word.text else replace(word, text=text, confidence=1.0)


def _fix_tag(tag: str, source_ms: Times, edits: Sequence[CreativeEdit]) -> str:
    """A hashtag is a phrase in lower case without anything between its words."""
    for edit in edits:
        if _meant(edit, source_ms) and _tag(tag) == _tag(edit.wrong) and _tag(edit.right):
            tag = "#" + _tag(edit.right) if tag.startswith("#") else _tag(edit.right)
    return tag


def _tag(text: str) -> str:
    return regex.sub(r"\W", "", text.lower())


def _stretches(edit: CreativeEdit) -> Times:
    if edit.spans_ms:
        return edit.spans_ms
    return ((edit.start_ms or 0, edit.end_ms if edit.end_ms is not None else 1 << 40),)


def _covers(edit: CreativeEdit, source_ms: tuple[int, int]) -> bool:
    middle = sum(source_ms) // 2
    return any(low <= middle < high for low, high in _stretches(edit))


def _meant(edit: CreativeEdit, source_ms: Times) -> bool:
    """Whether the edit is about this clip: they share half of the shorter one."""
    stretches = _stretches(edit)
    shared = sum(max(0, min(b, d) - max(a, c)) for a, b in source_ms for c, d in stretches)
    shorter = min(sum(b - a for a, b in source_ms), sum(d - c for c, d in stretches))
    return 2 * shared >= max(1, shorter)
