"""What a run of lines is worth as a clip: boosted trees and a ridge regression over `run_cues`, blended.

Both were taught the same: the square of the overlap (IoU by words) with the nearest of an editor's picks, times
its grade. The blend of two that err differently beats either (Breiman 1996, stacked regressions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shortform_assets.selection.learned.line_judge import standard
from shortform_assets.selection.learned.trees import Trees

CLIP = 3.0
"""Standard deviations beyond which a cue counts no further: as taught (tools/train_editor.py)."""
STEEP = 2.5
"""How fast worth nears 1: the best in a thousand runs have 1 - exp(-2.5) = 0.92. Our choice."""
SQUARED = 69
"""The first columns, what lines are thought to be, enter the ridge regression squared as well."""


@dataclass(frozen=True)
class RunJudge:
    """Weights for `run_cues`. Arrays float32."""

    trees: Trees
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    """(columns + SQUARED + 1,), the last the constant."""
    trees_unit: float
    ridge_unit: float
    """Standard deviation of each part's answers over all runs: the parts are summed in these units."""
    low: float
    high: float
    """Blended answers of a middling run and of the best in a thousand."""

    def worth(self, cues: np.ndarray) -> np.ndarray:
        """(runs,) float64 from 0 to 1: 0 for what half of all runs reach, 0.92 for one in a thousand."""
        # It never reaches 1, so that the best stay ranked among themselves.
        above = np.maximum(0.0, self.blend(cues) - self.low) / (self.high - self.low)
        return 1 - np.exp(-STEEP * above)

    def blend(self, cues: np.ndarray) -> np.ndarray:
        """(runs,) float64, unbounded."""
        ridge = widened(standard(cues, self.centre, self.scale, CLIP)) @ self.weights
        return self.trees.predict(cues) / self.trees_unit + ridge.astype(np.float64) / self.ridge_unit


def widened(table: np.ndarray) -> np.ndarray:
    """The columns, the squares of the first, and a constant."""
    return np.hstack([table, table[:, :SQUARED] ** 2, np.ones((len(table), 1), np.float32)])
