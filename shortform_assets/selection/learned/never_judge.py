"""How likely a line is part of what is never a clip: greetings, adverts, housekeeping, long questions of the host.

Boosted trees over what the judge of lines makes of the stretch around a line, up to forty lines away (stacked
generalisation, Wolpert 1992), cues of content (episodes, links, thanks, prices, weekdays) and of place in the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from shortform_assets.selection.learned.line_cues import spoken_words, summed
from shortform_assets.selection.learned.line_judge import mean_around
from shortform_assets.selection.learned.trees import Trees
from shortform_assets.selection.read.script import Line

MEANS = (2, 6, 15, 40)
"""Lines to either side over which the first judge's answers are averaged."""
HOUSE_CUES = (
    "house", "greeting", "calendar", "price", "product", "recall", "steering", "assent", "question", "host",
    "voice_share", "voice_asks", "place", "minutes_in", "minutes_left", "words", "turn_words", "like_whole", "voices",
    "names", "digits", "command", "exclaims", "you_share", "we_share", "i_share", "words_before", "words_after",
    "break6", "break12", "turns_in",
)  # fmt: skip
"""Cues of the line, and their means over four and twelve lines to either side."""
OF_THE_SHOW = re.compile(
    r"\b(?:members?(?:hip)?s?|subscrib\w+|sponsor\w*|listeners?|podcasts?|episodes?|show ?notes|free trial|supporters?|"
    r"patreon|merch|discounts?|early access|newsletters?|feeds?|sign(?:ing)? up|on the show|our shows?)\b"
)
"""Talk of the show itself: by itself each is harmless, many in a stretch are housekeeping however well it is told."""
STRETCH, CROWDED = 20, 1.0
"""From so many such words in a hundred, over a run and so many lines to either side, it is housekeeping. Both set by
hand with the clips of the folds at hand; "in never-zones" of benchmarks/editors.py, test_talk_of_the_show_is_never_a_clip."""


def stretch_cues(cues: np.ndarray, names: Sequence[str], judged: np.ndarray) -> np.ndarray:
    """(lines, columns) float32; see `line_cues.talk_cues` and `LineJudge.predict`."""
    column = {name: n for n, name in enumerate(names)}
    own = cues[:, [column[c] for c in HOUSE_CUES]]
    around = (mean_around(judged, reach) for reach in MEANS)
    return np.hstack([judged, *around, own, mean_around(own, 4), mean_around(own, 12)]).astype(np.float32)


def never_chances(trees: Trees, cues: np.ndarray, names: Sequence[str], judged: np.ndarray) -> np.ndarray:
    """(lines,) float64 from 0 to 1; the trees give log odds."""
    return 1 / (1 + np.exp(-trees.predict(stretch_cues(cues, names, judged))))


def show_talk(lines: Sequence[Line], a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(runs,) float64: words of the show itself in a hundred, over the lines a..b and a stretch to either side."""
    said = summed(np.array([len(OF_THE_SHOW.findall(line.plain)) for line in lines], np.float64))
    words = summed(spoken_words(lines))
    low, high = np.maximum(0, a - STRETCH), np.minimum(len(lines), b + 1 + STRETCH)
    return 100 * (said[high] - said[low]) / (words[high] - words[low])
