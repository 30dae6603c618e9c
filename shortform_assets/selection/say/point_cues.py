"""What tells which line of a clip is its point: where it stands, what it is about, how it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from shortform_assets.selection.learned.cue_words import MARKS, PRONOUNS
from shortform_assets.selection.read.script import Line

SHORT, LONG = 6, 25
"""Words of a short and of a long line. Set by hand; the judge learns what they mean."""
UNKNOWN = 1.0
"""Weight of a stem that the source's table of weights lacks."""


def point_cues(lines: Sequence[Line], vectors: np.ndarray, weights: Mapping[str, float]) -> np.ndarray:
    """(lines, cues) float64 of the lines of one clip. `vectors` (lines, dimensions) are their meanings, `weights` how
    telling a stem is in the source (`topics.idf`)."""
    said = np.array([len(line.stems) for line in lines], float)
    meaning = _unit((vectors * said[:, None]).sum(0))
    like = _unit(vectors) @ meaning
    recurs = Counter(s for line in lines for s in set(line.stems))
    voices = Counter(line.speaker for line in lines)
    main = min(voices, key=lambda v: (-voices[v], v))
    last = len(lines) - 1
    rows = []
    for i, line in enumerate(lines):
        place = i / max(1, last)
        told = [weights.get(s, UNKNOWN) for s in line.stems]
        rows.append(
            [
                place,
                (place - 0.5) ** 2,
                i == 0,
                i == 1,
                i == last - 1,
                i == last,
                like[i],
                float((like < like[i]).mean()),
                float(np.mean([recurs[s] > 1 for s in line.stems])) if line.stems else 0.0,
                sum(told) / (3 + len(line.tokens)),
                max(told, default=0.0),
                float(np.log(line.words)),
                line.words <= SHORT,
                line.words >= LONG,
                line.speaker == main,
                line.question,
                len(lines) / 10,
                *(bool(pattern.search(line.plain)) for pattern in MARKS.values()),
                *(
                    sum(t in forms for t in line.tokens) / max(1, len(line.tokens))
                    for forms in PRONOUNS.values()
                ),
            ]
        )
    return np.array(rows, np.float64)


def _unit(vectors: np.ndarray) -> np.ndarray:
    found: np.ndarray = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=-1, keepdims=True))
    return found
