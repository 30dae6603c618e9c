"""What each platform takes, as data; and the master, which all of them take.

A genre names those that its files are for (`delivery.profiles`); the quality gate holds every file to the limits of
those that take its aspect ratio.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shortform_assets.contracts.aspects import ASPECTS, Aspect, SafeBox
from shortform_assets.contracts.base import Contract, one_of
from shortform_assets.contracts.known_names import X264Preset

_MB = 1_000_000
"""Bytes, as platforms count."""


class PlatformLimits(Contract):
    """What a platform accepts; zero is no limit."""

    name: str
    min_ms: int = Field(default=0, ge=0)
    max_ms: int = Field(default=0, ge=0)
    max_bytes: int = Field(default=0, ge=0)
    min_rate: float = Field(default=0, ge=0)
    max_rate: float = Field(default=0, ge=0)
    """Pictures a second."""
    max_kbps: int = Field(default=0, ge=0)
    """Mean bit rate of the picture."""
    max_key_seconds: float = Field(default=0, ge=0)
    """Between two key frames."""
    safe_box: SafeBox
    """Clear of its buttons."""


class OutputProfile(Contract):
    """A platform: the aspect ratios it is for and its limits."""

    aspects: tuple[Aspect, ...]
    limits: PlatformLimits
    source: str
    """Where the limits are said, and when it was read."""


_TALL, _EDGES = ASPECTS["9:16"].safe_box, ASPECTS["1:1"].safe_box
# Other readings of the same page say 1 GB; what 300 MB lets through is taken either way.
_REELS = PlatformLimits(
    name="Reels",
    min_ms=3_000,
    max_ms=900_000,
    max_bytes=300 * _MB,
    min_rate=23,
    max_rate=60,
    max_kbps=25_000,
    safe_box=_TALL,
)

PROFILES: dict[str, OutputProfile] = {
    "tiktok": OutputProfile(
        aspects=("9:16",),
        limits=PlatformLimits(
            name="TikTok",
            min_ms=3_000,
            max_ms=600_000,
            max_bytes=4_000 * _MB,
            min_rate=23,
            max_rate=60,
            safe_box=_TALL,
        ),
        source="developers.tiktok.com, Content Posting API, Media Transfer Guide (2026-11)",
    ),
    "reels": OutputProfile(
        aspects=("9:16",),
        limits=_REELS,
        source="developers.facebook.com, Instagram Platform, IG User Media, reel specifications (2026-11)",
    ),
    "shorts": OutputProfile(
        aspects=("9:16",),
        limits=PlatformLimits(name="Shorts", max_ms=180_000, max_rate=60, safe_box=_TALL),
        source="support.google.com/youtube/answer/15424877 and /1722171 (2026-11)",
    ),
    "feed": OutputProfile(
        aspects=("1:1",),
        limits=_REELS.model_copy(update={"name": "Instagram feed", "safe_box": _EDGES}),
        source="as reels: videos of the feed are reels to the API",
    ),
    "landscape": OutputProfile(
        aspects=("16:9",),
        limits=PlatformLimits(
            name="YouTube",
            max_ms=43_200_000,
            max_rate=60,
            max_bytes=256_000 * _MB,
            safe_box=ASPECTS["16:9"].safe_box,
        ),
        source="support.google.com/youtube/answer/71673 and /1722171 (2026-11)",
    ),
    "linkedin": OutputProfile(
        aspects=("9:16", "1:1", "16:9"),
        limits=PlatformLimits(
            name="LinkedIn",
            min_ms=3_000,
            max_ms=1_800_000,
            max_bytes=500 * _MB,
            min_rate=10,
            max_rate=60,
            safe_box=_EDGES,
        ),
        source="learn.microsoft.com, LinkedIn Marketing, Videos API, video specifications (2026-11)",
    ),
    "master": OutputProfile(
        aspects=tuple(ASPECTS),
        limits=PlatformLimits(name="master", max_key_seconds=2, safe_box=_EDGES),
        source="our own: what every platform above takes, closed groups of pictures of two seconds at most",
    ),
}


class DraftProfile(Contract):
    """To look at and decide by, never to post: every side a whole fraction of the master's, and coded small."""

    shrink: int = Field(ge=2)
    crf: int
    preset: X264Preset


DRAFT = DraftProfile(shrink=2, preset="veryfast", crf=26)
"""Twenty seconds of talk take 0.2 MB; faster presets save a tenth of the time, which goes into reading and scaling, and
take four times as much. Captions are read well at half size."""

PLATFORMS = tuple(name for name in PROFILES if name != "master")

Platform = Annotated[str, one_of("platform", PLATFORMS)]
ProfileName = Annotated[str, one_of("output profile", PROFILES)]


def limits_for(profiles: tuple[str, ...], aspect: str) -> tuple[PlatformLimits, ...]:
    """The limits of those of `profiles` that take `aspect`, in their order; those of the master always."""
    named = dict.fromkeys((*profiles, "master"))
    return tuple(PROFILES[name].limits for name in named if aspect in PROFILES[name].aspects)
