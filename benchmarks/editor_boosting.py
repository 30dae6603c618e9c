"""Boosted trees and ridge regressions for the learned judgement, as the arrays that ship. Needs LightGBM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shortform_assets.selection.learned.line_judge import standard
from shortform_assets.selection.learned.run_cues import AXES
from shortform_assets.selection.learned.run_judge import CLIP, SQUARED, Blend, widened

RIDGE, RIDGE_RAW = 2_000.0, 100_000.0
SHAPES = 19
"""Columns of length, voices and coherence, before the axes of meaning."""
PARAMETERS = {
    "objective": "regression",
    "learning_rate": 0.06,
    "num_leaves": 12,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "lambda_l2": 50,
    "max_bin": 63,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
}


@dataclass(frozen=True)
class Teacher:
    """The same rows, seed and number of threads give the same arrays."""

    seed: int
    threads: int

    def trees(
        self,
        kind: str,
        rows: np.ndarray,
        truth: np.ndarray,
        weights: np.ndarray | None,
        count: int,
        parameters: Mapping[str, object],
    ) -> dict[str, np.ndarray]:
        """Arrays for `Trees.of(arrays, kind)`; `parameters` change those of PARAMETERS."""
        import lightgbm

        model = lightgbm.train(
            {**PARAMETERS, **parameters, "seed": self.seed, "num_threads": self.threads},
            lightgbm.Dataset(rows, truth, weight=weights),
            count,
        )
        return {f"{kind}_{k}": v for k, v in tree_arrays(model.dump_model()["tree_info"]).items()}

    def blend(
        self, kind: str, rows: np.ndarray, truth: np.ndarray, weights: np.ndarray, count: int
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Arrays for `Blend.of(arrays, kind)`, and what it says of the rows that it was taught."""
        found = {**self.trees(kind, rows, truth, weights, count, {}), **_ridge(kind, rows, truth, weights)}
        found |= {f"{kind}_{part}_unit": np.array(1, np.float32) for part in ("trees", "ridge")}
        parts = Blend.of(found, kind).answers(rows)
        for part, said in zip(("trees", "ridge"), parts, strict=True):
            spread = np.sqrt(np.average((said - np.average(said, weights=weights)) ** 2, weights=weights))
            found[f"{kind}_{part}_unit"] = np.array(spread, np.float32)
        return found, Blend.of(found, kind).predict(rows)


def _ridge(kind: str, rows: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    from scipy.linalg import cho_factor, cho_solve

    centre, scale = rows.mean(0), rows.std(0) + 1e-3
    table = widened(standard(rows, centre, scale, CLIP))
    strength = np.full(table.shape[1], RIDGE_RAW)
    strength[:SQUARED] = strength[rows.shape[1] :] = RIDGE
    strength[rows.shape[1] - AXES - SHAPES : rows.shape[1] - AXES] = RIDGE
    strength[-1] = 1.0
    weighed = table * weights[:, None].astype(np.float32)
    left = weighed.T @ table
    left[np.diag_indices(len(left))] += strength.astype(np.float32)
    solved = cho_solve(cho_factor(left), weighed.T @ truth.astype(np.float32)).astype(np.float32)
    return {f"{kind}_centre": centre, f"{kind}_scale": scale, f"{kind}_weights": solved}


def tree_arrays(trees: Sequence[dict[str, Any]]) -> dict[str, np.ndarray]:
    """LightGBM's trees as the arrays of `learned.trees.Trees`."""
    nodes: list[list[float]] = []
    roots, deepest = [], 0

    def add(node: dict[str, Any], depth: int) -> int:
        nonlocal deepest
        at = len(nodes)
        nodes.append([0, 0.0, at, at, 0.0])
        if "leaf_value" in node and "split_feature" not in node:
            nodes[at][4] = node["leaf_value"]
            deepest = max(deepest, depth)
            return at
        nodes[at][0] = node["split_feature"]
        nodes[at][1] = node["threshold"]
        nodes[at][2] = add(node["left_child"], depth + 1)
        nodes[at][3] = add(node["right_child"], depth + 1)
        return at

    for tree in trees:
        roots.append(add(tree["tree_structure"], 0))
    feature, threshold, left, right, value = zip(*nodes, strict=True)
    exact = np.array(threshold, np.float64)
    rounded = exact.astype(np.float32)
    # A single-precision row is at most the exact threshold just where it is at most that rounded down.
    rounded = np.where(rounded > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded)
    return {
        "roots": np.array(roots, np.int32),
        "feature": np.array(feature, np.int16),
        "threshold": rounded.astype(np.float32),
        "left": np.array(left, np.int32),
        "right": np.array(right, np.int32),
        "value": np.array(value, np.float32),
        "depth": np.array(deepest, np.int64),
    }
