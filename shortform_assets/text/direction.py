"""Which way text runs: the implicit part of the bidirectional algorithm (Unicode Standard Annex 9).

Text that is drawn holds no formatting characters (see `visible`), so the rules for explicit embeddings and isolates
have nothing to do here; pairs of brackets (N0) are left out, which moves a bracket and never a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_NEUTRAL = ("B", "S", "WS", "ON")
_NUMBER = ("EN", "AN")


def runs_right_to_left(text: str) -> bool:
    """Whether a paragraph of `text` does: by its first letter that has a direction (rules P2 and P3)."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def levels(text: str) -> list[int]:
    """For every code point how deep it is embedded: even runs to the right, odd to the left."""
    base = int(runs_right_to_left(text))
    outer = "R" if base else "L"
    kinds = _weak([unicodedata.bidirectional(c) or "L" for c in text], outer)
    kinds = _neutral(kinds, outer)
    found = []
    for kind in kinds:
        if base:
            found.append(1 if kind == "R" else 2)
        else:
            found.append({"L": 0, "R": 1}.get(kind, 2))
    at = len(text)
    while at and kinds and unicodedata.bidirectional(text[at - 1]) in ("WS", "S", "B"):
        at -= 1
        found[at] = base
    return found


def in_visual_order(items: Sequence[tuple[T, int]]) -> list[T]:
    """Items with their levels, from left to right (rule L2)."""
    order = list(items)
    for depth in range(max((level for _, level in items), default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and order[end][1] >= depth:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = max(end, start + 1)
    return [item for item, _ in order]


def _weak(kinds: list[str], outer: str) -> list[str]:
    """Rules W1 to W7."""
    strong = before = outer
    for i, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[i] = kind = before
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[i] = "AN"
        before = kinds[i]
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for i in range(1, len(kinds) - 1):
        around = {kinds[i - 1], kinds[i + 1]}
        if (kinds[i] == "ES" and around == {"EN"}) or (kinds[i] == "CS" and around in ({"EN"}, {"AN"})):
            kinds[i] = kinds[i - 1]
    for way in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        near = ""
        for i in way:
            if kinds[i] == "ET" and near == "EN":
                kinds[i] = "EN"
            near = kinds[i]
    strong = outer
    for i, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind in ("ES", "ET", "CS"):
            kinds[i] = "ON"
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"
    return kinds


def _neutral(kinds: list[str], outer: str) -> list[str]:
    """Rules N1 and N2; numbers count as running to the left there, and keep their own kind."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > start:
            sides = [kinds[start - 1] if start else outer, kinds[end] if end < len(kinds) else outer]
            ways = {"R" if side in _NUMBER else side for side in sides}
            kinds[start:end] = [ways.pop() if len(ways) == 1 else outer] * (end - start)
        start = end + 1
    return kinds
