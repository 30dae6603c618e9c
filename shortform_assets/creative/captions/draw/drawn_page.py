"""A caption page in output pixels: where each line and word of it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortform_assets.contracts.creative import CaptionPage, CaptionWord, RenderJob
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import CaptionStyle
from shortform_assets.contracts.translations import TranslationPlace
from shortform_assets.creative.captions.draw.ass_events import Part, PixelBox, Said, SetType, font_size, pos
from shortform_assets.creative.captions.draw.second_line import translation_box
from shortform_assets.creative.captions.draw.word_places import word_places
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import displayed, type_px
from shortform_assets.text.spacing import space_between
from shortform_assets.text.writing_systems import direction_mark


@dataclass(frozen=True)
class DrawnLine:
    """One line; `spaces[i]` stands after `texts[i]`."""

    words: tuple[CaptionWord, ...]
    texts: tuple[str, ...]
    spaces: tuple[str, ...]
    middle: float
    """Output pixels: where the middle of its capitals stands."""
    mark: str = ""
    """What stands before it so that a renderer takes the page's direction; nothing is drawn of it."""

    @property
    def text(self) -> str:
        return "".join(text + space for text, space in zip(self.texts, self.spaces, strict=True))

    def stands_apart(self, at: int) -> bool:
        """Whether a space parts word `at` from each of its neighbours."""
        return all(self.spaces[i] for i in (at - 1, at) if 0 <= i < len(self.spaces) - 1)


@dataclass(frozen=True)
class DrawnTranslation:
    """A line of a page's translation."""

    text: str
    middle: float
    """Output pixels, as in `DrawnLine`."""
    em: float
    """Pixels of one em of its type."""
    mark: str = ""


@dataclass(frozen=True)
class DrawnPage:
    """One page of one output."""

    page: CaptionPage
    style: CaptionStyle
    face: FontStack
    em: float
    """Pixels of one em, the page's scale included."""
    centre: float
    """Output pixels across, where every line is centred."""
    box: PixelBox
    lines: tuple[DrawnLine, ...]
    """Of what is said; none where a translation stands in its place."""
    translated: tuple[DrawnTranslation, ...] = ()
    show: TranslationPlace = "second_line"

    def place(self, line: DrawnLine) -> tuple[Part, ...]:
        """Tags that put a whole line where it belongs."""
        at = self._at(self.centre, line.middle, line.text)
        return (*at, Said(line.mark)) if line.mark else at

    def word_place(self, line: DrawnLine, at: int) -> tuple[Part, ...]:
        """Tags that put a word of the line, drawn by itself, where it stands in the line."""
        left, right = self.word_ends(line)[at]
        return self._at((left + right) / 2, line.middle, line.texts[at])

    def word_ends(self, line: DrawnLine) -> list[tuple[float, float]]:
        """Left and right end of every word, output pixels."""
        places = word_places(self.face, line.texts, line.spaces, line.mark)
        width = self.face.width(line.text)
        left = self.centre - width * self.em / 2
        return [(left + a * self.em, left + b * self.em) for a, b in places]

    def said(self, line: DrawnLine) -> list[Said]:
        """The words of a line with the space after each."""
        return [Said(text + space) for text, space in zip(line.texts, line.spaces, strict=True)]

    @property
    def type(self) -> SetType:
        return SetType(self.face, self.em)

    def translation_place(self, line: DrawnTranslation) -> tuple[Part, ...]:
        """Tags that put a line of a translation where it belongs, at its size."""
        at = pos(self.centre, line.middle - self.face.drop(line.text) * line.em)
        size = font_size(line.em * self.face.own.box)
        return (at, size, Said(line.mark)) if line.mark else (at, size)

    def _at(self, x: float, middle: float, text: str) -> tuple[Part, ...]:
        # libass centres the box of the fonts in use; capitals stand a little below the middle of that.
        place = pos(x, middle - self.face.drop(text) * self.em)
        return (place, font_size(self.em * self.face.own.box)) if self.page.scale < 1 else (place,)


def drawn_page(page: CaptionPage, job: RenderJob, face: FontStack) -> DrawnPage:
    """Where the page stands in the job's output."""
    style = job.style.captions
    em = type_px(style.size * page.scale, job.aspect)
    made = job.enhancement.translation
    show: TranslationPlace = made.show if made else "second_line"
    below = translation_box(page, style, job.aspect, show)
    box = pixel_box(page.box(job.aspect), *job.canvas)
    high = em * page.pitch
    # What is said stands at the top of the block, as far from its edge as what stands at its bottom.
    middle = page.anchor[job.aspect] * job.canvas[1]
    if below is not None:
        middle = box.top + (box.bottom - below.bottom * job.canvas[1]) + high * len(page.lines) / 2
    middles = line_middles(middle, len(page.lines), high)
    said = (
        ()
        if below is not None and show == "instead"
        else tuple(
            _line(words, middle, style.uppercase, page.right_to_left)
            for words, middle in zip(page.lines, middles, strict=True)
        )
    )
    return DrawnPage(
        page, style, face, em, job.canvas[0] / 2, box, said, tuple(_translated(page, job, below)), show
    )


def _translated(page: CaptionPage, job: RenderJob, box: OutputBox | None) -> Iterator[DrawnTranslation]:
    lines = page.translation
    if lines is None or box is None:
        return
    em = type_px(job.style.captions.size * lines.scale, job.aspect)
    middles = line_middles((box.top + box.bottom) / 2 * job.canvas[1], len(lines.lines), em * lines.pitch)
    for text, middle in zip(lines.lines, middles, strict=True):
        yield DrawnTranslation(text, middle, em, direction_mark(text, lines.right_to_left))


def _line(words: Sequence[CaptionWord], middle: float, uppercase: bool, right_to_left: bool) -> DrawnLine:
    texts = tuple(displayed(word.text, uppercase) for word in words)
    spaces = (*(space_between(left, right) for left, right in pairwise(texts)), "")
    return DrawnLine(tuple(words), texts, spaces, middle, direction_mark("".join(texts), right_to_left))


def line_middles(middle: float, lines: int, pitch: float) -> Iterator[float]:
    """Where the middle of each line's capitals stands, of a block around `middle`; `pitch` in output pixels."""
    for i in range(lines):
        yield middle + (i - (lines - 1) / 2) * pitch


def pixel_box(box: OutputBox, width: int, height: int) -> PixelBox:
    """A box of shares in output pixels."""
    return PixelBox(box.left * width, box.top * height, box.right * width, box.bottom * height)


def states(page: CaptionPage, line: Sequence[CaptionWord]) -> Iterator[tuple[int, int, int | None]]:
    """Frames [start, end) and the index of the word of `line` that is spoken in them, gap-free."""
    words = [word for each in page.lines for word in each]
    # A word stays lit until the next one on the page begins.
    untils = [*(word.start_frame for word in words[1:]), words[-1].end_frame]
    first = next(i for i, word in enumerate(words) if word is line[0])
    at = page.start_frame
    for i, word in enumerate(line):
        until = untils[first + i]
        if word.start_frame > at:
            yield at, word.start_frame, None
        if until > max(at, word.start_frame):
            yield max(at, word.start_frame), until, i
            at = until
    if at < page.end_frame:
        yield at, page.end_frame, None
