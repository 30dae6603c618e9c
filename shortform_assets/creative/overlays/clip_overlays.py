"""All overlays of one clip beside captions, hook and logo: which there are, and in which order they take their room.

The zooms come first, for they move the faces that text keeps off; then the progress bar, for it narrows the box of all
others; captions, hook and logo; names; and what a brand says at the end, off all of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from shortform_assets.contracts.aspects import Aspect, SafeBox
from shortform_assets.contracts.clips import AspectFraming, CropPaths
from shortform_assets.contracts.creative import CaptionPage, EffectCue, TextOverlay
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.overlays import (
    BRollSlot,
    LowerThird,
    OverlayName,
    PlacedBox,
    PunchIn,
    punched,
)
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.captions.draw.hook import CardRoom, card_overlay
from shortform_assets.creative.captions.draw.placement import face_margin
from shortform_assets.creative.captions.text.clip_fonts import ClipFonts
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.key_words import key_words
from shortform_assets.creative.overlays.b_roll_slots import SlotRoom, b_roll_slots
from shortform_assets.creative.overlays.brand_cards import call_frames, end_card, intro_card, intro_frames
from shortform_assets.creative.overlays.effect_cues import effect_cues
from shortform_assets.creative.overlays.name_strip import StripRoom, name_strips
from shortform_assets.creative.overlays.progress_line import progress_line
from shortform_assets.creative.overlays.zoom_moments import zoom_moments

_STING_MS = 600
"""A logo that moves is in its place after so long. A matter of looks."""


@dataclass(frozen=True)
class OverlayRules:
    """What style and genre say, for all clips of a source."""

    style: StyleContract
    rules: EnhancementSlice
    names: Mapping[int, str]
    """Of speakers, by index."""
    glossary: Sequence[str]
    language: str
    """Of what is said, BCP 47."""
    shots_ms: Sequence[int | None] = ()
    """Lengths of the shots of the style's library."""

    def has(self, name: OverlayName) -> bool:
        """Whether the genre lets it be shown."""
        return name in self.rules.overlays


@dataclass(frozen=True)
class PlacedBefore:
    """What a clip has already when the rest is placed."""

    fonts: ClipFonts
    pages: Sequence[CaptionPage]
    hook: TextOverlay | None
    logos: Mapping[Aspect, OutputBox]
    intro: TextOverlay | None = None

    @property
    def begins(self) -> int:
        """The clip frame at which the picture is seen."""
        return self.intro.end_frame if self.intro else 0

    def cards(self, aspect: Aspect, start: int) -> list[OutputBox]:
        """The hook, where it is still there at clip frame `start`."""
        card = self.hook.box(aspect) if self.hook and self.hook.end_frame > start else None
        return [card] if card else []


