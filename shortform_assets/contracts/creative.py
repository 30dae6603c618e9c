"""The enhancement plan and the composition."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.aspects import Aspect, SafeBox
from shortform_assets.contracts.base import Contract, Dropped, FrameRate, Measure, Ratio
from shortform_assets.contracts.clips import AspectFraming, ClipMedia
from shortform_assets.contracts.existing_text import BurntInSubtitles
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.known_names import X264Preset
from shortform_assets.contracts.output_profiles import DRAFT, PlatformLimits
from shortform_assets.contracts.overlays import BRollSlot, ElementMedia, LowerThird, PlacedBox, PunchIn
from shortform_assets.contracts.style_contracts import Font, StyleContract
from shortform_assets.contracts.translations import TranslationPlace

BoxSize = tuple[Measure, Measure]
"""Width and height as shares of the output's."""


class CaptionWord(Contract):
    """Clip frames [start_frame, end_frame)."""

    text: str
    start_frame: int
    end_frame: int
    emphasis: bool = False
    """A key word: a number, a name, a word of the hook."""


class ClipWord(Contract):
    """A written word as it is exported: clip frames [start_frame, end_frame), fixes applied."""

    text: str
    start_frame: int
    end_frame: int
    confidence: Ratio = 1.0
    speaker: str = ""
    """S1, S2, ... or empty."""
    masked: bool = False
    """A profanity: all its letters but the first are stars in `text`."""
    captioned: bool = True
    """False where no font at hand has its letters: it is exported, and no caption shows it."""
    emoji: str = Field(default="", exclude_if=lambda sign: not sign)
    """What stands after it in captions alone."""


class TranslatedLines(Contract):
    """What stands below the words of a page, or instead of them, for as long as the page stands."""

    text: str
    lines: tuple[str, ...] = Field(min_length=1)
    """The same as it is broken."""
    scale: Ratio
    """Of its type, a share of the style's size."""
    pitch: Measure = 1.25
    """Distance of two baselines in em of that type."""
    right_to_left: bool = False
    """Base direction of its lines."""


class CaptionPage(Contract):
    """Words that are on screen together in clip frames [start_frame, end_frame), broken into lines."""

    start_frame: int
    end_frame: int
    lines: tuple[tuple[CaptionWord, ...], ...] = Field(min_length=1)
    anchor: dict[Aspect, Measure]
    """For each aspect ratio the centre of the block as a share of the output's height."""
    size: dict[Aspect, BoxSize]
    """For each aspect ratio what the block takes of the output, with its outline, bar or boxes."""
    scale: Ratio = 1.0
    """Share of the style's size: below 1 where a long word would leave the safe box."""
    voice: int = -1
    """Whose words these are: index into the speakers of the turns, or -1 where that is not known."""
    pitch: Measure = 1.25
    """Distance of two baselines in em: more where letters of the script reach higher or lower than Latin ones."""
    right_to_left: bool = False
    """Base direction of its lines; words stand in the order in which they are said."""
    translation: TranslatedLines | None = Field(default=None, exclude_if=lambda lines: lines is None)
    """In `size`, too. None where captions are not translated, and on a page that has no translation."""

    def box(self, aspect: Aspect) -> OutputBox:
        """Where the block stands; KeyError in an aspect ratio that the page was not laid out for."""
        return OutputBox.around(self.anchor[aspect], *self.size[aspect])


class TextOverlay(Contract):
    """Lines on a card (hook, call to action, intro or end card) in clip frames [start_frame, end_frame) at `anchor` of the height.

    An aspect ratio that `anchor` lacks has no room for it and goes without.
    """

    lines: tuple[str, ...]
    start_frame: int
    end_frame: int
    anchor: dict[Aspect, Measure]
    size: dict[Aspect, BoxSize]
    """What the card takes of the output, in the aspect ratios that have it."""
    scale: Ratio = 1.0
    """Share of the style's size."""
    pitch: Measure = 1.25
    """Distance of two baselines in em."""
    right_to_left: bool = False
    """Base direction of its lines."""

    def box(self, aspect: Aspect) -> OutputBox | None:
        """Where the card stands; None in an aspect ratio that goes without."""
        if aspect not in self.anchor:
            return None
        return OutputBox.around(self.anchor[aspect], *self.size[aspect])


class LogoPlacement(Contract):
    """Where the logo stands, as shares of the output, and the clip frame from which on it is seen."""

    x: Ratio
    y: Ratio
    width: Ratio
    height: Ratio
    start_frame: int = 0
    sting_frames: int = 0
    """So many frames from there on it moves into its place."""

    @property
    def box(self) -> OutputBox:
        return OutputBox(self.x, self.y, self.x + self.width, self.y + self.height)


class VoiceTurn(Contract):
    """Clip frames [start_frame, end_frame) in which one speaker is heard."""

    start_frame: int = Field(ge=0)
    end_frame: int
    speaker: str


class MutedSpan(Contract):
    """Clip frames [start_frame, end_frame) that are covered by a tone."""

    start_frame: int = Field(ge=0)
    end_frame: int


