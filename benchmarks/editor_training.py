"""Teaching the learned judgement from the editors' labels. Needs LightGBM (in the `dev` extra); nothing at run time does.

Lines first, then never-zones and runs. What these are taught from is what line models that never saw the episode say of
it (stacked generalisation, Wolpert 1992): four groups of episodes, each judged by a model of the other three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from editor_boosting import Teacher
from editor_labels import Talk

from shortform_assets.selection.learned.editors_eye import EditorsEye, eye_of
from shortform_assets.selection.learned.line_cues import talk_cues, unit
from shortform_assets.selection.learned.line_judge import CLIP as LINE_CLIP
from shortform_assets.selection.learned.line_judge import LABELS, LineJudge, penalties, standard, surroundings
from shortform_assets.selection.learned.never_judge import stretch_cues
from shortform_assets.selection.learned.run_cues import JudgedLines, run_cues

MEANING_AXES = 128
GROUPS = 4
LINE_RIDGE = 30_000.0
SHORTEST_MS, LONGEST_MS = 14_000, 80_000
OFTEN = 0.12
"""Share of the runs that are far from every pick that is kept for training."""
NEAR = 0.3
GOOD = 0.8
"""What a pick of grade 2 is worth against one of grade 3."""
TREES, NEVER_TREES, EDGE_TREES = 150, 120, 120
NEVER_PARAMETERS = {"objective": "cross_entropy", "num_leaves": 8, "learning_rate": 0.05}
FEWEST_RUNS, NEAR_WEIGHT = 20, 8.0
"""A pick counts by the root of how many runs lie near it, and one with fewer than this as if it had so many; times the
second, so that penalties weigh as they do on worth."""


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
    groups = [group[t.name] for t in talks]
    lines, judged = _teach_lines(held, groups, centre, axes)
    teacher = Teacher(seed, threads)
    rows = np.vstack([stretch_cues(h["cues"], h["names"], j) for h, j in zip(held, judged, strict=True)])
    truth = np.concatenate([h["labels"][:, LABELS.index("never")] for h in held])
    never = teacher.trees("never", rows, truth, None, NEVER_TREES, NEVER_PARAMETERS)
    runs = _runs(talks, held, judged, lines, np.random.RandomState(seed))
    worth, answers = teacher.blend("worth", runs.cues, runs.worth, runs.weights, TREES)
    near = runs.near_weights > 0
    edges, _ = teacher.blend("edges", runs.cues[near], runs.better[near], runs.near_weights[near], EDGE_TREES)
    order = np.argsort(answers)
    reached = np.cumsum(runs.weights[order]) / runs.weights.sum()
    low, high = (answers[order][np.searchsorted(reached, share)] for share in (0.5, 0.999))
    limits = {"worth_low": np.array(low, np.float32), "worth_high": np.array(high, np.float32)}
    return {**lines, **never, **worth, **edges, **limits}


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


@dataclass(frozen=True)
class _Runs:
    """What is taught of runs: rows of cues, and beside each what it is worth and how it is cut."""

    cues: np.ndarray
    worth: np.ndarray
    weights: np.ndarray
    better: np.ndarray
    """Overlap with the nearest pick, less the mean of all runs near that pick."""
    near_weights: np.ndarray
    """0 for runs that are near no pick."""


def _runs(
    talks: Sequence[Talk],
    held: Sequence[dict[str, Any]],
    judged: Sequence[np.ndarray],
    lines: Mapping[str, np.ndarray],
    random: np.random.RandomState,
) -> _Runs:
    """All near a pick, and some of the rest."""
    judge, columns = LineJudge.of(lines), list[tuple[np.ndarray, ...]]()
    for talk, h, said in zip(talks, held, judged, strict=True):
        a, b = all_runs(talk)
        overlap = talk.overlaps(a, b)
        grades = np.array([1.0 if p.grade == 3 else GOOD for p in talk.picks])
        near = overlap.max(1) > NEAR
        kept = np.flatnonzero(near | (random.rand(len(a)) < OFTEN))
        near, overlap = near[kept], overlap[kept]
        known = JudgedLines(
            talk.lines, h["cues"], h["names"], said, h["vectors"], judge.meanings(h["vectors"])
        )
        nearest_pick, best = overlap.argmax(1), overlap.max(1)
        count = np.bincount(nearest_pick[near], minlength=len(talk.picks))
        usual = np.bincount(nearest_pick[near], best[near], len(talk.picks)) / np.maximum(1, count)
        columns.append(
            (
                run_cues(known, a[kept], b[kept]),
                (overlap**2 * grades).max(1),
                np.where(near, 1.0, 0.5 / OFTEN),
                best - usual[nearest_pick],
                NEAR_WEIGHT * near / np.sqrt(np.maximum(FEWEST_RUNS, count[nearest_pick])),
            )
        )
    return _Runs(*(np.concatenate(column) for column in zip(*columns, strict=True)))
