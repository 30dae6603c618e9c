"""Scores for recognised speech: word error rate, and the benchmark's diarization error rate."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from rapidfuzz.distance import Levenshtein

Stretch = tuple[str, float, float]
"""Speaker, start and end in seconds."""


def plain_words(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.lower().replace("’", "'").replace("-", " ")).split()


def word_error_rate(reference: str, heard: str) -> float:
    truth = plain_words(reference)
    return Levenshtein.distance(truth, plain_words(heard)) / len(truth)


def diarization_error_rate(
    reference: Sequence[Stretch], found: Sequence[Stretch], collar: float = 0.25
) -> float:
    """Missed, invented and misattributed speech over all speech, as the benchmark counts them."""
    wrong, spoken = _benchmark().diarization_errors(reference, found, collar)
    return float(wrong / spoken)


def _benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "speech_scores.py"
    spec = importlib.util.spec_from_file_location("benchmark_speech_scores", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
