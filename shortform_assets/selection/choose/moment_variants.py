"""Moments beside those that were measured: with other edges, of two joined pieces, or proposed by a model."""

from __future__ import annotations

import hashlib

from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.selection import FEATURES, Moment
from shortform_assets.selection.choose.clip_builder import ClipBuilder
from shortform_assets.selection.cut.frame_edges import Pieces
from shortform_assets.selection.propose.multipart import Joined

MOVED = ("opening", "ending", "self_contained", "duration_fit", "question")
"""Features that are measured again where an edge moves; what is heard is taken for the same."""


def at_lines(desk: ClipBuilder, a: int, b: int, like: Moment | None = None) -> Moment:
    """The moment of lines a..b, both included. `like` is one that it was moved from."""
    found = desk.measures.features(a, b, desk.limit, desk.bounds.length_ms(a, b))
    features = {name: found[name] for name in FEATURES}
    if like is not None:
        features |= {n: v for n, v in like.features.items() if n in FEATURES and n not in MOVED}
    return _moment(desk, ((desk.lines[a].first, desk.lines[b].last),), features, like)


def joined(desk: ClipBuilder, found: Joined) -> tuple[Moment, Pieces]:
    """A moment of two pieces: it opens like the first, ends like the second, and is the mean of both."""
    pieces = (
        (desk.lines[found.a].first, desk.lines[found.b].last),
        (found.first_word, desk.lines[found.d].last),
    )
    lengths = [desk.edges.length_ms(*piece) for piece in pieces]
    one = desk.measures.features(found.a, found.b, desk.limit, sum(lengths))
    two = desk.measures.features(found.c, found.d, desk.limit, sum(lengths))
    features = {}
    for name in FEATURES:
        mean = (lengths[0] * one[name] + lengths[1] * two[name]) / max(1, sum(lengths))
        taken = {"opening": one[name], "self_contained": one[name], "ending": two[name]}
        features[name] = taken.get(name, mean)
    if desk.measures.opens_with_question(found.a):
        features["question"] = 1.0
    return _moment(desk, pieces, features), pieces


def _moment(
    desk: ClipBuilder, pieces: Pieces, features: dict[str, float], like: Moment | None = None
) -> Moment:
    a, b = desk.lines_of(pieces[0][0], pieces[-1][1])
    flags = dict.fromkeys(desk.bounds.flaws(a, b), 1.0)
    # A plain moment is named like those that were measured.
    name = list(pieces[0]) if len(pieces) == 1 else [list(p) for p in pieces]
    return Moment(
        moment_id=hashlib.sha256(canonical_json(name)).hexdigest()[:12],
        kind=like.kind if like else "topic",
        first_word=pieces[0][0],
        last_word=pieces[-1][1],
        start_ms=desk.lines[a].start_ms,
        end_ms=max(line.end_ms for line in desk.lines[a : b + 1]),
        topic=desk.topic_at(pieces[0][0]),
        features={**{n: round(v, 4) for n, v in features.items()}, **flags},
    )
