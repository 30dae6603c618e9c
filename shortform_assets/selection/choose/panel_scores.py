"""What the panel makes of the moments: its scores beside the local editor's, its reasons and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.panel_verdicts import PanelWording, Verdict, Verdicts
from shortform_assets.contracts.selection import Moment
from shortform_assets.selection.panel.verdicts import SAME, blend

DOUBTED = (
    "{model} was read by probabilities over pairs, and nobody measured it: its scores count little. Measure it with "
    "benchmarks/editors.py --panel, see docs/panel.md."
)


@dataclass(frozen=True)
class Judgement:
    """What the panel makes of a moment. The parts are the local editor's score and what the panel changed."""

    score: float
    parts: dict[str, float]
    reason: str
    wording: PanelWording | None = None


def judgements(
    verdicts: Verdicts | None, moments: Sequence[Moment], local: Mapping[str, float], weight: float
) -> dict[str, Judgement]:
    """Moment id -> judgement, for the moments that the panel scored and for other cuts of the same passages.

    `local` are the local editor's scores, `weight` is what the panel counts against them, from 0 to 1. Of
    several cuts of one passage only the best is shown to the panel; what it thinks of that holds for the rest.
    """
    if verdicts is None:
        return {}
    mixed = blend(verdicts, local, weight)
    found = {}
    for verdict in verdicts.judged:
        if verdict.moment_id not in local:
            continue
        own = local[verdict.moment_id]
        value = mixed.get(verdict.moment_id, own)
        found[verdict.moment_id] = Judgement(
            score=value,
            parts={"local": own, "panel": round(value - own, 4)},
            reason=_reason(verdict),
            wording=verdict.wording,
        )
    # What it thinks of a passage with something left out says nothing of the passage with it.
    cut = {proposal.moment_id for proposal in verdicts.proposals if proposal.cuts}
    judged = [m for m in moments if m.moment_id in found and m.moment_id not in cut]
    for moment in moments:
        if moment.moment_id in found or not judged:
            continue
        likeness, twin = max(((_likeness(moment, m), m.moment_id) for m in judged), key=lambda t: t[0])
        if likeness >= SAME:
            changed = round(likeness * found[twin].parts["panel"], 4)
            own = local[moment.moment_id]
            score = round(min(1.0, max(0.0, own + changed)), 4)
            found[moment.moment_id] = Judgement(
                score=score, parts={"local": own, "panel": round(score - own, 4)}, reason=found[twin].reason
            )
    return found


def _likeness(a: Moment, b: Moment) -> float:
    """Shared words over all words of both."""
    shared = min(a.last_word, b.last_word) - max(a.first_word, b.first_word) + 1
    return max(0, shared) / (max(a.last_word, b.last_word) - min(a.first_word, b.first_word) + 1)


def panel_notes(verdicts: Verdicts | None, measured: bool) -> tuple[str, ...]:
    """What the plan has to say about models that did not answer, and about small ones that nobody measured."""
    if verdicts is None:
        return ()
    alone = ("The local editor decided alone.",) if verdicts.failures and not verdicts.judged else ()
    doubted = () if measured else verdicts.by_pairs
    return (
        *verdicts.failures,
        *alone,
        *verdicts.remarks,
        *(DOUBTED.format(model=model) for model in doubted),
    )


def _reason(verdict: Verdict) -> str:
    best = sorted(verdict.scores, key=lambda name: (-verdict.scores[name], name))[:2]
    named = " and ".join(f"{name.replace('_', ' ')} {verdict.scores[name]:.2f}" for name in best)
    votes = "1 vote" if verdict.votes == 1 else f"{verdict.votes} votes"
    place = f" and place {verdict.place} in the end" if verdict.place else ""
    return f"the panel ({votes}) gave it {verdict.score:.2f}{place}" + (
        f", most for {named}" if named else ""
    )
