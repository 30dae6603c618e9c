"""What is wrong with a style although its every key is well formed: told before it is published, never after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.style_contracts import CaptionBacking, CaptionStyle
from shortform_assets.creative.captions.draw.hook import PADDING, layouts
from shortform_assets.creative.captions.draw.logo import logo_size
from shortform_assets.creative.captions.draw.placement import text_width
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import Typeface, displayed, line_share, type_px
from shortform_assets.creative.styles.contrast import least_contrast, worst_contrast
from shortform_assets.creative.styles.script_letters import SCRIPT_LETTERS, WESTERN
from shortform_assets.creative.styles.style_media import (
    usable_effect,
    usable_font,
    usable_logo,
    usable_music,
    usable_shot,
)
from shortform_assets.creative.styles.style_schema import sections
from shortform_assets.creative.styles.style_source import StyleDraft
from shortform_assets.errors import InputError

Keys = Sequence[str | int]
Ground = tuple[str, str, float]
"""Key, colour and opacity of what is behind letters."""
_ASCII = "".join(map(chr, range(33, 127)))
"""What can be seen of it: letters and signs that any font must have."""
_LONG_WORD = "Responsibility"
"""A word as long as one in a hundred of spoken English: it must fit on a line of the smallest type that is tried."""
_NAMED_LETTERS = 8
"""So many letters that a font lacks are named."""
_LEAST_OUTLINE = 0.001
"""Two pixels of 1920: less is not seen. Our choice."""
_LIT = frozenset({"karaoke", "karaoke_fill", "pop", "subtitle_bar"})
"""Looks that write the word that is being said in the active colour."""
_LEAST_LOGO = 16
"""Pixels of height: nothing can be told of a mark that is drawn smaller. Our choice."""


def style_faults(draft: StyleDraft) -> list[InputError]:
    """Everything that is wrong, each at its file, key and line; none where the style can be published."""
    return list(_Examiner(draft).faults())


class _Examiner:
    def __init__(self, draft: StyleDraft) -> None:
        self.draft, self.style = draft, draft.contract
        self.faces: dict[str, Typeface] = {}

    def faults(self) -> Iterator[InputError]:
        yield from self._fonts()
        for key, section in sections(self.style):
            yield from self._font_in_use(key, section)
        yield from self._contrasts()
        if self.style.logo:
            yield from self._logo()
        audio = self.style.audio
        if audio.music:
            yield from self._usable(("audio", "music", "file"), audio.music.file.sha256, usable_music)
        for name, effect in sections(audio.effects) if audio.effects else ():
            yield from self._usable(("audio", "effects", name, "file"), effect.file.sha256, usable_effect)
        for n, shot in enumerate(self.style.b_roll.shots if self.style.b_roll else ()):
            yield from self._usable(("b_roll", "shots", n, "file"), shot.file.sha256, usable_shot)
        yield from self._captions_fit()
        yield from self._words_fit()

    def _usable(self, keys: Keys, sha256: str, examine: Any) -> Iterator[InputError]:
        try:
            examine(self.draft.files[sha256])
        except InputError as error:
            yield self.draft.error(keys, f"{self._called(keys, sha256)} {error.what}", error.fix)

    def _called(self, keys: Keys, sha256: str) -> str:
        path = self.draft.files[sha256]
        return path.name if path in self.draft.own else "the file"

    def _fonts(self) -> Iterator[InputError]:
        """Every family is in its file and there once."""
        for n, font in enumerate(self.style.fonts):
            if font.family in self.faces:
                keys: Keys = ("fonts", n, "family")
                yield self.draft.error(keys, f"{font.family} is there twice", "keep one of the two")
            where = ("fonts", n, "file")
            try:
                face = usable_font(self.draft.files[font.file.sha256])
            except InputError as error:
                yield self.draft.error(
                    where, f"{self._called(where, font.file.sha256)}: {error.what}", error.fix
                )
                continue
            if font.family not in face.names:
                yield self.draft.error(
                    ("fonts", n, "family"),
                    f"{self._called(where, font.file.sha256)} has no family {font.family}",
                    f"use {', '.join(sorted(face.names))}",
                )
            self.faces[font.family] = face

    def _font_in_use(self, key: str, section: Any) -> Iterator[InputError]:
        """The font is there and has the letters of what it writes."""
        family = getattr(section, "font", None)
        if family is None:
            return
        there = [font.family for font in self.style.fonts]
        if family not in there:
            yield self.draft.error((key, "font"), f"no font {family} in `fonts`", f"use {', '.join(there)}")
        face = self.faces.get(family)
        if face is None:
            return
        own = getattr(section, "text", "")
        if missing := face.lacks(own):
            yield self._lacking((key, "text"), family, missing)
        if missing := face.lacks(_ASCII + WESTERN + WESTERN.upper()):
            yield self._lacking((key, "font"), family, missing)
        for n, script in enumerate(self.style.scripts):
            letters = SCRIPT_LETTERS[script]
            cased = letters + displayed(letters, True) if script in ("Latn", "Cyrl", "Grek") else letters
            if missing := face.lacks(cased):
                what = f"{family} ({key}.font) lacks {len(missing)} letters of {script}: {_some(missing)}"
                yield self.draft.error(
                    ("scripts", n), what, "choose a font that has them, or do not claim it"
                )

    def _lacking(self, keys: Keys, family: str, missing: str) -> InputError:
        return self.draft.error(keys, f"{family} has no {_some(missing)}", "choose another font")

    def _contrasts(self) -> Iterator[InputError]:
        """Text against what is behind it, by WCAG 2."""
        captions = self.style.captions
        behind: list[Ground] = []
        if captions.outline >= _LEAST_OUTLINE:
            behind.append(("captions.outline_colour", captions.outline_colour, 1.0))
        if captions.look == "subtitle_bar":
            bar = captions.backing or CaptionBacking(colour=captions.outline_colour)
            behind.append(("captions.backing", bar.colour, bar.opacity))
        if behind:
            for keys, ink in _caption_inks(captions):
                yield from self._too_alike(keys, ink, captions.size, behind)
            if second := captions.second_line:
                keys = ("captions", "second_line", "colour")
                yield from self._too_alike(keys, second.colour, captions.size * second.scale, behind)
        else:
            what = "captions without outline or bar cannot be read over a bright picture"
            fix = f"give at least {_LEAST_OUTLINE}, or the look subtitle_bar"
            yield self.draft.error(("captions", "outline"), what, fix)
        for key, section in sections(self.style):
            for under in ("box_colour", "background"):
                if hasattr(section, under) and hasattr(section, "colour"):
                    ground = (f"{key}.{under}", getattr(section, under), 1.0)
                    size = getattr(section, "size", 1.0)
                    yield from self._too_alike((key, "colour"), section.colour, size, [ground])

    def _too_alike(self, keys: Keys, ink: str, size: float, behind: Sequence[Ground]) -> Iterator[InputError]:
        """An error where `ink` stands out from nothing that is behind it."""
        found, where = max((worst_contrast(ink, colour, opacity), name) for name, colour, opacity in behind)
        least = least_contrast(size)
        if found < least:
            what = f"its contrast against {where} is {found:.1f} to 1 (WCAG 2)"
            yield self.draft.error(keys, what, f"take colours of at least {least:g} to 1")

    def _logo(self) -> Iterator[InputError]:
        logo = self.style.logo
        assert logo is not None
        keys = ("logo", "image")
        name = self._called(keys, logo.image.sha256)
        try:
            picture = usable_logo(self.draft.files[logo.image.sha256])
        except InputError as error:
            yield self.draft.error(keys, f"{name} {error.what}", error.fix)
            return
        sizes = {aspect: logo_size(logo, picture.width / picture.height, aspect) for aspect in ASPECTS}
        drawn = [
            (round(width * ASPECTS[aspect].width), round(height * ASPECTS[aspect].height))
            for aspect, (width, height) in sizes.items()
        ]
        width, height = max(drawn)
        if picture.height < height:
            yield self.draft.error(
                keys,
                f"{name} is {picture.width} x {picture.height} pixels and drawn {width} x {height}: it would be blurred",
                f"export it at least {height} pixels high, or lower logo.height",
            )
        if min(h for _, h in drawn) < _LEAST_LOGO:
            yield self.draft.error(
                ("logo", "height"),
                f"{name} would be drawn {min(drawn)[0]} x {min(drawn)[1]} pixels",
                f"at least {_LEAST_LOGO} high: raise the height, or export a logo that is less wide",
            )

    def _captions_fit(self) -> Iterator[InputError]:
        captions = self.style.captions
        for aspect in ASPECTS:
            box = self.style.text_box(aspect, ASPECTS[aspect].safe_box)
            if box is None:
                platforms = ", ".join(self.style.platforms_of(aspect))
                what = f"the boxes of {platforms} leave no room for text in {aspect}"
                yield self.draft.error(("safe_box",), what, "let them overlap")
                continue
            high = captions.max_lines * line_share(captions.size, aspect)
            if high > box.bottom - box.top:
                what = f"{captions.max_lines} lines of this size are higher than the safe box of {aspect}"
                yield self.draft.error(("captions", "size"), what, "take smaller type or fewer lines")

    def _words_fit(self) -> Iterator[InputError]:
        """Cards have room for what is written on them, captions and hook for a long word."""
        for key, section in sections(self.style):
            text, size = getattr(section, "text", _LONG_WORD), getattr(section, "size", None)
            family = getattr(section, "font", "")
            if size is None or family not in self.faces:
                continue
            face = FontStack([(family, self.faces[family])])
            for aspect in ASPECTS:
                room = self._room(aspect, size) - (0 if key == "captions" else 2 * PADDING)
                if next(layouts(displayed(text, False), face, room), None) is None:
                    what = f"{text!r} does not fit into the safe box of {aspect}, however small it is set"
                    yield self.draft.error((key, "size"), what, "take smaller type or fewer words")
                    break

    def _room(self, aspect: Aspect, size: float) -> float:
        """Width for text of `size` in the safe box, in em."""
        box = self.style.text_box(aspect, ASPECTS[aspect].safe_box) or ASPECTS[aspect].safe_box
        return text_width(box) * ASPECTS[aspect].width / type_px(size, aspect)


def _caption_inks(captions: CaptionStyle) -> Iterator[tuple[Keys, str]]:
    """Every colour that letters of captions have in their look, and its keys."""
    yield ("captions", "colour"), captions.colour
    if captions.look in _LIT or (captions.look == "word_box" and captions.backing):
        yield ("captions", "active_colour"), captions.active_colour
    if captions.emphasis_colour:
        yield ("captions", "emphasis_colour"), captions.emphasis_colour
    if captions.look == "two_tone":
        if not captions.speaker_colours:
            yield ("captions", "active_colour"), captions.active_colour
        for n, colour in enumerate(captions.speaker_colours):
            yield ("captions", "speaker_colours", n), colour


def _some(missing: str) -> str:
    return " ".join(missing[:_NAMED_LETTERS])
