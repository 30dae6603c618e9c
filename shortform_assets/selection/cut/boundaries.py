"""Where a clip may begin and end: whole sentences, a clean opening, its question, its payoff, the limits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shortform_assets.selection.cut.frame_edges import Edges
from shortform_assets.selection.read.features import Limits, Measures
from shortform_assets.selection.read.lexicon import words

REACH = 8
"""Lines that an edge may move to find a clean one. Set by hand;
test_a_proposal_is_taken_with_clean_edges_around_its_quote."""
SAME = 0.5
"""A clip moved to other edges is still the same where it shares this much of the shorter one's lines. Our choice."""

FLAWS: dict[str, str] = {
    "weak_opener": "opens on a weak word, and a cleaner opening is beside it",
    "missing_question": "is an answer whose question is not in it",
    "leans_back": "opens by pointing back at what was said before",
    "tail": "opens on the tail of what somebody said before",
    "preamble": "opens on a preamble, and the question itself is beside it",
    "open_question": "ends on a question that is answered later",
    "unclosed": "ends inside running speech",
    "lead_in": "ends by leading over to what comes next",
    "broken_off": "ends on words that lead nowhere",
    "cut_answer": "ends as somebody begins to answer",
    "interrupted": "is interrupted, and a cut without the interruption is beside it",
}
"""What an edge of a clip can suffer from, and how a plan says so."""

LEAD_IN = re.compile(
    r"^(?:(?:and|so|but|okay|all right|now|well|great|yeah|right) )*"
    r"(?:let's (?:pivot|talk|turn|move|shift|switch|start|go|get)|moving on|next (?:up|question|topic)|"
    r"let me (?:ask|turn|shift)|i (?:want|would like|'d like) to (?:ask|talk about|dig|turn|shift|get into)|"
    r"(?:one )?(?:last|final) (?:question|thing)|before we|after the break|that brings us|"
    r"turning to|speaking of which)\b"
)
"""A sentence that belongs to what follows it."""
PROMPT = re.compile(
    r"^(?:(?:and|so|but|okay|well|great|right) )*"
    r"(?:tell (?:me|us)|take (?:me|us)|walk (?:me|us)|talk (?:me|us|to me)|give (?:me|us) (?:a|an|the|your|one)|"
    r"push back|help (?:me|us)|describe|explain|say more|go on|start with|start at)\b"
)
"""A request that is answered like a question."""

LEANS_BACK = re.compile(
    r"^(?:i want to (?:dig|get|go) (?:deeper |back )?in(?:to)? (?:that|this)|let's (?:stay|start) (?:there|with that)|"
    r"that's (?:why|right|true|exactly|fair|a (?:useful|good|great|fair|really))|same (?:here|with|exercise|thing)|"
    r"me too|i (?:dis)?agree|(?:if|once|when) you \w+ (?:that|this)|say more|"
    r"(?:as|like) (?:i|you|we|he|she) (?:said|say|mentioned)|to your point|on that (?:note|point)|"
    r"speaking of (?:that|which)|the same (?:goes|is true)|apart from that|after that|instead of that|because of that)\b"
)
"""First words that nobody understands who did not hear what was said before."""
NOWHERE = words("a an the and or but of my your our their because if um uh er erm")
"""No sentence ends on one of these, whatever mark follows it."""
TAIL_WORDS = 15
"""The rest of somebody's turn is a tail up to this length: longer, it says something by itself. Set by hand;
`opens_well_where_it_can` in tests/selection/test_plan_properties.py."""
RUNS_ON_MS = 1000
"""A turn goes on after a shorter pause than this. Our choice."""


