"""The enhancement plan: everything that is laid over every clip, decided before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import Dropped, FrameRate
from shortform_assets.contracts.clips import AspectFraming, CropPaths, CropPathsSet
from shortform_assets.contracts.creative import (
    AudioTreatment,
    CaptionPage,
    CaptionWord,
    ClipEnhancement,
    ClipWord,
    EnhancementPlan,
    LogoPlacement,
    TextOverlay,
)
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.captions.clip_words import SpokenWord, clip_words
from shortform_assets.creative.captions.hook import HookRoom, hook_end, hook_overlay
from shortform_assets.creative.captions.logo import logo_ratio, place_logo, show_logo
from shortform_assets.creative.captions.look_room import look_room
from shortform_assets.creative.captions.pages import Measure, Pace, Page, caption_pages
from shortform_assets.creative.captions.placement import Block, place, text_width
from shortform_assets.creative.captions.single_words import single_words
from shortform_assets.creative.captions.typeset import Typeface, displayed, line_share, type_px
from shortform_assets.creative.fixes.word_fixes import fix_clip, fix_words
from shortform_assets.errors import ClipFault, InputError
from shortform_assets.ports.workbench import Workbench
from shortform_assets.text.graphemes import grapheme_count, start_of

_STAGE = "enhancement_plan"
_WIDE = 0.6
"""Share of the output's width that every page is placed for: most take more. Our choice;
test_captions_hold_still_within_a_framing."""
_NAMED_LETTERS = 12
"""So many letters that a font lacks are named."""


class EnhancementRequest(NamedTuple):
    """What the plan is made of. Faces are those of `crops`, in the output's own coordinates."""

    # A tuple, so that reuse tells its parts apart by content.
    plan: ClipPlan
    transcript: Transcript
    turns: SpeakerTurns
    crops: CropPathsSet
    style: StyleContract
    rules: EnhancementSlice
    edits: CreativeEdits


def plan_enhancement(bench: Workbench, request: EnhancementRequest) -> EnhancementPlan:
    """Caption pages, hook, logo and sound of every clip that has a camera, in the order of the plan.

    Clips without crop paths were dropped before and are skipped. Letters that the style's fonts lack are
    drawn by whatever font the rendering machine has: the result says so and is degraded. Raises InputError
    where the style lacks a font it uses.
    """
    plan, style = request.plan, request.style
    cameras = {path.clip_id: path for path in request.crops.clips}
    artist = _Artist(bench, request)
    clips: list[ClipEnhancement] = []
    dropped: list[Dropped] = []
    wanted = [clip for clip in plan.clips if clip.clip_id in cameras]
    for done, clip in enumerate(wanted):
        try:
            clips.append(artist.clip(clip, cameras[clip.clip_id], plan.rate))
        except ClipFault as fault:
            dropped.append(Dropped(clip_id=clip.clip_id, stage=_STAGE, reason=str(fault)))
        bench.progress((done + 1) / len(wanted), "captions")
    for reason in artist.lacking(clips):
        bench.degrade(reason)
    return EnhancementPlan(
        style=style.pin, style_digest=style.digest(), clips=tuple(clips), dropped=tuple(dropped)
    )


