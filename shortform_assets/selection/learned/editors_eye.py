"""The learned judgement as a whole: loaded once from the shipped weights, asked about one talk at a time.

How it was trained, on what, and how far to trust it: `docs/selection.md`, `tools/train_editor.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from shortform_assets.selection.learned.line_cues import spoken_words, summed, talk_cues, unit
from shortform_assets.selection.learned.line_judge import LineJudge
from shortform_assets.selection.learned.never_judge import CROWDED, never_chances, show_talk
from shortform_assets.selection.learned.run_cues import JudgedLines, run_cues
from shortform_assets.selection.learned.run_judge import RunJudge
from shortform_assets.selection.learned.trees import Trees
from shortform_assets.selection.learned.weights import EDITORS_EYE, load_weights
from shortform_assets.selection.read.script import Line

LANGUAGES = frozenset({"en"})
"""Languages that it was taught; elsewhere the measured features decide alone."""
FEWEST_LINES = 100
"""Of less talk than this, some eight minutes, it is not asked: what it knows of place and contrast is relative to the
source, and the shortest that it was taught has 316. Of clips from pieces of 100 lines cut out of episodes 26 % match a pick
with it and 8 % without (`benchmarks/editors.py --excerpts 100`); on an episode of four minutes it finds next to nothing."""
NEVER = 0.22
"""Mean chance over a run's words of greetings, adverts and housekeeping from which it is worth nothing. Chosen in
cross-validation: where it is lower, more picks are lost than such clips (`docs/selection.md`)."""
RIM_MS, NEVER_AT_RIM = 60_000, 0.15
"""And from this lower one where it begins in the first minute or ends in the last, where greetings and goodbyes are.
Chosen likewise; test_what_is_never_a_clip_is_worth_nothing_wherever_it_is_cut."""


@dataclass(frozen=True)
class EditorsEye:
    """Weights of all judges."""

    lines: LineJudge
    never: Trees
    """See `never_judge`."""
    runs: RunJudge
    fewest_lines: int = FEWEST_LINES

    def look(self, lines: Sequence[Line], vectors: np.ndarray) -> JudgedTalk:
        """One talk. `vectors` (lines, dimensions) are embeddings of the model that it was taught with."""
        vectors = unit(vectors.astype(np.float32)).astype(np.float32)
        cues, names = talk_cues(lines, vectors)
        judged = self.lines.predict(cues, vectors)
        never = never_chances(self.never, cues, names, judged)
        return JudgedTalk(self, tuple(lines), cues, names, vectors, judged, never)


@dataclass(frozen=True)
class JudgedTalk:
    """What the eye makes of one talk."""

    eye: EditorsEye
    lines: tuple[Line, ...]
    cues: np.ndarray
    names: tuple[str, ...]
    vectors: np.ndarray
    judged: np.ndarray
    """(lines, LABELS)."""
    never_lines: np.ndarray
    """(lines,) `never_chances`."""

    def judge(self, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Worth and cut of the runs of lines a..b, both included: `RunJudge.judge`; 0 for what is never a clip."""
        if not len(a):
            return np.zeros(0), np.zeros(0)
        never = self.is_never(a, b)
        worth, cut = self.eye.runs.judge(self.run_cues(a, b))
        return np.where(never, 0.0, worth), np.where(never, 0.0, cut)

    def is_never(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs,) bool: greetings, goodbyes, adverts and housekeeping, by what is said, how and where."""
        start, end = (np.array([getattr(x, edge) for x in self.lines]) for edge in ("start_ms", "end_ms"))
        at_rim = (start[a] < start[0] + RIM_MS) | (end[b] > end.max() - RIM_MS)
        unlikely = self.never(a, b) < np.where(at_rim, NEVER_AT_RIM, NEVER)
        return ~unlikely | (show_talk(self.lines, a, b) >= CROWDED)

    def run_cues(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs, columns) float32, see `run_cues.run_cues`."""
        meanings = self.eye.lines.meanings(self.vectors)
        talk = JudgedLines(self.lines, self.cues, self.names, self.judged, self.vectors, meanings)
        return run_cues(talk, a, b)

    def never(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs,) mean over the run's words of how much they look like what is never a clip."""
        words = spoken_words(self.lines)
        held, sums = summed(words), summed(words * self.never_lines)
        return (sums[b + 1] - sums[a]) / (held[b + 1] - held[a])


@cache
def shipped_eye() -> EditorsEye:
    """The weights that ship with the project; FileNotFoundError where the installation lacks them."""
    return eye_of(load_weights(EDITORS_EYE))


def read_eye(path: Path) -> EditorsEye:
    """An eye from a file of named arrays."""
    with np.load(path, allow_pickle=False) as held:
        return eye_of({name: held[name] for name in held.files})


def eye_of(arrays: Mapping[str, np.ndarray]) -> EditorsEye:
    """The eye of named arrays, in single precision whatever they are stored in."""
    own = {n: v.astype(np.float32) if v.dtype.kind == "f" else v.astype(np.int64) for n, v in arrays.items()}
    return EditorsEye(LineJudge.of(own), Trees.of(own, "never"), RunJudge.of(own))
