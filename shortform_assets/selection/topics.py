"""Topic segmentation by lexical cohesion, after TextTiling (Hearst, 1997, Computational Linguistics 23(1)).

Words to the left and to the right of every gap between two lines are compared as tf-idf vectors; where their
likeness dips deep below the hills on both sides, a new topic begins. A long pause, a new speaker and phrases
such as "moving on" deepen the dip, while a question holds on to its answer and a speaker to the turn.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from shortform_assets.contracts.selection import Topic
from shortform_assets.selection.lexicon import GENERIC, TOPIC_SHIFT
from shortform_assets.selection.script import Line, is_content

WINDOW = 70
"""Content words compared on each side of a gap."""
MIN_TOPIC_MS = 60_000
DEPTH = 1.5
"""Standard deviations above the mean at which a dip is a boundary."""
KEYWORDS = 8
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


def segment(lines: Sequence[Line], weights: dict[str, float], flags: Sequence[str]) -> tuple[Topic, ...]:
    """Topics that tile all lines. `weights` is `idf(lines)`; flagged lines give no keywords."""
    if not lines:
        return ()
    depths = _depths(lines, weights)
    starts = [0, *_boundaries(lines, depths)]
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
        for token, stem in zip(_content(line), line.stems, strict=True):
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


def _content(line: Line) -> list[str]:
    return [t for t in line.tokens if is_content(t)]


def _depths(lines: Sequence[Line], weights: dict[str, float]) -> np.ndarray:
    """(n-1,) how strongly a topic begins at line k+1."""
    n = len(lines)
    if n < 2:
        return np.zeros(0)
    likeness = np.zeros(n - 1)
    for gap in range(n - 1):
        left, right = Counter[str](), Counter[str]()
        k, size = gap, 0
        while k >= 0 and size < WINDOW:
            left.update(lines[k].stems)
            size += len(lines[k].stems)
            k -= 1
        k, size = gap + 1, 0
        while k < n and size < WINDOW:
            right.update(lines[k].stems)
            size += len(lines[k].stems)
            k += 1
        likeness[gap] = cohesion(left, right, weights)
    if n > 4:
        likeness = np.convolve(np.pad(likeness, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    depths = np.zeros_like(likeness)
    for gap in range(n - 1):
        depths[gap] = _hill(likeness, gap, -1) + _hill(likeness, gap, 1) - 2 * likeness[gap]
    spread = float(depths.std()) or 1.0
    talk = len({line.speaker for line in lines}) > 1
    pauses = [min(line.gap_before_ms, 3000) / 3000 for line in lines]
    for gap in range(n - 1):
        here, after = lines[gap], lines[gap + 1]
        bonus = 0.8 * pauses[gap + 1] + (0.3 if here.speaker != after.speaker else 0.0)
        bonus += 0.8 if TOPIC_SHIFT.search(after.plain) else 0.0
        bonus += 0.4 if after.question and here.speaker != after.speaker else 0.0
        bonus -= 2.0 if here.question else 0.0
        bonus -= 0.8 if talk and here.speaker == after.speaker and after.gap_before_ms < 1000 else 0.0
        depths[gap] += bonus * spread
    return depths


def _hill(likeness: np.ndarray, gap: int, step: int) -> float:
    """The top reached by climbing from `gap` in one direction."""
    top = float(likeness[gap])
    k = gap + step
    while 0 <= k < len(likeness) and likeness[k] >= top:
        top = float(likeness[k])
        k += step
    return top


def _boundaries(lines: Sequence[Line], depths: np.ndarray) -> list[int]:
    """Deepest gaps first, none nearer than MIN_TOPIC_MS to another or to an end."""
    if not len(depths):
        return []
    threshold = float(depths.mean() + DEPTH * depths.std())
    chosen: list[int] = []
    begin, end = lines[0].start_ms, lines[-1].end_ms
    for gap in sorted(range(len(depths)), key=lambda g: (-depths[g], g)):
        if depths[gap] <= threshold:
            break
        at = lines[gap + 1].start_ms
        if all(abs(at - lines[c].start_ms) >= MIN_TOPIC_MS for c in chosen) and (
            at - begin >= MIN_TOPIC_MS and end - at >= MIN_TOPIC_MS
        ):
            chosen.append(gap + 1)
    return sorted(chosen)
