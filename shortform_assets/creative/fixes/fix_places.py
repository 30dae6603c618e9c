"""A fix before it is made: is it one, where would it change something, and what was meant if nowhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.edits import CreativeEdit
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative.captions.text.clip_words import clip_words, source_words
from shortform_assets.creative.fixes.word_fixes import (
    TEXTS,
    anchor,
    clip_times,
    fix_plan,
    fix_words,
    found_text,
    found_words,
)
from shortform_assets.errors import InputError
from shortform_assets.text.graphemes import grapheme_count
from shortform_assets.text.spacing import joined
from shortform_assets.text.visible import is_unseen

_LONGEST = 200
"""Characters of a phrase; whole passages are no fix."""
_LIKE, _SHOWN = 50.0, 3
"""Percent of like letters from which words may have been meant, and how many of them are named. Our choice;
test_what_is_no_fix_is_refused."""
_EDGES = " .,;:!?…\"'“”‘’«»()[]¿¡"


@dataclass(frozen=True)
class ClipPlaces:
    """What a fix changes in one clip: its number in the plan from 1, words said, and texts by field name."""

    number: int
    title: str
    words: int
    texts: tuple[str, ...]

    @property
    def redrawn(self) -> bool:
        """Whether the picture may change: captions or the hook."""
        return self.words > 0 or "hook" in self.texts


@dataclass(frozen=True)
class Places:
    """The clips that a fix changes, in the order of the plan, and how often it is said outside of them."""

    clips: tuple[ClipPlaces, ...]
    elsewhere: int

    @property
    def total(self) -> int:
        return self.elsewhere + sum(clip.words + len(clip.texts) for clip in self.clips)


@dataclass(frozen=True)
class FixScope:
    """All that a fix may change, and the fixes made so far."""

    plan: ClipPlan
    transcript: Transcript
    turns: SpeakerTurns
    edits: Sequence[CreativeEdit]


def make_fix(scope: FixScope, wrong: str, right: str, clip: int | None = None) -> tuple[CreativeEdit, Places]:
    """The edit that writes `right` instead of `wrong`, and what it changes after the edits made so far.

    `clip` is a number in the plan, from 1; the edit is anchored by that clip's place in the source, so that
    another plan does not move it. Raises InputError where a text is unusable, there is no such clip, or
    nothing would change: then with the closest words that are said or written.
    """
    plan = scope.plan
    wrong, right = _usable(wrong, "the words to replace"), _usable(right, "the new words")
    if clip is not None and not 1 <= clip <= len(plan.clips):
        raise InputError(f"there is no clip {clip}", "--clip", f"the plan's clips are 1 to {len(plan.clips)}")
    spans = anchor(plan.clips[clip - 1], plan.rate) if clip is not None else ()
    edit = CreativeEdit(verb="fix", wrong=wrong, right=right, spans_ms=spans)
    talk = _Talk(scope)
    places = talk.places(edit)
    if not places.total:
        raise _nowhere(talk, edit, clip)
    return edit, places


def _usable(text: str, what: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if any(map(is_unseen, text)):
        raise InputError("control characters cannot be written", what, "type the words plainly")
    text = " ".join(text.split())
    if not text:
        fix = "to take words out, trim the clip" if "new" in what else "name at least one word"
        raise InputError("there is nothing in it", what, fix)
    if grapheme_count(text) > _LONGEST:
        raise InputError(f"it is longer than {_LONGEST} characters", what, "fix a few words at a time")
    return text


class _Talk:
    """Everything said and written, with the fixes made so far."""

    def __init__(self, scope: FixScope) -> None:
        plan, transcript, turns, edits = scope.plan, scope.transcript, scope.turns, scope.edits
        self.plan = fix_plan(plan, edits)
        self.said = fix_words(source_words(transcript, turns), edits)
        self.clips = [
            (clip, fix_words(clip_words(clip, plan.rate, transcript, turns), edits))
            for clip in self.plan.clips
        ]

    def places(self, edit: CreativeEdit) -> Places:
        found = []
        for number, (clip, words) in enumerate(self.clips, 1):
            times = clip_times(clip, self.plan.rate)
            texts = tuple(name for name in TEXTS if found_text(getattr(clip, name), times, edit))
            if (said := len(found_words(words, edit))) or texts:
                found.append(ClipPlaces(number, clip.title, said, texts))
        return Places(tuple(found), sum(not self._shown(*place) for place in found_words(self.said, edit)))

    def _shown(self, first: int, last: int) -> bool:
        """Whether these words of the source are in a clip."""
        middle = (self.said[first].source_ms[0] + self.said[last].source_ms[1]) // 2
        return any(a <= middle < b for clip, _ in self.clips for a, b in clip_times(clip, self.plan.rate))

    def texts(self, edit: CreativeEdit) -> Iterator[list[str]]:
        """All that `edit` might mean, as words."""
        for clip, words in self.clips:
            if not edit.spans_ms or anchor(clip, self.plan.rate) == edit.spans_ms:
                yield [word.text for word in words]
                yield from _written(clip)
        if not edit.spans_ms:
            yield [word.text for word in self.said]


def _written(clip: PlannedClip) -> Iterator[list[str]]:
    for name in TEXTS:
        yield getattr(clip, name).split()


def _nowhere(talk: _Talk, edit: CreativeEdit, clip: int | None) -> InputError:
    from rapidfuzz import fuzz, process

    inside = f" in clip {clip}" if clip is not None else ""
    if talk.places(edit.model_copy(update={"right": ""})).total:
        return InputError(f"it reads so already{inside}", repr(edit.wrong), "there is nothing to fix")
    everywhere = talk.places(edit.model_copy(update={"spans_ms": ()}))
    if everywhere.total:
        others = [f"clip {place.number}" for place in everywhere.clips] or ["no other clip"]
        return InputError(f"it is not{inside}", repr(edit.wrong), f"it is in {', '.join(others)}")
    size = len(edit.wrong.split())
    # Dictionaries keep the order: the same question has the same answer.
    phrases: dict[str, str] = {}
    for words in talk.texts(edit):
        for n in {max(1, size - 1), size, size + 1}:
            for i in range(len(words) - n + 1):
                phrase = joined(words[i : i + n]).strip(_EDGES)
                phrases.setdefault(phrase.casefold(), phrase)
    close = process.extract(
        edit.wrong.casefold(), list(phrases), scorer=fuzz.ratio, limit=_SHOWN, score_cutoff=_LIKE
    )
    names = ", ".join(repr(phrases[phrase]) for phrase, *_ in close)
    return InputError(
        f"these words are neither said nor written{inside}",
        repr(edit.wrong),
        f"the closest are {names}" if names else "look at the captions for what they say",
    )
