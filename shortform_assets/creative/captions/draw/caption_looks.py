"""How a caption page is drawn and moves: one function a look, from a placed page to events of the script.

No look ever moves a word that is not being said: a line is drawn whole in every state, and what is hidden in it
keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import regex

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import CaptionWord
from shortform_assets.contracts.style_contracts import CaptionBacking, CaptionLook
from shortform_assets.creative.captions.draw.ass_events import (
    Event,
    Part,
    PixelBox,
    Said,
    SetType,
    align,
    bare,
    clip,
    fill,
    fill_opacity,
    hidden,
    pos,
    ramp,
    rounded_box,
    scaled,
    shown,
)
from shortform_assets.creative.captions.draw.drawn_page import DrawnLine, DrawnPage, states
from shortform_assets.creative.captions.draw.look_room import BOX_ACROSS, BOX_DOWN, POP
from shortform_assets.creative.captions.draw.second_line import second_line_style
from shortform_assets.text.direction import runs_right_to_left
from shortform_assets.text.graphemes import graphemes

STYLE = "Caption"
_BACK, _TEXT, _FRONT = 0, 1, 2
"""Layers of the ASS script, the last drawn over the others."""
_RADIUS = 0.22
"""Radius of the corners of boxes and bars in em. A matter of looks."""
_BEAT_MS = 90
"""A word grows, and shrinks again, in so long: two or three frames."""
_ENTRANCE = 0.86
"""Share of its size at which a single word comes in."""
_JOINED = regex.compile(
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}"
    r"\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Thai}\p{Lao}\p{Tibetan}\p{Myanmar}\p{Khmer}]"
)
"""Scripts whose letters change with their neighbours: such a word is typed whole."""


@dataclass(frozen=True)
class _Brush:
    """A page with what the look needs to colour it."""

    drawn: DrawnPage
    rate: FrameRate

    def ink(self, word: CaptionWord, lit: bool = False) -> str:
        style, voice = self.drawn.style, self.drawn.page.voice
        if lit:
            # In a box of the active colour a word of that colour could not be read.
            return style.colour if style.look == "word_box" and not style.backing else style.active_colour
        if word.emphasis and style.emphasis_colour:
            return style.emphasis_colour
        if style.look == "two_tone" and voice >= 0:
            tones = style.speaker_colours or (style.colour, style.active_colour)
            return tones[voice % len(tones)]
        return style.colour

    def line(self, line: DrawnLine, start: int, end: int, lit: int | None = None, *more: Part) -> Event:
        """The whole line, word `lit` in the colour of what is said."""
        parts: list[Part] = [*self.drawn.place(line), *more]
        for i, said in enumerate(self.drawn.said(line)):
            parts += [fill(self.ink(line.words[i], i == lit)), said]
        return self.text(_TEXT, start, end, parts)

    def text(self, layer: int, start: int, end: int, parts: Iterable[Part]) -> Event:
        return Event(layer, start, end, STYLE, tuple(parts), self.drawn.type)

    def backing(self, box: PixelBox, start: int, end: int, default: CaptionBacking) -> Event:
        back = self.drawn.style.backing or default
        paint = (align(7), pos(0, 0), bare(), fill(back.colour), fill_opacity(back.opacity))
        return Event(_BACK, start, end, STYLE, (*paint, rounded_box(box, _RADIUS * self.drawn.em)))

    def bar(self) -> Event:
        """Behind all of the page."""
        page, default = self.drawn.page, CaptionBacking(colour=self.drawn.style.outline_colour)
        return self.backing(self.drawn.box, page.start_frame, page.end_frame, default)


def caption_events(drawn: DrawnPage, rate: FrameRate) -> Iterator[Event]:
    """The page as its style's look has it, and its translation, which stands still."""
    brush = _Brush(drawn, rate)
    if drawn.lines:
        yield from _LOOKS[drawn.style.look](brush)
    elif drawn.style.look == "subtitle_bar":
        yield brush.bar()
    if drawn.translated:
        yield from _translation(brush)


def _translation(brush: _Brush) -> Iterator[Event]:
    drawn = brush.drawn
    page, style = drawn.page, drawn.style
    colour = style.colour if drawn.show == "instead" else second_line_style(style).colour
    for line in drawn.translated:
        parts = (*drawn.translation_place(line), fill(colour), Said(line.text))
        yield Event(_TEXT, page.start_frame, page.end_frame, STYLE, parts, SetType(drawn.face, line.em))


def _plain(brush: _Brush) -> Iterator[Event]:
    page = brush.drawn.page
    for line in brush.drawn.lines:
        yield brush.line(line, page.start_frame, page.end_frame)


def _karaoke(brush: _Brush) -> Iterator[Event]:
    for line in brush.drawn.lines:
        for start, end, at in states(brush.drawn.page, line.words):
            yield brush.line(line, start, end, at)


