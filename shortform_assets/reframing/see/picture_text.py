"""Text that is in the picture already, over time: what stands still, what changes in one place, what runs through.

A detector looks once a second. Between two looks a line is the same text where its strokes are the same, whatever
moves behind them; a place in which the strokes change again and again has subtitles; strokes that are a little
further along a sixth of a second later, look after look, are a ticker's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.existing_text import PictureText, TextKind
from shortform_assets.reframing.see.detect import Boxes, Picture
from shortform_assets.reframing.see.text_detector import PIXELS

# Set by hand on the shared videos, looked at; held by tests/reframing/test_picture_text.py.
LOOK_SECONDS = 1.2
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
BRIEF_SECONDS = 7.0
"""A text that stands longer is no subtitle: by the reading speed of broadcasters, two full lines."""
WORDS = 3
"""Different texts in one place from which it is that of subtitles."""
APART = 0.03
"""Share of the picture's width by which the middles of two subtitles in one place may differ."""
LEVEL = 0.3
"""Share of their height by which their middles may differ upright."""
ONE_HEIGHT = 1.7
"""Ratio of the heights of two subtitles in one place, at most."""
PAUSE_SECONDS = 4.0
"""Without a subtitle for so long, the place is free again."""
RUNS = 3
"""Looks at which the strokes of a place have run on, from which it is a ticker's."""
TICKER = 0.5
"""Least width of a ticker, as a share of the picture's."""
COARSE = 4
"""The camera's own shift is measured on strokes thinned by this; a pixel of it moves everything."""
SURE = 0.05
"""Least peak of the phase correlation for that shift to be believed, as in `picture_motion`."""
MIDDLE = 0.12
"""Share of the picture's width by which the middle of subtitles may miss the picture's: others begin at one edge."""
EDGE, RAGGED = 0.02, 0.06
"""The same by which the left edges of such others differ at most, and their right ones at least."""
MISSED = 2
"""Looks at which a detector may miss a text that is still there."""
PASSING = 2
"""Looks at which a still text is seen, at least: what is gone sooner is a sign in passing, or a find by mistake."""

Strokes = NDArray[np.float32]


class TextLines(Protocol):
    def lines(self, picture: Picture) -> Boxes: ...


@dataclass
class _Text:
    """One text as it was followed from look to look. Boxes are in source pixels."""

    first: int
    last: int
    boxes: list[NDArray[np.float32]]
    missed: int = 0
    ran: int = 0
    """Looks after which its strokes were found further along."""
    carried: bool = False
    """Whether it was found to move with the camera."""
    before: int = 0
    """The last frame of a look at which it was not there yet."""
    after: int = 0
    """The first frame of a look at which it is not there any more."""

    @property
    def box(self) -> NDArray[np.float32]:
        return np.asarray(np.median(np.stack(self.boxes), axis=0))

    @property
    def wide(self) -> float:
        return float(self.box[2] - self.box[0])

    @property
    def tall(self) -> float:
        return float(self.box[3] - self.box[1])

    @property
    def middle(self) -> tuple[float, float]:
        x1, y1, x2, y2 = self.box
        return float(x1 + x2) / 2, float(y1 + y2) / 2


