"""What a style says of sound. The docstrings of the fields are what `docs/styles.md` says of the keys."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Blob, Contract

BedName = Literal["calm", "energetic", "happy", "nostalgic", "tender"]


class MusicStyle(Contract):
    """A bed of music under the speech, pressed down while somebody speaks (side-chain ducking)."""

    file: Blob
    """A sound file, at most 20 MB; left out where `bundled` names one."""
    bundled: BedName | None = None
    """One of the beds of the package `immich-memories-music`, instead of a file (`pip install 'shortform[music]'`)."""
    level_lu: float = Field(ge=-40, le=0)
    """Loudness of the bed against the speech, in LU, where nobody speaks."""
    duck_db: float = Field(ge=0, le=30)
    """By how much more it is pressed down under speech."""


class JoinSoundStyle(Contract):
    """Heard where the clip goes on elsewhere in its source, its loudest moment on the cut."""

    file: Blob
    """A sound file of 0.05 to 3 s, at most 20 MB."""
    level_lu: float = Field(ge=-40, le=0)
    """Its loudness against the speech, in LU."""
    leap_seconds: float = Field(default=2.0, ge=0.5, le=3600)
    """Only where at least so much of the source is left out: at every tightened pause it would be a nuisance."""


class PunchInSoundStyle(Contract):
    """Heard with every zoom on a key word that all outputs have, its loudest moment where the zoom begins."""

    file: Blob
    """A sound file of 0.05 to 3 s, at most 20 MB."""
    level_lu: float = Field(ge=-40, le=0)
    """Its loudness against the speech, in LU."""


class EffectsStyle(Contract):
    """Sounds of the brand's own, at least 1.5 s apart."""

    join: JoinSoundStyle | None = None
    punch_in: PunchInSoundStyle | None = None


class AudioStyle(Contract):
    """What happens to the sound beside loudness: a gentle voice chain, fades at the ends."""

    highpass_hz: int = Field(ge=0, le=300)
    """Rumble below is taken away; 0 leaves it."""
    compress: bool
    """Gently, 2 to 1, on the peaks of speech only."""
    fade_ms: int = Field(ge=0, le=1000)
    """At both ends of a clip."""
    denoise: bool = False
    """Steady noise is lowered by what is measured of it in pauses."""
    level_speakers: bool = False
    """Speakers are brought to one loudness."""
    music: MusicStyle | None = None
    """A bed under the speech."""
    effects: EffectsStyle | None = None
    """Sounds at joins and zooms."""
    bleep: bool = False
    """Profanities are masked in captions and covered by a tone."""
