"""The enhancement plan: everything that is laid over every clip, decided before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from shortform_assets.contracts.aspects import Aspect, SafeBox
from shortform_assets.contracts.base import Dropped, FrameRate
from shortform_assets.contracts.clips import AspectFraming, CropPaths, CropPathsSet
from shortform_assets.contracts.creative import (
    AudioTreatment,
    CaptionPage,
    ClipEnhancement,
    ClipWord,
    EnhancementPlan,
    MutedSpan,
    TextOverlay,
    TranslatedLines,
)
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.existing_text import BurntInSubtitles
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.contracts.translations import CaptionTranslation
from shortform_assets.creative.captions.draw.burnt_in import burnt_in, covered_anchor, uncovered
from shortform_assets.creative.captions.draw.hook import CardRoom, card_overlay, hook_end
from shortform_assets.creative.captions.draw.logo import logo_ratio, place_logo, show_logos
from shortform_assets.creative.captions.draw.page_layout import PageLayout, PageScene
from shortform_assets.creative.captions.text.clip_fonts import ClipFonts, ClipLetters
from shortform_assets.creative.captions.text.clip_words import SpokenWord, clip_words, voice_turns
from shortform_assets.creative.captions.text.page_times import Pace
from shortform_assets.creative.captions.text.pages import Page
from shortform_assets.creative.captions.text.profanity import LANGUAGES, masked_words, masker
from shortform_assets.creative.captions.text.translated_pages import PageTranslator
from shortform_assets.creative.captions.text.word_emoji import with_emoji, word_emoji
from shortform_assets.creative.fixes.word_fixes import fix_clip, fix_words
from shortform_assets.creative.overlays.clip_overlays import ClipOverlays, OverlayRules, PlacedBefore
from shortform_assets.creative.overlays.speaker_names import speaker_names
from shortform_assets.errors import ClipFault, InputError
from shortform_assets.media.shot_media import shot_length_ms
from shortform_assets.ports.font_shelf import FontShelf
from shortform_assets.ports.judge import Judge
from shortform_assets.ports.workbench import Workbench

_STAGE = "enhancement_plan"


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
    translation: CaptionTranslation | None = None
    """None where captions are not translated."""


def plan_enhancement(
    bench: Workbench, shelf: FontShelf, judges: Sequence[Judge], request: EnhancementRequest
) -> EnhancementPlan:
    """Caption pages, hook, logo and sound of every clip that has a camera, in the order of the plan.

    Clips without crop paths were dropped before and are skipped. Letters that the style's fonts lack are
    drawn with fonts of `shelf`. Words that none of them has are left out of captions: the result says so and is
    degraded. Where captions are to be translated and the user brings no subtitles, the first of `judges` is asked;
    what it leaves untranslated is said, too. Raises InputError where the style lacks a font it uses.
    """
    plan, style = request.plan, request.style
    cameras = {path.clip_id: path for path in request.crops.clips}
    artist = _Artist(bench, shelf, judges, request)
    drafts: list[_Draft] = []
    dropped: list[Dropped] = []
    for clip in plan.clips:
        if clip.clip_id in cameras:
            try:
                drafts.append(artist.draft(clip, cameras[clip.clip_id], plan.rate))
            except ClipFault as fault:
                dropped.append(Dropped(clip_id=clip.clip_id, stage=_STAGE, reason=str(fault)))
    artist.translator.ask([(draft.pages, draft.columns) for draft in drafts])
    clips: list[ClipEnhancement] = []
    for number, draft in enumerate(drafts):
        try:
            clips.append(artist.finished(draft, number))
        except ClipFault as fault:
            dropped.append(Dropped(clip_id=draft.clip.clip_id, stage=_STAGE, reason=str(fault)))
        bench.progress((number + 1) / len(drafts), "captions")
    artist.translator.close()
    for reason in artist.letters.undrawn():
        bench.degrade(reason)
    return EnhancementPlan(
        style=style.pin, style_digest=style.digest(), clips=tuple(clips), dropped=tuple(dropped)
    )


@dataclass(frozen=True)
class _Draft:
    """A clip as far as it is known before its captions are translated."""

    clip: PlannedClip
    words: list[SpokenWord]
    masked: frozenset[int]
    """Indices into `words`."""
    overlays: ClipOverlays
    subtitles: BurntInSubtitles | None
    safe: Mapping[Aspect, SafeBox]
    scene: PageScene
    written: tuple[str, ...]
    """All that is written on it but a translation."""
    hooked: bool
    shown: list[SpokenWord]
    """Words that captions show."""
    fonts: ClipFonts
    pages: list[Page]
    columns: int
    """Of a translated line; 0 where nothing is translated."""
    emoji: Mapping[int, str]
    """After which of `words`."""


class _Artist:
    def __init__(
        self, bench: Workbench, shelf: FontShelf, judges: Sequence[Judge], request: EnhancementRequest
    ) -> None:
        self.bench, self.transcript, self.turns = bench, request.transcript, request.turns
        self.style, self.rules, self.edits = request.style, request.rules, request.edits.edits
        self.language = request.transcript.language
        self.letters = ClipLetters(bench, shelf, self.style, self.language)
        self.pace = Pace(self.rules.caption_gap_ms, self.rules.caption_hold_ms, self.rules.caption_min_ms)
        self.mask = self._mask(self.language)
        wanted = request.translation
        self.translator = PageTranslator(
            bench,
            wanted,
            self.transcript,
            judges,
            request.glossary,
            self._mask(wanted.language) if wanted and wanted.language != self.language else self.mask,
        )
        names = speaker_names(self.transcript, self.turns, request.glossary)
        library = self.style.b_roll.shots if self.style.b_roll else ()
        lengths = [shot_length_ms(bench.open(shot.file), self.style.pin) for shot in library]
        self.overlays = OverlayRules(self.style, self.rules, names, request.glossary, self.language, lengths)

    def draft(self, clip: PlannedClip, crop: CropPaths, rate: FrameRate) -> _Draft:
        if crop.frames != clip.frames:
            raise ClipFault(f"the camera has {crop.frames} frames and the clip {clip.frames}")
        clip = fix_clip(clip, rate, self.edits)
        framings = {framing.aspect: framing for framing in crop.aspects}
        safe = {aspect: self._box(aspect) for aspect in framings}
        said = fix_words(clip_words(clip, rate, self.transcript, self.turns), self.edits)
        words, masked = masked_words(said, self.mask)
        clip = clip.model_copy(
            update={name: self.mask(getattr(clip, name)) for name in ("title", "hook", "description")}
        )
        subtitles = burnt_in(framings, clip.frames, self.rules.burnt_in) if self.rules.captions else None
        bare = tuple(uncovered(framing, subtitles) for framing in framings.values())
        overlays = ClipOverlays(self.overlays, crop.model_copy(update={"aspects": bare}), safe)
        words = overlays.emphasized(words, clip.hook)
        framings, boxes = overlays.framings, overlays.boxes
        scene = PageScene(framings, boxes, self._logos(framings, boxes), rate, clip.frames)
        hooked = self.rules.hook and self.style.hook is not None and bool(clip.hook.strip())
        written = (*(word.text for word in words), *([clip.hook] if hooked else []), *overlays.texts(words))
        listed = self.style.captions.emoji.get(self.language.split("-")[0], {})
        emoji = word_emoji(words, listed, masked)
        fonts = self.letters.fonts((*written, *emoji.values()))
        emoji = {at: sign for at, sign in emoji.items() if fonts.draws_card(sign)}
        written = (*written, *emoji.values())
        captioned = self.rules.captions and not (subtitles and subtitles.handled == "no_captions")
        decorated = [
            replace(word, text=with_emoji(word.text, emoji.get(at, ""))) for at, word in enumerate(words)
        ]
        shown = fonts.drawn(decorated) if captioned else []
        layout = self._layout(fonts, scene)
        pages = layout.pages(shown, self.pace)
        columns = layout.setter(shown).columns() if self.translator.active else 0
        return _Draft(
            clip,
            words,
            masked,
            overlays,
            subtitles,
            safe,
            scene,
            written,
            hooked,
            shown,
            fonts,
            pages,
            columns,
            emoji,
        )

    def finished(self, draft: _Draft, number: int) -> ClipEnhancement:
        """The clip `number` of those that were asked about, with its translation."""
        clip, words, masked, scene = draft.clip, draft.words, draft.masked, draft.scene
        fonts, translations = draft.fonts, self.translator.texts(number, draft.pages)
        if translations:
            fonts = self.letters.fonts((*draft.written, *translations))
        layout = self._layout(fonts, scene)
        lines: list[TranslatedLines | None] = [None] * len(draft.pages)
        if self.translator.active:
            setter = layout.setter(draft.shown)
            lines = self.translator.lines(number, draft.pages, setter, fonts.draws_card)
        wanted = {
            a: covered_anchor(draft.subtitles, a, scene.boxes[a], self.rules.caption_anchor[a])
            for a in scene.framings
        }
        pages = layout.placed(draft.pages, lines, draft.shown, wanted)
        translation = self.translator.told(lines, pages)
        if self.translator.active and translation is None:
            # Nothing to make room for: the captions are as they would be.
            layout = replace(layout, translation=None)
            said = layout.pages(draft.shown, self.pace)
            pages = layout.placed(said, [None] * len(said), draft.shown, wanted)
        intro = draft.overlays.opened(fonts, pages)
        seen = intro.end_frame if intro else 0
        hook = None
        if draft.hooked and fonts.draws_card(clip.hook):
            hook = self._hook(clip.hook, fonts, pages, scene, seen)
        audio = self.style.audio
        return ClipEnhancement(
            clip_id=clip.clip_id,
            title=clip.title,
            description=clip.description,
            hashtags=tuple(tag for tag in clip.hashtags if self.mask(tag) == tag),
            words=tuple(
                self._exported(word, fonts, i in masked, draft.emoji.get(i, ""))
                for i, word in enumerate(words)
            ),
            pages=pages,
            hook=hook,
            show_logo=self.rules.logo and self.style.logo is not None,
            logo=show_logos(scene.logos, hook, draft.overlays.sting_frames, seen),
            fonts=fonts.added,
            burnt_in=draft.subtitles,
            translation=translation,
            safe_box=draft.safe,
            **draft.overlays.planned(words, PlacedBefore(fonts, pages, hook, scene.logos, intro)),
            audio=AudioTreatment(
                highpass_hz=audio.highpass_hz,
                compress=audio.compress,
                fade_in_ms=audio.fade_ms,
                fade_out_ms=audio.fade_ms,
                spoken=bool(words),
                turns=voice_turns(words, self.turns.speakers) if audio.level_speakers else (),
                effects=draft.overlays.effects(clip.spans),
                bleeps=tuple(
                    MutedSpan(start_frame=words[i].start_frame, end_frame=words[i].end_frame)
                    for i in sorted(masked)
                    if audio.bleep
                ),
            ),
        )

    def _layout(self, fonts: ClipFonts, scene: PageScene) -> PageLayout:
        return PageLayout(self.style, fonts, scene, self.language, self.translator.wanted)

    def _mask(self, language: str) -> Callable[[str], str]:
        """What masks profanities of a language, where genre or style ask for it."""
        wanted, more = self.rules.mask_profanity or self.style.audio.bleep, self.rules.masked_words
        if wanted and language.split("-")[0] not in LANGUAGES:
            self.bench.degrade(
                f"there is no list of profanities in the language {language}: only `masked_words` of the genre "
                "are masked - name words there"
            )
        return masker(language if wanted else "", more)

    def _box(self, aspect: Aspect) -> SafeBox:
        box = self.style.text_box(aspect, self.rules.safe_box[aspect])
        if box is None:
            raise InputError(
                f"its safe boxes and the genre's leave no room for text in {aspect}",
                self.style.pin,
                "let them overlap",
            )
        return box

    def _exported(self, word: SpokenWord, fonts: ClipFonts, masked: bool, emoji: str) -> ClipWord:
        return ClipWord(
            text=word.text,
            start_frame=word.start_frame,
            end_frame=word.end_frame,
            confidence=word.confidence,
            speaker=self.turns.speakers[word.speaker] if word.speaker >= 0 else "",
            masked=masked,
            captioned=fonts.draws(word.text),
            emoji=emoji,
        )

    def _hook(
        self, text: str, fonts: ClipFonts, pages: tuple[CaptionPage, ...], scene: PageScene, start: int
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
