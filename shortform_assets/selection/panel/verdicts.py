"""The panel at work: both rounds, and how its verdicts join the local editor's scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from shortform_assets.contracts.panel_verdicts import Proposal, Verdicts
from shortform_assets.contracts.selection import Moment
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.ports.judge import Judge, Question, Reply
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.panel.judging import (
    JudgedPassage,
    Vote,
    batches,
    judge_question,
    merge_votes,
    read_ballot,
)
from shortform_assets.selection.panel.proposing import Anchored, LineCuts, Talk
from shortform_assets.selection.read.features import Limits
from shortform_assets.selection.read.script import read_script

Range = tuple[int, int, LineCuts]
"""First and last line of a moment, and what it leaves out."""
SAME = 0.7
"""Of two moments that share this much of both together, only the better one is shown to the panel, and what
the panel thinks of that holds for the other. Set by hand;
test_another_cut_of_a_passage_that_the_panel_dislikes_does_not_slip_in."""


@dataclass(frozen=True)
class PanelRequest:
    """What the panel is asked about."""

    moments: Sequence[Moment]
    """Best first."""
    transcript: Transcript
    turns: SpeakerTurns
    panel: PanelSlice
    limits: Limits
    """The genre's lengths of a clip."""
    about: Sequence[str] = ()
    """What the user asked for."""


def hold_panel(bench: Workbench, judges: Sequence[Judge], request: PanelRequest) -> Verdicts:
    """What the `judges` propose, and how they score their proposals and the moments. Never raises for what a
    model or its server does: what was answered is used, the rest is in `failures` and `rejected`. Costs go
    to `bench.note`. No judges or no words: an empty result.
    """
    transcript, turns, panel, limits = request.transcript, request.turns, request.panel, request.limits
    about = request.about
    if not judges or not transcript.words or not transcript.sentences:
        return Verdicts()
    lines = read_script(transcript, turns, limits.max_ms // 2)
    talk = Talk(transcript, lines, turns.speakers, limits, panel)
    count = _Count()
    asked = talk.questions(about)
    bench.progress(0.0, _told(judges, asked, "panel, proposing"))
    first = _ask(bench, judges, asked, count, (0.0, 0.5))
    proposals: dict[Range, list[tuple[str, Anchored]]] = defaultdict(list)
    for judge, number, reply in first:
        reading = talk.read(reply.answer, talk.windows[number], judge.name)
        count.rejected += reading.faults
        for found in reading.found:
            # Windows overlap, so a model may propose one moment twice.
            where = (found.a, found.b, found.cuts)
            if judge.name not in {name for name, _ in proposals[where]}:
                proposals[where].append((judge.name, found))
    groups = batches(_candidates(talk, request.moments, sorted(proposals)), panel.batch)
    votes: dict[str, list[Vote]] = defaultdict(list)
    asked = [judge_question(talk, g, about) for g in groups]
    bench.progress(0.5, _told(judges, asked, "panel, judging"))
    second = _ask(bench, judges, asked, count, (0.5, 1.0))
    for judge, number, reply in second:
        ballot = read_ballot(talk, groups[number], reply.answer, judge.name)
        count.rejected += ballot.faults
        for moment_id, vote in ballot.votes.items():
            votes[moment_id].append(vote)
    for where, by in proposals.items():
        votes[talk.moment_id(*where)] = votes[talk.moment_id(*where)] or [
            Vote(found.scores, found.wording) for _, found in by
        ]
    earlier = f", {count.earlier} answers were there already" if count.earlier else ""
    bench.progress(1.0, f"panel: it cost ${count.usd:.4f} for {count.tokens:,} tokens{earlier}")
    bench.note(panel_usd=round(count.usd, 6), panel_earlier=count.earlier, panel_tokens=count.tokens)
    return Verdicts(
        models=tuple(judge.name for judge in judges if count.answers[judge.name]),
        judged=tuple(merge_votes(key, votes[key], panel.rubric) for key in sorted(votes) if votes[key]),
        proposals=tuple(_proposal(talk, *where, proposals[where]) for where in sorted(proposals)),
        rejected=dict(sorted((+count.rejected).items())),
        questions=count.questions,
        answered=count.answers.total(),
        attempts=count.attempts,
        tokens=count.tokens,
        failures=tuple(count.sentences(judges)),
    )


def blend(verdicts: Verdicts, local: Mapping[str, float], weight: float) -> dict[str, float]:
    """Moment id -> score, the local one and the panel's joined, for the moments that both have scored.

    Models differ in how generous they are, and lists differ in how good they are. So the panel's scores
    are first brought to the mean and spread of the local ones (z-scores) over the moments both know: what
    counts is the order the panel sees, and the genre's `min_score` keeps its meaning.
    """
    both = {v.moment_id: v.score for v in verdicts.judged if v.moment_id in local}
    if len(both) < 2:
        return {}
    own = [local[key] for key in both]
    spread = pstdev(both.values())
    if spread == 0:
        return {}
    middle, here = fmean(both.values()), (fmean(own), pstdev(own))
    mixed = {
        key: (1 - weight) * local[key] + weight * (here[0] + (value - middle) / spread * here[1])
        for key, value in both.items()
    }
    return {key: round(min(1.0, max(0.0, value)), 4) for key, value in mixed.items()}


def _told(judges: Sequence[Judge], questions: Sequence[Question], what: str) -> str:
    """What is about to be asked, and what that costs at most where every answer holds at once."""
    costs = [judge.most_cost(questions) for judge in judges]
    asked = (
        f"{what}: {len(judges) * len(questions)} questions, {sum(c.tokens for c in costs):,} tokens at most"
    )
    if any(c.usd is None for c in costs):
        return f"{asked}, at a price that nobody knows"
    return f"{asked}, ${sum(c.usd or 0.0 for c in costs):.4f} at most"


@dataclass
class _Count:
    questions: int = 0
    attempts: int = 0
    tokens: int = 0
    usd: float = 0.0
    earlier: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, judge: str, reply: Reply) -> None:
        self.questions += 1
        self.attempts += reply.attempts
        self.tokens += reply.tokens
        self.usd += reply.usd
        self.earlier += reply.earlier
        self.rejected += Counter(reply.faults)
        if reply.answer is None:
            self.failures[judge][reply.failure] += 1
        else:
            self.answers[judge] += 1

    def sentences(self, judges: Sequence[Judge]) -> Iterator[str]:
        for judge in judges:
            lost = self.failures.get(judge.name)
            if lost:
                asked = lost.total() + self.answers[judge.name]
                why = ", ".join(f"{reason} ({n})" for reason, n in sorted(lost.items()))
                yield f"{judge.name} left {lost.total()} of {asked} questions without an answer: {why}"


