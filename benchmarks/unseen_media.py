"""Media that nobody looks at or listens to, for talk of which only the words are known."""

from __future__ import annotations

import hashlib

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.selection import Shot, Shots
from shortform_assets.contracts.source import Mezzanine


def unseen_media(duration_ms: int, rate: FrameRate = FrameRate(num=25)) -> tuple[Mezzanine, Shots]:
    """A picture of that length without cuts, and no sound."""
    blob = Blob(sha256=hashlib.sha256(b"").hexdigest(), size=0)
    frames = max(1, rate.frame(duration_ms))
    mezzanine = Mezzanine(
        video=blob,
        speech=blob,
        width=640,
        height=360,
        rate=rate,
        frames=frames,
        speech_samples=0,
        remuxed=True,
    )
    return mezzanine, Shots(shots=(Shot(start_frame=0, end_frame=frames),))
