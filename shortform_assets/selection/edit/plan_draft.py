"""A stored plan with the human edits that wait for the next run, and what one more edit would do to it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.selection import ClipPlan, Moments, PlannedClip
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.errors import InputError
from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection.choose.choice import overlap
from shortform_assets.selection.choose.clip_builder import ClipBuilder
from shortform_assets.selection.edit.edit_anchor import TextMatch, find_words, said_in, stretch
from shortform_assets.selection.edit.plan_edits import Edited, apply_edits, asked_words, pieces_of
from shortform_assets.selection.say.title_judge import shipped_title_judge
from shortform_assets.selection.say.wording import TitleWriter
from shortform_assets.text.clock import clock
from shortform_assets.text.spacing import joined

ENOUGH = 85.0
"""Likeness, 0 to 100, from which quoted words are taken for what is said: a person types with slips. Our choice."""
_QUOTE_WORDS = range(3, 31)
"""Words that a quote of a clicked word may have: fewer are said too often. Our choice;
test_clicked_words_are_quoted_so_that_a_trim_finds_them."""
SHOWN_WORDS = 12
"""Of what is said where the quoted words are not: about a line of the terminal."""


@dataclass(frozen=True)
class Row:
    """One clip of the draft. Numbers stay while edits wait: a clip that was dropped keeps its own."""

    number: int
    clip: PlannedClip
    state: str
    """What the waiting edits make of it: nothing, `dropped`, `trimmed`, `retitled`, `pinned` or `added`."""


class PlanMaterial(NamedTuple):
    """What a stored plan was made of."""

    moments: Moments
    transcript: Transcript
    turns: SpeakerTurns
    selection: SelectionSlice


class PlanDraft:
    """Numbers and times are those that `shortform plan` shows."""

    def __init__(
        self,
        plan: ClipPlan,
        made_of: PlanMaterial,
        edits: Sequence[PlanEdit],
        parser: SentenceParser | None = None,
    ) -> None:
        """`edits` are all that were ever made; those that the plan does not know of are waiting. Without
        a `parser` of its language what is cut anew has a makeshift title until the next run."""
        moments, transcript, turns, selection = made_of
        if not transcript.words:
            raise InputError("nothing is said in this source, so there is nothing to edit")
        self.plan, self.transcript, self.selection = plan, transcript, selection
        self.waiting = list(edits[plan.edits :])
        grammar = parser if parser and parser.language == transcript.language.partition("-")[0] else None
        writer = TitleWriter(grammar, shipped_title_judge()) if grammar else None
        self._desk = ClipBuilder(moments, transcript, turns, selection, writer=writer)
        self._now = apply_edits(plan.clips, self.waiting, self._desk)

    @property
    def rows(self) -> list[Row]:
        """Every clip of the plan and those that wait to be added, by number."""
        before = dict(enumerate(self.plan.clips, start=1))
        now = {entry.number: entry.clip for entry in self._now.entries}
        return [
            Row(n, now.get(n, before.get(n)) or now[n], _state(before.get(n), now.get(n)))
            for n in sorted({*before, *now})
        ]

    def clip(self, number: int) -> PlannedClip:
        """InputError where there is no such clip, or it was dropped."""
        rows = {row.number: row for row in self.rows}
        if number not in rows:
            raise InputError(
                f"there is no clip {number}", fix=f"the plan has the clips 1 to {max(rows)}" if rows else ""
            )
        if rows[number].state == "dropped":
            raise InputError(f"clip {number} was dropped already")
        return rows[number].clip

    def clip_with(self, quote: str) -> PlannedClip:
        """The clip in which these words are said."""
        passage = self.passage(quote)
        for entry in self._now.entries:
            ranges = entry.clip.word_ranges
            if ranges[0][0] <= passage.first and passage.last <= ranges[-1][1]:
                return entry.clip
        at = clock(self.transcript.words[passage.first].start_ms)
        raise InputError(f"these words are said at {at}, but no clip holds them", f'"{quote}"', _ADD)

    def clip_at(self, start_ms: int, end_ms: int) -> PlannedClip:
        """The clip that lies in the stretch for the most part, or the other way round."""
        best, most = None, 0.5
        for entry in self._now.entries:
            low, high = stretch(entry.clip, self.plan.rate)
            shared = overlap((low, high), (start_ms, end_ms)) / max(1, min(high - low, end_ms - start_ms))
            if shared >= most:
                best, most = entry.clip, shared
        if best is None:
            raise InputError("no clip lies there", f"{clock(start_ms)} to {clock(end_ms)}", _ADD)
        return best

    def passage(self, quote: str) -> TextMatch:
        """Where words are said; InputError with the closest words where they are not."""
        found = find_words(quote, self.transcript, cutoff=ENOUGH)
        if found is not None:
            return found
        near = find_words(quote, self.transcript, cutoff=1.0)
        if near is None:
            raise InputError("nothing like these words is said", f'"{quote}"')
        said = joined(w.text for w in self.transcript.words[near.first : near.last + 1])
        at = clock(self.transcript.words[near.first].start_ms)
        raise InputError(
            "nobody says these words",
            f'"{quote}"',
            f'the closest are "{said}" at {at} ({near.likeness:.0f} % alike)',
        )

    def anchor(self, clip: PlannedClip, verb: str, **more: object) -> PlanEdit:
        """An edit of `clip`, anchored by its source time and its quote."""
        start, end = stretch(clip, self.plan.rate)
        first, last = clip.word_ranges[0][0], clip.word_ranges[-1][1]
        found = find_words(clip.quote, self.transcript, (first, last))
        at = self.transcript.words[found.first].start_ms if found else None
        words, pieces = self.transcript.words, pieces_of(clip, self._desk.lines)
        skip = [(words[a[1]].end_ms, words[b[0]].start_ms) for a, b in pairwise(pieces)]
        facts = {"verb": verb, "start_ms": start, "end_ms": end, "quote": clip.quote, "quote_ms": at}
        return PlanEdit.model_validate({**facts, "skip_ms": skip, **more})

    def quotes_of(
        self, clip: PlannedClip, first: int | None, last: int | None
    ) -> tuple[str | None, str | None]:
        """What a trim of the clip must quote to begin with word `first` and end with word `last`, indices of the
        transcript; None for an end that stays. InputError where no words say it clearly, or there are no such words.
        """
        words = self.transcript.words
        old = (clip.word_ranges[0][0], clip.word_ranges[-1][1])
        wanted = (old[0] if first is None else first, old[1] if last is None else last)
        if not 0 <= wanted[0] <= wanted[1] < len(words):
            raise InputError(
                "the clip would end before it begins", fix="choose a later end or an earlier beginning"
            )
        for length in _QUOTE_WORDS:
            start = (
                joined(w.text for w in words[wanted[0] : wanted[0] + length]) if first is not None else None
            )
            end = (
                joined(w.text for w in words[max(0, wanted[1] + 1 - length) : wanted[1] + 1])
                if last is not None
                else None
            )
            # Without a letter it would be taken for a time.
            if not all(any(c.isalpha() for c in quote) for quote in (start, end) if quote):
                continue
            edit = self.anchor(clip, "trim", to_start_quote=start or "", to_end_quote=end or "")
            with suppress(LookupError):
                if asked_words(clip, edit, self._desk) == wanted:
                    return start, end
        told = words[wanted[0] if first is not None else wanted[1]].text
        raise InputError(f'no words around "{told}" say which one is meant', fix="choose the word beside it")

    def added(self, passage: TextMatch, quote: str, title: str) -> PlanEdit:
        """An edit that adds the whole sentences around a passage."""
        a, b = self._desk.lines_of(passage.first, passage.last)
        lines = self._desk.lines
        return PlanEdit(
            verb="add",
            start_ms=lines[a].start_ms,
            end_ms=max(line.end_ms for line in lines[a : b + 1]),
            quote=quote,
            quote_ms=self.transcript.words[passage.first].start_ms,
            title=title,
        )

    def outcome(self, edit: PlanEdit) -> list[str]:
        """What the edit does, a line a clip it touches; InputError where it does nothing."""
        after = apply_edits(self.plan.clips, [*self.waiting, edit], self._desk)
        notes = after.notes[len(self._now.notes) :]
        if after.refused > self._now.refused:
            raise InputError(notes[-1].rstrip("."))
        told = self._differences(self._now, after)
        if not told:
            raise InputError("that changes nothing: it is so already")
        return told

    def _differences(self, before: Edited, after: Edited) -> list[str]:
        old = {entry.number: entry.clip for entry in before.entries}
        new = {entry.number: entry.clip for entry in after.entries}
        told = []
        for n in sorted({*old, *new}):
            was, now = old.get(n), new.get(n)
            if now is None and was is not None:
                told.append(f"clip {n}, {was.title}, is left out")
            elif now is not None and was is None:
                told.append(f"clip {n} is added: {self._described(now)}")
            elif now is not None and was is not None and was.spans != now.spans:
                told.append(f"clip {n} changes: {self._described(now)}, instead of {self._length(was)}")
            elif now is not None and was is not None and was.title != now.title:
                told.append(f"clip {n} is called {now.title} instead of {was.title}")
            elif now is not None and was is not None and was.by_hand != now.by_hand:
                told.append(f"clip {n}, {now.title}, stays whatever else changes")
        return told

    def _described(self, clip: PlannedClip) -> str:
        start, end = stretch(clip, self.plan.rate)
        said = said_in(clip, self.transcript).split()
        words = joined(said)
        if len(said) > 2 * SHOWN_WORDS:
            words = joined(said[:SHOWN_WORDS]) + " ... " + joined(said[-SHOWN_WORDS:])
        seconds = self.plan.rate.ms(clip.frames) / 1000
        odd = [
            text
            for text, so in (
                ("begins or ends inside a sentence", clip.mid_sentence),
                (
                    f"longer than the genre's {self.selection.max_seconds:g} s",
                    seconds > self.selection.max_seconds,
                ),
                (
                    f"shorter than the genre's {self.selection.min_seconds:g} s",
                    seconds < self.selection.min_seconds,
                ),
            )
            if so
        ]
        more = f" ({'; '.join(odd)})" if odd else ""
        return f'{clip.title}, {clock(start)} to {clock(end)}, {self._length(clip)}{more}: "{words}"'

    def _length(self, clip: PlannedClip) -> str:
        return f"{self.plan.rate.ms(clip.frames) / 1000:.1f} s"


_ADD = "`shortform add` makes a clip of them"


def _state(was: PlannedClip | None, now: PlannedClip | None) -> str:
    if now is None:
        return "dropped"
    if was is None:
        return "added"
    if was.spans != now.spans:
        return "trimmed"
    if was.title != now.title:
        return "retitled"
    return "pinned" if now.by_hand and not was.by_hand else ""