class TextWatcher:
    """Show it every sample of a clip, cuts included; `texts` is what came of it."""

    def __init__(self, reader: TextLines, size: tuple[int, int], fps: float) -> None:
        """`size` is that of the pictures, width and height."""
        self._reader, self._size, self._fps = reader, size, fps
        self._scale = min(1.0, (STROKES / (size[0] * size[1])) ** 0.5)
        self._looked = -10 * round(fps)
        self._strokes: Strokes | None = None
        self._active: list[_Text] = []
        self._ended: list[_Text] = []
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
        ended = sorted([*self._ended, *self._active], key=lambda t: (t.first, t.box[1], t.box[0]))
        self._active, self._ended = [], []
        running = [
            strip for strip in _strips([t for t in ended if t.ran]) if sum(t.ran for t in strip) >= RUNS
        ]
        tickers = []
        for strip in running:
            x1, y1, x2, y2 = self._told(strip, "ticker").box
            if x2 - x1 >= TICKER * self._size[0]:
                # What was in the strip when nobody looked again is of it.
                gone = [
                    t
                    for t in ended
                    if y1 <= t.middle[1] <= y2 and t.last - t.first <= LOOK_SECONDS * self._fps
                ]
                tickers.append([*strip, *gone])
        passed = {id(text) for strip in tickers for text in strip}
        found = [self._told(strip, "ticker") for strip in tickers]
        standing = [t for t in ended if id(t) not in passed and not t.carried]
        brief = [t for t in standing if (t.last - t.first) / self._fps <= BRIEF_SECONDS]
        subtitles = [p for place in self._places(brief) for p in self._spells(place)]
        changing = {id(text) for place in subtitles for text in place}
        found += [self._told(place, "subtitle") for place in subtitles]
        still = [t for t in standing if id(t) not in changing and len(t.boxes) >= PASSING]
        found += [self._told([t], "still") for t in still]
        return tuple(sorted(found, key=lambda t: (t.start_frame, t.box[1], t.box[0])))

    def _look(self, frame: int, picture: Picture, cut: bool) -> None:
        small = self._small(picture)
        strokes = _strokes_of(small)
        boxes = list(self._reader.lines(small) / np.float32(self._scale))
        going: list[_Text] = []
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
        going += [_Text(frame, frame, [box], before=max(0, fresh)) for box in boxes]
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

    def _places(self, brief: Sequence[_Text]) -> list[list[_Text]]:
        """`brief` texts by the place they are in."""
        places: list[list[_Text]] = []
        for text in brief:
            x, y = text.middle
            for place in places:
                other = place[-1]
                ratio = text.tall / max(other.tall, 1.0)
                level = abs(y - other.middle[1]) <= LEVEL * max(text.tall, other.tall)
                beside = abs(x - other.middle[0]) <= APART * self._size[0] or self._flush((text, other))
                if level and beside and 1 / ONE_HEIGHT <= ratio <= ONE_HEIGHT:
                    place.append(text)
                    break
            else:
                places.append([text])
        return places

    def _spells(self, place: Sequence[_Text]) -> list[list[_Text]]:
        """The stretches of time in which `place` has subtitles; none where its words do not change often enough."""
        spells: list[list[_Text]] = []
        for text in place:
            if spells and (text.first - spells[-1][-1].last) / self._fps <= PAUSE_SECONDS:
                spells[-1].append(text)
            else:
                spells.append([text])
        centred = abs(float(np.median([t.middle[0] for t in place])) / self._size[0] - 0.5) <= MIDDLE
        return spells if len(place) >= WORDS and (centred or self._flush(place)) else []

    def _flush(self, texts: Sequence[_Text]) -> bool:
        """Whether all `texts` begin at one edge and stand on one line."""
        level = np.ptp([t.middle[1] for t in texts]) <= LEVEL * texts[0].tall
        begin, end = (float(np.ptp([t.box[side] for t in texts])) / self._size[0] for side in (0, 2))
        # Other words are longer or shorter; a print on a shirt is not.
        return bool(level and begin <= EDGE and end >= RAGGED)

    def _told(self, texts: Sequence[_Text], kind: TextKind) -> PictureText:
        boxes = np.stack([box for text in texts for box in text.boxes])
        if kind == "still":
            box = np.median(boxes, axis=0)
        else:
            box = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
        x1, y1, x2, y2 = (int(v) for v in np.concatenate([np.floor(box[:2]), np.ceil(box[2:])]))
        return PictureText(
            start_frame=min(text.before for text in texts),
            end_frame=max(text.after for text in texts),
            kind=kind,
            box=(max(0, x1), max(0, y1), min(self._size[0], x2), min(self._size[1], y2)),
        )


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


def _strips(texts: Sequence[_Text]) -> list[list[_Text]]:
    """Texts that are level with each other."""
    strips: list[list[_Text]] = []
    for text in texts:
        for strip in strips:
            if abs(text.middle[1] - strip[-1].middle[1]) <= 0.5 * max(text.tall, strip[-1].tall):
                strip.append(text)
                break
        else:
            strips.append([text])
    return strips
