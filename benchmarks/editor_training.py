"""Teaching the learned judgement from the editors' labels. Needs LightGBM (in the `dev` extra); nothing at run time does.

Lines first, then runs. What the runs are taught from is what line models that never saw the episode say of it
(stacked generalisation, Wolpert 1992): four groups of episodes, each judged by a model of the other three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from editor_labels import Talk

from shortform_assets.selection.learned.editors_eye import EditorsEye, eye_of
from shortform_assets.selection.learned.line_cues import talk_cues, unit
from shortform_assets.selection.learned.line_judge import CLIP as LINE_CLIP
from shortform_assets.selection.learned.line_judge import LABELS, LineJudge, penalties, standard, surroundings
from shortform_assets.selection.learned.run_cues import AXES, JudgedLines, run_cues
from shortform_assets.selection.learned.run_judge import CLIP as RUN_CLIP
from shortform_assets.selection.learned.run_judge import SQUARED, widened

MEANING_AXES = 128
GROUPS = 4
LINE_RIDGE = 30_000.0
RUN_RIDGE, RUN_RIDGE_RAW = 2_000.0, 100_000.0
SHAPES = 19
"""Columns of length, voices and coherence, before the axes of meaning."""
SHORTEST_MS, LONGEST_MS = 14_000, 80_000
OFTEN = 0.12
"""Share of the runs that are far from every pick that is kept for training."""
NEAR = 0.3
GOOD = 0.8
"""What a pick of grade 2 is worth against one of grade 3."""
TREES = 150
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


def train(
    talks: Sequence[Talk], vectors: Mapping[str, np.ndarray], seed: int = 0, threads: int = 1
) -> dict[str, np.ndarray]:
    """The arrays of an eye (see `editors_eye.eye_of`) taught on `talks`; the same every time.

    `vectors` holds (lines, dimensions) embeddings under `key(talk)`. Degraded versions of an episode bear its name
    and stay in its group.
    """
    names = sorted({talk.name for talk in talks})
    group = {
        name: k % GROUPS for k, name in enumerate(np.random.RandomState(seed).permutation(names).tolist())
    }
    held = [_seen(talk, vectors[key(talk)]) for talk in talks]
    centre, axes = _axes(np.vstack([h["vectors"] for h in held]))
    lines, judged = _teach_lines(held, [group[t.name] for t in talks], centre, axes)
    cues, targets, weights = _rows(talks, held, judged, lines, np.random.RandomState(seed))
    return {**lines, **_teach_runs(cues, targets, weights, seed, threads)}


def key(talk: Talk) -> str:
    """Tells the versions of an episode apart."""
    return f"{talk.name} {len(talk.lines)} {talk.lines[0].text[:20]}"


def line_labels(talk: Talk) -> np.ndarray:
    """(lines, LABELS) float32, labels laid on the lines that lie nearest in words."""
    first = np.array([line.first for line in talk.lines])
    last = np.array([line.last for line in talk.lines])
    found = np.zeros((len(talk.lines), len(LABELS)), np.float32)
    start, end, inside, never, skipped, worth = found.T
    for pick in talk.picks:
        a, b = nearest(first, last, pick.first, pick.last)
        start[a] = end[b] = 1
        inside[a : b + 1] = 1
        worth[a : b + 1] = np.maximum(worth[a : b + 1], pick.grade / 3)
        for x, y in pick.skip:
            out = (first >= x) & (last <= y)
            inside[out], skipped[out] = 0, 1
    held = np.r_[0, np.cumsum(talk.never_words())]
    never[(held[last + 1] - held[first]) * 2 > last - first + 1] = 1
    return found


def nearest(first: np.ndarray, last: np.ndarray, a: int, b: int) -> tuple[int, int]:
    """The lines whose first and last words are nearest to a and b."""
    low = int(np.abs(first - a).argmin())
    return low, max(low, int(np.abs(last - b).argmin()))


def all_runs(
    talk: Talk, shortest_ms: int = SHORTEST_MS, longest_ms: int = LONGEST_MS
) -> tuple[np.ndarray, np.ndarray]:
    """First and last lines of all runs of a useful length, pauses counted."""
    start, end = [x.start_ms for x in talk.lines], [x.end_ms for x in talk.lines]
    found = []
    for a in range(len(start)):
        b = a
        while b < len(start) and end[b] - start[a] <= longest_ms:
            if end[b] - start[a] >= shortest_ms:
                found.append((a, b))
            b += 1
    table = np.array(found, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """The same arrays always give the same bytes."""
    import io
    import zipfile

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            held = arrays[name]
            # They were in half precision when they were taught with.
            held = held.astype(np.float16) if name.startswith("meaning_") else held
            data = io.BytesIO()
            np.lib.format.write_array(data, np.asarray(held, order="C"), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), data.getvalue(), zipfile.ZIP_DEFLATED)


def eye(arrays: Mapping[str, np.ndarray]) -> EditorsEye:
    return eye_of(arrays)


def _seen(talk: Talk, vectors: np.ndarray) -> dict[str, Any]:
    vectors = unit(vectors.astype(np.float32)).astype(np.float32)
    cues, names = talk_cues(talk.lines, vectors)
    return {"vectors": vectors, "cues": cues, "names": names, "labels": line_labels(talk)}


def _axes(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Principal axes, in half precision as they ship."""
    centre = vectors.mean(0)
    _, axes = np.linalg.eigh(np.cov((vectors - centre).T.astype(np.float64)))
    kept = axes[:, ::-1][:, :MEANING_AXES]
    kept = kept * np.sign(kept[np.abs(kept).argmax(0), np.arange(MEANING_AXES)])
    return centre.astype(np.float16).astype(np.float32), kept.astype(np.float16).astype(np.float32)


