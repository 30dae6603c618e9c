"""A boosted ensemble of regression trees (Friedman 2001) as plain arrays: evaluated by numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Trees:
    """All trees in one run of nodes. A leaf has `left` equal to its own index and keeps its value in `value`."""

    roots: np.ndarray
    """(trees,) index of each tree's first node."""
    feature: np.ndarray
    """(nodes,) column that a node asks about; 0 in leaves."""
    threshold: np.ndarray
    """(nodes,) float32; a row goes left where its column is at most this."""
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    """(nodes,) what a leaf adds; 0 elsewhere."""
    depth: int
    """Steps after which every row has reached a leaf."""

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], kind: str = "tree") -> Trees:
        """From the arrays of a file of weights, each field under its name with its `kind` before it."""
        held = {
            name: arrays[f"{kind}_{name}"]
            for name in ("roots", "feature", "threshold", "left", "right", "value")
        }
        return cls(**held, depth=int(arrays[f"{kind}_depth"]))

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """(n,) float64: the sum over all trees for each of `rows` (n, columns) float32."""
        total = np.zeros(len(rows))
        at_row = np.arange(len(rows))
        for root in self.roots:
            node = np.full(len(rows), root)
            for _ in range(self.depth):
                goes_left = rows[at_row, self.feature[node]] <= self.threshold[node]
                node = np.where(goes_left, self.left[node], self.right[node])
            total += self.value[node]
        return total
