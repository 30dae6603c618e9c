"""The enhancement plan: everything that is laid over every clip, decided before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    MutedSpan,
    TextOverlay,
)
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.captions.draw.burnt_in import burnt_in, covered_anchor, uncovered
from shortform_assets.creative.captions.draw.hook import CardRoom, card_overlay, hook_end
from shortform_assets.creative.captions.draw.logo import logo_ratio, place_logo, show_logo
from shortform_assets.creative.captions.draw.look_room import look_room
from shortform_assets.creative.captions.draw.placement import Block, place, text_width
from shortform_assets.creative.captions.text.clip_fonts import ClipFonts, ClipLetters
from shortform_assets.creative.captions.text.clip_words import SpokenWord, clip_words, voice_turns
from shortform_assets.creative.captions.text.page_times import Pace
from shortform_assets.creative.captions.text.pages import Measure, Page, caption_pages
from shortform_assets.creative.captions.text.profanity import LANGUAGES, masker
from shortform_assets.creative.captions.text.single_words import single_words
from shortform_assets.creative.captions.text.typeset import displayed, line_share, type_px
from shortform_assets.creative.fixes.word_fixes import fix_clip, fix_words
from shortform_assets.creative.overlays.clip_overlays import ClipOverlays, OverlayRules, PlacedBefore
from shortform_assets.creative.overlays.speaker_names import speaker_names
from shortform_assets.errors import ClipFault, InputError
from shortform_assets.media.shot_media import shot_length_ms
from shortform_assets.ports.font_shelf import FontShelf
from shortform_assets.ports.workbench import Workbench
from shortform_assets.text.writing_systems import reads_right_to_left

_STAGE = "enhancement_plan"
_WIDE = 0.6
"""Share of the output's width that every page is placed for: most take more. Our choice;
test_captions_hold_still_within_a_framing."""


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
    glossary: tuple[str, ...] = ()
    """Guests, brands and terms, as they are written."""


def plan_enhancement(bench: Workbench, shelf: FontShelf, request: EnhancementRequest) -> EnhancementPlan:
    """Caption pages, hook, logo and sound of every clip that has a camera, in the order of the plan.

    Clips without crop paths were dropped before and are skipped. Letters that the style's fonts lack are
    drawn with fonts of `shelf`. Words that none of them has are left out of captions: the result says so and is
    degraded. Raises InputError where the style lacks a font it uses.
    """
    plan, style = request.plan, request.style
    cameras = {path.clip_id: path for path in request.crops.clips}
    artist = _Artist(bench, shelf, request)
    clips: list[ClipEnhancement] = []
    dropped: list[Dropped] = []
    wanted = [clip for clip in plan.clips if clip.clip_id in cameras]
    for done, clip in enumerate(wanted):
        try:
            clips.append(artist.clip(clip, cameras[clip.clip_id], plan.rate))
        except ClipFault as fault:
            dropped.append(Dropped(clip_id=clip.clip_id, stage=_STAGE, reason=str(fault)))
        bench.progress((done + 1) / len(wanted), "captions")
    for reason in artist.letters.undrawn():
        bench.degrade(reason)
    return EnhancementPlan(
        style=style.pin, style_digest=style.digest(), clips=tuple(clips), dropped=tuple(dropped)
    )


class _Scene(NamedTuple):
    """What text is laid over: the framings of a clip, with all that it must keep off, and the room that is safe."""

    framings: Mapping[Aspect, AspectFraming]
    boxes: Mapping[Aspect, SafeBox]
    logos: Mapping[Aspect, OutputBox]
    rate: FrameRate
    frames: int


class _Artist:
    def __init__(self, bench: Workbench, shelf: FontShelf, request: EnhancementRequest) -> None:
        self.bench, self.transcript, self.turns = bench, request.transcript, request.turns
        self.style, self.rules, self.edits = request.style, request.rules, request.edits.edits
        self.language = request.transcript.language
        self.letters = ClipLetters(bench, shelf, self.style, self.language)
        self.mask = self._mask()
        names = speaker_names(self.transcript, self.turns, request.glossary)
        library = self.style.b_roll.shots if self.style.b_roll else ()
        lengths = [shot_length_ms(bench.open(shot.file), self.style.pin) for shot in library]
        self.overlays = OverlayRules(self.style, self.rules, names, request.glossary, self.language, lengths)

    def clip(self, clip: PlannedClip, crop: CropPaths, rate: FrameRate) -> ClipEnhancement:
        if crop.frames != clip.frames:
            raise ClipFault(f"the camera has {crop.frames} frames and the clip {clip.frames}")
        clip = fix_clip(clip, rate, self.edits)
        framings = {framing.aspect: framing for framing in crop.aspects}
        safe = {aspect: self._box(aspect) for aspect in framings}
        said = fix_words(clip_words(clip, rate, self.transcript, self.turns), self.edits)
        words = [replace(word, text=self.mask(word.text)) for word in said]
        masked = {
            i for i, (word, heard) in enumerate(zip(words, said, strict=True)) if word.text != heard.text
        }
        clip = clip.model_copy(
            update={name: self.mask(getattr(clip, name)) for name in ("title", "hook", "description")}
        )
        subtitles = burnt_in(framings, clip.frames, self.rules.burnt_in) if self.rules.captions else None
        bare = tuple(uncovered(framing, subtitles) for framing in framings.values())
        overlays = ClipOverlays(self.overlays, crop.model_copy(update={"aspects": bare}), safe)
        words = overlays.emphasized(words, clip.hook)
        framings, boxes = overlays.framings, overlays.boxes
        logos = self._logos(framings, boxes)
        hooked = self.rules.hook and self.style.hook is not None and bool(clip.hook.strip())
        written = [*(word.text for word in words), *([clip.hook] if hooked else []), *overlays.texts(words)]
        fonts = self.letters.fonts(written)
        captioned = self.rules.captions and not (subtitles and subtitles.handled == "no_captions")
        shown = fonts.drawn(words) if captioned else []
        wanted = {a: covered_anchor(subtitles, a, boxes[a], self.rules.caption_anchor[a]) for a in framings}
        scene = _Scene(framings, boxes, logos, rate, clip.frames)
        pages = self._pages(shown, fonts, wanted, scene)
        intro = overlays.opened(fonts, pages)
        seen = intro.end_frame if intro else 0
        hook = None
        if hooked and fonts.draws_card(clip.hook):
            hook = self._hook(clip.hook, fonts, pages, scene, seen)
        audio = self.style.audio
        return ClipEnhancement(
            clip_id=clip.clip_id,
            title=clip.title,
            description=clip.description,
            hashtags=tuple(tag for tag in clip.hashtags if self.mask(tag) == tag),
            words=tuple(self._exported(word, fonts, i in masked) for i, word in enumerate(words)),
            pages=pages,
            hook=hook,
            show_logo=self.rules.logo and self.style.logo is not None,
            logo=self._shown_logos(hook, logos, overlays.sting_frames, seen),
            fonts=fonts.added,
            burnt_in=subtitles,
            safe_box=safe,
            **overlays.planned(words, PlacedBefore(fonts, pages, hook, logos, intro)),
            audio=AudioTreatment(
                highpass_hz=audio.highpass_hz,
                compress=audio.compress,
                fade_in_ms=audio.fade_ms,
                fade_out_ms=audio.fade_ms,
                spoken=bool(words),
                turns=voice_turns(words, self.turns.speakers) if audio.level_speakers else (),
                effects=overlays.effects(clip.spans),
                bleeps=tuple(
                    MutedSpan(start_frame=words[i].start_frame, end_frame=words[i].end_frame)
                    for i in sorted(masked)
                    if audio.bleep
                ),
            ),
        )

    def _mask(self) -> Callable[[str], str]:
        """What masks profanities, where genre or style ask for it."""
        wanted, more = self.rules.mask_profanity or self.style.audio.bleep, self.rules.masked_words
        if wanted and self.language.split("-")[0] not in LANGUAGES:
            self.bench.degrade(
                f"there is no list of profanities in the language {self.language}: only `masked_words` of the genre "
                "are masked - name words there"
            )
        return masker(self.language if wanted else "", more)

    def _box(self, aspect: Aspect) -> SafeBox:
        box = self.style.text_box(aspect, self.rules.safe_box[aspect])
        if box is None:
            raise InputError(
                f"its safe boxes and the genre's leave no room for text in {aspect}",
                self.style.pin,
                "let them overlap",
            )
        return box

    def _exported(self, word: SpokenWord, fonts: ClipFonts, masked: bool) -> ClipWord:
        return ClipWord(
            text=word.text,
            start_frame=word.start_frame,
            end_frame=word.end_frame,
            confidence=word.confidence,
            speaker=self.turns.speakers[word.speaker] if word.speaker >= 0 else "",
            masked=masked,
            captioned=fonts.draws(word.text),
        )

    def _pages(
        self,
        words: list[SpokenWord],
        fonts: ClipFonts,
        wanted: Mapping[Aspect, float],
        scene: _Scene,
    ) -> tuple[CaptionPage, ...]:
        """`wanted` is the preferred centre of the captions in each aspect ratio, a share of the height."""
        framings, boxes, logos, rate, frames = scene
        size = self.style.captions.size
        width = min(text_width(boxes[a]) * ASPECTS[a].width / type_px(size, a) for a in framings)
        room = look_room(self.style.captions.look)
        face = fonts.stack(self.style.captions.font)
        measure = Measure.of(self.style.captions, face, room.narrowed(width))
        if measure.width < 2:
            raise InputError("the safe box is too narrow for captions", self.style.pin, "widen `safe_box`")
        rules = self.rules
        pace = Pace(rules.caption_gap_ms, rules.caption_hold_ms, rules.caption_min_ms)
        pages = caption_pages(words, measure, rate, frames, pace)
        if self.style.captions.look == "one_word":
            pages = single_words(pages, measure, rate)
        pitch = face.pitch(displayed(word.text, self.style.captions.uppercase) for word in words)
        anchors = {
            aspect: place(
                [self._block(page, measure, pitch, aspect) for page in pages],
                framing,
                boxes[aspect],
                wanted[aspect],
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
                size={aspect: self._size(page, measure, pitch, aspect) for aspect in framings},
                scale=page.scale,
                voice=page.lines[0][0].speaker,
                pitch=pitch,
                right_to_left=reads_right_to_left(_text(page), self.language),
            )
            for i, page in enumerate(pages)
        )

    def _block(self, page: Page, measure: Measure, pitch: float, aspect: Aspect) -> Block:
        # As high as if its type were not shrunk, so that captions need not jump for a long word.
        width, height = self._size(replace(page, scale=1.0), measure, pitch, aspect)
        # Narrow pages keep off what a wide one would cover, too.
        return Block(page.start_frame, page.end_frame, max(width * page.scale, _WIDE), height)

    def _size(self, page: Page, measure: Measure, pitch: float, aspect: Aspect) -> tuple[float, float]:
        """What the page takes of the output, its outline and what its look adds included."""
        caption, room = self.style.captions, look_room(self.style.captions.look)
        em = type_px(caption.size * page.scale, aspect)
        across = max(map(measure.line, page.lines)) * room.scale + 2 * room.across
        width = (across * em + 2 * type_px(caption.outline, aspect)) / ASPECTS[aspect].width
        down = 2 * room.down * em / ASPECTS[aspect].height
        return width, line_share(caption.size * page.scale, aspect, pitch) * len(page.lines) + down

    def _hook(
        self, text: str, fonts: ClipFonts, pages: tuple[CaptionPage, ...], scene: _Scene, start: int
    ) -> TextOverlay | None:
        style = self.style.hook
        if style is None:
            return None
        end = hook_end(style, scene.rate, scene.frames, start)
        taken = {
            aspect: [page.box(aspect) for page in pages if page.start_frame < end and page.end_frame > start]
            for aspect in scene.framings
        }
        room = CardRoom(scene.framings, scene.boxes, taken, start, end, scene.rate, self.language)
        return card_overlay(text, style, fonts.stack(style.font), room)

    def _logos(
        self, framings: Mapping[Aspect, AspectFraming], boxes: Mapping[Aspect, SafeBox]
    ) -> dict[Aspect, OutputBox]:
        logo = self.style.logo
        if logo is None or not self.rules.logo:
            return {}
        ratio = logo_ratio(self.bench.open(logo.image))
        return {a: place_logo(logo, ratio, a, framing, boxes[a]) for a, framing in framings.items()}

    def _shown_logos(
        self, hook: TextOverlay | None, logos: Mapping[Aspect, OutputBox], sting: int, start: int
    ) -> dict[Aspect, LogoPlacement]:
        return {
            aspect: show_logo(place, hook, hook.box(aspect) if hook else None, sting, start)
            for aspect, place in logos.items()
        }


def _text(page: Page) -> str:
    return " ".join(word.text for line in page.lines for word in line)


def _shown(word: SpokenWord, page: Page) -> CaptionWord:
    start = min(max(word.start_frame, page.start_frame), page.end_frame - 1)
    end = min(max(word.end_frame, start + 1), page.end_frame)
    return CaptionWord(text=word.text, start_frame=start, end_frame=end, emphasis=word.emphasis)
