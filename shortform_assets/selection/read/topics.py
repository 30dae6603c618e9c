"""Topics: where one subject gives way to the next, and the words that tell it from the others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from shortform_assets.contracts.selection import Topic
from shortform_assets.selection.read.lexicon import GENERIC
from shortform_assets.selection.read.meaning import word_vectors
from shortform_assets.selection.read.script import Line
from shortform_assets.selection.read.segmentation import GRAIN, partition

KEYWORDS = 8
"""Of a topic: what a line of the plan shows. Our choice; test_topics_change_where_the_words_do."""
NOUNS = ("tion", "ment", "ity", "ness", "ship", "ics", "ism", "ance", "ence", "ers", "or", "ists", "logy")
PUNCTUATION = ".,;:!?\"'“”’()[]…—–-"


def idf(lines: Sequence[Line]) -> dict[str, float]:
    """Inverse document frequency of every stem over blocks of about forty content words."""
    blocks: list[set[str]] = [set()]
    size = 0
    for line in lines:
        blocks[-1].update(line.stems)
        size += len(line.stems)
        if size >= 40:
            blocks.append(set())
            size = 0
    counts = Counter(stem for block in blocks for stem in block)
    return {s: math.log((1 + len(blocks)) / (0.5 + n)) for s, n in sorted(counts.items())}


def segment(
    lines: Sequence[Line],
    weights: dict[str, float],
    flags: Sequence[str],
    vectors: np.ndarray | None = None,
    grain: float = GRAIN,
) -> tuple[Topic, ...]:
    """Topics that tile all lines. `weights` is `idf(lines)`; flagged lines give no keywords.

    `vectors` are sentence embeddings, a row a line; without them the words themselves are compared. A larger
    `grain` gives fewer topics.
    """
    if not lines:
        return ()
    starts = partition(lines, word_vectors(lines, weights) if vectors is None else vectors, grain)
    tagged = list(zip(lines, flags, strict=True))
    topics = []
    for a, b in zip(starts, [*starts[1:], len(lines)], strict=True):
        topics.append(
            Topic(
                first_word=lines[a].first,
                last_word=lines[b - 1].last,
                keywords=keywords([x for x, flag in tagged[a:b] if not flag], weights, KEYWORDS),
            )
        )
    return tuple(topics)


def keywords(lines: Sequence[Line], weights: dict[str, float], count: int) -> tuple[str, ...]:
    """The words that tell these lines from the rest, as most often written, best first."""
    stems: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    named: set[str] = set()
    for line in lines:
        for token, stem in zip(line.content, line.stems, strict=True):
            stems[stem] += 1
            written.setdefault(stem, Counter())[token.removesuffix("'s")] += 1
        named.update(
            w.strip(PUNCTUATION).lower().removesuffix("'s") for w in line.text.split()[1:] if w[:1].isupper()
        )

    def worth(stem: str) -> float:
        word = min(written[stem], key=lambda t: (-written[stem][t], t))
        value = stems[stem] ** 0.7 * (0.3 + weights.get(stem, 0.0))
        # Names and nouns make keywords; adverbs and lonely words hardly ever do.
        value *= 1.4 if word in named or word.endswith(NOUNS) else 1.0
        return value * (0.2 if word.endswith("ly") or word in GENERIC else 1.0)

    ranked = sorted((s for s in stems if len(s) > 2 and not s[0].isdigit()), key=lambda s: (-worth(s), s))
    return tuple(min(written[s], key=lambda t: (-written[s][t], t)) for s in ranked[:count])


def cohesion(left: Counter[str], right: Counter[str], weights: dict[str, float]) -> float:
    """Cosine of two bags of stems under tf-idf, 0 to 1."""
    dot = sum(n * right[s] * weights.get(s, 1.0) ** 2 for s, n in left.items() if s in right)
    if not dot:
        return 0.0
    norms = [math.sqrt(sum((n * weights.get(s, 1.0)) ** 2 for s, n in bag.items())) for bag in (left, right)]
    return min(1.0, dot / (norms[0] * norms[1])) if all(norms) else 0.0
