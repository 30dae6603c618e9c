"""Teaching the judge of titles from the editors' labels, and measuring it by episodes that it did not see."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from editor_labels import Talk
from editor_scores import auc

from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection.read.meaning import word_vectors
from shortform_assets.selection.read.script import Line, is_content, plain_text, stem, tokenize
from shortform_assets.selection.read.topics import idf
from shortform_assets.selection.say.parsed_clause import ParsedClause
from shortform_assets.selection.say.point_cues import point_cues
from shortform_assets.selection.say.title_checks import faults
from shortform_assets.selection.say.title_judge import TitleJudge, judge_of, title_cues
from shortform_assets.selection.say.title_lines import ClipLine, TitleLine, title_lines

POINT_RIDGE = 50.0
TITLE_RIDGE = 12.0
FEWEST_LINES = 3
"""Of a shorter clip every line is its point."""
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
"""Of the clips that some line could title, so many get it without being marked."""


@dataclass(frozen=True)
class GradedTitle:
    """A title that an editor graded, as the judge sees it."""

    talk: str
    title: TitleLine
    lines: tuple[Line, ...]
    cues: np.ndarray
    ok: bool
    faulty: bool
    made: bool
    """Whether it is among the lines that are found for its clip today; questions are only makeshifts."""
    grade: int
    """Of its clip, 0 to 3."""


@dataclass(frozen=True)
class PointedClip:
    """The lines of a pick, and how much each says what the editor called it."""

    talk: str
    cues: np.ndarray
    wanted: np.ndarray


def read_titles(talks: Sequence[Talk], parser: SentenceParser) -> list[GradedTitle]:
    """All graded titles, in order."""
    found = []
    for talk in talks:
        weights = idf(talk.lines)
        for shown in talk.titles:
            held = [
                n
                for n, line in enumerate(talk.lines)
                if any(a <= (line.first + line.last) // 2 <= b for a, b in shown.ranges)
            ]
            if not held:
                continue
            lines = tuple(talk.lines[n] for n in held)
            said = [ClipLine(line.text, line.speaker) for line in lines]
            before = talk.lines[held[0] - 1].text if held[0] else ""
            made = {plain_text(t.text) for t in title_lines(parser, said, before)}
            clause = ParsedClause(parser.parse([shown.text])[0])
            at = _source(shown.text, lines)
            kind: Literal["claim", "question"] = "question" if shown.text.endswith("?") else "claim"
            found.append(
                GradedTitle(
                    talk.name,
                    TitleLine(shown.text, at, kind, clause, len(lines[at].tokens)),
                    lines,
                    point_cues(lines, word_vectors(lines, weights), weights),
                    shown.ok > 0,
                    bool(faults(shown.text, clause)),
                    kind == "claim" and plain_text(shown.text) in made,
                    shown.grade,
                )
            )
    return found


def read_points(talks: Sequence[Talk]) -> list[PointedClip]:
    """All picks of enough lines."""
    found = []
    for talk in talks:
        weights = idf(talk.lines)
        for pick in talk.picks:
            lines = [x for x in talk.lines if pick.first <= (x.first + x.last) // 2 <= pick.last]
            if len(lines) < FEWEST_LINES:
                continue
            called = [
                {stem(t) for t in tokenize(plain_text(text)) if is_content(t)}
                for text in (pick.title, pick.hook)
            ]
            # How much of what the editor wrote the line says, each word by how telling it is.
            wanted = np.array(
                [max(_shared(set(line.stems), words, weights) for words in called) for line in lines]
            )
            cues = point_cues(lines, word_vectors(lines, weights), weights)
            found.append(PointedClip(talk.name, cues, wanted - wanted.mean()))
    return found


def train_titles(titles: Sequence[GradedTitle], points: Sequence[PointedClip]) -> dict[str, np.ndarray]:
    """The arrays of `say.title_judge.TitleJudge`; the same every time."""
    cues, wanted = np.vstack([p.cues for p in points]), np.concatenate([p.wanted for p in points])
    point_centre, point_scale = cues.mean(0), cues.std(0) + 1e-3
    table = np.column_stack([(cues - point_centre) / point_scale, np.ones(len(cues))])
    left = table.T @ table + POINT_RIDGE * np.eye(table.shape[1])
    point_weights = np.linalg.solve(left, table.T @ wanted)
    # All clips' lines are wanted 0 on average; what is left of that by rounding hangs on the number of threads.
    point_weights[-1] = 0.0
    held = {
        "point_centre": point_centre,
        "point_scale": point_scale,
        "point_weights": point_weights,
        "title_centre": np.zeros(0),
        "title_scale": np.zeros(0),
        "title_weights": np.zeros(0),
    }
    half = judge_of(held)
    # Those with a fault are three of five: without them there is too little to learn from.
    given = np.array([_cues(half, t) for t in titles])
    truth = np.array([t.ok for t in titles], float)
    held["title_centre"], held["title_scale"] = given.mean(0), given.std(0) + 0.05
    held["title_weights"] = _logistic((given - held["title_centre"]) / held["title_scale"], truth)
    return {name: array.astype(np.float32) for name, array in held.items()}


def title_scores(
    titles: Sequence[GradedTitle], points: Sequence[PointedClip], fold: Mapping[str, int]
) -> dict[str, float]:
    """How well a judge that was taught on the other folds tells those that were let stand; the trade-off by `SHARES`."""
    truth, liked, sound, made, worth = [], [], [], [], []
    for k in sorted(set(fold.values())):
        judge = judge_of(
            train_titles(
                [t for t in titles if fold.get(t.talk, k) != k],
                [p for p in points if fold.get(p.talk, k) != k],
            )
        )
        for title in (t for t in titles if fold.get(t.talk) == k):
            truth.append(title.ok)
            liked.append(_liking(judge, title))
            sound.append(not title.faulty)
            made.append(title.made)
            worth.append(title.grade >= 2)
    t, s, whole, now, good = (np.array(x) for x in (truth, liked, sound, made, worth))
    found = {
        "titles graded": float(len(t)),
        "let stand": float(t.mean()),
        "without fault": float(whole.mean()),
        "let stand of those without fault": float(t[whole].mean()),
        "found today": float(now.sum()),
        "let stand of those found today": float(t[now].mean()),
        "found today, clips of grade 2 and 3": float((now & good).sum()),
        "let stand of these": float(t[now & good].mean()),
        "AUC of the judge": auc(t[whole], s[whole]),
        "AUC of the judge, found today": auc(t[now], s[now]),
    }
    order = np.argsort(-s[now], kind="stable")
    for share in SHARES:
        most = max(1, round(share * now.sum()))
        found[f"let stand of the best {share:.0%}"] = float(t[now][order[:most]].mean())
        found[f"liking of the best {share:.0%}"] = float(s[now][order[most - 1]])
    return found


def _liking(judge: TitleJudge, title: GradedTitle) -> float:
    return judge.liking(title.title, title.cues, _points(judge, title.cues))


def _cues(judge: TitleJudge, title: GradedTitle) -> np.ndarray:
    return title_cues(title.title, title.cues, _points(judge, title.cues))


def _points(judge: TitleJudge, cues: np.ndarray) -> np.ndarray:
    told = ((cues - judge.point_centre) / judge.point_scale) @ judge.point_weights[:-1]
    found: np.ndarray = told - told.mean()
    return found


def _shared(said: set[str], wanted: set[str], weights: Mapping[str, float]) -> float:
    whole = sum(weights.get(s, 1.0) for s in wanted)
    return sum(weights.get(s, 1.0) for s in said & wanted) / whole if whole else 0.0


def _source(title: str, lines: Sequence[Line]) -> int:
    """The line that says most of the title's words."""
    wanted = set(re.findall(r"\w+", plain_text(title)))
    said = [set(re.findall(r"\w+", line.plain)) for line in lines]
    return max(range(len(lines)), key=lambda n: (len(wanted & said[n]), -len(said[n])))


def _logistic(table: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(columns + 1,) weights of a ridge logistic regression by Newton's method, the constant last."""
    table = np.column_stack([table, np.ones(len(table))])
    strength = np.full(table.shape[1], TITLE_RIDGE)
    strength[-1] = 1e-3
    weights = np.zeros(table.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (chance - truth) + strength * weights
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + np.diag(strength)
        weights = weights - np.linalg.solve(bend, slope)
    return weights