def _ask(
    bench: Workbench,
    judges: Sequence[Judge],
    questions: Sequence[Question],
    count: _Count,
    span: tuple[float, float],
) -> list[tuple[Judge, int, Reply]]:
    """The replies with an answer, by judge and question. All judges are asked at once."""
    answered: list[tuple[Judge, int, Reply]] = []
    total, done = max(1, len(judges) * len(questions)), 0
    with ExitStack() as stack:
        under_way = [(judge, stack.enter_context(judge.ask(questions))) for judge in judges]
        for judge, replies in under_way:
            got = []
            for number, reply in replies:
                got.append((number, reply))
                done += 1
                bench.progress(span[0] + (span[1] - span[0]) * done / total, f"panel: {done} of {total}")
            for number, reply in sorted(got, key=lambda pair: pair[0]):
                count.add(judge.name, reply)
                if reply.answer is not None:
                    answered.append((judge, number, reply))
    return answered


def _candidates(talk: Talk, moments: Sequence[Moment], proposed: Sequence[Range]) -> list[JudgedPassage]:
    """All proposals, and the best of `moments` that are not nearly one already taken."""
    taken = [JudgedPassage(talk.moment_id(*where), *where) for where in proposed]
    room = talk.panel.judged
    for moment in moments:
        if room <= 0:
            break
        if not 0 <= moment.first_word <= moment.last_word < len(talk.line_of):
            continue
        a, b = talk.line_of[moment.first_word], talk.line_of[moment.last_word]
        if not any(_alike(a, b, other) for other in taken):
            taken.append(JudgedPassage(moment.moment_id, a, b))
            room -= 1
    return taken


def _alike(a: int, b: int, other: JudgedPassage) -> bool:
    shared = min(b, other.b) - max(a, other.a) + 1
    return shared > SAME * (max(b, other.b) - min(a, other.a) + 1)


def _proposal(talk: Talk, a: int, b: int, cuts: LineCuts, by: Sequence[tuple[str, Anchored]]) -> Proposal:
    quote = by[0][1].quote
    return Proposal(
        moment_id=talk.moment_id(a, b, cuts),
        first_word=talk.lines[a].first,
        last_word=talk.lines[b].last,
        quote_first=quote.first,
        quote_last=quote.last,
        cuts=tuple((talk.lines[x].first, talk.lines[y].last) for x, y in cuts),
        models=tuple(name for name, _ in by),
    )
