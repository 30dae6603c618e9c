"""Questions put to all judges at once, what that costs at most, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from shortform_assets.ports.judge import Judge, Question, Reply
from shortform_assets.ports.workbench import Workbench


@dataclass
class AskedSoFar:
    """What the rounds of one panel have asked, got and cost."""

    questions: int = 0
    attempts: int = 0
    tokens: int = 0
    usd: float = 0.0
    earlier: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, judge: str, reply: Reply) -> None:
        """Counts one reply of a judge."""
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
        """One for every judge that did not answer everything."""
        for judge in judges:
            lost = self.failures.get(judge.name)
            if lost:
                asked = lost.total() + self.answers[judge.name]
                why = ", ".join(f"{reason} ({n})" for reason, n in sorted(lost.items()))
                yield f"{judge.name} left {lost.total()} of {asked} questions without an answer: {why}"


def ask_all(
    bench: Workbench,
    judges: Sequence[Judge],
    questions: Sequence[Question],
    count: AskedSoFar,
    what: str,
    span: tuple[float, float],
) -> list[tuple[Judge, int, Reply]]:
    """The replies with an answer, by judge and question. All judges are asked at once.

    `what` names the round; what it costs at most is told before anything is sent. `span` is its share of the
    whole panel's progress, both from 0 to 1.
    """
    bench.progress(span[0], told_cost(judges, questions, what))
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


def told_cost(judges: Sequence[Judge], questions: Sequence[Question], what: str) -> str:
    """What is about to be asked, and what that costs at most where every answer holds at once."""
    costs = [judge.most_cost(questions) for judge in judges]
    asked = f"panel, {what}: {len(judges) * len(questions)} questions, {sum(c.tokens for c in costs):,} tokens at most"
    if any(c.usd is None for c in costs):
        return f"{asked}, at a price that nobody knows"
    return f"{asked}, ${sum(c.usd or 0.0 for c in costs):.4f} at most"
