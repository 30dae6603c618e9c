"""The filters that make one sound as long as the picture, at both rates the pipeline works with."""

from __future__ import annotations

from shortform_assets.contracts.base import FrameRate
from shortform_assets.media.audio_arrays import SPEECH_RATE

SOUND_RATE = 48_000


def sound_filters(shift: str, rate: FrameRate, frames: int) -> str:
    """A graph from decoded sound to [sound], 48 kHz stereo, and [speech], 16 kHz mono.

    Both begin with the first picture, `shift` seconds (an expression) into the input, and last exactly
    `frames`. FFmpeg's downmix of surround keeps the centre, where people talk.
    """
    wide, narrow = rate.samples(frames, SOUND_RATE), rate.samples(frames, SPEECH_RATE)
    # async=1 fills gaps with silence; first_pts=0 pads a late start and cuts off an early one.
    return (
        f"asetpts=PTS-{shift}/TB,aresample={SOUND_RATE}:async=1:first_pts=0,"
        f"aformat=sample_fmts=fltp:channel_layouts=stereo,apad=whole_len={wide},atrim=end_sample={wide},"
        f"asplit[sound][wide];[wide]aresample={SPEECH_RATE},aformat=sample_fmts=s16:channel_layouts=mono,"
        f"apad=whole_len={narrow},atrim=end_sample={narrow}[speech]"
    )
