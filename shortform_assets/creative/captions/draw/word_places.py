"""Where in a drawn line each of its words stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.text.direction import in_visual_order, levels


def word_places(
    face: FontStack, texts: Sequence[str], spaces: Sequence[str], mark: str = ""
) -> list[tuple[float, float]]:
    """Left and right end of every word, in em from the left end of the line.

    `spaces[i]` stands after word i; `mark`, which takes no room, before the first, where the base direction is not
    that of the first letter. Words that run to the left stand right of those that follow them. Parts are
    shaped by themselves and brought to the width of the whole line, so that what kerning moves across a space is
    shared by all.
    """
    line = "".join(text + space for text, space in zip(texts, spaces, strict=True))
    owners = [i for i, (text, space) in enumerate(zip(texts, spaces, strict=True)) for _ in text + space]
    letters = [at < len(texts[i]) for i in range(len(texts)) for at in range(len(texts[i] + spaces[i]))]
    kinds = list(zip(owners, letters, levels(mark + line)[len(mark) :], strict=True))
    atoms, start = [], 0
    for kind, run in groupby(kinds):
        end = start + sum(1 for _ in run)
        atoms.append(((kind[0], kind[1], face.width(line[start:end])), kind[2]))
        start = end
    total = sum(width for (_, _, width), _ in atoms)
    stretch = face.width(line) / total if total else 1.0
    places: dict[int, tuple[float, float]] = {}
    at = 0.0
    for word, own, width in in_visual_order(atoms):
        end_at = at + width * stretch
        if own:
            left, right = places.get(word, (at, end_at))
            places[word] = min(left, at), max(right, end_at)
        at = end_at
    return [places.get(i, (0.0, 0.0)) for i in range(len(texts))]