def _karaoke_fill(brush: _Brush) -> Iterator[Event]:
    """The colour of what is said runs over the words, in the direction in which they are read."""
    drawn = brush.drawn
    page = drawn.page
    for line in drawn.lines:
        yield brush.line(line, page.start_frame, page.end_frame)
        lit: list[Part] = [*drawn.place(line), fill(drawn.style.active_colour), *drawn.said(line)]
        ends = drawn.word_ends(line)
        reach = 0.75 * drawn.em
        spoken = [(start, end, at) for start, end, at in states(page, line.words) if at is not None]
        for start, end, at in spoken:
            left, right = ends[at]
            whole = PixelBox(left, line.middle - reach, right, line.middle + reach)
            edge = right if runs_right_to_left(line.texts[at]) else left
            nothing = PixelBox(edge, whole.top, edge, whole.bottom)
            sweep = ramp(0, brush.rate.ms(end - start), clip(whole))
            yield brush.text(_FRONT, start, end, (clip(nothing), sweep, *lit))
            if end < page.end_frame:
                yield brush.text(_FRONT, end, page.end_frame, (clip(whole), *lit))


def _pop(brush: _Brush) -> Iterator[Event]:
    """The word that is said grows around its middle; in its line it is hidden meanwhile, and keeps its place."""
    drawn = brush.drawn
    for line in drawn.lines:
        for start, end, at in states(drawn.page, line.words):
            if at is None or not line.stands_apart(at):
                # Between words that no space parts there is no room to grow: such a word is lit.
                yield brush.line(line, start, end, at)
                continue
            parts: list[Part] = [*drawn.place(line)]
            for i, said in enumerate(drawn.said(line)):
                parts += [hidden() if i == at else shown(), fill(brush.ink(line.words[i])), said]
            yield brush.text(_TEXT, start, end, parts)
            for_ms = brush.rate.ms(end - start)
            beat = min(_BEAT_MS, for_ms // 2)
            moves = (ramp(0, beat, scaled(POP)), ramp(for_ms - beat, for_ms, scaled(1)))
            colour = fill(brush.ink(line.words[at], True))
            grown = (*drawn.word_place(line, at), *moves, colour, Said(line.texts[at]))
            yield brush.text(_FRONT, start, end, grown)


def _word_box(brush: _Brush) -> Iterator[Event]:
    drawn = brush.drawn
    style, em = drawn.style, drawn.em
    default = CaptionBacking(colour=style.active_colour)
    for line in drawn.lines:
        ends = drawn.word_ends(line)
        for start, end, at in states(drawn.page, line.words):
            yield brush.line(line, start, end, at)
            if at is not None:
                left, right = ends[at]
                box = PixelBox(
                    left - BOX_ACROSS * em,
                    line.middle - BOX_DOWN * em,
                    right + BOX_ACROSS * em,
                    line.middle + BOX_DOWN * em,
                )
                yield brush.backing(box, start, end, default)


def _one_word(brush: _Brush) -> Iterator[Event]:
    """Pages are single words already: each comes in from a little smaller."""
    page = brush.drawn.page
    for line in brush.drawn.lines:
        yield brush.line(
            line, page.start_frame, page.end_frame, None, scaled(_ENTRANCE), ramp(0, _BEAT_MS, scaled(1))
        )


def _subtitle_bar(brush: _Brush) -> Iterator[Event]:
    yield brush.bar()
    yield from _karaoke(brush)


def _typewriter(brush: _Brush) -> Iterator[Event]:
    """Letters come as they are said; a word of a script whose letters join comes whole."""
    drawn = brush.drawn
    page = drawn.page
    for line in drawn.lines:
        keys = _keys(line, page.start_frame, page.end_frame)
        for (start, typed), (end, _) in zip(keys, [*keys[1:], (page.end_frame, 0)], strict=True):
            if start >= end or not typed:
                continue
            parts: list[Part] = [*drawn.place(line), shown()]
            left = typed
            for word, said in zip(line.words, drawn.said(line), strict=True):
                here, left = said.text[: max(0, left)], left - len(said.text)
                parts.append(fill(brush.ink(word)))
                parts += [Said(here)] if here else []
                if len(here) < len(said.text):
                    parts += [hidden(), Said(said.text[len(here) :])]
            yield brush.text(_TEXT, start, end, parts)


def _keys(line: DrawnLine, first: int, last: int) -> list[tuple[int, int]]:
    """Frame -> how many code points of the line are typed from it on, rising in both."""
    found = [(first, 0)]
    before = 0
    for word, text, space in zip(line.words, line.texts, line.spaces, strict=True):
        letters = [text] if _JOINED.search(text) else graphemes(text)
        length = word.end_frame - word.start_frame
        done = 0
        for i, letter in enumerate(letters):
            done += len(letter)
            frame = min(max(word.start_frame + i * length // len(letters), found[-1][0]), last - 1)
            if frame == found[-1][0]:
                found[-1] = (frame, before + done)
            else:
                found.append((frame, before + done))
        before += len(text) + len(space)
    return found


_LOOKS: dict[CaptionLook, Callable[[_Brush], Iterator[Event]]] = {
    "plain": _plain,
    "karaoke": _karaoke,
    "karaoke_fill": _karaoke_fill,
    "pop": _pop,
    "word_box": _word_box,
    "one_word": _one_word,
    "two_tone": _plain,
    "subtitle_bar": _subtitle_bar,
    "typewriter": _typewriter,
}
