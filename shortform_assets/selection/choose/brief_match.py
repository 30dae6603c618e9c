"""How much a passage is about what the brief asks for: by words, and by meaning where there is a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from shortform_assets.errors import InputError
from shortform_assets.ports.embedder import Embedder
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.choose.local_editor import ABOUT_BONUS, matches_brief
from shortform_assets.selection.read.meaning import line_vectors
from shortform_assets.selection.read.script import Line

# Set by hand for the embedder that ships; guarded by test_the_brief_leaves_out_and_prefers and
# test_a_topic_is_found_by_meaning_where_its_word_is_never_said.
UNRELATED, RELATED = 0.2, 0.4
"""Cosines of a topic and a line that has nothing to do with it, and of one that is about it."""
FEWEST_WORDS = 4
"""Shorter lines say too little for their meaning to be known."""
BEST_LINES = 2
"""A passage is as much about a topic as this many of its lines are."""
ABOUT_IT = 0.5
"""Share of the most that the brief adds, from which a chosen clip is about it: half of its best topic's words, or
two lines half-way from `UNRELATED` to `RELATED`."""


class About:
    """Nothing is about nothing: without a wish every bonus is 0."""

    def __init__(
        self, bench: Workbench, lines: Sequence[Line], wishes: Sequence[str], embedder: Embedder | None
    ) -> None:
        self._lines, self.wishes = lines, tuple(wishes)
        self._meaning = np.zeros(len(lines))
        if not wishes or embedder is None:
            return
        try:
            self._meaning = _meaning(lines, wishes, embedder)
        except InputError as error:
            bench.degrade(f"the brief's topics were looked for by their words alone: {error}")

    def bonus(self, lines: Iterable[int]) -> float:
        """What the brief adds to the score of these lines, 0 to ABOUT_BONUS."""
        if not self.wishes:
            return 0.0
        held = list(lines)
        stems = frozenset(s for i in held for s in self._lines[i].stems)
        best = np.sort(self._meaning[held])[-BEST_LINES:]
        return ABOUT_BONUS * max(matches_brief(self.wishes, stems), round(float(best.mean()), 4))

    def note(self, bonuses: Iterable[float]) -> tuple[str, ...]:
        """A sentence where the bonuses of the chosen clips say that none of them is about it."""
        if not self.wishes or any(bonus >= ABOUT_IT * ABOUT_BONUS for bonus in bonuses):
            return ()
        named = ", ".join(f'"{wish}"' for wish in self.wishes)
        return (f"No clip is about {named}: little or nothing is said about it.",)


def _meaning(lines: Sequence[Line], wishes: Sequence[str], embedder: Embedder) -> np.ndarray:
    """(len(lines),) how much each line is about any of the wishes, 0 to 1."""
    vectors, wanted = line_vectors(embedder, lines), embedder.embed(wishes)
    norms = np.linalg.norm(vectors, axis=1)[:, None] * np.linalg.norm(wanted, axis=1)[None, :]
    cosines = np.divide(vectors @ wanted.T, norms, out=np.zeros_like(norms), where=norms > 0)
    share = ((cosines.max(axis=1) - UNRELATED) / (RELATED - UNRELATED)).clip(0.0, 1.0)
    told: np.ndarray = np.where([line.words >= FEWEST_WORDS for line in lines], share, 0.0)
    return told
