"""Choosing: the best moments that do not overlap, spread over topics and speakers."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from shortform_assets.contracts.panel_verdicts import PanelWording
from shortform_assets.contracts.selection import Moment, Span
from shortform_assets.selection.propose.best_set import best_set

SAME_WORDS = 0.7
"""Two moments that share this much of the shorter one's content words say the same. Set by hand;
test_what_is_said_twice_is_shown_once_and_the_better_telling_wins, test_same_words_twice_make_one_clip."""
FEWEST_STEMS = 6
"""Moments with fewer content words are never taken for repetitions. Set by hand."""
WORTH_SHOWING = 0.05
"""What a moment that just reaches the genre's least score is worth: more than nothing, or it would never be taken.
Our choice; test_two_good_clips_are_not_lost_to_one_that_lies_across_them."""
BESIDE = 0.3
"""A flawed moment is left where a clean one that is good enough covers more than this share of the shorter. Set by
hand; test_flawed_moments_come_last_and_never_beside_a_clean_one."""
LONG_ENOUGH = 0.6
"""Share of the genre's length under which a candidate is taken for a piece of a better one. Set by hand;
test_a_story_is_not_taken_apart_into_lesser_pieces."""
MOST_PASSES = 40
"""Searches for a set without repeats, each with at least one candidate fewer: a bound on the time, beyond which
what repeats is only left out. test_two_hours_of_talk_are_planned_in_seconds."""


@dataclass(frozen=True)
class ScoredMoment:
    """A moment with its score and its cut. `fault` is why it can never be chosen, or empty."""

    moment: Moment
    score: float
    parts: dict[str, float]
    pieces: tuple[tuple[int, int], ...]
    """First and last word of every piece, in playing order: one, or two that are joined."""
    spans: tuple[Span, ...]
    word_ranges: tuple[tuple[int, int], ...]
    stems: frozenset[str]
    speaker: int
    fault: str = ""
    flaws: tuple[str, ...] = ()
    """Keys of FLAWS: accepted only where the passage offers nothing cleaner."""
    reason: str = ""
    wording: PanelWording | None = None
    """What a model wrote for it; what is empty is taken from its words."""

    @property
    def frames(self) -> tuple[int, int]:
        """The stretch of the source that it takes up, an interruption between two pieces included."""
        return (self.spans[0].start_frame, self.spans[-1].end_frame) if self.spans else (0, 0)

    @property
    def length(self) -> int:
        """Frames that are shown."""
        return sum(s.frames for s in self.spans)


@dataclass(frozen=True)
class Rules:
    """What the choice has to respect. `quotas` is how many clips each topic may give."""

    target: int
    min_score: float
    diversity: float
    speakers: int
    quotas: Mapping[int, int]
    target_frames: int = 1
    """The length the genre wants."""
    exact: bool = False
    """The candidates' worth was learnt, length and all: take the set of the highest total score, and nothing else."""


@dataclass
class Choice:
    chosen: list[ScoredMoment] = field(default_factory=list)
    """Best first."""
    same: dict[str, ScoredMoment] = field(default_factory=dict)
    """Moment id -> the candidate that says much the same, for those left out because of it."""


def choose(candidates: Sequence[ScoredMoment], rules: Rules) -> Choice:
    """The best schedule of moments that do not overlap, of which the best `target` are taken.

    The schedule does not depend on the target, so that asking for more keeps what was there. It is optimal
    for the squared surplus over the least score: two lesser clips never replace one that is clearly better.
    From it the greedy maximal marginal relevance of Carbonell and Goldstein (1998) picks, spread over topics
    and speakers, no topic over its quota. Flawed moments come last, and only where they overlap no clean one
    that is good enough. Deterministic: ties go to the earlier moment.
    """
    able = [c for c in candidates if not c.fault and c.score >= rules.min_score]
    if rules.exact:
        return _choose_exactly(able, rules)
    clean = [c for c in able if not c.flaws]
    result = Choice()
    _pick(_without_repeats(clean, rules, result), result, rules)
    alone = [c for c in able if c.flaws and not any(share(c, other) > BESIDE for other in clean)]
    alone = [c for c in alone if not any(overlap(c.frames, d.frames) for d in result.chosen)]
    _pick(_without_repeats(alone, rules, result), result, rules)
    result.chosen.sort(key=lambda c: (-c.score, c.moment.start_ms))
    return result


