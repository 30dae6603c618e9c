"""Moving chosen clips to better edges, where what is learnt tells edges apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shortform_assets.contracts.selection import EDGE_RANK
from shortform_assets.selection.choose.choice import Choice, Rules, ScoredMoment, overlap

SAME_PASSAGE = 0.5
"""Share of both together that two runs hold in common from which they are one passage, cut in two ways. Chosen in
cross-validation (`docs/selection.md`); test_a_clip_moves_to_the_better_edges_of_its_own_passage."""


def with_better_edges(choice: Choice, candidates: Sequence[ScoredMoment], rules: Rules) -> Choice:
    """Each chosen clip as that candidate of its passage which is cut best, in order of time, none over another.

    Which passages are best is one question, and where to cut them another: a judge that was taught both at once
    answers the second worse. What a model judged, and what carries no EDGE_RANK, stays as it is.
    """
    able = [c for c in candidates if _movable(c) and c.score >= rules.min_score]
    taken = sorted(choice.chosen, key=lambda c: c.frames)
    for n, c in enumerate(taken):
        if not _movable(c):
            continue
        low = taken[n - 1].frames[1] if n else 0
        high = taken[n + 1].frames[0] if n + 1 < len(taken) else c.frames[1] + c.length
        same = [
            o for o in able if low <= o.frames[0] and o.frames[1] <= high and _alike(c, o) >= SAME_PASSAGE
        ]
        taken[n] = max([c, *same], key=lambda o: (o.moment.features[EDGE_RANK], o is c))
    return replace(choice, chosen=sorted(taken, key=lambda c: (-c.score, c.moment.start_ms)))


def _movable(c: ScoredMoment) -> bool:
    by_model = "panel" in c.parts or c.reason or c.wording is not None
    return (
        EDGE_RANK in c.moment.features and not (c.fault or by_model) and len(c.pieces) == 1 and bool(c.spans)
    )


def _alike(c: ScoredMoment, other: ScoredMoment) -> float:
    """IoU of the stretches of source that two take up."""
    shared = overlap(c.frames, other.frames)
    (a, b), (x, y) = c.frames, other.frames
    return shared / max(1, b - a + y - x - shared)
