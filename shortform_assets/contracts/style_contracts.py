"""Style contracts: what a brand says of captions, overlays and sound, typed, published once, never changed.

What a section leaves out is as it was before it could be said. The docstrings of the fields are what `docs/styles.md`
says of the keys.
"""

from __future__ import annotations

from typing import Annotated, Literal

import regex
from pydantic import AfterValidator, Field

from shortform_assets.contracts.aspects import MIN_BOX, Aspect, SafeBox
from shortform_assets.contracts.base import Blob, Contract, Ratio, Words
from shortform_assets.contracts.output_profiles import PROFILES, Platform
from shortform_assets.contracts.style_b_roll import BRollStyle
from shortform_assets.contracts.style_sounds import AudioStyle
from shortform_assets.contracts.translations import LanguageTag

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
TypeSize = Annotated[float, Field(gt=0.01, lt=0.15)]
"""Em size of type as a share of the height of a 9:16 output (see `creative/captions/text/typeset.py` for the others)."""
FontFamily = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")]
CardWords = Annotated[str, Field(max_length=120, pattern=r"^\S(.*\S)?$")]
"""What a brand writes itself: one line, without space around it."""
CaptionLook = Literal[
    "plain",
    "karaoke",
    "karaoke_fill",
    "pop",
    "word_box",
    "one_word",
    "two_tone",
    "subtitle_bar",
    "typewriter",
]
"""plain: nothing moves. karaoke: the word that is said is lit. karaoke_fill: the colour runs over it. pop: it grows a
little. word_box: a box stands behind it. one_word: it stands alone. two_tone: every speaker in a colour. subtitle_bar:
karaoke on a bar. typewriter: letters come as they are said."""
Motion = Literal["fade", "wipe", "rise"]
"""fade: its opacity. wipe: from left to right. rise: up into its place, within its own edges."""
ScriptCode = Literal[
    "Arab",
    "Beng",
    "Cyrl",
    "Deva",
    "Grek",
    "Hang",
    "Hans",
    "Hant",
    "Hebr",
    "Jpan",
    "Latn",
    "Taml",
    "Telu",
    "Thai",
]
"""ISO 15924."""


class Font(Contract):
    """A TrueType or OpenType file and the family or full name it carries."""

    family: FontFamily
    """The family or full name that the file carries."""
    file: Blob
    """The font file, TrueType or OpenType, at most 20 MB."""


def _one_emoji(sign: str) -> str:
    if not regex.fullmatch(r"\X", sign) or not regex.search(r"\p{Extended_Pictographic}|\p{RI}|\u20e3", sign):
        raise ValueError(f"{sign!r} is not one emoji")
    return sign


EmojiWords = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=40)],
        Annotated[str, AfterValidator(_one_emoji)],
    ],
    Field(max_length=500),
]
"""Word or phrase -> emoji."""


class CaptionBacking(Contract):
    """A bar or box behind captions, in the looks that have one."""

    colour: Colour
    """Of the bar or box."""
    opacity: Ratio = 1.0
    """0 is not seen, 1 hides the picture."""


class SecondLineStyle(Contract):
    """How a translation looks that stands below the words that are said."""

    scale: float = Field(default=0.68, ge=0.5, le=1)
    """Em size of its type, a share of the captions' own."""
    colour: Colour
    """Of its letters, which are never lit."""


class CaptionStyle(Contract):
    """The words that are said. Less tall outputs have their type by the geometric mean of the two heights."""

    font: str
    """A family of `fonts`."""
    size: TypeSize
    """Em size of the type."""
    colour: Colour
    """Of words that are not being said."""
    active_colour: Colour
    """Of the word that is being said."""
    outline_colour: Colour
    """Around every letter."""
    outline: float = Field(ge=0, le=0.02)
    """Width of the outline, a share as `size`."""
    uppercase: bool = False
    """Capitals only."""
    max_lines: int = Field(ge=1, le=3)
    """On a page."""
    max_words: int = Field(ge=1, le=12)
    """On a page; of a script without spaces as much as so many average English words take."""
    look: CaptionLook = "karaoke"
    """How a page is drawn and moves; `karaoke` lights the word that is being said."""
    backing: CaptionBacking | None = None
    """Behind the words, in the looks that have a bar or box; without it the bar has the colour of the outline, the box
    the active colour."""
    emphasis_colour: Colour | None = None
    """Of key words (numbers, names of the glossary, words of the hook) while they are not being said; without it they
    are as all others."""
    speaker_colours: tuple[Colour, ...] = Field(default=(), max_length=8)
    """In `two_tone`, by order of first speech in the source, over again where there are more speakers; without them
    `colour` and `active_colour`."""
    emoji: dict[LanguageTag, EmojiWords] = Field(
        default_factory=dict, max_length=60, exclude_if=lambda words: not words
    )
    """By language (BCP 47) words or phrases, each with the emoji that stands after it in captions, in one colour; without
    any there are none but what is said."""
    second_line: SecondLineStyle | None = None
    """A translation below the words, where genre or source ask for one; without it in `colour`, at 0.68 of `size`."""


class HookStyle(Contract):
    """The title card over the first seconds."""

    font: str
    """A family of `fonts`."""
    size: TypeSize
    """Em size of the type."""
    colour: Colour
    """Of the letters."""
    box_colour: Colour
    """Of the card."""
    seconds: float = Field(gt=0, le=10)
    """It is gone after so long, and after half of the clip at the latest."""
    entrance: Motion = "fade"
    """How it comes."""
    exit: Motion = "fade"
    """How it goes; `wipe` and `rise` go back the way they come."""


