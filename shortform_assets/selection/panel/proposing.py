"""The first round: models quote moments from windows of the transcript; the quotes are found again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.panel_verdicts import PanelWording
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.contracts.speech import Transcript
from shortform_assets.ports.judge import Question, Review
from shortform_assets.selection.panel.anchoring import QuoteMatch, SearchableWords, long_enough
from shortform_assets.selection.panel.model_wording import check_wording
from shortform_assets.selection.panel.rubric import TEN, Proposed, answers, propose_instructions
from shortform_assets.selection.panel.transcript_windows import TranscriptWindow, cut_windows, shown
from shortform_assets.selection.read.features import Limits
from shortform_assets.selection.read.script import Line
from shortform_assets.text.model_data import as_data

NOTHING_SAID = (
    "None of these moments can be used: {why}. Copy first_words, last_words and key_quote letter by letter "
    "from the sentences you were shown, or answer with an empty list."
)
SHORTEST, LONGEST = 0.5, 1.25
"""Of the genre's limits: pauses may still be shortened, and edges moved out to where a thought begins and ends.
Set by hand; test_a_proposal_is_taken_with_clean_edges_around_its_quote."""


LineCuts = tuple[tuple[int, int], ...]
LEAST_KEPT = 0.5
"""Share of a moment's lines that its inner cuts leave at least: what loses more is another moment. Set by hand;
test_inner_cuts_are_lines_inside_the_moment."""


@dataclass(frozen=True)
class Anchored:
    """A proposal whose quotes were found: lines a..b, the key quote as word indices, the model's scores."""

    a: int
    b: int
    quote: QuoteMatch
    scores: dict[str, float]
    wording: PanelWording
    cuts: LineCuts = ()
    """First and last lines of what is left out, in order, apart and inside."""


@dataclass
class Reading:
    """What may be used of one answer, and what may not."""

    found: list[Anchored] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


