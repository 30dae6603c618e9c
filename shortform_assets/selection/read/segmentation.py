"""Where a text changes its subject: the cheapest partition of its lines by meaning.

Utiyama and Isahara (2001) and Eisenstein and Barzilay (2008, BayesSeg) look for the partition of the whole
text that explains it best, instead of judging every gap on its own as TextTiling does. Here a segment costs
the scatter of its lines' embeddings around their mean, each further segment costs the `grain`, and what is
said and done at a gap makes a boundary there cheaper or dearer. Dynamic programming finds the optimum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from shortform_assets.selection.read.lexicon import TOPIC_SHIFT, TURNS_TO
from shortform_assets.selection.read.script import Line

GRAIN = 12.5
"""What a further segment has to explain: scatter in content words. Tuned on one half of the QMSum meetings; "topic F1
above TextTiling" of benchmarks/selection.py is measured on the other half."""
# The lengths are set by hand; test_one_subject_is_one_topic, test_topics_change_where_the_meaning_does.
MIN_WORDS = 200
"""Nothing shorter is a topic; a text of under twice this is one."""
LONGEST_WORDS = 12_000
"""No segment is longer, which bounds the search in a source of many hours."""
CUE_WORDS = 25
"""A phrase that turns to something new counts this early in a line."""
CUE_LINES = 3
"""And in this many lines of the speaker who begins."""
VOICES_WORDS = 400
"""Who speaks is compared over this many words on each side."""
LONG_TURN = 150
"""Words of a turn that is long: who opens a subject has the floor."""

# What a boundary saves, in the unit of the grain. Tuned on one half of the QMSum meetings, and measured on the other as
# above; the pause is not, for they have no times.
CUE, CUE_SOON, OPENER = 3.0, 1.5, 2.0
"""A phrase that turns to something new, at once and soon; a first word that does."""
CHANGE, FLOOR, VOICES = 1.0, 2.0, 4.0
"""Another speaker, one who goes on at length, and other people before than after."""
PAUSE, HOLD = 2.0, -3.0
"""Silence of three seconds; a question just before, which holds on to its answer."""


def partition(lines: Sequence[Line], vectors: np.ndarray, grain: float) -> list[int]:
    """Lines at which a segment begins, 0 first. `vectors` has a row a line; a larger grain gives fewer.

    The grain grows with the root of the lines' mean length: by chance alone, long lines scatter in larger steps.
    """
    words = np.array([line.words for line in lines], dtype=np.float64)
    if not len(lines) or words.sum() < 2 * MIN_WORDS:
        return [0] if len(lines) else []
    before = np.concatenate([[0.0], np.cumsum(words)])
    scatter = _Scatter(lines, vectors)
    unit = scatter.step**0.5
    grain, saved = grain * unit, boundary_savings(lines) * unit
    best, back = np.zeros(len(lines) + 1), np.zeros(len(lines) + 1, dtype=int)
    for end in range(1, len(lines) + 1):
        first = int(np.searchsorted(before, before[end] - LONGEST_WORDS))
        starts = np.arange(min(first, end - 1), end)
        cost = best[starts] + scatter.of(starts, end) + grain - np.where(starts > 0, saved[starts], 0.0)
        # A forbidden length costs more than any other partition, so it is taken only where nothing else is left.
        cost = cost + np.where(before[end] - before[starts] < MIN_WORDS, 1e6, 0.0)
        chosen = int(np.argmin(np.round(cost, 6)))
        best[end], back[end] = cost[chosen], starts[chosen]
    found = [len(lines)]
    while found[-1] > 0:
        found.append(int(back[found[-1]]))
    return found[:0:-1]


