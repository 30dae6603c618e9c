"""The learned judgement as a whole: loaded once from the shipped weights, asked about one talk at a time.

How it was trained, on what, and how far to trust it: `docs/selection.md`, `tools/train_editor.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from shortform_assets.selection.learned.line_cues import talk_cues, unit
from shortform_assets.selection.learned.line_judge import LABELS, LineJudge
from shortform_assets.selection.learned.run_cues import JudgedLines, run_cues
from shortform_assets.selection.learned.run_judge import RunJudge
from shortform_assets.selection.learned.trees import Trees
from shortform_assets.selection.learned.weights import EDITORS_EYE, load_weights
from shortform_assets.selection.read.script import Line

LANGUAGES = frozenset({"en"})
"""Languages that it was taught; elsewhere the measured features decide alone."""
FEWEST_LINES = 150
"""Of less talk than this, some fifteen minutes, it is not asked: what it knows of place and contrast is relative to the
source, and the shortest that it was taught has 316. On an episode of four minutes it finds next to nothing worth a clip."""
NEVER, DOUBTFUL = 0.3, 0.1
"""Mean likeness to greetings, adverts and housekeeping from which a run is worth nothing, and from which it is
worth less: two in three of the editors' picks are under the second, one in fifty is over the first."""


@dataclass(frozen=True)
class EditorsEye:
    """Weights of both judges."""

    lines: LineJudge
    runs: RunJudge

    def look(self, lines: Sequence[Line], vectors: np.ndarray) -> JudgedTalk:
        """One talk. `vectors` (lines, dimensions) are embeddings of the model that it was taught with."""
        vectors = unit(vectors.astype(np.float32)).astype(np.float32)
        cues, names = talk_cues(lines, vectors)
        return JudgedTalk(self, tuple(lines), cues, names, vectors, self.lines.predict(cues, vectors))


@dataclass(frozen=True)
class JudgedTalk:
    """What the eye makes of one talk."""

    eye: EditorsEye
    lines: tuple[Line, ...]
    cues: np.ndarray
    names: tuple[str, ...]
    vectors: np.ndarray
    judged: np.ndarray
    """(lines, LABELS)."""

    def worth(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs,) float64, 0 to 1, of the runs of lines a..b, both included."""
        if not len(a):
            return np.zeros(0)
        never = self.never(a, b)
        found = self.eye.runs.worth(self.run_cues(a, b)) * (1 - np.maximum(0.0, never - DOUBTFUL))
        return np.where(never >= NEVER, 0.0, found)

    def run_cues(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs, columns) float32, see `run_cues.run_cues`."""
        meanings = self.eye.lines.meanings(self.vectors)
        talk = JudgedLines(self.lines, self.cues, self.names, self.judged, self.vectors, meanings)
        return run_cues(talk, a, b)

    def never(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs,) mean over the run's lines of how much they look like what is never a clip."""
        sums = np.r_[0.0, np.cumsum(self.judged[:, LABELS.index("never")], dtype=np.float64)]
        return (sums[b + 1] - sums[a]) / (b + 1 - a)


@cache
def shipped_eye() -> EditorsEye:
    """The weights that ship with the project; FileNotFoundError where the installation lacks them."""
    return eye_of(load_weights(EDITORS_EYE))


def read_eye(path: Path) -> EditorsEye:
    """An eye from a file of named arrays."""
    with np.load(path, allow_pickle=False) as held:
        return eye_of({name: held[name] for name in held.files})


def eye_of(arrays: Mapping[str, np.ndarray]) -> EditorsEye:
    """The eye of named arrays, in single precision whatever they are stored in."""
    own = {n: v.astype(np.float32) if v.dtype.kind == "f" else v.astype(np.int64) for n, v in arrays.items()}
    trees = Trees.of(own)
    return EditorsEye(
        LineJudge(
            centre_of_meaning=own["meaning_centre"],
            axes=own["meaning_axes"],
            centre=own["line_centre"],
            scale=own["line_scale"],
            weights=own["line_weights"],
            bias=own["line_bias"],
        ),
        RunJudge(
            trees=trees,
            centre=own["run_centre"],
            scale=own["run_scale"],
            weights=own["run_weights"],
            trees_unit=float(own["trees_unit"]),
            ridge_unit=float(own["ridge_unit"]),
            low=float(own["worth_low"]),
            high=float(own["worth_high"]),
        ),
    )