class Talk:
    """The transcript as lines and windows, and the search for quotes in it."""

    def __init__(
        self,
        transcript: Transcript,
        lines: Sequence[Line],
        speakers: Sequence[str],
        limits: Limits,
        panel: PanelSlice,
    ) -> None:
        self.transcript, self.lines, self.speakers = transcript, lines, speakers
        self.limits, self.panel = limits, panel
        self.windows = cut_windows(lines, panel.window_words, limits.max_ms)
        self.stems = frozenset(stem for line in lines for stem in line.stems)
        self.line_of = [i for i, line in enumerate(lines) for _ in range(line.words)]
        self._whole: SearchableWords | None = None
        self._parts: dict[TranscriptWindow, SearchableWords] = {}

    def questions(self, about: Sequence[str]) -> list[Question]:
        """One question a window."""
        kind, _ = answers(self.panel.rubric)
        told = propose_instructions(self.panel.rubric, self.limits, self.panel.proposals)
        return [
            Question(
                kind="propose",
                instructions=told,
                data=as_data(
                    {
                        "language": self.transcript.language,
                        "wanted_topics": list(about),
                        "sentences": shown(self.lines, self.speakers, window.a, window.b),
                    }
                ),
                answer=kind,
                review=partial(self._review, window),
            )
            for window in self.windows
        ]

    def read(self, answer: Any, window: TranscriptWindow, model: str) -> Reading:
        """The proposals of one answer to the question about `window`."""
        reading = Reading()
        reading.faults["invented_field"] += answer.invented()
        taken: set[tuple[int, int]] = set()
        for proposed in answer.moments:
            if len(taken) == self.panel.proposals:
                reading.faults["too_many"] += 1
                continue
            spot = self._anchor(proposed, window, reading.faults)
            if spot is None or spot[:2] in taken:
                continue
            a, b, quote = spot
            taken.add((a, b))
            cuts = self._cuts(proposed, a, b, self.line_of[quote.first], reading.faults)
            said = {stem for i in kept_lines(a, b, cuts) for stem in self.lines[i].stems}
            wording, faults = check_wording(proposed, model, said, self.stems)
            reading.faults += faults
            scores = {name: getattr(proposed.scores, name) / TEN for name in self.panel.rubric}
            reading.found.append(Anchored(a, b, quote, scores, wording, cuts))
        return reading

    def moment_id(self, a: int, b: int, cuts: LineCuts = ()) -> str:
        """The id that a moment of lines a..b has wherever it comes from."""
        words: list[object] = [self.lines[a].first, self.lines[b].last]
        words += [[[self.lines[x].first, self.lines[y].last] for x, y in cuts]] if cuts else []
        return hashlib.sha256(canonical_json(words)).hexdigest()[:12]

    def _cuts(self, proposed: Proposed, a: int, b: int, key: int, faults: Counter[str]) -> LineCuts:
        """The inner cuts that may be made, in order; the others are counted."""
        found: list[tuple[int, int]] = []
        for cut in sorted(proposed.cuts, key=lambda c: (c.first, c.last)):
            x, y = cut.first, cut.last
            apart = not found or x > found[-1][1] + 1
            left = b - a + 1 - sum(q - p + 1 for p, q in found) - (y - x + 1)
            inside = a < x <= y < b and apart and not x <= key <= y
            if inside and left >= LEAST_KEPT * (b - a + 1) and self._long_enough(a, b, (*found, (x, y))):
                found.append((x, y))
            else:
                faults["cut_unfit"] += 1
        return tuple(found)

    def _long_enough(self, a: int, b: int, cuts: LineCuts) -> bool:
        lengths = (self.lines[i].end_ms - self.lines[i].start_ms for i in kept_lines(a, b, cuts))
        return sum(lengths) >= SHORTEST * self.limits.min_ms

    def _review(self, window: TranscriptWindow, answer: Any) -> Review:
        reading = self.read(answer, window, "")
        faults = +reading.faults
        if reading.found or not answer.moments:
            return Review(faults)
        return Review(faults, NOTHING_SAID.format(why=", ".join(sorted(faults)).replace("_", " ")))

    def _anchor(
        self, proposed: Proposed, window: TranscriptWindow, faults: Counter[str]
    ) -> tuple[int, int, QuoteMatch] | None:
        """Lines a..b and the place of the key quote, or None with the fault counted."""
        places: list[tuple[QuoteMatch, ...]] = []
        for quote in (proposed.first_words, proposed.key_quote, proposed.last_words):
            found = self._find(quote, window)
            if isinstance(found, str):
                faults[found] += 1
                return None
            places.append(found)
        spots: dict[tuple[int, int], QuoteMatch] = {}
        wrong: Counter[str] = Counter()
        for first, key, last in product(*places):
            a, b = self.line_of[first.first], self.line_of[last.last]
            fault = self._misfit(a, b, self.line_of[key.first], self.line_of[key.last])
            if fault:
                wrong[fault] += 1
            else:
                spots.setdefault((a, b), key)
        if not spots:
            faults["quotes_apart" if wrong["quotes_apart"] == wrong.total() else _commonest(wrong)] += 1
            return None
        meant = [spot for spot in spots if spot[0] == proposed.sentence]
        if len(spots) > 1 and len(meant) != 1:
            faults["quote_ambiguous"] += 1
            return None
        a, b = meant[0] if meant else next(iter(spots))
        if (a, b) != (proposed.sentence, proposed.last_sentence):
            faults["wrong_place"] += 1
        return a, b, spots[a, b]

    def _misfit(self, a: int, b: int, key_from: int, key_to: int) -> str:
        if not a <= key_from <= key_to <= b:
            return "quotes_apart"
        length = max(line.end_ms for line in self.lines[a : b + 1]) - self.lines[a].start_ms
        if length > 2 * self.limits.max_ms:
            return "quotes_apart"
        if length > LONGEST * self.limits.max_ms:
            return "too_long"
        return "too_short" if length < SHORTEST * self.limits.min_ms else ""

    def _find(self, quote: str, window: TranscriptWindow) -> tuple[QuoteMatch, ...] | str:
        """Where in the window `quote` is said, or why it counts for nothing."""
        if not long_enough(quote):
            return "quote_too_short"
        found = self._said(window).find(quote, self.panel.anchor)
        if found:
            return found
        self._whole = self._whole or SearchableWords(self.transcript.words)
        return "quote_elsewhere" if self._whole.find(quote, self.panel.anchor) else "quote_not_said"

    def _said(self, window: TranscriptWindow) -> SearchableWords:
        if window not in self._parts:
            first, last = self.lines[window.a].first, self.lines[window.b].last
            self._parts[window] = SearchableWords(self.transcript.words, first, last)
        return self._parts[window]


def kept_lines(a: int, b: int, cuts: LineCuts) -> list[int]:
    """Lines a..b, both included, without those that are cut."""
    return [i for i in range(a, b + 1) if not any(x <= i <= y for x, y in cuts)]


def _commonest(wrong: Counter[str]) -> str:
    return min(wrong, key=lambda fault: (fault == "quotes_apart", -wrong[fault], fault))
