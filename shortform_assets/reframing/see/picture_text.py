"""Text that is in the picture already, over time: what stands still, what changes in one place, what runs through.

A detector looks once a second. Between two looks a line is the same text where its strokes are the same, whatever
moves behind them; a place in which the strokes change again and again has subtitles; strokes that are a little
further along a sixth of a second later, look after look, are a ticker's.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.existing_text import PictureText
from shortform_assets.reframing.see.detect import Boxes, Picture
from shortform_assets.reframing.see.text_detector import PIXELS
from shortform_assets.reframing.see.text_kinds import BETWEEN, FollowedLine, TextKinds

# Set by hand on the shared videos, looked at; held by tests/reframing/test_picture_text.py.
LOOK_SECONDS = BETWEEN
"""Between two looks: the shortest subtitles stand about so long, and a look costs 40 ms of one core."""
SHOT_SECONDS = 0.4
"""Between a look and one at the beginning of the next shot."""
AGAIN_SECONDS = 0.16
"""After a look, the strokes are compared with those of now: a ticker has run on by some letters."""
STROKES = PIXELS
"""Pixels of the picture that is looked at: what the detector would make of it anyway."""
BRIGHT = 300
"""Steepest edge that counts: what is behind a text would otherwise outshine it."""
ALONG = 31
"""Pixels of that over which strokes are compared with those beside them: some letters."""
SAME = 0.55
"""Least correlation of strokes that are the same text; of other words it is below 0.4."""
SHAKE = 3
"""Pixels of that by which text may move and be the same."""
RUN = 48
"""Pixels of that which a ticker runs at most in `AGAIN_SECONDS`."""
COARSE = 4
"""The camera's own shift is measured on strokes thinned by this; a pixel of it moves everything."""
SURE = 0.05
"""Least peak of the phase correlation for that shift to be believed, as in `picture_motion`."""
MISSED = 2
"""Looks at which a detector may miss a text that is still there."""

Strokes = NDArray[np.float32]


class TextLines(Protocol):
    def lines(self, picture: Picture) -> Boxes: ...