class _Artist:
    def __init__(self, bench: Workbench, request: EnhancementRequest) -> None:
        self.bench, self.transcript, self.turns = bench, request.transcript, request.turns
        self.style, self.rules, self.edits = request.style, request.rules, request.edits.edits
        self.faces = {font.family: Typeface(bench.open(font.file)) for font in self.style.fonts}
        self.caption_face = self._face(self.style.captions.font)

    def clip(self, clip: PlannedClip, crop: CropPaths, rate: FrameRate) -> ClipEnhancement:
        if crop.frames != clip.frames:
            raise ClipFault(f"the camera has {crop.frames} frames and the clip {clip.frames}")
        framings = {framing.aspect: framing for framing in crop.aspects}
        boxes = {aspect: self._box(aspect) for aspect in framings}
        clip = fix_clip(clip, rate, self.edits)
        words = fix_words(clip_words(clip, rate, self.transcript, self.turns), self.edits)
        logos = self._logos(framings, boxes)
        pages = self._pages(words, framings, boxes, logos, rate, clip.frames) if self.rules.captions else ()
        hook = None
        if self.rules.hook and self.style.hook and clip.hook.strip():
            hook = self._hook(clip.hook, pages, framings, boxes, rate, clip.frames)
        audio = self.style.audio
        return ClipEnhancement(
            clip_id=clip.clip_id,
            title=clip.title,
            description=clip.description,
            hashtags=clip.hashtags,
            words=tuple(self._exported(word) for word in words),
            pages=pages,
            hook=hook,
            show_logo=self.rules.logo and self.style.logo is not None,
            logo=self._shown_logos(hook, logos),
            audio=AudioTreatment(
                highpass_hz=audio.highpass_hz,
                compress=audio.compress,
                fade_in_ms=audio.fade_ms,
                fade_out_ms=audio.fade_ms,
            ),
        )

    def _box(self, aspect: Aspect) -> SafeBox:
        box = self.style.text_box(aspect, self.rules.safe_box[aspect])
        if box is None:
            raise InputError(
                f"its safe boxes and the genre's leave no room for text in {aspect}",
                self.style.pin,
                "let them overlap",
            )
        return box

    def _exported(self, word: SpokenWord) -> ClipWord:
        return ClipWord(
            text=word.text,
            start_frame=word.start_frame,
            end_frame=word.end_frame,
            confidence=word.confidence,
            speaker=self.turns.speakers[word.speaker] if word.speaker >= 0 else "",
        )

    def _pages(
        self,
        words: list[SpokenWord],
        framings: Mapping[Aspect, AspectFraming],
        boxes: Mapping[Aspect, SafeBox],
        logos: Mapping[Aspect, OutputBox],
        rate: FrameRate,
        frames: int,
    ) -> tuple[CaptionPage, ...]:
        size = self.style.captions.size
        width = min(text_width(boxes[a]) * ASPECTS[a].width / type_px(size, a) for a in framings)
        room = look_room(self.style.captions.look)
        measure = Measure.of(self.style.captions, self.caption_face, room.narrowed(width))
        if measure.width < 2:
            raise InputError("the safe box is too narrow for captions", self.style.pin, "widen `safe_box`")
        rules = self.rules
        pace = Pace(rules.caption_gap_ms, rules.caption_hold_ms, rules.caption_min_ms)
        pages = caption_pages(words, measure, rate, frames, pace)
        if self.style.captions.look == "one_word":
            pages = single_words(pages, measure, rate)
        anchors = {
            aspect: place(
                [self._block(page, measure, aspect) for page in pages],
                framing,
                boxes[aspect],
                self.rules.caption_anchor[aspect],
                rate,
                [logos[aspect]] if aspect in logos else [],
            )
            for aspect, framing in framings.items()
        }
        return tuple(
            CaptionPage(
                start_frame=page.start_frame,
                end_frame=page.end_frame,
                lines=tuple(tuple(_shown(word, page) for word in line) for line in page.lines),
                anchor={aspect: anchors[aspect][i] for aspect in framings},
                size={aspect: self._size(page, measure, aspect) for aspect in framings},
                scale=page.scale,
                voice=page.lines[0][0].speaker,
            )
            for i, page in enumerate(pages)
        )

    def _block(self, page: Page, measure: Measure, aspect: Aspect) -> Block:
        # As high as if its type were not shrunk, so that captions need not jump for a long word.
        width, height = self._size(replace(page, scale=1.0), measure, aspect)
        # Narrow pages keep off what a wide one would cover, too.
        return Block(page.start_frame, page.end_frame, max(width * page.scale, _WIDE), height)

    def _size(self, page: Page, measure: Measure, aspect: Aspect) -> tuple[float, float]:
        """What the page takes of the output, its outline and what its look adds included."""
        caption, room = self.style.captions, look_room(self.style.captions.look)
        em = type_px(caption.size * page.scale, aspect)
        across = max(map(measure.line, page.lines)) * room.scale + 2 * room.across
        width = (across * em + 2 * type_px(caption.outline, aspect)) / ASPECTS[aspect].width
        down = 2 * room.down * em / ASPECTS[aspect].height
        return width, line_share(caption.size * page.scale, aspect) * len(page.lines) + down

    def _hook(
        self,
        text: str,
        pages: tuple[CaptionPage, ...],
        framings: Mapping[Aspect, AspectFraming],
        boxes: Mapping[Aspect, SafeBox],
        rate: FrameRate,
        frames: int,
    ) -> TextOverlay | None:
        style = self.style.hook
        if style is None:
            return None
        end = hook_end(style, rate, frames)
        taken = {
            aspect: [page.box(aspect) for page in pages if page.start_frame < end] for aspect in framings
        }
        room = HookRoom(framings, boxes, taken, end, rate)
        return hook_overlay(text, style, self._face(style.font), room)

    def _logos(
        self, framings: Mapping[Aspect, AspectFraming], boxes: Mapping[Aspect, SafeBox]
    ) -> dict[Aspect, OutputBox]:
        logo = self.style.logo
        if logo is None or not self.rules.logo:
            return {}
        ratio = logo_ratio(self.bench.open(logo.image))
        return {a: place_logo(logo, ratio, a, framing, boxes[a]) for a, framing in framings.items()}

    def _shown_logos(
        self, hook: TextOverlay | None, logos: Mapping[Aspect, OutputBox]
    ) -> dict[Aspect, LogoPlacement]:
        return {
            aspect: show_logo(place, hook, hook.box(aspect) if hook else None)
            for aspect, place in logos.items()
        }

    def lacking(self, clips: Sequence[ClipEnhancement]) -> list[str]:
        """A sentence for each font in use that lacks letters of what `clips` write with it."""
        upper = self.style.captions.uppercase
        captions = "".join(
            displayed(word.text, upper)
            for clip in clips
            for page in clip.pages
            for line in page.lines
            for word in line
        )
        written = {self.style.captions.font: captions}
        if self.style.hook:
            hooks = "".join(line for clip in clips if clip.hook for line in clip.hook.lines)
            font = self.style.hook.font
            written[font] = written.get(font, "") + hooks
        found = []
        for family, text in written.items():
            if missing := self._face(family).lacks(text):
                some = start_of(missing, _NAMED_LETTERS)
                more = (
                    f" and {grapheme_count(missing) - grapheme_count(some)} more" if some != missing else ""
                )
                found.append(
                    f"{family} of {self.style.pin} lacks {some}{more}: another font of the rendering machine "
                    "draws them, or none"
                )
        return found

    def _face(self, family: str) -> Typeface:
        try:
            return self.faces[family]
        except KeyError:
            raise InputError(
                f"there is no font {family}", self.style.pin, "publish the style again"
            ) from None


def _shown(word: SpokenWord, page: Page) -> CaptionWord:
    start = min(max(word.start_frame, page.start_frame), page.end_frame - 1)
    end = min(max(word.end_frame, start + 1), page.end_frame)
    return CaptionWord(text=word.text, start_frame=start, end_frame=end)
