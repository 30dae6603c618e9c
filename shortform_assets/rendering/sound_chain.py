"""What is done to a clip's sound, from what was measured of it: one typed chain of filters, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shortform_assets.contracts.creative import AudioTreatment
from shortform_assets.contracts.source import ChannelMix
from shortform_assets.media.channels import MIX_FILTERS
from shortform_assets.rendering.sound_facts import SoundFacts

_DC_OFFSET = 0.002
"""Of full scale (-54 dBFS): it takes room from the peaks and clicks at every cut."""
_DC_HIGHPASS_HZ = 20
"""What takes the offset away: the lowest that is heard, so nothing else is lost."""
CLIPPED_SHARE = 2e-4
"""Ten samples a second at the ceiling are heard as crackling; normal masters hold a few a minute."""
_QUIET_GAIN_DB = 12.0
"""A recording that needs more than this has its noise brought up so far that one hears it: it is denoised unasked."""
_NOISE_GOAL_DB = -62.0
"""dBFS in a delivered file in whose pauses nobody hears the room: 48 dB below speech at -14 LUFS."""
_MOST_DENOISE_DB = 18.0
"""More, and what is left of the noise between syllables sounds like water."""
_LEAST_DENOISE_DB = 3.0
"""Less is not worth a filter."""
_LEAST_DISTANCE_DB = 10.0
"""Between speech and its floor; below this there is no pause to measure noise in."""
_SAID: dict[ChannelMix, str] = {
    "as_is": "",
    "left": "Sound was on the left only: it is on both sides now.",
    "right": "Sound was on the right only: it is on both sides now.",
    "invert_right": "Left and right cancelled each other: the right channel was turned round.",
}


@dataclass(frozen=True)
class SoundStep:
    """One filter, as FFmpeg writes it, and what is said of it; empty where that is nobody's business."""

    filter: str
    said: str = ""


def cleaning_steps(facts: SoundFacts, treatment: AudioTreatment) -> Iterator[SoundStep]:
    """Repairs, in the order in which they must come."""
    mix = facts.channels.mix
    if MIX_FILTERS[mix]:
        yield SoundStep(MIX_FILTERS[mix], _SAID[mix])
    if treatment.highpass_hz:
        yield SoundStep(f"highpass=f={treatment.highpass_hz}")
    elif facts.offset > _DC_OFFSET:
        yield SoundStep(f"highpass=f={_DC_HIGHPASS_HZ}", "A constant offset was taken out of the sound.")


def noise_to_lower(facts: SoundFacts, gain_db: float, wanted: bool) -> float:
    """By how many dB noise is lowered before `gain_db` raises it; 0 where it is not heard or not to be told.

    `wanted` is the style's wish; without it noise is lowered only where the gain would bring it up.
    """
    if not wanted and gain_db < _QUIET_GAIN_DB:
        return 0.0
    if facts.speech_db - facts.noise_db < _LEAST_DISTANCE_DB:
        return 0.0
    less = min(_MOST_DENOISE_DB, facts.noise_db + gain_db - _NOISE_GOAL_DB)
    return less if less >= _LEAST_DENOISE_DB else 0.0


def mix_said(mix: ChannelMix) -> str:
    """What is said of a mix that was made before, in the mezzanine."""
    return _SAID[mix]
