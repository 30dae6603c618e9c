"""What can be said of a run of lines: its edges, its neighbours, its inside, its voices, its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortform_assets.selection.learned.line_cues import spoken_words, summed, unit
from shortform_assets.selection.learned.line_judge import LABELS
from shortform_assets.selection.read.script import Line

EDGE_CUES = (
    "words", "upto3", "upto7", "first_and", "first_but", "first_so", "first_i", "first_you", "first_we", "first_they",
    "first_it", "first_that", "first_this", "first_what", "first_how", "first_when", "first_if", "first_the",
    "first_yeah", "first_right", "first_other", "head_i", "head_you", "head_they", "head_it", "head_that", "connectives",
    "open_subject", "points_back", "command", "question", "exclaims", "trails_off", "unclosed", "asks", "small_letter",
    "quotes", "odd_quotes", "names", "digits", "claim", "advice", "story", "people", "conclusion", "example", "recall",
    "steering", "assent", "house", "greeting", "product", "emotion", "hedge", "only_assent", "content_length",
    "turn_begins", "turn_ends", "nth_in_turn", "left_in_turn", "words_before", "words_after", "asked_last",
    "asked_before", "asked_after", "host", "voice_share", "in_quote", "since_question", "until_question", "new",
    "rarity_total", "shared", "like_before", "like_after", "break3", "break6", "break12", "like_whole",
)  # fmt: skip
"""Cues of the first and of the last line."""
BESIDE_CUES = (
    "turn_begins", "turn_ends", "question", "only_assent", "upto7", "unclosed", "trails_off", "assent", "conclusion",
    "steering", "words", "host", "first_and", "first_so", "first_but", "first_yeah", "words_after", "new",
)  # fmt: skip
"""Cues of the line before and of the line after."""
INNER_CUES = (
    "question", "exclaims", "trails_off", "quotes", "names", "digits", "commas", "emotion", "surprise", "claim",
    "advice", "story", "people", "speech", "hedge", "filler", "contrast", "absolute", "superlative", "conclusion",
    "example", "causal", "house", "greeting", "calendar", "price", "product", "recall", "steering", "assent", "science",
    "past", "modal", "negation", "number", "time", "money", "work", "things", "analogy", "list", "definition", "open",
    "i_share", "you_share", "we_share", "heshe_share", "they_share", "it_share", "only_assent", "content_share",
    "word_length", "content_length", "different", "long_words", "words", "rarity", "rarity_total", "new", "turn_begins",
    "like_whole", "like_before", "host", "voice_share",
)  # fmt: skip
"""Cues whose mean over the run, by words, counts."""
PEAK_CUES = ("question", "quotes", "digits", "emotion", "story", "claim", "speech", "only_assent")
AXES = 24
"""Axes of meaning of the whole run."""


@dataclass(frozen=True)
class JudgedLines:
    """The lines of one talk with all that runs of them are described by."""

    lines: Sequence[Line]
    cues: np.ndarray
    names: Sequence[str]
    """Both of `line_cues.talk_cues`."""
    judged: np.ndarray
    """`LineJudge.predict`."""
    vectors: np.ndarray
    """Embeddings of length 1."""
    meanings: np.ndarray
    """(lines, axes), `LineJudge.meanings`."""


def run_cues(talk: JudgedLines, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(runs, columns) float32 for the runs of lines a..b, both included."""
    lines, cues, judged = talk.lines, talk.cues, talk.judged
    column = {name: n for n, name in enumerate(talk.names)}
    words = spoken_words(lines)
    by_words = _ByWords(words, a, b)
    found = [
        *_judged_edges(judged, a, b),
        *_judged_inside(judged, by_words, a, b),
        cues[a][:, [column[c] for c in EDGE_CUES]],
        cues[b][:, [column[c] for c in EDGE_CUES]],
        _padded(cues)[a + _PAD - 1][:, [column[c] for c in BESIDE_CUES]],
        _padded(cues)[b + _PAD + 1][:, [column[c] for c in BESIDE_CUES]],
        by_words.mean(cues[:, [column[c] for c in INNER_CUES]]),
        *(highest(cues[:, column[c]], a, b) for c in PEAK_CUES),
        *_shape(lines, cues, column, by_words, a, b),
        *_meaning(talk.vectors, talk.meanings, words, a, b),
    ]
    return np.hstack([f if f.ndim == 2 else f[:, None] for f in found]).astype(np.float32)


