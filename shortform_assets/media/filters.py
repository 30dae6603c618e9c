"""The filters that normalise a source: pictures upright, square-pixelled, progressive, SDR BT.709 and steady,
and one sound as long as they are, at both rates the pipeline works with.
"""

from __future__ import annotations

from fractions import Fraction

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.source import ChannelMix, VideoStream
from shortform_assets.media.audio_arrays import SPEECH_RATE
from shortform_assets.media.channels import MIX_FILTERS

SOUND_RATE = 48_000
"""Samples a second of the sound of video."""
HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
"""PQ and HLG."""


def display_size(video: VideoStream, max_short_side: int) -> tuple[int, int]:
    """Width and height as shown: turned upright, pixels made square, the shorter side limited, both even."""
    width = Fraction(video.width) * Fraction(*video.sample_aspect)
    height = Fraction(video.height)
    if video.rotation in (90, 270):
        width, height = height, width
    scale = min(Fraction(1), Fraction(max_short_side) / min(width, height))
    return _even(width * scale), _even(height * scale)


def picture_filters(video: VideoStream, size: tuple[int, int], rate: FrameRate) -> list[str]:
    """Filters from the decoded (and by FFmpeg turned) picture to `size`, 4:2:0, from t = 0, without end.

    The last picture is repeated for ever: the output is cut to its exact number of frames.
    """
    width, height = size
    filters = ["bwdif=mode=send_frame:parity=auto:deint=all"] if video.interlaced else []
    filters += [f"fps=fps={rate.num}/{rate.den}:start_time=0"]
    if video.color_transfer in HDR_TRANSFERS:
        # Scaled first, because light is computed in 32-bit floats; 203 cd/m2 is HDR's white (BT.2408).
        filters += [
            f"zscale=w={width}:h={height}:f=bilinear:tin={video.color_transfer}:pin=bt2020:min=bt2020nc"
            ":t=linear:npl=203,format=gbrpf32le",
            "zscale=p=bt709,tonemap=tonemap=mobius:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p",
        ]
    elif "bt2020" in (video.color_primaries, video.color_space.removesuffix("nc")):
        filters += [
            f"zscale=w={width}:h={height}:pin=bt2020:tin=bt709:min=bt2020nc:p=bt709:t=bt709:m=bt709:r=tv",
            "format=yuv420p",
        ]
    else:
        # Untold colours: HD is BT.709, smaller pictures BT.601, as players take it.
        told = "auto" if video.color_space else "bt709" if min(video.width, video.height) >= 720 else "bt601"
        filters += [
            f"scale=w={width}:h={height}:flags=bicubic:in_color_matrix={told}"
            ":out_color_matrix=bt709:out_range=tv",
            "format=yuv420p",
        ]
    # What the source said of its colours would otherwise outlive them.
    told = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    return [*filters, "setsar=1", told, "tpad=stop_mode=clone:stop=-1"]


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)


def sound_filters(shift: str, rate: FrameRate, frames: int, mix: ChannelMix = "as_is") -> str:
    """A graph from decoded sound to [sound], 48 kHz stereo, and [speech], 16 kHz mono.

    Both begin with the first picture, `shift` seconds (an expression) into the input, and last exactly
    `frames`. FFmpeg's downmix of surround keeps the centre, where people talk. `mix` is what is made of left
    and right.
    """
    wide, narrow = rate.samples(frames, SOUND_RATE), rate.samples(frames, SPEECH_RATE)
    made = f"{MIX_FILTERS[mix]}," if MIX_FILTERS[mix] else ""
    # async=1 fills gaps with silence; first_pts=0 pads a late start and cuts off an early one.
    return (
        f"asetpts=PTS-{shift}/TB,aresample={SOUND_RATE}:async=1:first_pts=0,"
        f"aformat=sample_fmts=fltp:channel_layouts=stereo,{made}apad=whole_len={wide},atrim=end_sample={wide},"
        f"asplit[sound][wide];[wide]aresample={SPEECH_RATE},aformat=sample_fmts=s16:channel_layouts=mono,"
        f"apad=whole_len={narrow},atrim=end_sample={narrow}[speech]"
    )
