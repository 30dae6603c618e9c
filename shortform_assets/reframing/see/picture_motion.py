"""What is measured of the whole picture on the decode that is running anyway: change, shift, where things
move, and what each shot looks like with everything that moves averaged away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shortform_assets.media.cuts import Frame, Small
from shortform_assets.reframing.see.series import PictureSeries

COLUMNS = 32
"""Cells across the picture in which motion is measured; as high as they are wide."""
LEVELS = 4.0
"""Steps of a stored motion energy for one grey level of change."""
STILL_WIDTH = 320
"""Pixels of width of the average picture: lines of text on a slide are still apart."""
STILL_EVERY = 5
"""Samples between two that enter the average picture of a shot."""
SURE = 0.05
"""Least peak of the phase correlation for a shift of the picture to be believed."""

Gray = NDArray[np.float32]


class PictureMeter:
    """See every frame, sample some; `series` is what came of it."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._cells = (COLUMNS, max(1, round(COLUMNS * height / width)))
        self._still_size = (STILL_WIDTH, max(1, round(STILL_WIDTH * height / width)))
        self._last: Gray | None = None
        self._change, self._seen = 0.0, 0
        self._frames: list[int] = []
        self._changes: list[float] = []
        self._shifts: list[tuple[float, float]] = []
        self._energy: list[NDArray[np.uint8]] = []
        self._stills: list[NDArray[np.uint8]] = []
        self._sum: Gray | None = None
        self._summed = self._sampled = 0

    def see(self, frame: Frame) -> None:
        """Take note of a frame's change, and of a cut."""
        if frame.cut:
            self._end_shot()
            self._last, self._change, self._seen = None, 0.0, 0
        else:
            self._change += frame.change
            self._seen += 1

    def sample(self, frame: Frame) -> None:
        """Measure a frame that was seen, while its picture is there."""
        luma = _luma(frame.small)
        shift, energy = self._motion(luma)
        scale = self._width / luma.shape[1]
        self._frames.append(frame.number)
        self._changes.append(self._change / max(self._seen, 1))
        self._shifts.append((shift[0] * scale, shift[1] * scale))
        self._energy.append(energy)
        if self._sampled % STILL_EVERY == 0:
            self._add_still(frame)
        self._sampled += 1
        self._last, self._change, self._seen = luma, 0.0, 0

    def series(self) -> PictureSeries:
        """All samples so far, and the shots' pictures; call it once, at the end."""
        self._end_shot()
        columns, rows = self._cells
        return PictureSeries(
            frame=np.array(self._frames, np.int32),
            change=np.array(self._changes, np.float32),
            motion=np.array(self._shifts, np.float32).reshape(-1, 2),
            energy=np.array(self._energy, np.uint8).reshape(-1, rows, columns),
            still=np.array(self._stills, np.uint8).reshape(-1, self._still_size[1], self._still_size[0]),
        )

    def _motion(self, luma: Gray) -> tuple[tuple[float, float], NDArray[np.uint8]]:
        """Shift of the picture in small pixels, and change in every cell once that shift is undone."""
        import cv2

        if self._last is None:
            return (0.0, 0.0), np.zeros(self._cells[::-1], np.uint8)
        (dx, dy), peak = cv2.phaseCorrelate(self._last, luma)
        residual = np.abs(luma - self._last)
        if peak >= SURE and max(abs(dx), abs(dy)) >= 0.25:
            moved = cv2.warpAffine(
                self._last,
                np.array([[1, 0, dx], [0, 1, dy]], np.float32),
                (luma.shape[1], luma.shape[0]),
                borderMode=cv2.BORDER_REPLICATE,
            )
            steadied = np.abs(luma - moved)
            if steadied.mean() < residual.mean():
                residual = steadied
        energy = cv2.resize(residual, self._cells, interpolation=cv2.INTER_AREA)
        return (float(dx), float(dy)), np.clip(np.round(energy * LEVELS), 0, 255).astype(np.uint8)

    def _add_still(self, frame: Frame) -> None:
        import cv2

        skip = max(1, frame.picture.shape[1] // (2 * STILL_WIDTH))
        thin = cv2.cvtColor(np.ascontiguousarray(frame.picture[::skip, ::skip]), cv2.COLOR_BGR2GRAY)
        small = cv2.resize(thin, self._still_size, interpolation=cv2.INTER_AREA).astype(np.float32)
        self._sum = small if self._sum is None else self._sum + small
        self._summed += 1

    def _end_shot(self) -> None:
        if self._sum is not None:
            self._stills.append(np.round(self._sum / self._summed).astype(np.uint8))
        self._sum, self._summed, self._sampled = None, 0, 0


def _luma(small: Small) -> Gray:
    return np.asarray(small[:, :, 0], np.float32)
