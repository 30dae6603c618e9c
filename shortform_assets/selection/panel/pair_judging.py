"""Small models as judges: which of two clips they would rather post, read as probabilities, not as numbers they write.

Every pair is shown in both orders and the log-odds are averaged, so that a liking for the first or the second place
cancels out (Zheng et al., 2023, on position bias); `pair_strengths` makes one strength of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.ports.judge import Leaning, Question, Review
from shortform_assets.selection.panel.final_ranking import strengths_of
from shortform_assets.selection.panel.judging import JudgedPassage, shown_candidate
from shortform_assets.selection.panel.proposing import Talk
from shortform_assets.selection.panel.rubric import pair_instructions
from shortform_assets.text.model_data import as_data

LETTERS = ("A", "B")
SMALL = 4.0
"""Billions of parameters up to which numbers that a model writes are not asked for. Our choice: of 1.5 they were worthless."""
_SIZE = re.compile(r"(?<![\w.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class ComparedPair:
    """Two passages as one question shows them; every pair is asked about twice, the second time turned round."""

    first: JudgedPassage
    second: JudgedPassage


@dataclass(frozen=True)
class PairChances:
    """What one model's answers come to."""

    chances: dict[str, float]
    """Moment id -> chance, 0 to 1, of being preferred to a middling one."""
    pairs: int
    """So many were answered in both orders."""
    turned: int
    """Of these the choice turned with the order in so many."""


def by_pairs(model: str, panel: PanelSlice) -> bool:
    """Whether this model's probabilities over pairs are read: as the slice says, else by the size in its name."""
    return panel.judge_by == "pairs" or (panel.judge_by == "auto" and is_small(model))


def is_small(model: str) -> bool:
    """Whether the name of the model tells a size of at most `SMALL` billions, as in `qwen2.5:1.5b`."""
    sizes = [
        float(size) * int(times or 1) / (1000 if unit.lower() == "m" else 1)
        for times, size, unit in _SIZE.findall(model.partition(":")[2])
    ]
    return bool(sizes) and max(sizes) <= SMALL


def pair_schedule(count: int, each: int) -> list[tuple[int, int]]:
    """Pairs of 0..count-1 in which everyone meets about `each` others, all of them where there are no more.

    The first `count` pairs are a ring, so that whatever else is lost all are connected.
    """
    if count - 1 <= each:
        return [(i, j) for i in range(count) for j in range(i + 1, count)]
    steps = max(1, each // 2)
    apart = [1 + m * (count // 2 - 1) // steps for m in range(steps)]
    return [(i, (i + d) % count) for d in apart for i in range(count)]


def compared_pairs(passages: Sequence[JudgedPassage], each: int) -> list[ComparedPair]:
    """Both orders of every pair, one after the other."""
    ordered = sorted(passages, key=lambda p: (p.a, p.b, p.moment_id))
    return [
        ComparedPair(ordered[x], ordered[y])
        for i, j in pair_schedule(len(ordered), each)
        for x, y in ((i, j), (j, i))
    ]


def pair_question(talk: Talk, pair: ComparedPair, about: Sequence[str]) -> Question:
    """Which of the two, A or B."""
    data = {
        "language": talk.transcript.language,
        "wanted_topics": list(about),
        **{
            letter: {k: v for k, v in shown_candidate(talk, 0, passage).items() if k != "id"}
            for letter, passage in zip(LETTERS, (pair.first, pair.second), strict=True)
        },
    }
    return Question(
        kind="pair",
        instructions=pair_instructions(talk.panel.rubric),
        data=as_data(data),
        answer=Leaning,
        review=_no_fault,
        choices=LETTERS,
    )


def _no_fault(answer: Any) -> Review:
    return Review({})


def read_pairs(answered: Iterable[tuple[ComparedPair, Leaning]]) -> PairChances:
    """One model's chances; a pair counts where both orders were answered."""
    leaning = {
        (pair.first.moment_id, pair.second.moment_id): answer.logprobs["A"] - answer.logprobs["B"]
        for pair, answer in answered
    }
    outcomes, turned = [], 0
    for (a, b), forth in sorted(leaning.items()):
        back = leaning.get((b, a))
        if back is None or a > b:
            continue
        turned += forth * back > 0
        outcomes.append((a, b, _chance((forth - back) / 2)))
    strengths = strengths_of(outcomes)
    return PairChances({key: _chance(value) for key, value in strengths.items()}, len(outcomes), turned)


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