class TextWatcher:
    """Show it every sample of a clip, cuts included; `texts` is what came of it."""

    def __init__(self, reader: TextLines, size: tuple[int, int], fps: float) -> None:
        """`size` is that of the pictures, width and height."""
        self._reader, self._size, self._fps = reader, size, fps
        self._scale = min(1.0, (STROKES / (size[0] * size[1])) ** 0.5)
        self._looked = -10 * round(fps)
        self._strokes: Strokes | None = None
        self._active: list[FollowedLine] = []
        self._ended: list[FollowedLine] = []
        self._running = False

    def sample(self, frame: int, picture: Picture, cut: bool) -> None:
        """See clip frame `frame`, the first of a shot where `cut`."""
        since = (frame - self._looked) / self._fps
        if since >= LOOK_SECONDS - 0.5 / self._fps or (cut and since >= SHOT_SECONDS):
            self._look(frame, picture, cut)
        elif self._running and since >= AGAIN_SECONDS - 0.5 / self._fps:
            self._running = False
            # A cut in between changes everything: nothing has run on then.
            if self._active and not cut:
                self._look_again(picture)

    def texts(self, frames: int) -> tuple[PictureText, ...]:
        """All that was found in a clip of `frames`, in the order in which it begins; call it once, at the end."""
        for text in self._active:
            text.after = frames
        ended = [*self._ended, *self._active]
        self._active, self._ended = [], []
        return TextKinds(self._size, self._fps).told(ended)

    def _look(self, frame: int, picture: Picture, cut: bool) -> None:
        small = self._small(picture)
        strokes = _strokes_of(small)
        boxes = list(self._reader.lines(small) / np.float32(self._scale))
        going: list[FollowedLine] = []
        for text in self._active:
            near = [i for i, box in enumerate(boxes) if _overlap(text.boxes[-1], box) >= 0.5]
            same = self._likeness(text.boxes[-1], strokes) >= SAME
            if same:
                text.last, text.missed = frame, 0 if near else text.missed + 1
                if near:
                    best = max(near, key=lambda i: _overlap(text.boxes[-1], boxes[i]))
                    text.boxes.append(boxes.pop(best))
            if same and text.missed <= MISSED:
                going.append(text)
            else:
                text.after = frame
                self._ended.append(text)
        fresh = frame if cut else self._looked + 1
        going += [FollowedLine(frame, frame, [box], before=max(0, fresh)) for box in boxes]
        self._active, self._strokes, self._looked, self._running = going, strokes, frame, True

    def _look_again(self, picture: Picture) -> None:
        strokes = _strokes_of(self._small(picture))
        assert self._strokes is not None
        panned = self._panned(self._strokes, strokes)
        for text in self._active:
            if self._ran_on(text.boxes[-1], strokes):
                # Where the camera moves, what runs along is a sign in front of it.
                text.carried, text.ran = text.carried or panned, text.ran + (not panned)

    def _panned(self, before: Strokes, now: Strokes) -> bool:
        """Whether what is no text has moved as a whole."""
        import cv2

        thin = []
        for strokes in (before, now):
            rest = strokes.copy()
            for text in self._active:
                self._patch(rest, text.boxes[-1], (2 * SHAKE, 2 * SHAKE))[:] = 0
            thin.append(np.ascontiguousarray(rest[::COARSE, ::COARSE]))
        (dx, dy), peak = cv2.phaseCorrelate(*thin)
        return bool(peak >= SURE and max(abs(dx), abs(dy)) * COARSE >= 1)

    def _small(self, picture: Picture) -> Picture:
        import cv2

        size = (round(self._size[0] * self._scale), round(self._size[1] * self._scale))
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _patch(self, strokes: Strokes, box: NDArray[np.float32], grow: tuple[int, int]) -> Strokes:
        tall, wide = strokes.shape
        x1, y1, x2, y2 = (box * self._scale).round().astype(int)
        x1, x2 = max(0, min(x1, wide - 4)), min(wide, max(x2, x1 + 4))
        y1, y2 = max(0, min(y1, tall - 4)), min(tall, max(y2, y1 + 4))
        return strokes[max(0, y1 - grow[1]) : y2 + grow[1], max(0, x1 - grow[0]) : x2 + grow[0]]

    def _likeness(self, box: NDArray[np.float32], now: Strokes) -> float:
        """How far the strokes in `box` of the last look are there now, -1 to 1."""
        import cv2

        if self._strokes is None:
            return -1.0
        one, other = self._patch(self._strokes, box, (0, 0)), self._patch(now, box, (SHAKE, SHAKE))
        found = cv2.matchTemplate(other, one, cv2.TM_CCOEFF_NORMED)
        return float(found.max()) if np.isfinite(found).all() else -1.0

    def _ran_on(self, box: NDArray[np.float32], now: Strokes) -> bool:
        """Whether the strokes of the middle of `box` are now further to one side, and no longer where they were."""
        import cv2

        assert self._strokes is not None
        x1, y1, x2, y2 = box
        inner = np.array([x1 + 0.3 * (x2 - x1), y1, x2 - 0.3 * (x2 - x1), y2], np.float32)
        one, other = self._patch(self._strokes, inner, (0, 0)), self._patch(now, inner, (RUN, 0))
        found = cv2.matchTemplate(other, one, cv2.TM_CCOEFF_NORMED)[0]
        if not np.isfinite(found).all():
            return False
        home = min(RUN, max(0, round(float(inner[0]) * self._scale)))
        best = int(found.argmax())
        stayed = float(found[max(0, home - 1) : home + 2].max())
        return bool(found[best] >= SAME and abs(best - home) >= 2 and stayed < found[best] - 0.2)


def _strokes_of(picture: Picture) -> Strokes:
    """Edges of a small picture: words are told apart by them on whatever ground."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    edges = np.minimum(cv2.magnitude(across, down), np.float32(BRIGHT))
    # All lines of text are dark at their feet and between them: only what differs along a line tells words apart.
    return np.asarray(edges - cv2.blur(edges, (ALONG, 1)), np.float32)


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Shared area over the smaller one."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    least = min((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return float(wide * tall / least) if wide > 0 and tall > 0 else 0.0
