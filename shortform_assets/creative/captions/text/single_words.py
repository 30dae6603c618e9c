"""Pages of one word each, for the look that shows them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.overlays import FLICKER_MS
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.pages import SMALLEST, Measure, Page
from shortform_assets.text.line_breaks import line_units


def single_words(pages: Sequence[Page], measure: Measure, rate: FrameRate) -> list[Page]:
    """`pages` parted into words, each shown until the next comes.

    Words share a page where one would stand for less than `FLICKER_MS`, and where no line may break between them
    (text that runs on is parted by phrases). A page that is itself shorter stays whole.
    """
    return [single for page in pages for single in _parted(page, measure, rate.nearest(FLICKER_MS))]


def _parted(page: Page, measure: Measure, shortest: int) -> list[Page]:
    found: list[list[SpokenWord]] = []
    start = page.start_frame
    for unit in _units([word for line in page.lines for word in line]):
        begins = max(unit[0].start_frame, page.start_frame)
        if not found or begins - start >= shortest:
            found.append([])
            start = begins if len(found) > 1 else page.start_frame
        found[-1] += unit
    if len(found) > 1 and page.end_frame - start < shortest:
        found[-2:] = [found[-2] + found[-1]]
    starts = [page.start_frame, *(words[0].start_frame for words in found[1:]), page.end_frame]
    laid = [_scale(words, measure) for words in found]
    if any(scale is None for scale in laid):
        return [page]
    return [
        replace(page, start_frame=low, end_frame=high, lines=(tuple(words),), scale=scale or 1.0)
        for words, scale, low, high in zip(found, laid, starts, starts[1:], strict=False)
    ]


def _units(words: Sequence[SpokenWord]) -> list[list[SpokenWord]]:
    """Words that no line break may divide stay together."""
    units: list[list[SpokenWord]] = []
    for pieces in line_units([word.text for word in words]):
        own = [words[number] for number in dict.fromkeys(piece.word for piece in pieces)]
        if units and units[-1][-1] is own[0]:
            # The middle of a word that was parted: all its parts are one.
            units[-1] += own[1:]
        else:
            units.append(own)
    return units


def _scale(words: Sequence[SpokenWord], measure: Measure) -> float | None:
    """Share of the style's size at which the words fit one line; None where that is too small to read."""
    width = measure.line(words)
    scale = min(1.0, int(1000 * measure.width / width) / 1000) if width else 1.0
    return scale if scale >= SMALLEST else None