class _ByWords:
    """Means over runs in which every word counts the same."""

    def __init__(self, words: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
        self.words, self.a, self.b = words, a, b
        self.sums = summed(words)
        self.held = self.sums[b + 1] - self.sums[a]

    def mean(self, table: np.ndarray) -> np.ndarray:
        """Over each run of the rows (or values) of `table`."""
        weights = self.words[:, None] if table.ndim == 2 else self.words
        sums = summed(table * weights)
        held = self.held[:, None] if table.ndim == 2 else self.held
        return (sums[self.b + 1] - sums[self.a]) / held

    def between(self, values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Over lines low to high - 1, what lies outside the source left out; 0 where nothing is left."""
        low, high = np.clip(low, 0, len(values)), np.clip(high, 0, len(values))
        sums = summed(values * self.words)
        return (sums[high] - sums[low]) / np.maximum(1, self.sums[high] - self.sums[low])


_PAD = 3
"""Rows of nothing beyond either end of a talk: the farthest neighbour that is looked at is 2 lines away."""


def _padded(table: np.ndarray) -> np.ndarray:
    rim = np.zeros((_PAD, table.shape[1]), table.dtype)
    return np.vstack([rim, table, rim])


def _judged_edges(judged: np.ndarray, a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """What the lines at and beside the edges are thought to be, and whether a neighbour would be the better edge."""
    around = _padded(judged[:, :5])
    found = [around[at + _PAD] for at in (a, a - 1, a + 1, b, b - 1, b + 1, b + 2, a - 2)]
    for reach in (1, 3, 6):
        for at, label in ((a, "start"), (b, "end")):
            values = judged[:, LABELS.index(label)]
            found.append((values - highest_around(values, reach))[at])
    return found


def _judged_inside(judged: np.ndarray, by_words: _ByWords, a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    start, end, inside, never, _, worth = judged.T
    found = [by_words.mean(judged[:, 2:])]
    for reach in (2, 4, 8):
        found += [by_words.between(inside, a - reach, a), by_words.between(inside, b + 1, b + 1 + reach)]
        found += [by_words.between(worth, a, a + reach), by_words.between(worth, b + 1 - reach, b + 1)]
    found += [highest(never, a, b), highest(inside, a, b), -highest(-inside, a, b)]
    found += [highest(start, np.minimum(a + 1, b), b), highest(end, a, np.maximum(b - 1, a))]
    for values in (inside, worth):
        sums = summed(values - values.mean())
        found.append(sums[b + 1] - sums[a])
    return found


def _shape(
    lines: Sequence[Line],
    cues: np.ndarray,
    column: dict[str, int],
    by_words: _ByWords,
    a: np.ndarray,
    b: np.ndarray,
) -> list[np.ndarray]:
    """Length, turns, voices, and where questions are asked."""
    start = np.array([line.start_ms for line in lines], np.float64)
    end = np.array([line.end_ms for line in lines], np.float64)
    voice = np.array([line.speaker for line in lines])
    most = np.zeros(len(a))
    for one in np.unique(voice):
        most = np.maximum(most, by_words.mean((voice == one).astype(np.float64)))
    turns, asked = summed(cues[:, column["turn_begins"]]), summed(cues[:, column["question"]])
    count = b - a + 1
    return [
        (end[b] - start[a]) / 1000,
        np.log(by_words.held),
        count,
        by_words.held / count,
        most,
        voice[a] == voice[b],
        turns[b + 1] - turns[a + 1],
        asked[b + 1] - asked[np.maximum(a, b - 2)],
        asked[np.minimum(a + 2, b) + 1] - asked[a],
    ]


def _meaning(
    vectors: np.ndarray, meanings: np.ndarray, words: np.ndarray, a: np.ndarray, b: np.ndarray
) -> list[np.ndarray]:
    """How the run holds together and differs from what is around it, and what it is about."""
    n = len(vectors)
    sums = summed(vectors * np.sqrt(words)[:, None])
    inside = sums[b + 1] - sums[a]
    held = summed(words)
    found = [np.linalg.norm(inside, axis=1) / np.sqrt(np.maximum(1, held[b + 1] - held[a]))]
    inside = unit(inside)
    for reach in (4, 10):
        before = unit(sums[a] - sums[np.maximum(0, a - reach)])
        after = unit(sums[np.minimum(n, b + 1 + reach)] - sums[b + 1])
        found += [(inside * before).sum(1), (inside * after).sum(1)]
    middle = (a + b + 2) // 2
    halves = unit(sums[middle] - sums[a]), unit(sums[b + 1] - sums[middle])
    roots = summed(np.sqrt(words))
    about = summed(meanings[:, :AXES] * np.sqrt(words)[:, None])
    return [
        *found,
        (inside * vectors[a]).sum(1),
        (inside * vectors[b]).sum(1),
        (vectors[a] * vectors[b]).sum(1),
        (halves[0] * halves[1]).sum(1),
        inside @ unit(vectors.mean(0)),
        (about[b + 1] - about[a]) / (roots[b + 1] - roots[a])[:, None],
    ]


def highest(values: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The highest of values[a..b] for each pair, by a sparse table (Bender and Farach-Colton 2000)."""
    levels, width = [np.asarray(values)], 1
    while 2 * width <= len(values):
        last = levels[-1]
        levels.append(np.maximum(last[: len(last) - width], last[width:]))
        width *= 2
    level = np.floor(np.log2(b - a + 1)).astype(int)
    found = np.empty(len(a), np.asarray(values).dtype)
    for one in np.unique(level):
        here = level == one
        found[here] = np.maximum(levels[one][a[here]], levels[one][b[here] - (1 << int(one)) + 1])
    return found


def highest_around(values: np.ndarray, reach: int) -> np.ndarray:
    """The highest within `reach` rows to either side."""
    at = np.arange(len(values))
    return highest(values, np.maximum(0, at - reach), np.minimum(len(values) - 1, at + reach))
