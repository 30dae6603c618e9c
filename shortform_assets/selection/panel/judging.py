"""The second round: every model scores the same candidates, without knowing where they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

from shortform_assets.contracts.panel_verdicts import PanelWording, Verdict
from shortform_assets.contracts.slices.panel_slice import Criterion
from shortform_assets.ports.judge import Question, Review
from shortform_assets.selection.panel.model_wording import check_wording
from shortform_assets.selection.panel.proposing import LineCuts, Talk, kept_lines
from shortform_assets.selection.panel.rubric import TEN, answers, judge_instructions
from shortform_assets.selection.panel.transcript_windows import shown
from shortform_assets.text.model_data import as_data

NOBODY_SCORED = "No candidate you were shown got scores. Use the ids c1, c2, ... as they stand."


@dataclass(frozen=True)
class JudgedPassage:
    """Lines a..b of the talk."""

    moment_id: str
    a: int
    b: int
    cuts: LineCuts = ()


@dataclass(frozen=True)
class Vote:
    """What one model gave one moment: criterion -> 0 to 1."""

    scores: Mapping[str, float]
    wording: PanelWording


@dataclass
class Ballot:
    """What may be used of one answer, and what may not."""

    votes: dict[str, Vote] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)


def batches(candidates: Sequence[JudgedPassage], size: int) -> list[tuple[JudgedPassage, ...]]:
    """Candidates in order of time, `size` to a question; the last two share what is left evenly."""
    ordered = sorted(candidates, key=lambda c: (c.a, c.b))
    count = -(-len(ordered) // size)
    return [tuple(ordered[i * len(ordered) // count : (i + 1) * len(ordered) // count]) for i in range(count)]


def judge_question(talk: Talk, batch: Sequence[JudgedPassage], about: Sequence[str]) -> Question:
    """One question about all candidates of `batch`, named c1, c2, ... in order of time."""
    _, kind = answers(talk.panel.rubric)
    data = {
        "language": talk.transcript.language,
        "wanted_topics": list(about),
        "candidates": [shown_candidate(talk, n, c) for n, c in enumerate(batch, start=1)],
    }
    return Question(
        kind="judge",
        instructions=judge_instructions(talk.panel.rubric),
        data=as_data(data),
        answer=kind,
        review=partial(_review, talk, batch),
    )


def shown_candidate(talk: Talk, n: int, passage: JudgedPassage) -> dict[str, Any]:
    """A passage as a model sees it, named c and its number; nothing tells where it comes from."""
    return {
        "id": f"c{n}",
        "seconds": round((talk.lines[passage.b].end_ms - talk.lines[passage.a].start_ms) / 1000),
        "sentences": [
            {"speaker": line["speaker"], "text": line["text"]}
            for line in shown(talk.lines, talk.speakers, passage.a, passage.b)
            if not any(x <= line["n"] <= y for x, y in passage.cuts)
        ],
    }


def read_ballot(talk: Talk, batch: Sequence[JudgedPassage], answer: Any, model: str) -> Ballot:
    """The votes of one answer to the question about `batch`."""
    ballot = Ballot()
    ballot.faults["invented_field"] += answer.invented()
    by_id = {f"c{n}": c for n, c in enumerate(batch, start=1)}
    for judged in answer.candidates:
        candidate = by_id.get(judged.candidate.strip())
        if candidate is None:
            ballot.faults["unknown_candidate"] += 1
        elif candidate.moment_id in ballot.votes:
            ballot.faults["scored_twice"] += 1
        else:
            held = kept_lines(candidate.a, candidate.b, candidate.cuts)
            said = {stem for i in held for stem in talk.lines[i].stems}
            wording, faults = check_wording(judged, model, said, talk.stems)
            ballot.faults += faults
            scores = {name: getattr(judged.scores, name) / TEN for name in sorted(talk.panel.rubric)}
            ballot.votes[candidate.moment_id] = Vote(scores, wording)
    ballot.faults["not_scored"] += len(batch) - len(ballot.votes)
    given = {tuple(vote.scores.values()) for vote in ballot.votes.values()}
    if len(ballot.votes) >= 3 and len(given) == 1:
        # Whoever cannot tell three clips apart has not judged them, or did what the talk told him to.
        ballot.faults["flat_scores"] += 1
        ballot.votes = {}
    return ballot


def _review(talk: Talk, batch: Sequence[JudgedPassage], answer: Any) -> Review:
    ballot = read_ballot(talk, batch, answer, "")
    lost = not ballot.votes and not ballot.faults["flat_scores"]
    return Review(+ballot.faults, NOBODY_SCORED if lost else "")


def merge_votes(moment_id: str, votes: Sequence[Vote], rubric: Mapping[str, Criterion]) -> Verdict:
    """The median of every criterion, so that one model alone cannot lift a moment among three.

    The wording is that of the first model whose hook line holds up, else of the first one.
    """
    scores = {name: round(median(vote.scores[name] for vote in votes), 4) for name in sorted(rubric)}
    total = sum(criterion.weight for criterion in rubric.values())
    worded = [vote.wording for vote in votes if vote.wording.title or vote.wording.hook]
    return Verdict(
        moment_id=moment_id,
        scores=scores,
        score=sum(rubric[name].weight * value for name, value in scores.items()) / total,
        votes=len(votes),
        wording=next((w for w in worded if w.hook), worded[0] if worded else None),
    )
