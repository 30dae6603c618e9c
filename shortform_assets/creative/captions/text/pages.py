"""Caption pages: which words are on screen together, on which lines, and for how long.

Pages are chosen by dynamic programming over all words of a clip (as TeX chooses lines: Knuth and Plass,
"Breaking Paragraphs into Lines", 1981): a page must fit, never straddles a change of speaker or a long
pause, ends with a sentence or clause where it can, and stands long enough to be read.

What a page is made of are units that no line break may divide: words, and phrases of the scripts that are
written without spaces. There a page holds as much as so many average English words take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.style_contracts import CaptionStyle
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.page_times import LEAST_MS, Pace, PageSpan, page_times
from shortform_assets.creative.captions.text.page_units import Unit, page_units, parted_word
from shortform_assets.creative.captions.text.typeset import displayed
from shortform_assets.errors import ClipFault
from shortform_assets.text.graphemes import columns
from shortform_assets.text.line_breaks import pieces_within
from shortform_assets.text.reading_speed import reading_ms
from shortform_assets.text.spacing import joined, runs_on

SMALLEST = 0.6
"""Share of the style's size below which a long word is split, not shrunk: 46 of 1920 pixels in the house style.
Our choice; test_a_long_word_shrinks_then_splits."""
_NARROWER = (0.6, 0.7, 0.8, 0.9)
"""Shares of a line that the pieces of a divided word are tried to fill, so that no letter is left over."""
COLUMNS_A_WORD = 6
"""Columns of an average English word with its space: 4.8 letters (Mayzner and Tresselt 1965). So many columns of
a script without spaces count as one of the style's `max_words`; a Chinese character takes two."""
_PAUSES = (",", ";", ":", "–", "—", "，", "、", "；", "：", "،", "؛")

# Costs, in units of an empty page: the square of what a page leaves unfilled is 0 to 1. Our choice, set until pages
# of the demo's talk ended where a subtitler ends them; guarded by test_pages_end_with_sentences_and_clauses.
_UNFINISHED = 1.5
"""The next page holds nothing but the last unit of a sentence."""
_SWALLOWED = 6.0
"""A sentence ends inside the page: more than any other cost can save."""
_CLAUSE = 1.0
"""The page ends in the middle of a clause."""
_FLASH = 5.0
"""The next page comes at once; less, the longer the page stands, and nothing from the genre's least time on."""
_LONE = 0.8
"""One word, or one phrase, stands by itself though others are said with it."""
_HURRIED = 0.6
"""The page is gone before it can be read: in so much more time than it has, at most twice."""
_PAGE = 0.3
"""Every page: else pages of one word would be cheapest."""
_LINE = 0.6
"""Every line but the first, as a share of what a page holds."""


@dataclass(frozen=True)
class Page:
    """Words of a page by line, in clip frames [start_frame, end_frame); `scale` of the style's size."""

    start_frame: int
    end_frame: int
    lines: tuple[tuple[SpokenWord, ...], ...]
    scale: float = 1.0


@dataclass(frozen=True)
class Measure:
    """What a line may hold: fonts, the widest line in em, and the limits of a page."""

    face: FontStack
    width: float
    uppercase: bool
    max_lines: int
    max_words: int

    @staticmethod
    def of(style: CaptionStyle, face: FontStack, width: float) -> Measure:
        """`width` is that of the safe box in em, with the outline still in it."""
        return Measure(
            face, width - 2 * style.outline / style.size, style.uppercase, style.max_lines, style.max_words
        )

    def line(self, words: Sequence[SpokenWord]) -> float:
        """Width of the words as one line, in em."""
        return self.face.width(joined(displayed(w.text, self.uppercase) for w in words))


def caption_pages(
    words: Sequence[SpokenWord], measure: Measure, rate: FrameRate, frames: int, pace: Pace
) -> list[Page]:
    """All words of the clip once and in order, on pages that never overlap in time.

    Raises ClipFault where the clip has fewer frames than pages.
    """
    shown = [word for word in words if displayed(word.text, False)]
    pages: list[Page] = []
    for said in _unbroken(shown, rate.nearest(pace.gap_ms)):
        units = [part for unit in page_units(said) for part in _fitting(unit, measure)]
        pages += _paged(units, measure, rate, rate.nearest(pace.min_ms))
    if len(pages) > frames:
        raise ClipFault(f"{len(pages)} caption pages do not fit its {frames} frames")
    spans = [
        PageSpan(page.start_frame, page.end_frame, rate.nearest(reading_ms(_text(page)))) for page in pages
    ]
    return [
        replace(page, start_frame=start, end_frame=end)
        for page, (start, end) in zip(pages, page_times(spans, rate, frames, pace), strict=True)
    ]


def _unbroken(words: Sequence[SpokenWord], gap: int) -> Iterator[Sequence[SpokenWord]]:
    """Stretches of one voice without a pause longer than `gap` frames."""
    at, voice = 0, -1
    for i, word in enumerate(words):
        other = word.speaker != -1 and voice not in (-1, word.speaker)
        if i and (other or word.start_frame - words[i - 1].end_frame > gap):
            yield words[at:i]
            at, voice = i, -1
        voice = word.speaker if word.speaker != -1 else voice
    if words:
        yield words[at:]


