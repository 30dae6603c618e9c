"""Caption pages of one clip in every output: what each takes of it, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.creative import CaptionPage, CaptionWord, TranslatedLines
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.contracts.translations import CaptionTranslation
from shortform_assets.creative.captions.draw.look_room import look_room
from shortform_assets.creative.captions.draw.placement import Block, covered, face_margin, place, text_width
from shortform_assets.creative.captions.draw.second_line import SECOND_GAP, second_line_style
from shortform_assets.creative.captions.text.clip_fonts import ClipFonts
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.page_times import Pace
from shortform_assets.creative.captions.text.pages import Measure, Page, caption_pages
from shortform_assets.creative.captions.text.single_words import single_words
from shortform_assets.creative.captions.text.translated_lines import TranslationSetter
from shortform_assets.creative.captions.text.typeset import displayed, line_share, type_px
from shortform_assets.errors import InputError
from shortform_assets.text.spacing import joined
from shortform_assets.text.writing_systems import reads_right_to_left

_WIDE = 0.6
"""Share of the output's width that every page is placed for: most take more. Our choice;
test_captions_hold_still_within_a_framing."""


_LINES = 2
"""Of a second line, and of a translation that stands instead where a style has a single line. Our choice."""


@dataclass(frozen=True)
class PageScene:
    """What text is laid over: the framings of a clip, with all that it must keep off, and the room that is safe."""

    framings: Mapping[Aspect, AspectFraming]
    boxes: Mapping[Aspect, SafeBox]
    logos: Mapping[Aspect, OutputBox]
    rate: FrameRate
    frames: int


@dataclass(frozen=True)
class PageLayout:
    """Lays out the pages of one clip in the fonts that it has."""

    style: StyleContract
    fonts: ClipFonts
    scene: PageScene
    language: str
    """Of what is said, BCP 47."""
    translation: CaptionTranslation | None = None

    @cached_property
    def measure(self) -> Measure:
        """What a line may hold in the narrowest of the outputs. InputError where that is nothing."""
        size, scene = self.style.captions.size, self.scene
        width = min(text_width(scene.boxes[a]) * ASPECTS[a].width / type_px(size, a) for a in scene.framings)
        face = self.fonts.stack(self.style.captions.font)
        measure = Measure.of(self.style.captions, face, look_room(self.style.captions.look).narrowed(width))
        if self.translation is not None and self.translation.show == "second_line":
            # A line less is said, so that both together are about as high as captions of one language: cameras
            # leave so much room below a chin.
            measure = replace(measure, max_lines=max(1, measure.max_lines - 1))
        if measure.width < 2:
            raise InputError("the safe box is too narrow for captions", self.style.pin, "widen `safe_box`")
        return measure

    def pages(self, words: Sequence[SpokenWord], pace: Pace) -> list[Page]:
        """The words on pages, as the look has them."""
        pages = caption_pages(words, self.measure, self.scene.rate, self.scene.frames, pace)
        if self.style.captions.look == "one_word":
            return single_words(pages, self.measure, self.scene.rate)
        return pages

    def setter(self, words: Sequence[SpokenWord]) -> TranslationSetter:
        """What sets the translation of pages of `words`."""
        assert self.translation is not None
        caption, instead = self.style.captions, self.translation.show == "instead"
        pitch, room = self._pitch(words), look_room(caption.look)
        # The lowest of the safe boxes, in em of the captions, less what the words above and the look take.
        height = min(
            (box.bottom - box.top) * ASPECTS[aspect].height / type_px(caption.size, aspect)
            for aspect, box in self.scene.boxes.items()
        )
        height -= 2 * room.down + (0 if instead else self.measure.max_lines * pitch + SECOND_GAP)
        return TranslationSetter(
            face=self.measure.face,
            width=self.measure.width,
            height=height,
            scale=1.0 if instead else second_line_style(caption).scale,
            most_lines=max(_LINES, caption.max_lines) if instead else _LINES,
            uppercase=caption.uppercase,
            language=self.translation.language,
        )

    def placed(
        self,
        pages: Sequence[Page],
        translated: Sequence[TranslatedLines | None],
        words: Sequence[SpokenWord],
        wanted: Mapping[Aspect, float],
    ) -> tuple[CaptionPage, ...]:
        """Every page where it stands. `wanted` is the preferred centre in each aspect ratio, a share of the height;
        `translated` holds what each page has in another language. A page goes without where it has no room for it
        off faces."""
        placed = self._placed(list(zip(pages, translated, strict=True)), self._pitch(words), wanted)
        kept = [None if self._covers(page) else page.translation for page in placed]
        if [page.translation for page in placed] == kept:
            return placed
        return self._placed(list(zip(pages, kept, strict=True)), self._pitch(words), wanted)

    def _covers(self, page: CaptionPage) -> bool:
        """Whether the page covers a face in any of the outputs."""
        margin = face_margin(self.scene.rate)
        return any(
            covered(face, page.box(aspect))
            for aspect, framing in self.scene.framings.items()
            for face in framing.faces_during(page.start_frame, page.end_frame, margin)
        )

    def _placed(
        self,
        both: Sequence[tuple[Page, TranslatedLines | None]],
        pitch: float,
        wanted: Mapping[Aspect, float],
    ) -> tuple[CaptionPage, ...]:
        scene = self.scene
        anchors = {
            aspect: place(
                [self._block(page, lines, pitch, aspect) for page, lines in both],
                framing,
                scene.boxes[aspect],
                wanted[aspect],
                scene.rate,
                [scene.logos[aspect]] if aspect in scene.logos else [],
            )
            for aspect, framing in scene.framings.items()
        }
        return tuple(
            CaptionPage(
                start_frame=page.start_frame,
                end_frame=page.end_frame,
                lines=tuple(tuple(_shown(word, page) for word in line) for line in page.lines),
                anchor={aspect: anchors[aspect][i] for aspect in scene.framings},
                size={aspect: self._size(page, lines, pitch, aspect) for aspect in scene.framings},
                scale=page.scale,
                voice=page.lines[0][0].speaker,
                pitch=pitch,
                right_to_left=reads_right_to_left(_text(page), self.language),
                translation=lines,
            )
            for i, (page, lines) in enumerate(both)
        )

    def _pitch(self, words: Sequence[SpokenWord]) -> float:
        return self.measure.face.pitch(displayed(word.text, self.style.captions.uppercase) for word in words)

    def _block(self, page: Page, lines: TranslatedLines | None, pitch: float, aspect: Aspect) -> Block:
        # As high as if its type were not shrunk, so that captions need not jump for a long word.
        width, _ = self._size(page, lines, pitch, aspect)
        _, height = self._size(replace(page, scale=1.0), lines, pitch, aspect)
        # Narrow pages keep off what a wide one would cover, too.
        return Block(page.start_frame, page.end_frame, max(width, _WIDE), height)

    def _size(
        self, page: Page, lines: TranslatedLines | None, pitch: float, aspect: Aspect
    ) -> tuple[float, float]:
        """What the page takes of the output, its outline and what its look adds included."""
        caption, room = self.style.captions, look_room(self.style.captions.look)
        em = type_px(caption.size, aspect)
        said = not (lines and self.translation and self.translation.show == "instead")
        across = high = 0.0
        if said:
            across = max(map(self.measure.line, page.lines)) * room.scale * page.scale
            high = line_share(caption.size * page.scale, aspect, pitch) * len(page.lines)
        if lines:
            face = self.measure.face
            across = max(across, max(map(face.width, lines.lines)) * lines.scale)
            high += line_share(caption.size * lines.scale, aspect, lines.pitch) * len(lines.lines)
            high += SECOND_GAP * em / ASPECTS[aspect].height if said else 0.0
        shrunk = page.scale if said else 1.0
        across += 2 * room.across * shrunk
        width = (across * em + 2 * type_px(caption.outline, aspect)) / ASPECTS[aspect].width
        return width, high + 2 * room.down * em * shrunk / ASPECTS[aspect].height


def _text(page: Page) -> str:
    return joined(word.text for line in page.lines for word in line)


def _shown(word: SpokenWord, page: Page) -> CaptionWord:
    start = min(max(word.start_frame, page.start_frame), page.end_frame - 1)
    end = min(max(word.end_frame, start + 1), page.end_frame)
    return CaptionWord(text=word.text, start_frame=start, end_frame=end, emphasis=word.emphasis)