class EffectCue(Contract):
    """The clip frame on which a sound of the style has its loudest moment."""

    frame: int = Field(ge=0)
    effect: Literal["join", "punch_in"]


class ClipTranslation(Contract):
    """That the captions of a clip are translated."""

    language: str
    """BCP 47."""
    show: TranslationPlace
    source: str
    """The model that translated, or empty for the user's own subtitles."""
    pages: int
    missing: int
    """Caption pages of the clip, and those of them that have no translation."""

    @property
    def note(self) -> str:
        """One sentence for people."""
        by = f"translated by {self.source}" if self.source else "from subtitles of your own"
        lacking = f", {self.missing} of {self.pages} caption pages without" if self.missing else ""
        return f"captions in {self.language} {by}{lacking}"


class AudioTreatment(Contract):
    """What is done to a clip's sound, beside what its own measurement asks for (`rendering/sound`)."""

    highpass_hz: int
    compress: bool
    fade_in_ms: int
    fade_out_ms: int
    spoken: bool = False
    """Something is said in the clip: it is brought to the target however quiet it is. False: the meter decides."""
    turns: tuple[VoiceTurn, ...] = ()
    """Who is heard when, in order; levelled against each other."""
    effects: tuple[EffectCue, ...] = ()
    bleeps: tuple[MutedSpan, ...] = ()
    """Words that nobody shall hear."""


class ClipEnhancement(Contract):
    clip_id: str
    title: str
    description: str = ""
    hashtags: tuple[str, ...] = ()
    words: tuple[ClipWord, ...] = ()
    """All that is said in the clip, in playing order, whether or not captions are drawn."""
    pages: tuple[CaptionPage, ...]
    hook: TextOverlay | None = None
    show_logo: bool = True
    logo: dict[Aspect, LogoPlacement] = Field(default_factory=dict)
    """For each aspect ratio; empty where no logo is shown."""
    safe_box: dict[Aspect, SafeBox] = Field(default_factory=dict)
    """For each aspect ratio, where text was to stand."""
    fonts: tuple[Font, ...] = ()
    """What steps in for the style's fonts, in this order, for letters they lack: cut to what this clip shows."""
    burnt_in: BurntInSubtitles | None = Field(default=None, exclude_if=lambda found: found is None)
    """None where the picture carries no subtitles for long."""
    translation: ClipTranslation | None = Field(default=None, exclude_if=lambda made: made is None)
    """None where captions are not translated."""
    lower_thirds: tuple[LowerThird, ...] = ()
    progress_bar: dict[Aspect, PlacedBox] = Field(default_factory=dict)
    """For each aspect ratio, where the whole of it stands; empty where there is none."""
    call_to_action: TextOverlay | None = None
    intro_card: TextOverlay | None = None
    """It hides the picture from frame 0 on until its `end_frame`."""
    end_card: TextOverlay | None = None
    """After the clip's last frame: its `start_frame` is the number of the clip's frames."""
    punch_ins: tuple[PunchIn, ...] = ()
    b_roll: tuple[BRollSlot, ...] = ()
    audio: AudioTreatment


class EnhancementPlan(Contract):
    style: str
    """The pin `name@version` it was made for."""
    style_digest: str
    clips: tuple[ClipEnhancement, ...]
    dropped: tuple[Dropped, ...] = ()


class Encode(Contract):
    """The master profile, whole: nothing about the output is decided later."""

    crf: int = Field(ge=10, le=35)
    preset: X264Preset
    max_bitrate_kbps: int = Field(ge=500, le=200_000)
    gop_seconds: float = Field(gt=0, le=2)
    audio_kbps: int = Field(ge=64, le=512)
    loudness_lufs: float = Field(ge=-30, le=-6)
    true_peak_dbtp: float = Field(ge=-9, le=0)


class RenderJob(Contract):
    """All that a worker needs to make one output: a pure function of this contract and its blobs."""

    output_id: str
    clip_id: str
    aspect: Aspect
    width: int
    height: int
    rate: FrameRate
    frames: int
    """Of the output: the clip's, and those of an end card after it."""
    media: ClipMedia
    framing: AspectFraming
    enhancement: ClipEnhancement
    elements: tuple[ElementMedia, ...] = ()
    """Moving parts of the overlays, made beforehand."""
    style: StyleContract
    encode: Encode
    limits: tuple[PlatformLimits, ...] = ()
    """Of the platforms that the file is for."""
    draft: bool = Field(default=False, exclude_if=lambda draft: not draft)
    """Smaller than the master and coded fast: to look at, never to post."""

    @property
    def canvas(self) -> tuple[int, int]:
        """Width and height in pixels that texts are set in: what the output has where it is no draft."""
        by = DRAFT.shrink if self.draft else 1
        return self.width * by, self.height * by


class Composition(Contract):
    """The render index: the outputs to make, best clip first."""

    style: str
    outputs: tuple[RenderJob, ...]
    dropped: tuple[Dropped, ...] = ()
    """Every clip of the plan that has no output, given up by whichever stage."""
    empty_reason: str = ""