def _fitting(unit: Unit, measure: Measure) -> list[Unit]:
    """The unit, or parts of it where it would not fit a line even when shrunk."""
    if measure.line(unit) <= measure.width / SMALLEST:
        return [unit]
    if len(unit) > 1:
        return [part for word in unit for part in _fitting((word,), measure)]
    (word,) = unit
    texts = _even_pieces(word, measure)
    return [(part,) for part in parted_word(word, texts)]


def _even_pieces(word: SpokenWord, measure: Measure) -> list[str]:
    """The text of a word in as few pieces as lines can hold, none of them much shorter than the others."""

    def cut(width: float) -> list[str]:
        return pieces_within(word.text, lambda text: measure.line([replace(word, text=text)]) <= width)

    fewest = cut(measure.width)
    tries = (cut(measure.width * share) for share in _NARROWER)
    return next((texts for texts in tries if len(texts) == len(fewest)), fewest)


def _weight(unit: Unit) -> float:
    """How many words the unit counts for on a page."""
    text = "".join(word.text for word in unit)
    return columns(text) / COLUMNS_A_WORD if any(map(runs_on, text)) else 1.0


def _paged(units: Sequence[Unit], measure: Measure, rate: FrameRate, shortest: int) -> list[Page]:
    """The cheapest pages for units between two hard breaks; `shortest` is the least time of one, in frames."""
    weights = [0.0, *accumulate(map(_weight, units))]
    flicker = rate.nearest(LEAST_MS)
    reading = [0, *accumulate(reading_ms(joined(word.text for word in unit) + " ") for unit in units)]
    best: list[tuple[float, int, tuple[Unit, ...], float]] = [(0.0, 0, (), 1.0)]
    for end in range(1, len(units) + 1):
        options = []
        for start in range(end - 1, -1, -1):
            held = weights[end] - weights[start]
            # Words that follow each other too fast for pages of their own share one. Of two and more there is room to
            # move them apart.
            quick = (
                measure.max_words == 1
                and units[end - 1][0].start_frame - units[start][0].start_frame < flicker
            )
            if held > measure.max_words and start < end - 1 and not quick:
                break
            laid = _lines(units[start:end], measure)
            if laid is None:
                break
            lines, scale = laid
            lost = _LINE * (len(lines) - 1) / measure.max_words
            filled = min(1.0, held / measure.max_words), lost
            following = units[end] if end < len(units) else None
            cost = best[start][0] + _cost(units[start:end], following, filled, shortest)
            cost += _LONE * (end - start == 1 < len(units))
            if following:
                stands = rate.ms(following[0].start_frame - units[start][0].start_frame)
                hurry = (reading[end] - reading[start]) / max(1, stands) - 1
                cost += _HURRIED * min(1.0, max(0.0, hurry))
            options.append((cost + (1 - scale), start, lines, scale))
        best.append(min(options, key=lambda option: option[:2]))
    pages, end = [], len(units)
    while end:
        _, start, lines, scale = best[end]
        pages.append(Page(units[start][0].start_frame, units[end - 1][-1].end_frame, lines, scale))
        end = start
    return pages[::-1]


def _cost(page: Sequence[Unit], following: Unit | None, filled: tuple[float, float], shortest: int) -> float:
    """Of a page before the unit `following`. `filled` says which share of what a page may hold it takes, and
    how much of a page its lines but the first cost."""
    words = [word for unit in page for word in unit]
    cost = (1 - filled[0]) ** 2 + _PAGE + filled[1]
    cost += _SWALLOWED * sum(word.ends_sentence for word in words[:-1])
    if following:
        if not words[-1].ends_sentence:
            cost += 0.0 if words[-1].text.endswith(_PAUSES) else _CLAUSE
            # A lone last word of a sentence is the worst page of all.
            cost += _UNFINISHED if following[-1].ends_sentence else 0.0
        cost += _FLASH * max(0.0, 1 - (following[0].start_frame - words[0].start_frame) / shortest)
    return cost


def _lines(units: Sequence[Unit], measure: Measure) -> tuple[tuple[Unit, ...], float] | None:
    """The fewest, then most even lines that hold the units, and their scale; None where they do not fit."""

    def line(start: int, end: int) -> Unit:
        return tuple(word for unit in units[start:end] for word in unit)

    widths = {
        (i, j): measure.line(line(i, j)) for i in range(len(units)) for j in range(i + 1, len(units) + 1)
    }

    @cache
    def split(start: int, lines: int) -> tuple[float, tuple[int, ...]]:
        """The widest line of the best split of units[start:], and where its lines end."""
        if lines == 1:
            return widths[start, len(units)], (len(units),)
        found = []
        for end in range(start + 1, len(units) - lines + 2):
            width, rest = split(end, lines - 1)
            found.append((max(widths[start, end], width), (end, *rest)))
        return min(found)

    for count in range(1, min(measure.max_lines, len(units)) + 1):
        width, ends = split(0, count)
        if width <= measure.width or len(units) == 1:
            lines = tuple(line(i, j) for i, j in zip((0, *ends), ends, strict=False))
            return lines, min(1.0, _floor(measure.width / width)) if width else 1.0
    return None


def _floor(share: float) -> float:
    """Rounded down to what the contract stores, so that rounding never makes a line too wide."""
    return int(share * 1000) / 1000


def _text(page: Page) -> str:
    return joined(word.text for line in page.lines for word in line)