class ClipOverlays:
    """The overlays of one clip. Ask `emphasized`, place captions by `framings` and `boxes`, ask `opened`, place hook and
    logo, then ask `planned`."""

    def __init__(self, rules: OverlayRules, crop: CropPaths, boxes: Mapping[Aspect, SafeBox]) -> None:
        self._rules, self._crop, self._style = rules, crop, rules.style
        self._cameras = {framing.aspect: framing for framing in crop.aspects}
        self._punches: tuple[PunchIn, ...] = ()
        self._boxes = boxes

    @cached_property
    def _bar(self) -> dict[Aspect, tuple[OutputBox, SafeBox]]:
        style = self._style.progress_bar
        if style is None or not self._rules.has("progress_bar"):
            return {}
        found = {a: progress_line(style, box, self.framings[a]) for a, box in self._boxes.items()}
        return {aspect: line for aspect, line in found.items() if line}

    @cached_property
    def boxes(self) -> dict[Aspect, SafeBox]:
        """Where text may stand beside the progress bar."""
        return {
            aspect: self._bar[aspect][1] if aspect in self._bar else box
            for aspect, box in self._boxes.items()
        }

    @cached_property
    def framings(self) -> dict[Aspect, AspectFraming]:
        """The cameras, with the places that faces take in a zoom."""
        margin = face_margin(self._crop.rate)
        return {aspect: punched(camera, self._punches, margin) for aspect, camera in self._cameras.items()}

    def emphasized(self, words: Sequence[SpokenWord], hook: str) -> list[SpokenWord]:
        """The words of the clip, its key words marked where the style makes something of them."""
        keys = key_words(words, hook, self._rules.glossary)
        if (punch := self._style.punch_in) and self._rules.has("punch_in"):
            seen = frozenset(i for i in keys if words[i].start_frame >= self._intro_frames)
            self._punches = zoom_moments(words, seen, self._cameras, punch, self._crop.rate)
        if not self._style.captions.emphasis_colour or not self._rules.has("emphasis"):
            return list(words)
        return [replace(word, emphasis=i in keys) for i, word in enumerate(words)]

    def effects(self, spans: Sequence[Span]) -> tuple[EffectCue, ...]:
        """Sounds at joins of these source spans and at zooms; asked after `emphasized`."""
        style = self._style.audio.effects
        if style is None or not self._rules.has("sound_effects"):
            return ()
        return effect_cues(style, spans, self._punches, list(self._cameras), self._crop.rate)

    @property
    def sting_frames(self) -> int:
        """How long a logo takes to move into its place: nothing where it just stands there, or has no time to."""
        logo, frames = self._style.logo, self._crop.rate.nearest(_STING_MS)
        moves = logo and logo.sting and self._rules.has("logo_sting")
        return frames if moves and 4 * frames < self._crop.frames else 0

    def texts(self, words: Sequence[SpokenWord]) -> list[str]:
        """All that is written with them, for a clip of these words."""
        style, names = self._style, self._rules.names
        found = [names[speaker] for speaker in sorted({word.speaker for word in words}) if speaker in names]
        return [
            *found,
            *(card.text for card in (style.call_to_action, style.intro_card, style.end_card) if card),
        ]

    @property
    def _intro_frames(self) -> int:
        """How long a card is to hide the picture at the beginning."""
        style = self._style.intro_card
        if style is None or not self._rules.has("intro_card"):
            return 0
        return intro_frames(style, self._crop.rate, self._crop.frames)

    def opened(self, fonts: ClipFonts, pages: Sequence[CaptionPage]) -> TextOverlay | None:
        """The card over the first moments, off the captions that stand on it."""
        style, logo = self._style.intro_card, self._style.logo if self._rules.rules.logo else None
        frames = self._intro_frames
        if style is None or not frames or not fonts.draws_card(style.text):
            return None
        captions = {a: [page.box(a) for page in pages if page.start_frame < frames] for a in self.boxes}
        return intro_card(style, fonts.stack(style.font), self.boxes, captions, logo, frames)

    def planned(self, words: Sequence[SpokenWord], standing: PlacedBefore) -> dict[str, Any]:
        """Fields of the clip's enhancement."""
        strips = self._strips(words, standing)
        taken = [(strip.start_frame, strip.end_frame) for strip in strips]
        return {
            "lower_thirds": strips,
            "progress_bar": {aspect: PlacedBox.of(line) for aspect, (line, _) in self._bar.items()},
            "intro_card": standing.intro,
            "call_to_action": self._call(standing, strips),
            "end_card": self._close(standing.fonts),
            "punch_ins": self._punches,
            "b_roll": self._shots(words, standing, taken),
        }

    def _strips(self, words: Sequence[SpokenWord], standing: PlacedBefore) -> tuple[LowerThird, ...]:
        style = self._style.lower_third
        if style is None or not self._rules.has("lower_third"):
            return ()
        logos = standing.logos
        taken = {a: [*([logos[a]] if a in logos else []), *standing.cards(a, 0)] for a in self.boxes}
        names = {who: name for who, name in self._rules.names.items() if standing.fonts.draws(name)}
        length = self._crop.rate, self._crop.frames, standing.begins
        room = StripRoom(self.framings, self.boxes, standing.pages, taken, *length)
        return name_strips(words, names, style, standing.fonts.stack(style.font), room)

    def _shots(
        self, words: Sequence[SpokenWord], standing: PlacedBefore, taken: Sequence[tuple[int, int]]
    ) -> tuple[BRollSlot, ...]:
        style = self._style.b_roll
        if style is None or not self._rules.has("b_roll"):
            return ()
        begins = max(standing.begins, standing.hook.end_frame if standing.hook else 0)
        room = SlotRoom(self._crop.rate, self._crop.frames, begins, taken, self.framings)
        return b_roll_slots(words, style, self._rules.shots_ms, room)

    def _call(self, standing: PlacedBefore, strips: Sequence[LowerThird]) -> TextOverlay | None:
        style = self._style.call_to_action
        if style is None or not self._rules.has("call_to_action"):
            return None
        if not standing.fonts.draws_card(style.text):
            return None
        start, end = call_frames(style, self._crop.rate, self._crop.frames)
        busy = {}
        for aspect in self.boxes:
            logo = standing.logos.get(aspect)
            busy[aspect] = [
                # Beside a logo it would crowd it, as a hook would.
                *([logo._replace(left=0.0, right=1.0)] if logo else []),
                *(page.box(aspect) for page in standing.pages if page.end_frame > start),
                *(s.place[aspect].box for s in strips if s.end_frame > start and aspect in s.place),
                *standing.cards(aspect, start),
            ]
        room = CardRoom(self.framings, self.boxes, busy, start, end, self._crop.rate, self._rules.language)
        return card_overlay(style.text, style, standing.fonts.stack(style.font), room)

    def _close(self, fonts: ClipFonts) -> TextOverlay | None:
        style = self._style.end_card
        if style is None or not self._rules.has("end_card") or not fonts.draws_card(style.text):
            return None
        length = self._crop.rate, self._crop.frames
        return end_card(style, fonts.stack(style.font), self.boxes, *length)