def _choose_exactly(able: Sequence[ScoredMoment], rules: Rules) -> Choice:
    """At most `target` that do not overlap, of the highest total surplus over the least score.

    Where two say the same, or a topic is over its quota, the lesser is taken out and the search runs again.
    """
    left, result = [c for c in able if c.spans], Choice()
    for _ in range(MOST_PASSES):
        start, end = (np.array([c.frames[n] for c in left], int) for n in (0, 1))
        surplus = np.array([c.score - rules.min_score + WORTH_SHOWING for c in left])
        best = [left[n] for n in best_set(start, end, surplus, rules.target)]
        best.sort(key=lambda c: (-c.score, c.moment.start_ms))
        result.chosen, too_many = [], []
        topics: Counter[int] = Counter()
        for c in best:
            twin = next((other for other in result.chosen if _says_the_same(c, other)), None)
            topics[c.moment.topic] += 1
            if twin is not None:
                result.same[c.moment.moment_id] = twin
            if twin is not None or topics[c.moment.topic] > rules.quotas.get(c.moment.topic, rules.target):
                too_many.append(c)
            else:
                result.chosen.append(c)
        if not too_many:
            break
        left = [c for c in left if all(c is not out for out in too_many)]
    return result


def overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def schedule(candidates: Sequence[ScoredMoment], min_score: float, target_frames: int) -> list[ScoredMoment]:
    """Weighted interval scheduling: the exact best set without overlap, in order of time.

    By dynamic programming over the candidates in order of start (Kleinberg and Tardos, Algorithm Design, 6.1).
    A candidate far shorter than `target_frames` is worth less, so that a passage is not taken apart into pieces.
    """
    order = sorted((c for c in candidates if c.spans), key=lambda c: (*c.frames, c.moment.moment_id))
    starts = [c.frames[0] for c in order]
    follow = [bisect_left(starts, c.frames[1], lo=i + 1) for i, c in enumerate(order)]
    best = [0.0] * (len(order) + 1)
    for i in range(len(order) - 1, -1, -1):
        worth = (order[i].score - min_score + WORTH_SHOWING) ** 2
        worth *= min(1.0, order[i].length / max(1.0, LONG_ENOUGH * target_frames)) ** 0.5
        best[i] = round(max(best[i + 1], worth + best[follow[i]]), 9)
    found, i = [], 0
    while i < len(order):
        taken = best[i] > best[i + 1]
        if taken:
            found.append(order[i])
        i = follow[i] if taken else i + 1
    return found


def _without_repeats(pool: Sequence[ScoredMoment], rules: Rules, result: Choice) -> list[ScoredMoment]:
    """The schedule of `pool` in which nothing says what another moment of it, or a chosen one, says."""
    left = list(pool)
    for kept in result.chosen:
        left = _drop_repeats_of(kept, left, result)
    ranked: list[ScoredMoment] = []
    for _ in range(MOST_PASSES):
        ranked = sorted(
            schedule(left, rules.min_score, rules.target_frames), key=lambda c: (-c.score, c.moment.start_ms)
        )
        before = len(left)
        for n, better in enumerate(ranked):
            if any(_says_the_same(better, c) for c in ranked[n + 1 :]):
                left = _drop_repeats_of(better, left, result)
                break
        if len(left) == before:
            return ranked
    first: list[ScoredMoment] = []
    for c in ranked:
        if not any(_says_the_same(c, other) for other in first):
            first.append(c)
    return first


def _drop_repeats_of(
    better: ScoredMoment, pool: Sequence[ScoredMoment], result: Choice
) -> list[ScoredMoment]:
    left = []
    for c in pool:
        if not overlap(c.frames, better.frames) and _says_the_same(c, better):
            result.same[c.moment.moment_id] = better
        else:
            left.append(c)
    return left


def _says_the_same(c: ScoredMoment, other: ScoredMoment) -> bool:
    shorter = min(len(c.stems), len(other.stems))
    return c is not other and shorter >= FEWEST_STEMS and len(c.stems & other.stems) >= SAME_WORDS * shorter


def share(a: ScoredMoment, b: ScoredMoment) -> float:
    """Overlap as a share of the shorter."""
    (a0, a1), (b0, b1) = a.frames, b.frames
    return overlap((a0, a1), (b0, b1)) / max(1, min(a1 - a0, b1 - b0))


def _pick(pool: Sequence[ScoredMoment], result: Choice, rules: Rules) -> None:
    """Moves the best of `pool` into the choice until the target is reached."""
    left, chosen = list(pool), result.chosen
    topics = Counter(c.moment.topic for c in chosen)
    voices = Counter(c.speaker for c in chosen)

    def value(c: ScoredMoment) -> float:
        again = min(3, topics[c.moment.topic])
        many = rules.speakers > 1 and bool(chosen)
        dominant = voices[c.speaker] / len(chosen) - 1 / rules.speakers if many else 0.0
        return c.score - rules.diversity * (again + max(0.0, dominant))

    while len(chosen) < rules.target:
        left = [c for c in left if topics[c.moment.topic] < rules.quotas.get(c.moment.topic, rules.target)]
        if not left:
            break
        best = max(left, key=lambda c: (round(value(c), 6), -c.moment.start_ms, -c.moment.end_ms))
        left.remove(best)
        chosen.append(best)
        topics[best.moment.topic] += 1
        voices[best.speaker] += 1
