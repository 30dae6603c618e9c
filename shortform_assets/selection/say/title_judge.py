"""The learned judge of titles: the chance that an editor lets a line stand, and how far it is its clip's point.

Two small linear models in `weights/title_judge.npz`. The first is a ridge regression that tells which lines of a clip
the title that an editor wrote is about; the second a logistic regression over the line as it reads, its grammar, what
its clip makes of it and what the first says, taught on titles that editors graded. See `docs/selection.md`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from shortform_assets.selection.learned.cue_words import MARKS, PRONOUNS
from shortform_assets.selection.learned.weights import TITLE_JUDGE, load_weights
from shortform_assets.selection.read.lexicon import STOP
from shortform_assets.selection.read.script import Line, plain_text, tokenize
from shortform_assets.selection.say.parsed_clause import FINITE
from shortform_assets.selection.say.phrases import HANGING
from shortform_assets.selection.say.point_cues import point_cues
from shortform_assets.selection.say.title_lines import TitleLine

_MARKS = (
    "emotion", "surprise", "claim", "advice", "story", "people", "speech", "hedge", "filler", "contrast", "absolute",
    "superlative", "house", "greeting", "product", "recall", "steering", "assent", "past", "modal", "negation", "number",
    "time", "money", "work", "things", "analogy", "definition", "open",
)  # fmt: skip


@dataclass(frozen=True)
class TitleJudge:
    """Both models: means and spreads of their cues, weights, the constant last."""

    point_centre: np.ndarray
    point_scale: np.ndarray
    point_weights: np.ndarray
    title_centre: np.ndarray
    title_scale: np.ndarray
    title_weights: np.ndarray

    def points(
        self, lines: Sequence[Line], vectors: np.ndarray, weights: Mapping[str, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """For the lines of a clip their cues (lines, cues), and (lines,) how far each is its point, 0 for its usual line."""
        cues = point_cues(lines, vectors, weights)
        told = ((cues - self.point_centre) / self.point_scale) @ self.point_weights[:-1]
        return cues, told - told.mean()

    def liking(self, title: TitleLine, cues: np.ndarray, points: np.ndarray) -> float:
        """The chance, 0 to 1, that an editor lets it stand; `cues` and `points` are those of its clip's lines."""
        given = (title_cues(title, cues, points) - self.title_centre) / self.title_scale
        return 1 / (1 + math.exp(-float(given @ self.title_weights[:-1] + self.title_weights[-1])))


@cache
def shipped_title_judge() -> TitleJudge:
    """The one that was taught on all labels."""
    return judge_of(load_weights(TITLE_JUDGE))


def judge_of(held: Mapping[str, np.ndarray]) -> TitleJudge:
    """From the arrays of the weights' file."""
    return TitleJudge(**{name: held[name].astype(np.float64) for name in TitleJudge.__dataclass_fields__})


def title_cues(title: TitleLine, cues: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(cues,) float64 of one line: as it reads, its grammar, and its place in the clip."""
    return np.concatenate(
        [_reading(title.text), _grammar(title), [points[title.line]], cues[title.line]]
    ).astype(np.float64)


def _reading(title: str) -> list[float]:
    plain = plain_text(title)
    tokens = tokenize(plain)
    said = max(1, len(tokens))
    shown = title.split()
    return [
        len(tokens) / 10,
        len(tokens) <= 4,
        len(tokens) >= 10,
        sum(t not in STOP for t in tokens) / said,
        sum(map(len, tokens)) / said,
        "," in title,
        any(q in title for q in '"“”'),
        sum(w[:1].isupper() for w in shown[1:]) / said,
        any(c.isdigit() for c in title),
        bool(tokens) and tokens[-1] in HANGING,
        *(sum(t in forms for t in tokens) / said for forms in PRONOUNS.values()),
        *(bool(MARKS[name].search(plain)) for name in _MARKS),
    ]


def _grammar(title: TitleLine) -> list[float]:
    clause = title.clause
    words = clause.words
    root = clause.roots[0] if clause.roots else 0
    subject = clause.subject(root) if words else None
    by = words[subject].text.lower() if subject is not None else ""
    tag = words[subject].tag if subject is not None else ""
    relations = {word.relation for word in words}
    return [
        subject is None,
        by in PRONOUNS["i"],
        by in PRONOUNS["you"],
        by in PRONOUNS["we"],
        by == "it",
        tag == "EX",
        tag in ("NN", "NNS"),
        tag in ("NNP", "NNPS"),
        tag in ("DT", "CD"),
        bool(words) and words[root].lemma == "be",
        bool(words)
        and (
            words[root].tag == "VBD"
            or any(words[c].tag == "VBD" for c in clause.hanging(root, "aux", "auxpass"))
        ),
        any(word.tag == "MD" for word in words),
        bool(words) and clause.negated(root),
        "dobj" in relations,
        "advcl" in relations,
        "ccomp" in relations,
        "relcl" in relations,
        "conj" in relations,
        "nsubjpass" in relations,
        any(word.tag in ("JJR", "RBR") for word in words),
        any(word.tag in ("JJS", "RBS") for word in words),
        any(word.text.lower() == "than" for word in words),
        sum(word.text.lower() == "the" for word in words) / 3,
        sum(word.tag in FINITE for word in words) / 3,
        title.renamed,
        title.kind == "answer",
        title.kind == "question",
        len(words) / max(1, title.words),
    ]