class LogoStyle(Contract):
    """The brand's mark in a top corner of the safe box."""

    image: Blob
    """A PNG file, at most 2 MB."""
    height: float = Field(gt=0.005, lt=0.3)
    """Share of the height of a 9:16 output."""
    corner: Literal["top_left", "top_right"] = "top_left"
    """Where it stands, unless the other corner covers faces less often."""
    opacity: float = Field(ge=0, le=1)
    """0 is not seen, 1 hides the picture."""
    sting: bool = False
    """It comes in with a movement."""


class LowerThirdStyle(Contract):
    """The name of a speaker on a strip, at the first words of theirs in a clip. Names are those of the glossary that a
    speaker gives in the talk ("I'm ...")."""

    font: str
    """A family of `fonts`."""
    size: TypeSize
    """Em size of the type."""
    colour: Colour
    """Of the letters."""
    box_colour: Colour
    """Of the strip."""
    seconds: float = Field(ge=1.5, le=10)
    """It is gone after so long."""


class ProgressBarStyle(Contract):
    """A line along an edge that grows with the clip."""

    colour: Colour
    """Of the part that has been played."""
    height: float = Field(ge=0.002, le=0.02)
    """Share of the output's height."""
    edge: Literal["top", "bottom"] = "bottom"
    """Of the safe box, along which it runs; where it would cover a face there, along the other one."""


class CallToActionStyle(Contract):
    """Words on a card over the last seconds."""

    text: CardWords
    """What it says."""
    font: str
    """A family of `fonts`."""
    size: TypeSize
    """Em size of the type."""
    colour: Colour
    """Of the letters."""
    box_colour: Colour
    """Of the card."""
    seconds: float = Field(gt=0, le=10)
    """It stands over so much of the clip's end, half of the clip at the most."""
    entrance: Motion = "fade"
    """How it comes."""
    exit: Motion = "fade"
    """How it goes."""


class IntroCardStyle(Contract):
    """A picture of one colour with the logo and words over the clip's first moments, under which the talk begins: captions
    stand on it, and the clip is no longer by it."""

    text: CardWords
    """What it says."""
    font: str
    """A family of `fonts`."""
    size: TypeSize
    """Em size of the type."""
    colour: Colour
    """Of the letters."""
    background: Colour
    """Of the card, which fills the output."""
    seconds: float = Field(ge=1, le=3)
    """It is gone after so long; a clip that is not four times as long goes without."""


class EndCardStyle(Contract):
    """A picture of one colour with the logo and words, after the clip's last frame: the output is longer by it."""

    text: CardWords
    """What it says."""
    font: str
    """A family of `fonts`."""
    size: TypeSize
    """Em size of the type."""
    colour: Colour
    """Of the letters."""
    background: Colour
    """Of the card, which fills the output."""
    seconds: float = Field(ge=1, le=10)
    """How long it stands."""


class PunchInStyle(Contract):
    """A gentle zoom in on key words, of a picture with a face in it that stays whole."""

    zoom: float = Field(gt=1, le=1.3)
    """How much larger the picture gets."""
    seconds: float = Field(ge=0.6, le=5)
    """How long it lasts, both ways included."""


class StyleContract(Contract):
    """One immutable published style version."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    """Lower case letters, digits, `-` and `_`, a letter first."""
    version: int = Field(ge=1)
    """Left out it is the next one; given it is published as that or not at all."""
    captions: CaptionStyle
    hook: HookStyle | None = None
    logo: LogoStyle | None = None
    intro_card: IntroCardStyle | None = None
    lower_third: LowerThirdStyle | None = None
    progress_bar: ProgressBarStyle | None = None
    call_to_action: CallToActionStyle | None = None
    end_card: EndCardStyle | None = None
    punch_in: PunchInStyle | None = None
    b_roll: BRollStyle | None = None
    audio: AudioStyle
    fonts: tuple[Font, ...] = Field(min_length=1, max_length=16)
    """Every font in use, each with its file."""
    accent: Colour
    """The brand's colour, where nothing else is said."""
    palette: dict[str, Colour] = Field(default_factory=dict, max_length=32)
    """Colours by name; a name may stand wherever a colour is wanted."""
    scripts: tuple[ScriptCode, ...] = ()
    """Scripts that its fonts must cover (ISO 15924); none claims Latin as Spanish, German and French write it."""
    safe_box: dict[Platform, SafeBox] = Field(default_factory=dict)
    """For each platform where text may stand, within the genre's safe box, in outputs of the aspect ratios that the platform
    takes."""

    @property
    def pin(self) -> str:
        return f"{self.name}@{self.version}"

    def platforms_of(self, aspect: Aspect) -> list[Platform]:
        """The platforms with a safe box of their own that show outputs of `aspect`, sorted."""
        return sorted(platform for platform in self.safe_box if aspect in PROFILES[platform].aspects)

    def text_box(self, aspect: Aspect, box: SafeBox) -> SafeBox | None:
        """What of the genre's safe `box` lies in those of all platforms; None where that is no room for text."""
        boxes = [box, *(self.safe_box[platform] for platform in self.platforms_of(aspect))]
        left, top = max(each.left for each in boxes), max(each.top for each in boxes)
        right, bottom = min(each.right for each in boxes), min(each.bottom for each in boxes)
        if right - left < MIN_BOX or bottom - top < MIN_BOX:
            return None
        return SafeBox(left=left, top=top, right=right, bottom=bottom)


class PublishedStyle(Contract):
    """What the store holds of a style version."""

    style: StyleContract
    shipped: bool = False
    """It came along with Shortform; False for what somebody published."""
    extends: str = ""
    """The pin of the style that its source extended, or empty; what it took from there is in `style`."""


class StyleWithdrawal(Contract):
    """A published version is taken back: what pinned it keeps it, nobody else gets it."""

    why: Words
