"""Whether a run of lines is about one thing, and where something else begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from shortform_assets.selection.read.meaning import Meaning
from shortform_assets.selection.read.script import Line
from shortform_assets.selection.read.topics import cohesion

NEAR_LINES = 4
"""Lines on each side that are compared where there are no embeddings. Set by hand."""
SHORT_PAUSE_MS, LONG_PAUSE_MS = 350, 1100
"""Silence that parts nothing, and silence that surely does where the subject changes as well. Set by hand;
"chosen time that is filler" of benchmarks/selection.py."""


class Flow:
    """How talk goes on from line to line: by its embeddings where there are any, else by its words."""

    def __init__(
        self,
        lines: Sequence[Line],
        topic_of: Sequence[int],
        weights: dict[str, float],
        vectors: np.ndarray | None,
    ) -> None:
        """`weights` is `topics.idf(lines)`, `vectors` has a row a line."""
        self._lines, self._topic_of, self._idf = lines, list(topic_of), weights
        self._meaning = None if vectors is None else Meaning(vectors, [len(x.stems) for x in lines])
        self.breaks = self._breaks()
        """For every line how surely something else begins there: 0 to 1."""

    def coherence(self, a: int, b: int) -> float:
        """0 to 1: the halves of lines a..b are alike, of one topic, and nothing breaks them."""
        if a == b:
            return 0.5
        topics = Counter(self._topic_of[a : b + 1])
        whole = 0.5 * self._alike(a, (a + b + 1) // 2, b) + 0.5 * max(topics.values()) / (b - a + 1)
        return whole * (1 - max(self.breaks[a + 1 : b + 1]))

    def _alike(self, a: int, middle: int, b: int) -> float:
        """How alike lines a..middle-1 and middle..b are, 0 to 1."""
        if self._meaning is not None:
            return self._meaning.alike(a, middle, b)
        left = Counter(s for line in self._lines[a:middle] for s in line.stems)
        right = Counter(s for line in self._lines[middle : b + 1] for s in line.stems)
        return min(1.0, 4 * cohesion(left, right, self._idf))

    def _breaks(self) -> list[float]:
        """A pause with nothing in common on its two sides parts two stories, however short they are.

        Between a question and its answer it does not.
        """
        lines, found = self._lines, [0.0] * len(self._lines)
        news = self._meaning.news() if self._meaning is not None else None
        for i in range(1, len(lines)):
            silence = (lines[i].gap_before_ms - SHORT_PAUSE_MS) / (LONG_PAUSE_MS - SHORT_PAUSE_MS)
            if silence <= 0 or lines[i - 1].question:
                continue
            last = min(len(lines) - 1, i + NEAR_LINES - 1)
            new = news[i] if news else 1 - self._alike(max(0, i - NEAR_LINES), i, last)
            found[i] = new * min(1.0, silence)
        return found
