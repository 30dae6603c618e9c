"""What a style shows over the talk where certain words are said. The docstrings of the fields are what `docs/styles.md`
says of the keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.base import Blob, Contract

B_ROLL_FROM_MS, B_ROLL_LEAST_MS = 2000, 2000
"""Nothing is shown in a clip's first moments, which belong to who speaks; and nothing for less."""
KeyPhrase = Annotated[str, Field(max_length=60, pattern=r"\w")]


class BRollShot(Contract):
    """A picture or video of the library."""

    file: Blob
    """A PNG, JPEG or WebP picture, or an MP4, MOV, Matroska or WebM video of 2 s and more, whose sound is not used; at
    most 50 MB. It fills its place and is cut at the edges."""
    words: tuple[KeyPhrase, ...] = Field(min_length=1, max_length=20)
    """Words or phrases that it is shown for, as they are said: whole words, whatever their case and accents."""


class BRollStyle(Contract):
    """Pictures and videos of your own, shown where their words are said, under captions and logo: never in the first two
    seconds, over the hook or over a name, each once a clip, six seconds apart."""

    shots: tuple[BRollShot, ...] = Field(min_length=1, max_length=200)
    """The library; of two for the same words the first is shown."""
    seconds: float = Field(default=3.0, ge=2, le=4)
    """How long; a shorter video for its length."""
    place: Literal["full", "upper"] = "full"
    """full: the whole picture. upper: its upper half, in outputs that are not wider than high, and where no face or
    text of the picture is cut by it: all of the picture there."""

    def height(self, aspect: Aspect) -> float:
        """Share of the output's height that a shot takes where there is no face."""
        # Of an output that is wider than high the upper half would be a strip.
        high = ASPECTS[aspect].height >= ASPECTS[aspect].width
        return 0.5 if self.place == "upper" and high else 1.0