def _teach_lines(
    held: Sequence[dict[str, Any]], group: Sequence[int], centre: np.ndarray, axes: np.ndarray
) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """The line judge's arrays, and for each talk what a judge says that did not see its group."""
    from scipy.linalg import cho_factor, cho_solve

    tables = [surroundings(h["cues"], (h["vectors"] - centre) @ axes) for h in held]
    rows = sum(len(t) for t in tables)
    mean = sum(t.sum(0, dtype=np.float64) for t in tables) / rows
    spread = np.sqrt(sum(((t - mean) ** 2).sum(0) for t in tables) / rows) + 1e-6
    mean, spread = mean.astype(np.float32), spread.astype(np.float32)
    tables = [standard(t, mean, spread, LINE_CLIP) for t in tables]
    strength = penalties(held[0]["cues"].shape[1], axes.shape[1]) * LINE_RIDGE
    gram: list[Any] = [0.0] * GROUPS
    right: list[Any] = [0.0] * GROUPS
    sums: list[Any] = [0.0] * GROUPS
    labels: list[Any] = [0.0] * GROUPS
    count = [0] * GROUPS
    for table, h, k in zip(tables, held, group, strict=True):
        gram[k] = gram[k] + table.T @ table
        right[k] = right[k] + table.T @ h["labels"]
        sums[k], labels[k] = sums[k] + table.sum(0), labels[k] + h["labels"].sum(0)
        count[k] += len(table)

    def solved(ks: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        n = sum(count[k] for k in ks)
        usual = sum(labels[k] for k in ks) / n
        left = sum(gram[k] for k in ks)
        # As strong for every label count: a quarter less talk is held a quarter less.
        left[np.diag_indices(len(left))] += strength * n / 27_000
        against = sum(right[k] for k in ks) - np.outer(sum(sums[k] for k in ks), usual)
        return cho_solve(cho_factor(left, overwrite_a=True), against).astype(np.float32), usual

    judged: list[np.ndarray] = [np.zeros(0)] * len(held)
    for k in range(GROUPS):
        weights, bias = solved([j for j in range(GROUPS) if j != k])
        for n, table in enumerate(tables):
            if group[n] == k:
                judged[n] = (table @ weights + bias).astype(np.float32)
    weights, bias = solved(range(GROUPS))
    found = {
        "meaning_centre": centre,
        "meaning_axes": axes,
        "line_centre": mean,
        "line_scale": spread,
        "line_weights": weights,
        "line_bias": bias.astype(np.float32),
    }
    return found, judged


def _rows(
    talks: Sequence[Talk],
    held: Sequence[dict[str, Any]],
    judged: Sequence[np.ndarray],
    lines: Mapping[str, np.ndarray],
    random: np.random.RandomState,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cues of runs, what each is worth, and how much each counts: all near a pick, and some of the rest."""
    judge = LineJudge(*(lines[n] for n in (
        "meaning_centre", "meaning_axes", "line_centre", "line_scale", "line_weights", "line_bias"
    )))  # fmt: skip
    cues, targets, weights = [], [], []
    for talk, h, said in zip(talks, held, judged, strict=True):
        a, b = all_runs(talk)
        overlap = talk.overlaps(a, b)
        grades = np.array([1.0 if p.grade == 3 else GOOD for p in talk.picks])
        near = overlap.max(1) > NEAR
        kept = np.flatnonzero(near | (random.rand(len(a)) < OFTEN))
        meanings = judge.meanings(h["vectors"])
        known = JudgedLines(talk.lines, h["cues"], h["names"], said, h["vectors"], meanings)
        cues.append(run_cues(known, a[kept], b[kept]))
        targets.append((overlap[kept] ** 2 * grades).max(1))
        weights.append(np.where(near[kept], 1.0, 0.5 / OFTEN))
    return np.vstack(cues), np.concatenate(targets), np.concatenate(weights)


def _teach_runs(
    cues: np.ndarray, targets: np.ndarray, weights: np.ndarray, seed: int, threads: int
) -> dict[str, np.ndarray]:
    import lightgbm
    from scipy.linalg import cho_factor, cho_solve

    model = lightgbm.train(
        {**PARAMETERS, "seed": seed, "num_threads": threads},
        lightgbm.Dataset(cues, targets, weight=weights),
        TREES,
    )
    trees = _tree_arrays(model.dump_model()["tree_info"])
    centre, scale = cues.mean(0), cues.std(0) + 1e-3
    table = widened(standard(cues, centre, scale, RUN_CLIP))
    strength = np.full(table.shape[1], RUN_RIDGE_RAW)
    strength[:SQUARED] = strength[cues.shape[1] :] = RUN_RIDGE
    strength[cues.shape[1] - AXES - SHAPES : cues.shape[1] - AXES] = RUN_RIDGE
    strength[-1] = 1.0
    weighed = table * weights[:, None].astype(np.float32)
    left = weighed.T @ table
    left[np.diag_indices(len(left))] += strength.astype(np.float32)
    solved = cho_solve(cho_factor(left), weighed.T @ targets.astype(np.float32)).astype(np.float32)
    found = {**trees, "run_centre": centre, "run_scale": scale, "run_weights": solved}
    parts = eye_of_runs(found)(cues)
    by_trees, by_ridge = (
        float(np.sqrt(np.average((p - np.average(p, weights=weights)) ** 2, weights=weights))) for p in parts
    )
    blended = parts[0] / by_trees + parts[1] / by_ridge
    order = np.argsort(blended)
    reached = np.cumsum(weights[order]) / weights.sum()
    return {
        **found,
        "trees_unit": np.array(by_trees, np.float32),
        "ridge_unit": np.array(by_ridge, np.float32),
        "worth_low": np.array(blended[order][np.searchsorted(reached, 0.5)], np.float32),
        "worth_high": np.array(blended[order][np.searchsorted(reached, 0.999)], np.float32),
    }


def eye_of_runs(arrays: Mapping[str, np.ndarray]) -> Any:
    """Trees' and ridge's answers apart, from cues."""
    from shortform_assets.selection.learned.trees import Trees

    trees = Trees.of(arrays)

    def answers(cues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        table = widened(standard(cues, arrays["run_centre"], arrays["run_scale"], RUN_CLIP))
        return trees.predict(cues), (table @ arrays["run_weights"]).astype(np.float64)

    return answers


def _tree_arrays(trees: Sequence[dict[str, Any]]) -> dict[str, np.ndarray]:
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
        "tree_roots": np.array(roots, np.int32),
        "tree_feature": np.array(feature, np.int16),
        "tree_threshold": rounded.astype(np.float32),
        "tree_left": np.array(left, np.int32),
        "tree_right": np.array(right, np.int32),
        "tree_value": np.array(value, np.float32),
        "tree_depth": np.array(deepest, np.int64),
    }
