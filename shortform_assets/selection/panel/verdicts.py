"""The panel at work: its rounds, and how its verdicts join the local editor's scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from shortform_assets.contracts.panel_verdicts import Proposal, Verdict, Verdicts
from shortform_assets.contracts.selection import Moment
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.ports.judge import Judge, Leaning, Question, Reply
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.panel.final_ranking import (
    BY_CHANCE,
    FinalVotes,
    dealt_out,
    final_lists,
    final_places,
    final_question,
    pick_finalists,
    read_order,
    strengths_of,
)
from shortform_assets.selection.panel.judging import (
    JudgedPassage,
    Vote,
    batches,
    judge_question,
    merge_votes,
    read_ballot,
)
from shortform_assets.selection.panel.pair_judging import (
    ComparedPair,
    by_pairs,
    compared_pairs,
    pair_question,
    read_pairs,
)
from shortform_assets.selection.panel.panel_asking import AskedSoFar, ask_all
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
    held = _Session(bench, Talk(transcript, lines, turns.speakers, limits, panel), judges, about)
    proposals = held.propose()
    groups = batches(_candidates(held.talk, request.moments, sorted(proposals)), panel.batch)
    votes = held.judge(groups)
    for where, by in proposals.items():
        key = held.talk.moment_id(*where)
        votes[key] = votes[key] or [Vote(found.scores, found.wording) for _, found in by]
    chances = held.compare([passage for group in groups for passage in group])
    judged = _merged(votes, chances, panel)
    judged = held.rank(groups, judged, chances)
    count = held.count
    earlier = f", {count.earlier} answers were there already" if count.earlier else ""
    bench.progress(1.0, f"panel: it cost ${count.usd:.4f} for {count.tokens:,} tokens{earlier}")
    bench.note(panel_usd=round(count.usd, 6), panel_earlier=count.earlier, panel_tokens=count.tokens)
    return Verdicts(
        models=tuple(judge.name for judge in judges if count.answers[judge.name]),
        judged=tuple(judged),
        proposals=tuple(_proposal(held.talk, *where, proposals[where]) for where in sorted(proposals)),
        rejected=dict(sorted((+count.rejected).items())),
        questions=count.questions,
        answered=count.answers.total(),
        attempts=count.attempts,
        tokens=count.tokens,
        failures=tuple(count.sentences(judges)),
        by_pairs=tuple(judge.name for judge in held.pairers if count.answers[judge.name]),
        remarks=tuple(held.remarks),
    )


class _Session:
    """The rounds of one panel. Who is read by pairs proposes nothing, writes nothing and is asked about pairs only."""

    def __init__(self, bench: Workbench, talk: Talk, judges: Sequence[Judge], about: Sequence[str]) -> None:
        self.bench, self.talk, self.about = bench, talk, about
        self.pairers = [judge for judge in judges if by_pairs(judge.name, talk.panel)]
        self.readers = [judge for judge in judges if judge not in self.pairers]
        self.count = AskedSoFar()
        self.remarks: list[str] = []

    def propose(self) -> dict[Range, list[tuple[str, Anchored]]]:
        """What was quoted, and by whom."""
        proposals: dict[Range, list[tuple[str, Anchored]]] = defaultdict(list)
        asked = self.talk.questions(self.about) if self.readers else []
        for judge, number, reply in self._ask(self.readers, asked, "proposing", (0.0, 0.4)):
            reading = self.talk.read(reply.answer, self.talk.windows[number], judge.name)
            self.count.rejected += reading.faults
            for found in reading.found:
                # Windows overlap, so a model may propose one moment twice.
                where = (found.a, found.b, found.cuts)
                if judge.name not in {name for name, _ in proposals[where]}:
                    proposals[where].append((judge.name, found))
        return proposals

    def judge(self, groups: Sequence[Sequence[JudgedPassage]]) -> dict[str, list[Vote]]:
        """Moment id -> votes in numbers."""
        votes: dict[str, list[Vote]] = defaultdict(list)
        asked = [judge_question(self.talk, g, self.about) for g in groups] if self.readers else []
        for judge, number, reply in self._ask(self.readers, asked, "judging", (0.4, 0.8)):
            ballot = read_ballot(self.talk, groups[number], reply.answer, judge.name)
            self.count.rejected += ballot.faults
            for moment_id, vote in ballot.votes.items():
                votes[moment_id].append(vote)
        return votes

    def compare(self, passages: Sequence[JudgedPassage]) -> dict[str, dict[str, float]]:
        """Model -> moment id -> chance of being preferred, of those that are read by pairs."""
        pairs = compared_pairs(passages, self.talk.panel.pairs_each) if self.pairers else []
        asked = [pair_question(self.talk, pair, self.about) for pair in pairs]
        got: dict[str, list[tuple[ComparedPair, Leaning]]] = defaultdict(list)
        for judge, number, reply in self._ask(self.pairers, asked, "comparing pairs", (0.8, 0.9)):
            if isinstance(reply.answer, Leaning):
                got[judge.name].append((pairs[number], reply.answer))
        found = {name: read_pairs(answered) for name, answered in got.items()}
        self.remarks += [
            f"{name} was asked about {told.pairs} pairs in both orders; in {told.turned} its choice turned with the order."
            for name, told in found.items()
        ]
        return {name: told.chances for name, told in found.items() if told.chances}

    def rank(
        self,
        groups: Sequence[Sequence[JudgedPassage]],
        judged: Sequence[Verdict],
        chances: Mapping[str, Mapping[str, float]],
    ) -> list[Verdict]:
        """The verdicts with the scores of the finalists dealt out in the order that all of them have side by side.

        A single batch was side by side already, and pairs are taken from all of them.
        """
        scores = {v.moment_id: v.score for v in judged}
        finalists = pick_finalists(groups, scores, self.talk.panel.finalists) if len(groups) > 1 else []
        lists = final_lists(self.talk, finalists) if self.readers else []
        votes: dict[str, FinalVotes] = defaultdict(FinalVotes)
        asked = [final_question(self.talk, listed, self.about) for listed in lists]
        for judge, number, reply in self._ask(self.readers, asked, "ranking the finalists", (0.9, 1.0)):
            order, faults = read_order(lists[number], reply.answer)
            self.count.rejected += faults
            votes[judge.name].orders[lists[number].part].append(order)
        ranked = {name: strengths_of(vote.outcomes()) for name, vote in votes.items()}
        for name, vote in votes.items():
            if vote.agreement() <= BY_CHANCE:
                self.count.rejected["follows_the_list"] += 1
                del ranked[name]
        ranked = {name: strengths for name, strengths in ranked.items() if strengths}
        if not ranked:
            return list(judged)
        final = {p.moment_id for p in finalists}
        pairs = [{key: value for key, value in told.items() if key in final} for told in chances.values()]
        order = final_places([*ranked.values(), *pairs], scores)
        new = dealt_out(order, scores)
        return [
            v.model_copy(update={"score": new[v.moment_id], "place": order.index(v.moment_id) + 1})
            if v.moment_id in new
            else v
            for v in judged
        ]

    def _ask(
        self, judges: Sequence[Judge], asked: Sequence[Question], what: str, span: tuple[float, float]
    ) -> list[tuple[Judge, int, Reply]]:
        return ask_all(self.bench, judges, asked, self.count, what, span) if judges and asked else []


def _merged(
    votes: Mapping[str, Sequence[Vote]], chances: Mapping[str, Mapping[str, float]], panel: PanelSlice
) -> list[Verdict]:
    """One verdict a moment, in order of id. Where numbers and pairs meet, the chances are brought to the mean and
    spread of the numbers first, and every model counts alike.
    """
    numbers = {key: merge_votes(key, votes[key], panel.rubric) for key in sorted(votes) if votes[key]}
    told: dict[str, list[float]] = defaultdict(list)
    for of_one in chances.values():
        for key, value in (like(of_one, {k: v.score for k, v in numbers.items()}) or of_one).items():
            told[key].append(value)
    found = []
    for key in sorted({*numbers, *told}):
        own, n = numbers.get(key), len(told[key])
        if own is None:
            found.append(Verdict(moment_id=key, scores={}, score=_ratio(fmean(told[key])), votes=n))
        else:
            score = (own.votes * own.score + sum(told[key])) / (own.votes + n)
            found.append(
                own.model_copy(update={"score": _ratio(score), "votes": own.votes + n}) if n else own
            )
    return found


def like(values: Mapping[str, float], model: Mapping[str, float]) -> dict[str, float]:
    """All `values`, moved and stretched so that those which `model` has too get its mean and spread (z-scores).

    Empty where fewer than two are shared, or all shared ones are equal.
    """
    both = [key for key in values if key in model]
    if len(both) < 2:
        return {}
    spread = pstdev(values[key] for key in both)
    if spread == 0:
        return {}
    middle = fmean(values[key] for key in both)
    own = [model[key] for key in both]
    here = fmean(own), pstdev(own)
    return {key: here[0] + (value - middle) / spread * here[1] for key, value in values.items()}


def _ratio(value: float) -> float:
    return min(1.0, max(0.0, value))


def blend(verdicts: Verdicts, local: Mapping[str, float], weight: float) -> dict[str, float]:
    """Moment id -> score, the local one and the panel's joined, for the moments that both have scored.

    Models differ in how generous they are, and lists differ in how good they are. So the panel's scores
    are first brought to the mean and spread of the local ones (z-scores) over the moments both know: what
    counts is the order the panel sees, and the genre's `min_score` keeps its meaning.
    """
    both = {v.moment_id: v.score for v in verdicts.judged if v.moment_id in local}
    mixed = {key: (1 - weight) * local[key] + weight * value for key, value in like(both, local).items()}
    return {key: round(_ratio(value), 4) for key, value in mixed.items()}


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
