"""What a cut is: one rule, for the shots of a source and for a clip's pictures as they are decoded.

A cut is a change of picture that stands out from the changes around it (as in PySceneDetect's
AdaptiveDetector), unless the picture comes back one frame later: then it was a flash, which that detector
takes for two cuts. On 20 real videos it found every cut that this finds, and five more where there is none (a
dark webcam, a hand, a wobbling camera).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Guarded by tests/media/test_shots.py (every cut of synthetic films and of real speakers, to the frame) and
# benchmarks/reframing.py (exact cuts of its scenes).
LOOK = 2
"""Frames looked at on either side of a change: PySceneDetect's window_width."""
CHANGE = 10.0
"""Least `difference`, of 255, that may be a cut: set by hand, below every cut of those films and scenes."""
STANDS_OUT = 3.0
"""Least ratio of a cut's change to the mean change around it: PySceneDetect's adaptive_threshold."""
WIDTH = 96
"""Pixels of width at which pictures are compared: noise and small movements are averaged away."""

Picture = NDArray[np.uint8]
"""BGR, (height, width, 3)."""
Small = NDArray[np.int16]


@dataclass
class Frame:
    """A clip frame with what changed since the one before."""

    number: int
    picture: Picture
    small: Small
    change: float
    cut: bool = False


def shrink(picture: Picture) -> Small:
    """Luma and chroma of `picture` at about 96 pixels of width: (h, 96, 3)."""
    import cv2

    skip = max(1, picture.shape[1] // (WIDTH * 4))
    # Every skip-th pixel, then an average of about 4 x 4: a full average costs as much as the decode.
    thin = picture[::skip, ::skip]
    height = max(1, round(WIDTH * picture.shape[0] / picture.shape[1]))
    tiny = cv2.resize(thin, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(tiny, cv2.COLOR_BGR2YCrCb).astype(np.int16)


def difference(one: Small, other: Small) -> float:
    """Mean absolute change of luma, Cr and Cb (of 255 each), summed and halved."""
    means = np.abs(one - other).mean(axis=(0, 1))
    return float(means @ np.array([0.5, 0.5, 0.5]))


def with_cuts(frames: Iterable[tuple[int, Picture]], joins: frozenset[int]) -> Iterator[Frame]:
    """`frames` in order, numbered from 0, `LOOK` frames late, with `cut` set where a new shot begins.

    A frame's picture is there until the next frame is asked for. `joins` are the frames
    where a new span begins: always cuts.
    """
    window: deque[Frame] = deque(maxlen=2 * LOOK + 1)
    # The window slides so that the judged frame has LOOK neighbours on both sides where there are any.
    ahead = 0
    for number, picture in frames:
        small = shrink(picture)
        change = difference(small, window[-1].small) if window else 0.0
        window.append(Frame(number, picture, small, change, number in joins))
        ahead += 1
        if ahead > LOOK:
            judged = _judged(window, len(window) - 1 - LOOK)
            yield judged
            # Only the small picture is still needed: five big ones would be 30 MB.
            judged.picture = judged.picture[:0].copy()
            ahead -= 1
    for left in range(ahead, 0, -1):
        yield _judged(window, len(window) - left)


def _judged(window: deque[Frame], at: int) -> Frame:
    frame = window[at]
    around = [f.change for i, f in enumerate(window) if i != at and abs(i - at) <= LOOK and f.number > 0]
    if frame.number == 0 or frame.cut:
        return frame
    calm = max(sum(around) / len(around), 1.0) if around else 1.0
    if frame.change >= CHANGE and frame.change >= STANDS_OUT * calm:
        before, after = window[at - 1], window[at + 1] if at + 1 < len(window) else None
        flash = after is not None and difference(before.small, after.small) < frame.change / 3
        back = at >= 2 and difference(window[at - 2].small, frame.small) < frame.change / 3
        frame.cut = not flash and not back
    return frame
