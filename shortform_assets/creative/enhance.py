"""The enhancement plan: everything that is laid over every clip, decided before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from shortform_assets.contracts.base import Dropped, FrameRate
from shortform_assets.contracts.clips import (
    ASPECT_SIZE,
    Aspect,
    AspectFraming,
    CropPaths,
    CropPathsSet,
    FaceTracksSet,
)
from shortform_assets.contracts.creative import (
    AudioTreatment,
    CaptionPage,
    CaptionWord,
    ClipEnhancement,
    ClipWord,
    EnhancementPlan,
    LogoPlacement,
    StyleContract,
    TextOverlay,
)
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice, SafeBox
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative.captions.clip_words import SpokenWord, clip_words
from shortform_assets.creative.captions.hook import caption_bands, card_band, hook_end, hook_overlay
from shortform_assets.creative.captions.logo import logo_ratio, place_logo, show_logo
from shortform_assets.creative.captions.pages import Measure, Page, caption_pages
from shortform_assets.creative.captions.placement import Band, Block, place, text_width
from shortform_assets.creative.captions.typeset import Typeface, line_share, type_px
from shortform_assets.creative.fixes.word_fixes import fix_clip, fix_words
from shortform_assets.errors import ClipFault, InputError
from shortform_assets.ports.workbench import Workbench

_STAGE = "enhancement_plan"


def plan_enhancement(
    bench: Workbench,
    plan: ClipPlan,
    transcript: Transcript,
    turns: SpeakerTurns,
    tracks: FaceTracksSet,
    crops: CropPathsSet,
    style: StyleContract,
    enhancement: EnhancementSlice,
    edits: CreativeEdits,
) -> EnhancementPlan:
    """Caption pages, hook, logo and sound of every clip that has a camera, in the order of `plan`.

    Clips without crop paths were dropped before and are skipped. `tracks` is not read: faces come from
    `crops`, in the output's own coordinates. Raises InputError where the style lacks a font it uses or the
    genre lacks a safe box.
    """
    cameras = {path.clip_id: path for path in crops.clips}
    artist = _Artist(bench, transcript, turns, style, enhancement, edits)
    clips: list[ClipEnhancement] = []
    dropped: list[Dropped] = []
    wanted = [clip for clip in plan.clips if clip.clip_id in cameras]
    for done, clip in enumerate(wanted):
        try:
            clips.append(artist.clip(clip, cameras[clip.clip_id], plan.rate))
        except ClipFault as fault:
            dropped.append(Dropped(clip_id=clip.clip_id, stage=_STAGE, reason=str(fault)))
        bench.progress((done + 1) / len(wanted), "captions")
    return EnhancementPlan(
        style=style.pin, style_digest=style.digest(), clips=tuple(clips), dropped=tuple(dropped)
    )


class _Artist:
    def __init__(
        self,
        bench: Workbench,
        transcript: Transcript,
        turns: SpeakerTurns,
        style: StyleContract,
        rules: EnhancementSlice,
        edits: CreativeEdits,
    ) -> None:
        self.bench, self.transcript, self.turns = bench, transcript, turns
        self.style, self.rules, self.edits = style, rules, edits.edits
        self.faces = {font.family: Typeface(bench.open(font.file)) for font in style.fonts}
        self.caption_face = self._face(style.captions.font)

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
        logos: Mapping[Aspect, Band],
        rate: FrameRate,
        frames: int,
    ) -> tuple[CaptionPage, ...]:
        size = self.style.captions.size
        width = min(text_width(boxes[a]) * ASPECT_SIZE[a][0] / type_px(size, a) for a in framings)
        measure = Measure.of(self.style.captions, self.caption_face, width)
        if measure.width < 2:
            raise InputError("the safe box is too narrow for captions", self.style.pin, "widen `safe_box`")
        pages = caption_pages(words, measure, rate, frames, self.rules.caption_gap_ms)
        anchors = {
            aspect: place(
                [self._block(page, measure, aspect) for page in pages],
                framing,
                boxes[aspect],
                self.rules.caption_anchor.get(aspect, boxes[aspect].bottom),
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
                scale=page.scale,
            )
            for i, page in enumerate(pages)
        )

    def _block(self, page: Page, measure: Measure, aspect: Aspect) -> Block:
        across = max(measure.line(line) for line in page.lines) * page.scale
        return Block(
            page.start_frame,
            page.end_frame,
            # Narrow pages keep off what a wide one would cover, so that captions need not jump.
            max(across * type_px(self.style.captions.size, aspect) / ASPECT_SIZE[aspect][0], 0.6),
            line_share(self.style.captions.size, aspect) * len(page.lines),
        )

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
            aspect: caption_bands(pages, self.style, self.caption_face, aspect, 0, end) for aspect in framings
        }
        return hook_overlay(text, style, self._face(style.font), framings, boxes, taken, rate, frames)

    def _logos(
        self, framings: Mapping[Aspect, AspectFraming], boxes: Mapping[Aspect, SafeBox]
    ) -> dict[Aspect, Band]:
        logo = self.style.logo
        if logo is None or not self.rules.logo:
            return {}
        ratio = logo_ratio(self.bench.open(logo.image))
        return {a: place_logo(logo, ratio, a, framing, boxes[a]) for a, framing in framings.items()}

    def _shown_logos(
        self, hook: TextOverlay | None, logos: Mapping[Aspect, Band]
    ) -> dict[Aspect, LogoPlacement]:
        style, shown = self.style.hook, {}
        for aspect, band in logos.items():
            card = card_band(hook, style, self._face(style.font), aspect) if hook and style else None
            shown[aspect] = show_logo(band, hook, card)
        return shown

    def _box(self, aspect: Aspect) -> SafeBox:
        try:
            return self.rules.safe_box[aspect]
        except KeyError:
            raise InputError(
                f"there is no safe box for {aspect}", "genre, enhancement.safe_box", "add it"
            ) from None

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
