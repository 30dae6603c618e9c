"""Choosing: the best moments that do not overlap, spread over topics and speakers, and why others fell out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shortform_assets.contracts.selection import FellOut, Moment, Span

MAX_FELL_OUT = 200
SAME_WORDS = 0.7
"""Two moments that share this much of the shorter one's content words say the same."""

TARGET = "the target of {n} clips was reached with better ones"


@dataclass(frozen=True)
class Candidate:
    """A moment with its score and its cut. `fault` is why it can never be chosen, or empty."""

    moment: Moment
    score: float
    parts: dict[str, float]
    spans: tuple[Span, ...]
    word_ranges: tuple[tuple[int, int], ...]
    stems: frozenset[str]
    speaker: int
    fault: str = ""

    @property
    def frames(self) -> tuple[int, int]:
        return (self.spans[0].start_frame, self.spans[-1].end_frame) if self.spans else (0, 0)

    @property
    def flawed(self) -> bool:
        """Faults that are accepted only where the passage offers nothing cleaner."""
        return any(
            self.moment.features.get(flag)
            for flag in ("weak_opener", "missing_question", "open_question", "unclosed")
        )


@dataclass
class Choice:
    chosen: list[Candidate] = field(default_factory=list)
    fell_out: list[FellOut] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    """How many families fell out for each kind of reason."""


def choose(
    candidates: Sequence[Candidate], target: int, min_score: float, diversity: float, speakers: int
) -> Choice:
    """Greedy by score less what repetition costs (maximal marginal relevance: Carbonell and Goldstein, 1998).

    Candidates without a flaw go first; a flawed one is taken only where it overlaps no clean moment that
    is good enough. Deterministic: ties go to the earlier moment.
    """
    able = [c for c in candidates if not c.fault and c.score >= min_score]
    clean = [c for c in able if not c.flawed]
    alone = [c for c in able if c.flawed and not any(_share(c, other) > 0.3 for other in clean)]
    chosen: list[Candidate] = []
    same: dict[str, Candidate] = {}
    for pool in (clean, alone):
        _pick(pool, chosen, same, target, diversity, speakers)
    chosen.sort(key=lambda c: (-c.score, c.moment.start_ms))
    result = Choice(chosen=chosen)
    _explain_rest(result, candidates, target, min_score, same)
    return result


def overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def _share(a: Candidate, b: Candidate) -> float:
    """Overlap as a share of the shorter."""
    (a0, a1), (b0, b1) = a.frames, b.frames
    return overlap((a0, a1), (b0, b1)) / max(1, min(a1 - a0, b1 - b0))


def _pick(
    pool: Sequence[Candidate],
    chosen: list[Candidate],
    same: dict[str, Candidate],
    target: int,
    diversity: float,
    speakers: int,
) -> None:
    left = [c for c in pool if not any(overlap(c.frames, d.frames) for d in chosen)]
    left = [c for c in left if not any(_repeats(c, d, same) for d in chosen)]
    topics = Counter(c.moment.topic for c in chosen)
    voices = Counter(c.speaker for c in chosen)
    while left and len(chosen) < target:

        def value(c: Candidate) -> float:
            again = min(3, topics[c.moment.topic])
            dominant = voices[c.speaker] / len(chosen) - 1 / speakers if chosen and speakers > 1 else 0.0
            return c.score - diversity * (again + max(0.0, dominant))

        best = max(left, key=lambda c: (round(value(c), 6), -c.moment.start_ms, -c.moment.end_ms))
        chosen.append(best)
        topics[best.moment.topic] += 1
        voices[best.speaker] += 1
        left = [c for c in left if not overlap(c.frames, best.frames) and not _repeats(c, best, same)]


def _repeats(c: Candidate, other: Candidate, same: dict[str, Candidate]) -> bool:
    shorter = min(len(c.stems), len(other.stems))
    if shorter >= 6 and len(c.stems & other.stems) >= SAME_WORDS * shorter:
        same[c.moment.moment_id] = other
        return True
    return False


def _explain_rest(
    result: Choice, candidates: Sequence[Candidate], target: int, min_score: float, same: dict[str, Candidate]
) -> None:
    """One reason a family: moments that mostly overlap a better one of the same fate are not listed again."""
    picked = {c.moment.moment_id for c in result.chosen}
    heads: list[Candidate] = []
    # What can never be chosen is listed first, so that an advert's reason is never crowded out.
    for c in sorted(candidates, key=lambda c: (not c.fault, -c.score, c.moment.start_ms)):
        rivals = heads if c.fault else [*heads, *result.chosen]
        if c.moment.moment_id in picked or any(_kin(c, head) for head in rivals):
            continue
        heads.append(c)
        kind, reason = _reason(c, result.chosen, target, min_score, same)
        result.reasons[kind] += 1
        if len(result.fell_out) < MAX_FELL_OUT:
            m = c.moment
            result.fell_out.append(
                FellOut(
                    moment_id=m.moment_id, start_ms=m.start_ms, end_ms=m.end_ms, score=c.score, reason=reason
                )
            )
    result.fell_out.sort(key=lambda f: (-f.score, f.start_ms))


def _kin(c: Candidate, head: Candidate) -> bool:
    a, b = (c.moment.start_ms, c.moment.end_ms), (head.moment.start_ms, head.moment.end_ms)
    return overlap(a, b) >= 0.5 * min(a[1] - a[0], b[1] - b[0]) and (not head.fault or head.fault == c.fault)


def _reason(
    c: Candidate, chosen: Sequence[Candidate], target: int, min_score: float, same: dict[str, Candidate]
) -> tuple[str, str]:
    """The kind of a reason, for counting, and its sentence."""
    if c.fault:
        return c.fault, c.fault
    if c.score < min_score:
        return "scored too low", f"scores {c.score:.2f}, below the genre's {min_score:.2f}"
    for other in chosen:
        if overlap(c.frames, other.frames):
            return "overlapped a better clip", f"overlaps the better clip at {clock(other.moment.start_ms)}"
    if c.moment.moment_id in same:
        return "repeated another clip", (
            f"says much the same as the clip at {clock(same[c.moment.moment_id].moment.start_ms)}"
        )
    if len(chosen) >= target:
        return "came after the target was reached", TARGET.format(n=target)
    for flag, reason in (
        ("missing_question", "is an answer whose question is not in it"),
        ("open_question", "ends on a question that is answered later"),
        ("weak_opener", "opens on a weak word, and a cleaner opening is beside it"),
        ("unclosed", "ends inside running speech"),
    ):
        if c.moment.features.get(flag):
            return reason, reason
    return "fell to better ones", "better moments of the same topic were chosen"


def clock(ms: int) -> str:
    """1:02:03 or 2:03."""
    hours, rest = divmod(ms // 1000, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
