"""The local editor: a weighted mean of the measured features, every contribution open to view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shortform_assets.contracts.selection import FEATURES, LEARNED
from shortform_assets.contracts.slices.selection_slice import PENALTIES
from shortform_assets.selection.read.script import plain_text, stem, tokenize

LACKING = {"thin": ("substance", 0.5), "incoherent": ("coherence", 0.3)}
"""Fault -> the feature that is under this much. Set by hand; "chosen time that is filler" of
benchmarks/selection.py, test_a_fault_never_raises_the_score_and_a_genre_can_forgive_it."""
ABOUT_BONUS = 0.2
"""The most that the brief adds to a score of 0 to 1: a passage that is about it passes one a good deal better that is
not. Our choice; test_the_brief_leaves_out_and_prefers."""

LIKED = {
    "speech_rate": "quick delivery",
    "energy": "a strong voice",
    "energy_rise": "rising energy",
    "laughter": "laughter",
    "applause": "applause",
    "pitch_range": "a lively voice",
    "density": "no dead air",
    "speaker_changes": "a quick exchange",
    "question": "a question and its answer",
    "hook_words": "hook words",
    "specifics": "names and numbers",
    "emotion": "strong feeling",
    "surprise": "a surprise",
    "claims": "clear claims",
    "story": "a story told",
    "people": "people and what they said",
    "substance": "substance",
    "self_contained": "stands alone",
    "opening": "a strong opening",
    "ending": "a finished ending",
    "coherence": "one topic",
    "editors_eye": "a passage such as editors pick",
    "position": "well inside the source",
    "duration_fit": "a good length",
    "about": "what the brief asks for",
}
"""How a reason names a feature."""


def weigh(
    features: Mapping[str, float],
    weights: Mapping[str, float],
    penalties: Mapping[str, float] = PENALTIES,
) -> dict[str, float]:
    """Contribution of every weighted feature and fault; they sum to the score before clamping."""
    counted = (*FEATURES, *(name for name in LEARNED if name in features))
    total = sum(weights.get(name, 0.0) for name in counted)
    parts = {
        name: round(weights[name] * features.get(name, 0.0) / total, 4)
        for name in counted
        if weights.get(name, 0.0) > 0
    }
    # Where editors cut was learnt with the worth: a fault takes only from what the features give.
    share = sum(weights.get(name, 0.0) for name in FEATURES) / total if total else 1.0
    for name, cost in penalties.items():
        feature, least = LACKING.get(name, (name, 0.0))
        how = max(0.0, 1 - features.get(feature, least) / least) if least else float(bool(features.get(name)))
        # What the genre gives no weight is no fault either.
        if how and (not least or weights.get(feature, 0.0) > 0):
            parts[name] = -round(cost * how * share, 4)
    return parts


def score(parts: Mapping[str, float]) -> float:
    """0 to 1."""
    return round(min(1.0, max(0.0, sum(parts.values()))), 4)


def matches_brief(about: Sequence[str], stems: frozenset[str]) -> float:
    """How much of the brief's best matching topic is spoken of in a text with these stems, 0 to 1."""
    from rapidfuzz import fuzz, process

    best = 0.0
    for wish in about:
        wanted = [stem(t) for t in tokenize(plain_text(wish)) if len(t) > 2]
        if not wanted or not stems:
            continue
        found = [
            w in stems
            or (len(w) > 4 and process.extractOne(w, stems, scorer=fuzz.ratio, score_cutoff=85) is not None)
            for w in wanted
        ]
        best = max(best, sum(found) / len(wanted))
    return best


def explain(parts: Mapping[str, float], features: Mapping[str, float], weights: Mapping[str, float]) -> str:
    """The three things that speak most for a moment, against what an average moment would have."""
    total = sum(weights.values()) or 1.0
    gain = {
        name: parts[name] - 0.5 * weights.get(name, 0.0) / total
        for name in LIKED
        if name in parts and (name == "about" or features.get(name, 0.0) >= 0.5)
    }
    best = sorted(gain, key=lambda name: (-gain[name], name))[:3]
    return ", ".join(LIKED[name] for name in best) or "the best there is"