class Boundaries:
    """Judges and moves the edges of runs of lines; a run is its first and last line, both included."""

    def __init__(self, measures: Measures, edges: Edges, flags: Sequence[str], limit: Limits) -> None:
        """`flags` name for every line why it may be in no clip, or are empty."""
        self.measures, self.edges, self.flags, self.limit = measures, edges, flags, limit
        self.lines = measures.lines

    def flaws(self, a: int, b: int) -> tuple[str, ...]:
        """The keys of FLAWS that lines a..b suffer from."""
        return (*self.opening_flaws(a), *self.ending_flaws(b))

    def opening_flaws(self, a: int) -> tuple[str, ...]:
        return tuple(
            name
            for name, found in (
                ("weak_opener", self.measures.weak[a]),
                ("missing_question", self.measures.missing_question(a) or self._answers_prompt(a)),
                ("leans_back", bool(LEANS_BACK.search(self.lines[a].plain))),
                ("tail", self._is_tail(a)),
                ("preamble", self._is_preamble(a)),
            )
            if found
        )

    def ending_flaws(self, b: int) -> tuple[str, ...]:
        return tuple(
            name
            for name, found in (
                ("open_question", self.measures.open_question(b)),
                ("unclosed", self.measures.unclosed(b)),
                ("lead_in", self._leads_over(b)),
                ("broken_off", bool(set(self.lines[b].tokens[-1:]) & NOWHERE)),
                ("cut_answer", self._begins_answer(b)),
            )
            if found
        )

    def fits(self, a: int, b: int) -> bool:
        """Within the limits of length, and nothing in it that may be in no clip."""
        return (
            not any(self.flags[a : b + 1])
            and self.limit.min_ms <= self.length_ms(a, b) <= self.limit.max_ms
            and bool(self.edges.spans(self.lines[a].first, self.lines[b].last)[0])
        )

    def length_ms(self, a: int, b: int) -> int:
        return self.edges.length_ms(self.lines[a].first, self.lines[b].last)

    def settle(self, a: int, b: int, keep: tuple[int, int] | None = None) -> tuple[int, int] | None:
        """The best flawless run within the limits that is still lines a..b, or None where there is none.

        Edges move by whole lines, as little as a better opening and ending allow; the lines `keep` (first and
        last, the payoff) stay inside.
        """
        reach = range(max(0, b - REACH), min(len(self.lines), b + REACH + 1))
        ends = [e for e in reach if not self.ending_flaws(e)]
        best: tuple[float, int, int] | None = None
        for start in range(max(0, a - REACH), min(b, a + REACH) + 1):
            if self.flags[start] or self.opening_flaws(start):
                continue
            for end in ends:
                if end < start or not self._same(a, b, start, end):
                    continue
                if keep and (start > keep[0] or end < keep[1]):
                    continue
                if not self.fits(start, end):
                    continue
                value = self.measures.openings[start] + self.measures.ending(end)
                value -= 0.05 * (abs(start - a) + abs(end - b))
                if best is None or (round(value, 6), -start, -end) > best:
                    best = (round(value, 6), -start, -end)
        return None if best is None else (-best[1], -best[2])

    def _same(self, a: int, b: int, start: int, end: int) -> bool:
        shared = min(b, end) - max(a, start) + 1
        return shared >= SAME * min(b - a + 1, end - start + 1)

    def _leads_over(self, b: int) -> bool:
        line = self.lines[b]
        if b + 1 >= len(self.lines) or line.words > 25:
            return False
        return line.text.rstrip().endswith(":") or bool(LEAD_IN.search(line.plain)) or self._prompts(b)

    def _prompts(self, i: int) -> bool:
        """Line `i` asks for an answer that another gives, or for one to the question after it."""
        line, after = self.lines[i], self.lines[i + 1]
        given_over = line.speaker not in (after.speaker, -1) or after.question
        return line.words <= TAIL_WORDS and given_over and bool(PROMPT.search(line.plain))

    def _answers_prompt(self, a: int) -> bool:
        return a > 0 and not self.lines[a].question and self._prompts(a - 1)

    def _is_tail(self, a: int) -> bool:
        """Line `a` ends a turn that began before it, and somebody else goes on."""
        if not 0 < a < len(self.lines) - 1:
            return False
        before, line, after = self.lines[a - 1 : a + 2]
        if line.question or self._prompts(a) or line.words > TAIL_WORDS:
            return False
        goes_on = before.speaker == line.speaker and line.gap_before_ms < RUNS_ON_MS
        return goes_on and line.speaker != -1 and after.speaker not in (line.speaker, -1)

    def _is_preamble(self, a: int) -> bool:
        """Line `a` leads over to a question that the same speaker then asks."""
        if a + 1 >= len(self.lines):
            return False
        line, after = self.lines[a : a + 2]
        asks = after.question and after.speaker == line.speaker and not line.question
        leads = LEAD_IN.search(line.plain) or PROMPT.search(line.plain)
        return bool(asks and leads and self.measures.opens_with_question(a + 1))

    def _begins_answer(self, b: int) -> bool:
        """Line `b` is the first of a turn that answers somebody and goes on."""
        if not 0 < b < len(self.lines) - 1:
            return False
        before, line, after = self.lines[b - 1 : b + 2]
        if line.speaker == -1 or before.speaker in (line.speaker, -1) or after.speaker != line.speaker:
            return False
        asked = before.question or self._prompts(b - 1)
        return asked and after.gap_before_ms < RUNS_ON_MS