def boundary_savings(lines: Sequence[Line]) -> np.ndarray:
    """(n,) what a boundary before each line saves of the grain; the first is 0."""
    n = len(lines)
    cues = [bool(TOPIC_SHIFT.search(line.plain)) for line in lines]
    early = [bool(TOPIC_SHIFT.search(" ".join(line.plain.split()[:CUE_WORDS]))) for line in lines]
    voices, floor = _voice_change(lines), _floor(lines)
    saved = np.zeros(n)
    for i in range(1, n):
        here, before = lines[i], lines[i - 1]
        changed = here.speaker != before.speaker
        own = [k for k in range(i, min(n, i + CUE_LINES)) if lines[k].speaker == here.speaker]
        saved[i] = (
            CUE * early[i]
            + CUE_SOON * any(cues[k] for k in own)
            + OPENER * (TURNS_TO.get(here.tokens[0], 0.0) if here.tokens else 0.0)
            + CHANGE * changed
            + FLOOR * changed * floor[i]
            + VOICES * voices[i]
            + PAUSE * min(1.0, here.gap_before_ms / 3000)
            # A question holds on to its answer.
            + HOLD * before.question
        )
    return saved


def _floor(lines: Sequence[Line]) -> np.ndarray:
    """(n,) how much is said from each line to the end of its turn, 1 for LONG_TURN words, by logarithm."""
    left, words = np.zeros(len(lines)), 0
    for i in range(len(lines) - 1, -1, -1):
        goes_on = i + 1 < len(lines) and lines[i + 1].speaker == lines[i].speaker
        words = lines[i].words + (words if goes_on else 0)
        left[i] = min(1.0, math.log1p(words) / math.log1p(LONG_TURN))
    return left


def _voice_change(lines: Sequence[Line]) -> np.ndarray:
    """(n,) 0 where the same people speak before and after line i, up to 1 where others do (Hellinger)."""
    speakers = sorted({line.speaker for line in lines})
    words = np.array([line.words for line in lines], dtype=np.float64)
    said = np.zeros((len(lines), len(speakers)))
    said[np.arange(len(lines)), [speakers.index(line.speaker) for line in lines]] = words
    until = np.vstack([np.zeros(len(speakers)), np.cumsum(said, axis=0)])
    total = np.concatenate([[0.0], np.cumsum(words)])
    at = np.arange(len(lines))
    low = np.minimum(np.searchsorted(total, total[at] - VOICES_WORDS), np.maximum(at - 1, 0))
    high = np.minimum(np.maximum(np.searchsorted(total, total[at] + VOICES_WORDS), at + 1), len(lines))
    left, right = np.sqrt(until[at] - until[low]), np.sqrt(until[high] - until[at])
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return np.where(norms > 0, 1 - (left * right).sum(axis=1) / np.maximum(norms, 1e-9), 0.0)


class _Scatter:
    """Weighted sum of squared distances from the mean of any run of lines, from prefix sums."""

    def __init__(self, lines: Sequence[Line], vectors: np.ndarray) -> None:
        # A line counts as much as it says: by its content words, and a little where it has none.
        weight = np.array([max(0.5, len(line.stems)) for line in lines])
        at = vectors.astype(np.float64)
        at = at - np.average(at, axis=0, weights=weight)
        at /= np.linalg.norm(at, axis=1, keepdims=True) + 1e-6
        at -= np.average(at, axis=0, weights=weight)
        squares = weight * (at * at).sum(axis=1)
        # One content word scatters by 1 on average, whatever the model and the text.
        scale = squares.sum() / weight.sum() or 1.0
        at, squares = at / np.sqrt(scale), squares / scale
        self.step = float((weight * weight).sum() / weight.sum())
        self._squares = np.concatenate([[0.0], np.cumsum(squares)])
        self._weight = np.concatenate([[0.0], np.cumsum(weight)])
        self._sums = np.vstack([np.zeros(at.shape[1]), np.cumsum(at * weight[:, None], axis=0)])
        self._norms = (self._sums * self._sums).sum(axis=1)

    def of(self, starts: np.ndarray, end: int) -> np.ndarray:
        """Scatter of lines start..end-1 for every start of an unbroken run of them."""
        first, last = int(starts[0]), int(starts[-1])
        run = slice(first, last + 1)
        length = self._norms[end] + self._norms[run] - 2 * (self._sums[run] @ self._sums[end])
        mean = length / (self._weight[end] - self._weight[run])
        return self._squares[end] - self._squares[run] - mean
