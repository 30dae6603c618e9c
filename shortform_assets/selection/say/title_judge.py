"""Whether an editor would let a line stand as a title: what must hold of it, and a learned judge of the rest.

The judge is a logistic regression of `title_cues`, taught on titles that editors graded and on those they wrote.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np

from shortform_assets.selection.learned.cue_words import ASKS, MARKS, PRONOUNS, TAG_QUESTION
from shortform_assets.selection.learned.weights import TITLE_JUDGE, load_weights
from shortform_assets.selection.read.lexicon import STOP, words
from shortform_assets.selection.read.script import plain_text, tokenize
from shortform_assets.selection.say.phrases import HANGING, HESITATION, LEADING, POINTING, STAGE, has_verb

_QUOTES = '"“”'
_SUBJECTS = words("i you we i'm i've i'd i'll you're you've you'll we're we've we'll")
OPEN_INSIDE = POINTING - words("that there one both same his her their its")
"""Words that point at something unread wherever they stand; a possessive after the subject may belong to it."""
_MARKS = (
    "emotion", "surprise", "claim", "advice", "story", "people", "speech", "hedge", "filler", "contrast", "absolute",
    "superlative", "house", "greeting", "product", "recall", "steering", "assent", "past", "modal", "negation", "number",
    "time", "money", "work", "things", "analogy", "definition", "open",
)  # fmt: skip


def can_stand(title: str) -> bool:
    """A complete statement or question with its own subject and verb, nothing open in it, quotation marks in pairs."""
    tokens = tokenize(plain_text(title))
    if len(tokens) < 3 or not has_verb(tokens):
        return False
    if not balanced(title):
        return False
    asks = title.endswith("?")
    if asks and (not ASKS.match(" ".join(tokens)) or TAG_QUESTION.search(title)):
        return False
    opens_badly = tokens[0] in POINTING or (tokens[0] in LEADING and not asks)
    open_inside = any(t in OPEN_INSIDE for t in tokens[1:])
    unfinished = tokens[-1] in HANGING and not asks
    stutters = any(a == b for a, b in pairwise(tokens)) or any(t in HESITATION for t in tokens)
    return not (opens_badly or open_inside or unfinished or stutters or STAGE.search(" ".join(tokens)))


def balanced(title: str) -> bool:
    """Quotation marks come in pairs."""
    return title.count('"') % 2 == 0 and title.count("“") == title.count("”")


def title_cues(title: str) -> np.ndarray:
    """(cues,) float64 of one line, whatever clip it belongs to."""
    plain = plain_text(title)
    tokens = tokenize(plain)
    said = max(1, len(tokens))
    content = [t for t in tokens if t not in STOP]
    shown = title.split()
    first = tokens[0] if tokens else ""
    asks = title.rstrip().endswith("?")
    return np.array(
        [
            len(tokens) / 10,
            len(tokens) <= 4,
            len(tokens) >= 10,
            len(content) / said,
            sum(map(len, tokens)) / said,
            has_verb(tokens),
            can_stand(title),
            first in POINTING,
            first in LEADING,
            first in _SUBJECTS,
            first in STOP,
            first in PRONOUNS["i"],
            first in PRONOUNS["you"],
            bool(tokens) and tokens[-1] in HANGING,
            bool(STAGE.search(plain)),
            asks,
            asks and bool(ASKS.match(plain)),
            "," in title,
            any(q in title for q in _QUOTES),
            sum(w[:1].isupper() for w in shown[1:]) / said,
            any(c.isdigit() for c in title),
            *(sum(t in forms for t in tokens) / said for forms in PRONOUNS.values()),
            *(bool(MARKS[name].search(plain)) for name in _MARKS),
        ],
        np.float64,
    )


def liking(title: str) -> float:
    """The chance, 0 to 1, that an editor lets the line stand as the title of a good clip."""
    centre, scale, weights = _weights()
    value = float(((title_cues(title) - centre) / scale) @ weights[:-1] + weights[-1])
    return 1 / (1 + math.exp(-value))


@cache
def _weights() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = load_weights(TITLE_JUDGE)
    centre, scale, weights = (held[name].astype(np.float64) for name in ("centre", "scale", "weights"))
    return centre, scale, weights
