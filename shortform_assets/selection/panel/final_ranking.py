"""The last round: the best of all batches side by side, so that what was judged apart is compared at last.

Every list is shown twice, the second time turned round: language models prefer places in a list. What they say of two
finalists only when one stands first cancels out. Lists that are too long to be shown at once are ranked in
overlapping parts, whose orders are joined by `pair_strengths`.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from statistics import median
from typing import Any

from shortform_assets.ports.judge import Question, Review
from shortform_assets.selection.panel.judging import JudgedPassage, shown_candidate
from shortform_assets.selection.panel.pair_strengths import pair_strengths
from shortform_assets.selection.panel.proposing import Talk, kept_lines
from shortform_assets.selection.panel.rubric import FinalOrder, final_instructions
from shortform_assets.text.model_data import as_data

INCOMPLETE = "Rank every id that you were shown, each once, best first. Left out: {left}."
BY_CHANCE = 0.5
"""Of the pairs in both orders: who says no more of them alike than a coin would has followed the list."""


@dataclass(frozen=True)
class FinalList:
    """Finalists as one question shows them, and which part it is: the same part is shown in two orders."""

    part: int
    shown: tuple[JudgedPassage, ...]


@dataclass
class FinalVotes:
    """Of one model: for every part its orders of moment ids, best first."""

    orders: dict[int, list[list[str]]] = field(default_factory=lambda: defaultdict(list))

    def outcomes(self) -> list[tuple[str, str, float]]:
        """Who stands before whom, in the parts that were ranked in both orders."""
        return [
            (a, b, 1.0)
            for orders in self.orders.values()
            if len(orders) == 2
            for order in orders
            for a, b in combinations(order, 2)
        ]

    def agreement(self) -> float:
        """Share of the pairs in both orders of a part that both rank alike; 1 where there are none."""
        alike = both = 0
        for orders in self.orders.values():
            if len(orders) == 2:
                first, second = (set(combinations(o, 2)) for o in orders)
                turned = {(b, a) for a, b in second}
                alike, both = alike + len(first & second), both + len(first & second) + len(first & turned)
        return alike / both if both else 1.0


def pick_finalists(
    groups: Sequence[Sequence[JudgedPassage]], scores: Mapping[str, float], most: int
) -> list[JudgedPassage]:
    """At most `most` passages that have a score, best first: the best of every batch, then the best of the rest."""

    def rank(passage: JudgedPassage) -> tuple[float, str]:
        return -scores[passage.moment_id], passage.moment_id

    known = [[p for p in group if p.moment_id in scores] for group in groups]
    best = sorted((min(group, key=rank) for group in known if group), key=rank)
    rest = sorted((p for group in known for p in group if p not in best), key=rank)
    return sorted([*best, *rest][:most], key=rank)


def final_lists(talk: Talk, finalists: Sequence[JudgedPassage]) -> list[FinalList]:
    """The lists to show: parts of at most `final_words` words, each overlapping half of the next, in two orders.

    The order within a part is by the digest of the ids: it tells nothing of scores or times.
    """
    found: list[FinalList] = []
    a = part = 0
    while len(finalists) - a >= 2:
        words, b = 0, a
        while b < len(finalists) and (
            b < a + 2 or words + _words(talk, finalists[b]) <= talk.panel.final_words
        ):
            words += _words(talk, finalists[b])
            b += 1
        mixed = tuple(sorted(finalists[a:b], key=lambda p: hashlib.sha256(p.moment_id.encode()).digest()))
        found += [FinalList(part, mixed), FinalList(part, mixed[::-1])]
        if b == len(finalists):
            break
        a, part = a + max(1, (b - a) // 2), part + 1
    return found


def final_question(talk: Talk, listed: FinalList, about: Sequence[str]) -> Question:
    """One list as a question; its finalists are named c1, c2, ... as they stand in it."""
    data = {
        "language": talk.transcript.language,
        "wanted_topics": list(about),
        "finalists": [shown_candidate(talk, n, p) for n, p in enumerate(listed.shown, start=1)],
    }
    return Question(
        kind="final",
        instructions=final_instructions(talk.panel.rubric),
        data=as_data(data),
        answer=FinalOrder,
        review=partial(_review, listed),
    )


def read_order(listed: FinalList, answer: Any) -> tuple[list[str], Counter[str]]:
    """Moment ids in the order of the answer, and what was wrong with it."""
    by_name = {f"c{n}": p.moment_id for n, p in enumerate(listed.shown, start=1)}
    faults = Counter({"invented_field": answer.invented()})
    order: list[str] = []
    for name in answer.order:
        found = by_name.get(name.strip())
        if found is None:
            faults["unknown_candidate"] += 1
        elif found in order:
            faults["scored_twice"] += 1
        else:
            order.append(found)
    faults["not_scored"] += len(by_name) - len(order)
    return order, faults


def _review(listed: FinalList, answer: Any) -> Review:
    order, faults = read_order(listed, answer)
    left = [f"c{n}" for n, p in enumerate(listed.shown, start=1) if p.moment_id not in order]
    return Review(+faults, INCOMPLETE.format(left=", ".join(left)) if left else "")


def final_places(strengths: Iterable[Mapping[str, float]], scores: Mapping[str, float]) -> list[str]:
    """The ranked moment ids, best first: by the median of their places with every model, so that of three models one
    alone can lift nothing; those that stand level are ordered by `scores`.
    """
    places: dict[str, list[float]] = defaultdict(list)
    for of_one in strengths:
        for moment_id, value in of_one.items():
            above = sum(other > value + _LEVEL for other in of_one.values())
            level = sum(abs(other - value) <= _LEVEL for other in of_one.values())
            places[moment_id].append((above + (level - 1) / 2) / max(1, len(of_one) - 1))
    return sorted(places, key=lambda key: (round(median(places[key]), 6), -scores[key], key))


_LEVEL = 1e-6
"""Strengths that differ by less are equal: they are sums of floats."""


def strengths_of(outcomes: Sequence[tuple[str, str, float]]) -> dict[str, float]:
    """Moment id -> log-odds against a middling one, of those that were compared."""
    names = sorted({name for a, b, _ in outcomes for name in (a, b)})
    at = {name: n for n, name in enumerate(names)}
    found = pair_strengths(len(names), [(at[a], at[b], share) for a, b, share in outcomes])
    return {name: float(found[n]) for name, n in at.items()}


def dealt_out(order: Sequence[str], scores: Mapping[str, float]) -> dict[str, float]:
    """The scores of the ranked, the highest to the first: the order is new, how high the panel goes is not."""
    held = sorted((scores[key] for key in order), reverse=True)
    return dict(zip(order, held, strict=True))


def _words(talk: Talk, passage: JudgedPassage) -> int:
    return sum(talk.lines[i].words for i in kept_lines(passage.a, passage.b, passage.cuts))
