"""How well a sequence is cut into segments, and the plain methods that ours is held against.

Boundaries are positions 1..n-1 of a sequence of n units: a segment begins there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

Boundaries = Sequence[int]

STOP_SHARE = 0.02
"""TextTiling's stop list: words that are this share of all and more."""


def pk(truth: Boundaries, found: Boundaries, n: int) -> float:
    """Share of probes k units apart that are put on the wrong side (Beeferman, Berger, Lafferty 1999).

    k is half the mean length of the true segments; 0 is best.
    """
    k, true, mine = _probe(truth, found, n)
    wrong = [(true[i] == true[i + k]) != (mine[i] == mine[i + k]) for i in range(n - k)]
    return sum(wrong) / max(1, len(wrong))


def window_diff(truth: Boundaries, found: Boundaries, n: int) -> float:
    """Share of windows of k units with another number of boundaries (Pevzner and Hearst 2002); 0 is best."""
    k, true, mine = _probe(truth, found, n)
    wrong = [true[i + k] - true[i] != mine[i + k] - mine[i] for i in range(n - k)]
    return sum(wrong) / max(1, len(wrong))


def matched(truth: Boundaries, found: Boundaries, tolerance: int) -> int:
    """How many boundaries of either pair up within `tolerance` units, each used once, in order."""
    pairs, left = 0, sorted(found)
    for at in sorted(truth):
        near = next((f for f in left if abs(f - at) <= tolerance), None)
        if near is not None:
            pairs += 1
            left = [f for f in left if f > near]
    return pairs


def f1(pairs: int, truths: int, founds: int) -> float:
    return 2 * pairs / (truths + founds) if truths + founds else 1.0


def uniform(n: int, segments: int) -> list[int]:
    """Equal segments."""
    return sorted({round(n * i / segments) for i in range(1, segments)} - {0, n})


def text_tiling(
    units: Sequence[Sequence[str]], window: int = 20, blocks: int = 10, liberal: bool = True
) -> list[int]:
    """TextTiling by block comparison (Hearst 1997), with its own defaults.

    `units` are the words of every turn. Pseudo-sentences of `window` words, blocks of `blocks` of them,
    cosine of the counts, one round of smoothing, depth scores, a cut-off of the mean less half a standard
    deviation (`liberal`) or a whole one above it, and boundaries moved to the nearest unit.
    """
    words = [(word, at) for at, unit in enumerate(units) for word in unit]
    counts = Counter(word for word, _ in words)
    common = {word for word, n in counts.items() if n >= max(10, STOP_SHARE * len(words))}
    sequences = [
        Counter(w for w, _ in words[i : i + window] if w not in common) for i in range(0, len(words), window)
    ]
    if len(sequences) < 3:
        return []
    likeness = []
    for gap in range(1, len(sequences)):
        size = min(blocks, gap, len(sequences) - gap)
        left = sum(sequences[gap - size : gap], Counter[str]())
        right = sum(sequences[gap : gap + size], Counter[str]())
        dot = sum(n * right[w] for w, n in left.items())
        norms = math.sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
        likeness.append(dot / norms if norms else 0.0)
    curve = np.convolve(np.pad(likeness, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    depths = np.array([_climb(curve, i, -1) + _climb(curve, i, 1) - 2 * curve[i] for i in range(len(curve))])
    cutoff = depths.mean() + (-0.5 if liberal else 1.0) * depths.std()
    starts = [0, *(i for i in range(1, len(words)) if words[i][1] != words[i - 1][1])]
    chosen: list[int] = []
    for i in sorted(range(len(depths)), key=lambda i: (-depths[i], i)):
        # As in the original, no two boundaries within three pseudo-sentences.
        if depths[i] > cutoff and all(abs(i - j) > 3 for j in chosen):
            chosen.append(i)
    at_words = [(i + 1) * window for i in chosen]
    nearest = {min(starts, key=lambda s: (abs(s - w), s)) for w in at_words}
    return sorted({words[s][1] for s in nearest} - {0})


def _climb(curve: np.ndarray, i: int, step: int) -> float:
    top, k = float(curve[i]), i + step
    while 0 <= k < len(curve) and curve[k] >= top:
        top = float(curve[k])
        k += step
    return top


def _probe(truth: Boundaries, found: Boundaries, n: int) -> tuple[int, list[int], list[int]]:
    k = max(2, round(n / (len(truth) + 1) / 2))
    return min(k, n - 1), _labels(truth, n), _labels(found, n)


def _labels(boundaries: Boundaries, n: int) -> list[int]:
    at = set(boundaries)
    labels, segment = [], 0
    for i in range(n):
        segment += i in at
        labels.append(segment)
    return labels
