"""Why every other moment is not in the plan, one entry for those that overlap and share their fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shortform_assets.contracts.selection import FellOut
from shortform_assets.selection.choose.choice import Choice, Rules, ScoredMoment, overlap
from shortform_assets.selection.cut.boundaries import FLAWS
from shortform_assets.text.clock import clock

MAX_FELL_OUT = 500
"""Entries: what a page still shows; the rest is counted in the last one. Our choice; `accounts_for_every_moment` in
tests/selection/test_plan_properties.py."""

TARGET = "the target of {n} clips was reached with better ones"
OVERLAPPED = "overlapped a better clip"
LOW = "scored too low"


@dataclass
class _Family:
    head: ScoredMoment
    kind: str
    reason: str
    others: int = 0


@dataclass
class Rest:
    """What fell out, and for each kind of reason how many passages it cost."""

    fell_out: tuple[FellOut, ...] = ()
    reasons: Counter[str] = field(default_factory=Counter)


def explain_rest(candidates: Sequence[ScoredMoment], choice: Choice, rules: Rules) -> Rest:
    """Every candidate that was not chosen is in exactly one entry, best first; the count is of passages."""
    picked = {c.moment.moment_id for c in choice.chosen}
    families: list[_Family] = []
    # What can never be chosen comes first, so that an advert's reason is never crowded out.
    for c in sorted(candidates, key=lambda c: (not c.fault, -c.score, c.moment.start_ms, c.moment.end_ms)):
        if c.moment.moment_id in picked:
            continue
        kind, reason = _reason(c, choice, rules)
        family = next((f for f in families if f.kind == kind and _kin(c, f.head)), None)
        if family is None and len(families) == MAX_FELL_OUT:
            family = families[-1]
        if family is None:
            families.append(_Family(c, kind, reason))
        else:
            family.others += 1
    return Rest(
        fell_out=tuple(
            FellOut(
                moment_id=f.head.moment.moment_id,
                start_ms=f.head.moment.start_ms,
                end_ms=f.head.moment.end_ms,
                score=f.head.score,
                reason=f.reason,
                others=f.others,
            )
            for f in sorted(families, key=lambda f: (-f.head.score, f.head.moment.start_ms))
        ),
        reasons=_count_passages(families, choice),
    )


def _count_passages(families: Sequence[_Family], choice: Choice) -> Counter[str]:
    """Another cut of a chosen clip, or of a passage that is counted already, is no passage of its own."""
    told: list[ScoredMoment] = []
    counts: Counter[str] = Counter()
    # What lies across a clip and something worse is counted for what is worse.
    for family in sorted(families, key=lambda f: f.kind == OVERLAPPED):
        rivals = told if family.head.fault else [*told, *choice.chosen]
        if not any(_kin(family.head, other) for other in rivals):
            told.append(family.head)
            counts[family.kind] += 1
    return counts


def _kin(c: ScoredMoment, head: ScoredMoment) -> bool:
    """They mostly lie in each other."""
    a, b = (c.moment.start_ms, c.moment.end_ms), (head.moment.start_ms, head.moment.end_ms)
    return overlap(a, b) >= 0.5 * min(a[1] - a[0], b[1] - b[0]) and (not head.fault or head.fault == c.fault)


def _reason(c: ScoredMoment, choice: Choice, rules: Rules) -> tuple[str, str]:
    """The kind of a reason, for counting, and its sentence."""
    if c.fault:
        return c.fault, c.fault
    if c.score < rules.min_score:
        return LOW, f"scores {c.score:.2f}, below the genre's {rules.min_score:.2f}"
    for other in choice.chosen:
        if overlap(c.frames, other.frames):
            return OVERLAPPED, f"overlaps the better clip at {clock(other.moment.start_ms)}"
    if c.moment.moment_id in choice.same:
        twin = choice.same[c.moment.moment_id].moment
        return "repeated another clip", f"says much the same as the clip at {clock(twin.start_ms)}"
    if len(choice.chosen) >= rules.target:
        return "came after the target was reached", TARGET.format(n=rules.target)
    quota = rules.quotas.get(c.moment.topic)
    if quota is not None and sum(d.moment.topic == c.moment.topic for d in choice.chosen) >= quota:
        return "fell to the quota of its topic", f"its topic already gave its {quota} clips"
    if c.flaws:
        return FLAWS[c.flaws[0]], FLAWS[c.flaws[0]]
    return "fell to better ones", "better moments beside it were chosen"
