"""What is laid over the picture, in what style."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator, model_validator

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import Contract, Ratio, each_once
from shortform_assets.contracts.existing_text import BurntInRule
from shortform_assets.contracts.overlays import OVERLAYS, OverlayName
from shortform_assets.contracts.translations import TranslationRule

MaskedWord = Annotated[str, Field(pattern=r"^[^\s*]{2,40}\*?$")]


class EnhancementSlice(Contract):
    style: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}(@[1-9][0-9]{0,5})?$")
    """Style pin, `name` or `name@version`, used when neither the run nor the record names one."""
    captions: bool
    hook: bool
    logo: bool
    overlays: Annotated[tuple[OverlayName, ...], AfterValidator(each_once)] = OVERLAYS
    """What a style has beside those three is shown where it is named here."""
    safe_box: dict[Aspect, SafeBox] = Field(default_factory=dict, validate_default=True)
    """For each aspect ratio; sides that are not named are those of `contracts/aspects.py`."""
    caption_anchor: dict[Aspect, Ratio] = Field(default_factory=dict, validate_default=True)
    """For each aspect ratio the preferred centre of the captions, as a share of the output's height; as there."""
    burnt_in: BurntInRule = "keep_off"
    """Where the picture carries subtitles already: captions keep off them, are drawn on a backing that covers them,
    or are left out where every output shows the subtitles whole."""
    caption_gap_ms: int = Field(ge=0, le=10_000)
    """A pause longer than this ends a caption page."""
    caption_hold_ms: int = Field(ge=0, le=5_000)
    """A page stays this long after its last word, unless the next begins."""
    caption_min_ms: int = Field(ge=100, le=5_000)
    """A page stands at least so long where the next one leaves room: seen for less it cannot be read."""
    translation: TranslationRule | None = None
    """Captions in another language; a source's own record comes before it."""

    mask_profanity: bool = False
    """Stars in place of all letters but the first, in captions, titles and subtitles; so does a style that bleeps."""
    masked_words: tuple[MaskedWord, ...] = ()
    """Masked beside the profanities of the language; `*` at the end of one stands for any ending."""

    @field_validator("safe_box", mode="before")
    @classmethod
    def _whole_boxes(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        boxes = {aspect: ratio.safe_box.model_dump() for aspect, ratio in ASPECTS.items()}
        for aspect, box in given.items():
            boxes[aspect] = {**boxes.get(aspect, {}), **box} if isinstance(box, dict) else box
        return boxes

    @field_validator("caption_anchor", mode="before")
    @classmethod
    def _every_anchor(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {aspect: ratio.caption_anchor for aspect, ratio in ASPECTS.items()} | given

    @model_validator(mode="after")
    def _possible(self) -> EnhancementSlice:
        for aspect, anchor in self.caption_anchor.items():
            box = self.safe_box[aspect]
            if not box.top < anchor < box.bottom:
                raise ValueError(
                    f"caption_anchor.{aspect} ({anchor:g}) is outside safe_box.{aspect}, "
                    f"which goes from {box.top:g} to {box.bottom:g}"
                )
        return self
