"""Caption pages: which words are on screen together, on which lines, and for how long.

Pages are chosen by dynamic programming over all words of a clip (as TeX chooses lines: Knuth and Plass,
"Breaking Paragraphs into Lines", 1981): a page must fit, never straddles a change of speaker or a long
pause, ends with a sentence or clause where it can, and stands long enough to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import CaptionStyle
from shortform_assets.creative.captions.clip_words import SpokenWord
from shortform_assets.creative.captions.typeset import Typeface, displayed

HOLD_MS = 400
"""A page stays this long after its last word, unless the next begins."""
MIN_DISPLAY_MS = 700
"""A page that is seen for less cannot be read."""
_SMALLEST = 0.6
"""A word that does not fit at this share of the size is split instead of shrunk."""

# Costs, in units of one word missing from a page.
_UNFINISHED, _SWALLOWED, _CLAUSE, _FLASH = 1.5, 6.0, 1.0, 5.0
_LOSE_TWO_LINES = 0.6


@dataclass(frozen=True)
class Page:
    """Words of a page by line, in clip frames [start_frame, end_frame); `scale` of the style's size."""

    start_frame: int
    end_frame: int
    lines: tuple[tuple[SpokenWord, ...], ...]
    scale: float = 1.0


@dataclass(frozen=True)
class Measure:
    """What a line may hold: a typeface, the widest line in em, and the limits of a page."""

    face: Typeface
    width: float
    uppercase: bool
    max_lines: int
    max_words: int

    @staticmethod
    def of(style: CaptionStyle, face: Typeface, width: float) -> Measure:
        """`width` is that of the safe box in em, with the outline still in it."""
        return Measure(
            face, width - 2 * style.outline / style.size, style.uppercase, style.max_lines, style.max_words
        )

    def line(self, words: Sequence[SpokenWord]) -> float:
        """Width of the words as one line, in em."""
        return self.face.width(" ".join(displayed(w.text, self.uppercase) for w in words))


def caption_pages(
    words: Sequence[SpokenWord], measure: Measure, rate: FrameRate, frames: int, gap_ms: int
) -> list[Page]:
    """All words of the clip once and in order, on pages that never overlap in time."""
    shown = [part for word in words for part in _fitting(word, measure) if displayed(part.text, False)]
    pages, gap = [], rate.nearest(gap_ms)
    at = 0
    for end in range(1, len(shown) + 1):
        if end == len(shown) or _breaks(shown[end - 1], shown[end], gap):
            pages += _paged(shown[at:end], measure, rate)
            at = end
    return _timed(pages, rate, frames)


def _breaks(before: SpokenWord, after: SpokenWord, gap: int) -> bool:
    heard = -1 not in (before.speaker, after.speaker)
    return (heard and before.speaker != after.speaker) or after.start_frame - before.end_frame > gap


def _fitting(word: SpokenWord, measure: Measure) -> list[SpokenWord]:
    """The word, or its parts where it would not fit a line even when shrunk."""
    limit = measure.width / _SMALLEST
    if measure.line([word]) <= limit:
        return [word]
    parts, part = [], ""
    for char in word.text:
        if part and measure.line([replace(word, text=part + char)]) > measure.width:
            parts.append(part)
            part = ""
        part += char
    parts.append(part)
    length = word.end_frame - word.start_frame
    edges = [word.start_frame + length * i // len(parts) for i in range(len(parts) + 1)]
    return [
        replace(
            word,
            text=part,
            start_frame=low,
            end_frame=max(high, low + 1),
            ends_sentence=word.ends_sentence and i == len(parts) - 1,
        )
        for i, (part, low, high) in enumerate(zip(parts, edges, edges[1:], strict=False))
    ]


def _paged(words: Sequence[SpokenWord], measure: Measure, rate: FrameRate) -> list[Page]:
    """The cheapest pages for words between two hard breaks."""
    shortest = rate.nearest(MIN_DISPLAY_MS)
    best: list[tuple[float, int, tuple[tuple[SpokenWord, ...], ...], float]] = [(0.0, 0, (), 1.0)]
    for end in range(1, len(words) + 1):
        options = []
        for start in range(max(0, end - measure.max_words), end):
            laid = _lines(words[start:end], measure)
            if laid is not None:
                lines, scale = laid
                cost = best[start][0] + _cost(words, start, end, len(lines), measure.max_words, shortest)
                options.append((cost + (1 - scale), start, lines, scale))
        best.append(min(options, key=lambda option: option[:2]))
    pages, end = [], len(words)
    while end:
        _, start, lines, scale = best[end]
        pages.append(Page(words[start].start_frame, words[end - 1].end_frame, lines, scale))
        end = start
    return pages[::-1]


def _cost(words: Sequence[SpokenWord], start: int, end: int, lines: int, most: int, shortest: int) -> float:
    cost = (1 - (end - start) / most) ** 2 + 0.3 + _LOSE_TWO_LINES * (lines - 1) / most
    cost += _SWALLOWED * sum(w.ends_sentence for w in words[start : end - 1])
    last = words[end - 1]
    if end < len(words):
        if not last.ends_sentence:
            cost += 0.0 if last.text.endswith((",", ";", ":", "–", "—")) else _CLAUSE
            # A lone last word of a sentence is the worst page of all.
            cost += _UNFINISHED if words[end].ends_sentence else 0.0
        cost += _FLASH * max(0.0, 1 - (words[end].start_frame - words[start].start_frame) / shortest)
    return cost


def _lines(
    words: Sequence[SpokenWord], measure: Measure
) -> tuple[tuple[tuple[SpokenWord, ...], ...], float] | None:
    """The fewest, then most even lines that hold the words, and their scale; None where they do not fit."""
    widths = {
        (i, j): measure.line(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)
    }

    @cache
    def split(start: int, lines: int) -> tuple[float, tuple[int, ...]]:
        """The widest line of the best split of words[start:], and where its lines end."""
        if lines == 1:
            return widths[start, len(words)], (len(words),)
        found = []
        for end in range(start + 1, len(words) - lines + 2):
            width, rest = split(end, lines - 1)
            found.append((max(widths[start, end], width), (end, *rest)))
        return min(found)

    for count in range(1, min(measure.max_lines, len(words)) + 1):
        width, ends = split(0, count)
        if width <= measure.width or len(words) == 1:
            lines = tuple(tuple(words[i:j]) for i, j in zip((0, *ends), ends, strict=False))
            return lines, min(1.0, _floor(measure.width / width)) if width else 1.0
    return None


def _floor(share: float) -> float:
    """Rounded down to what the contract stores, so that rounding never makes a line too wide."""
    return int(share * 1000) / 1000


def _timed(pages: Sequence[Page], rate: FrameRate, frames: int) -> list[Page]:
    """Hold every page until the next one or a little beyond its last word."""
    hold, shortest = rate.nearest(HOLD_MS), rate.nearest(MIN_DISPLAY_MS)
    timed: list[Page] = []
    for i, page in enumerate(pages):
        # Every later page keeps a frame of its own, even where words crowd the end of the clip.
        last = frames - (len(pages) - i)
        start = min(max(page.start_frame, timed[-1].end_frame if timed else 0), last)
        limit = max(pages[i + 1].start_frame if i + 1 < len(pages) else frames, start + 1)
        end = min(max(page.end_frame + hold, start + shortest), limit, last + 1)
        timed.append(replace(page, start_frame=start, end_frame=max(end, start + 1)))
    return timed
