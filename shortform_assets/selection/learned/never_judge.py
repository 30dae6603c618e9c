"""How likely a line is part of what is never a clip: greetings, adverts, housekeeping, long questions of the host.

Boosted trees over what the judge of lines makes of the stretch around a line, up to forty lines away (stacked
generalisation, Wolpert 1992), cues of content (episodes, links, thanks, prices, weekdays) and of place in the source.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shortform_assets.selection.learned.line_judge import mean_around
from shortform_assets.selection.learned.trees import Trees

MEANS = (2, 6, 15, 40)
"""Lines to either side over which the first judge's answers are averaged."""
HOUSE_CUES = (
    "house", "greeting", "calendar", "price", "product", "recall", "steering", "assent", "question", "host",
    "voice_share", "voice_asks", "place", "minutes_in", "minutes_left", "words", "turn_words", "like_whole", "voices",
    "names", "digits", "command", "exclaims", "you_share", "we_share", "i_share", "words_before", "words_after",
    "break6", "break12", "turns_in",
)  # fmt: skip
"""Cues of the line, and their means over four and twelve lines to either side."""


def stretch_cues(cues: np.ndarray, names: Sequence[str], judged: np.ndarray) -> np.ndarray:
    """(lines, columns) float32; see `line_cues.talk_cues` and `LineJudge.predict`."""
    column = {name: n for n, name in enumerate(names)}
    own = cues[:, [column[c] for c in HOUSE_CUES]]
    around = (mean_around(judged, reach) for reach in MEANS)
    return np.hstack([judged, *around, own, mean_around(own, 4), mean_around(own, 12)]).astype(np.float32)


def never_chances(trees: Trees, cues: np.ndarray, names: Sequence[str], judged: np.ndarray) -> np.ndarray:
    """(lines,) float64 from 0 to 1; the trees give log odds."""
    return 1 / (1 + np.exp(-trees.predict(stretch_cues(cues, names, judged))))
