"""A style's font and those that step in for it: each character is measured and drawn with the first that has it.

As in the font matching of CSS Fonts Level 4, whole characters (grapheme clusters) are matched, never parts of
them. Nothing is left to the renderer: what is chosen here is named to it for every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import NamedTuple

from shortform_assets.creative.captions.text.typeset import LINE_PITCH, Typeface
from shortform_assets.text.graphemes import graphemes

_ROOMY = 1.1
"""Letters may reach so far beyond their share of the line pitch before lines move apart: a rare accent of a
capital does not change a whole clip. Our choice."""


class FontRun(NamedTuple):
    """Part of a text that one font draws."""

    text: str
    family: str
    face: Typeface


class FontStack:
    """Fonts by preference, the style's own first. Widths are in em of it: all are set at one em size."""

    def __init__(self, fonts: Sequence[tuple[str, Typeface]]) -> None:
        self._fonts = tuple(fonts)
        self.family, self.own = fonts[0]
        self._known: dict[str, int] = {}

    def runs(self, text: str) -> Iterator[FontRun]:
        """`text` in order, in as few parts as may be. What no font has goes to the style's own."""
        placed = ((self._first(cluster), cluster) for cluster in graphemes(text))
        for at, clusters in groupby(placed, key=itemgetter(0)):
            family, face = self._fonts[at]
            yield FontRun("".join(cluster for _, cluster in clusters), family, face)

    def draws(self, text: str) -> bool:
        """Whether each character of `text` has a font."""
        return not self.lacking(text)

    def lacking(self, text: str) -> list[str]:
        """The characters of `text` that no font has, each once, in order."""
        found = dict.fromkeys(c for c in graphemes(text) if not self._fonts[self._first(c)][1].draws(c))
        return list(found)

    def width(self, text: str) -> float:
        """Advance of one line in em, shaped as libass shapes it."""
        return _width(self, text)

    def measure(self, text: str) -> float:
        """`width`, not remembered."""
        return sum(run.face.width(run.text) for run in self.runs(text))

    def drop(self, text: str) -> float:
        """How far in em the middle of the capitals lies below the middle of the box of a line of `text`.

        The box goes from the highest to the lowest of the boxes of all fonts in the line.
        """
        faces = {run.face for run in self.runs(text)} or {self.own}
        rise, fall = max(face.rise for face in faces), max(face.box - face.rise for face in faces)
        return rise - (rise + fall) / 2 - self.own.capitals / 2

    def pitch(self, words: Iterable[str]) -> float:
        """Distance in em of two baselines at which no letter of `words` meets one of another line.

        A line is centred on the middle of its capitals, and no letter leaves its share of the pitch.
        """
        need, half = 0.0, self.own.capitals / 2
        for run in (run for word in set(words) for run in self.runs(word)):
            top, bottom = run.face.ink(run.text)
            need = max(need, 2 * (top - half), 2 * (bottom + half))
        return LINE_PITCH if need <= _ROOMY * LINE_PITCH else ceil(need * 100) / 100

    def _first(self, cluster: str) -> int:
        if cluster not in self._known:
            able = (at for at, (_, face) in enumerate(self._fonts) if face.draws(cluster))
            self._known[cluster] = next(able, 0)
        return self._known[cluster]


def stacks(fonts: Sequence[tuple[str, Typeface]], own: int) -> dict[str, FontStack]:
    """The stack of each of the first `own` fonts, those of the style, by family: it first, then all others in order."""
    return {
        fonts[at][0]: FontStack([fonts[at], *(font for n, font in enumerate(fonts) if n != at)])
        for at in range(own)
    }


@lru_cache(maxsize=50_000)
def _width(stack: FontStack, text: str) -> float:
    return stack.measure(text)
