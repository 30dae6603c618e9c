"""What a run of lines is worth as a clip: boosted trees and a ridge regression over `run_cues`, blended.

Both were taught the same: the square of the overlap (IoU by words) with the nearest of an editor's picks, times
its grade. The blend of two that err differently beats either (Breiman 1996, stacked regressions). A second blend saw
only runs beside a pick and was taught how much better each overlaps it than the others there: it knows nothing of
places, and more of edges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shortform_assets.selection.learned.line_judge import standard
from shortform_assets.selection.learned.trees import Trees

CLIP = 3.0
"""Standard deviations beyond which a cue counts no further: as taught (tools/train_editor.py)."""
STEEP = 2.5
"""How fast worth nears 1: the best in a thousand runs have 1 - exp(-2.5) = 0.92. Our choice."""
EDGES = 0.5
"""What is said of a run's edges counts this much against its worth, where edges are moved. Chosen in cross-validation
of `benchmarks/editors.py`: more puts more starts and ends right and matches fewer picks."""
SQUARED = 69
"""The first columns, what lines are thought to be, enter the ridge regression squared as well."""


@dataclass(frozen=True)
class Blend:
    """Weights for `run_cues` of trees and a ridge regression that were taught the same. Arrays float32."""

    trees: Trees
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    """(columns + SQUARED + 1,), the last the constant."""
    trees_unit: float
    ridge_unit: float
    """Standard deviation of each part's answers over what it was taught: the parts are summed in these units."""

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], kind: str) -> Blend:
        """From the arrays of a file of weights, each under its name with its `kind` before it."""
        return cls(
            trees=Trees.of(arrays, kind),
            centre=arrays[f"{kind}_centre"],
            scale=arrays[f"{kind}_scale"],
            weights=arrays[f"{kind}_weights"],
            trees_unit=float(arrays[f"{kind}_trees_unit"]),
            ridge_unit=float(arrays[f"{kind}_ridge_unit"]),
        )

    def answers(self, cues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(runs,) float64 of the trees and of the ridge regression, in the units of what they were taught."""
        ridge = widened(standard(cues, self.centre, self.scale, CLIP)) @ self.weights
        return self.trees.predict(cues), ridge.astype(np.float64)

    def predict(self, cues: np.ndarray) -> np.ndarray:
        """(runs,) float64, unbounded."""
        trees, ridge = self.answers(cues)
        return trees / self.trees_unit + ridge / self.ridge_unit


@dataclass(frozen=True)
class RunJudge:
    """What a run is worth, and how well it is cut against the runs around it."""

    worth: Blend
    edges: Blend
    low: float
    high: float
    """Answers of `worth` for a middling run and for the best in a thousand."""

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> RunJudge:
        limits = (float(arrays[name]) for name in ("worth_low", "worth_high"))
        return cls(Blend.of(arrays, "worth"), Blend.of(arrays, "edges"), *limits)

    def judge(self, cues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Worth and cut of runs, each (runs,) float64 from 0 to 1.

        Worth is 0 for what half of all runs reach, 0.92 for one in a thousand. The cut compares runs that hold much
        the same: the highest has the better edges.
        """
        found, wide = self.worth.predict(cues), self.high - self.low
        # It never reaches 1, so that the best stay ranked among themselves.
        worth = 1 - np.exp(-STEEP * np.maximum(0.0, found - self.low) / wide)
        cut = (found + EDGES * self.edges.predict(cues) - self.low) / wide
        return worth, 1 / (1 + np.exp(-4 * (cut - 0.5)))


def widened(table: np.ndarray) -> np.ndarray:
    """The columns, the squares of the first, and a constant."""
    return np.hstack([table, table[:, :SQUARED] ** 2, np.ones((len(table), 1), np.float32)])
