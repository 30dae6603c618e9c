"""Scores for recognised speech: word error rate, word-boundary error, diarization error rate."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Stretch = tuple[str, float, float]
"""Speaker, start and end in seconds."""
Timed = tuple[str, int, int]
"""A word, start and end in milliseconds."""


@cache
def normaliser(language: str) -> Callable[[str], str]:
    """Whisper's published text normaliser: case, punctuation, contractions, numbers in words or digits."""
    from whisper_normalizer.basic import BasicTextNormalizer
    from whisper_normalizer.english import EnglishTextNormalizer

    return EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()


def word_errors(reference: str, heard: str, language: str = "en") -> tuple[int, int]:
    """(substitutions + deletions + insertions, true words) by jiwer, both texts normalised."""
    import jiwer

    plain = normaliser(language)
    truth, guess = plain(reference), plain(heard)
    if not truth.split():
        return len(guess.split()), 0
    out = jiwer.process_words(truth, guess)
    return out.substitutions + out.deletions + out.insertions, out.hits + out.substitutions + out.deletions


def true_words_lost(
    reference: str, kept: Sequence[Timed], removed: Sequence[Timed], language: str = "en"
) -> int:
    """How many more true words there would be, had the guard removed nothing."""
    import jiwer

    plain = normaliser(language)
    truth = plain(reference)

    def hits(words: Sequence[Timed]) -> int:
        return jiwer.process_words(truth, plain(" ".join(text for text, _, _ in words)) or "-").hits

    return max(0, hits(sorted([*kept, *removed], key=lambda word: word[1])) - hits(kept)) if removed else 0


def boundary_errors(truth: Sequence[Timed], found: Sequence[Timed]) -> tuple[list[int], list[int]]:
    """Absolute errors of start and of end in milliseconds, of all words that were recognised as they are."""
    from rapidfuzz.distance import Levenshtein

    said, heard = ([_bare(text) for text, _, _ in words] for words in (truth, found))
    starts, ends = [], []
    for block in Levenshtein.opcodes(said, heard):
        if block.tag != "equal":
            continue
        size = block.src_end - block.src_start
        for a, b in zip(truth[block.src_start :][:size], found[block.dest_start :][:size], strict=True):
            starts.append(abs(a[1] - b[1]))
            ends.append(abs(a[2] - b[2]))
    return starts, ends


def _bare(text: str) -> str:
    return re.sub(r"[^\w']", "", text.lower().replace("’", "'"))


def diarization_errors(
    reference: Sequence[Stretch], found: Sequence[Stretch], collar: float = 0.25, step: float = 0.01
) -> tuple[float, float]:
    """(seconds missed, invented and misattributed, seconds of speech), under the best naming of speakers.

    Time within `collar` seconds of a reference boundary is not judged.
    """
    from scipy.optimize import linear_sum_assignment

    size = round(max(end for _, _, end in [*reference, *found]) / step) + 1
    truth, guess = _grid(reference, size, step), _grid(found, size, step)
    judged = np.ones(size, bool)
    for _, start, end in reference:
        for edge in (start, end):
            judged[max(0, round((edge - collar) / step)) : max(0, round((edge + collar) / step))] = False
    truth, guess = truth[judged], guess[judged]
    shared = truth.T.astype(int) @ guess.astype(int)
    rows, columns = linear_sum_assignment(-shared)
    spoken, heard = truth.sum(axis=1), guess.sum(axis=1)
    errors = np.maximum(spoken, heard).sum() - shared[rows, columns].sum()
    return float(errors) * step, float(spoken.sum()) * step


def _grid(stretches: Sequence[Stretch], size: int, step: float) -> NDArray[np.bool_]:
    names = sorted({name for name, _, _ in stretches})
    grid = np.zeros((size, len(names)), bool)
    for name, start, end in stretches:
        grid[round(start / step) : round(end / step), names.index(name)] = True
    return grid
