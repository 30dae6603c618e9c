"""What each line is in an editor's eyes: a linear model over the cues and meanings of the lines around it.

Ridge regression (Hoerl and Kennard 1970) of 0/1 labels: with fifty labelled episodes it tells starts, ends and
housekeeping as well as boosted trees or a convolutional network over the same cues did, and is one product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shortform_assets.selection.learned.line_cues import unit

LABELS = ("start", "end", "inside", "never", "skipped", "worth")
"""A clip starts on the line; ends on it; holds it; nobody should (greetings, adverts, housekeeping); holds the
stretch but cuts the line out; and how good (0 to 1) the best clip that holds it is."""
CLIP = 4.0
"""Standard deviations beyond which a cue counts no further: as taught (tools/train_editor.py); "match a pick" of
benchmarks/editors.py, as all numbers here."""


@dataclass(frozen=True)
class LineJudge:
    """Weights for `surroundings`. All arrays float32."""

    centre_of_meaning: np.ndarray
    """(dimensions,) mean of the embeddings."""
    axes: np.ndarray
    """(dimensions, axes) principal axes of the embeddings."""
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    """(columns, labels)."""
    bias: np.ndarray

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> LineJudge:
        """From the arrays of a file of weights."""
        return cls(
            centre_of_meaning=arrays["meaning_centre"],
            axes=arrays["meaning_axes"],
            centre=arrays["line_centre"],
            scale=arrays["line_scale"],
            weights=arrays["line_weights"],
            bias=arrays["line_bias"],
        )

    def predict(self, cues: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """(lines, LABELS) float32, near the probability of each label but not confined to 0 to 1."""
        around = surroundings(cues, self.meanings(vectors))
        return (standard(around, self.centre, self.scale, CLIP) @ self.weights + self.bias).astype(np.float32)

    def meanings(self, vectors: np.ndarray) -> np.ndarray:
        """(n, axes) of embeddings (n, dimensions)."""
        return (unit(vectors) - self.centre_of_meaning) @ self.axes


def surroundings(cues: np.ndarray, meanings: np.ndarray) -> np.ndarray:
    """Each line with two before and two after, and means over four and twelve to each side; float32."""
    blocks = [block for block, _ in _blocks(cues, meanings)]
    return np.hstack(blocks).astype(np.float32)


def penalties(cues: int, axes: int) -> np.ndarray:
    """How strongly each column of `surroundings` is held near zero, against the line's own: what lies further off more."""
    return np.concatenate(
        [np.full(b.shape[1], p) for b, p in _blocks(np.zeros((1, cues)), np.zeros((1, axes)))]
    )


def _blocks(cues: np.ndarray, meanings: np.ndarray) -> list[tuple[np.ndarray, float]]:
    blocks = [(cues, 1.0), (meanings, 1.0)]
    for by, axes in ((1, 64), (-1, 64), (2, 32), (-2, 32)):
        blocks += [(shifted(cues, by), 3.0), (shifted(meanings[:, :axes], by), 1.0)]
    return [
        *blocks,
        (mean_around(cues, 4), 3.0),
        (mean_around(meanings, 4), 3.0),
        (mean_around(meanings[:, :96], 12), 3.0),
    ]


def standard(table: np.ndarray, centre: np.ndarray, scale: np.ndarray, most: float) -> np.ndarray:
    """Columns in standard deviations from their mean, at most `most`."""
    return np.clip((table - centre) / scale, -most, most).astype(np.float32)


def shifted(table: np.ndarray, by: int) -> np.ndarray:
    """Row i is row i - by, zeros where there is none."""
    moved = np.zeros_like(table)
    if by > 0:
        moved[by:] = table[:-by]
    elif by < 0:
        moved[:by] = table[-by:]
    return moved


def mean_around(table: np.ndarray, reach: int) -> np.ndarray:
    """Mean of the rows up to `reach` away to either side, fewer at the ends."""
    n = len(table)
    sums = np.concatenate([np.zeros((1, table.shape[1])), np.cumsum(table, 0, dtype=np.float64)])
    low = np.maximum(0, np.arange(n) - reach)
    high = np.minimum(n, np.arange(n) + reach + 1)
    return ((sums[high] - sums[low]) / (high - low)[:, None]).astype(np.float32)
