"""What the text of a picture is: what stands still, subtitles, tickers, told by where lines come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.existing_text import PictureText, TextKind

# Set by hand on the shared videos, looked at; held by tests/reframing/test_picture_text.py.
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
MIDDLE = 0.12
"""Share of the picture's width by which the middle of subtitles may miss the picture's: others begin at one edge."""
EDGE = 0.02
"""The same by which the left edges of such others differ at most."""
LINE = 1.6
"""Heights of a line between two lines of subtitles, at most."""
RAGGED, RAGGED_ASIDE = 0.015, 0.05
"""The same by which a subtitle is longer or shorter than the one before, mostly: where they are centred, and where
they begin at one edge. A faint watermark looks different as what is behind it moves, and stays as long as it is."""
PASSING = 2
"""Looks at which a still text is seen, at least: what is gone sooner is a sign in passing, or a find by mistake."""
BETWEEN = 1.2
"""Seconds between two looks, at most."""


@dataclass(eq=False)
class FollowedLine:
    """One line of text as it was followed from look to look. Boxes are in source pixels."""

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


class TextKinds:
    """Sorts the lines that were followed through a clip."""

    def __init__(self, size: tuple[int, int], fps: float) -> None:
        """`size` is that of the pictures, width and height."""
        self._size, self._fps = size, fps

    def told(self, lines: Sequence[FollowedLine]) -> tuple[PictureText, ...]:
        """All that `lines` are, in the order in which it begins."""
        ended = sorted(lines, key=lambda t: (t.first, t.box[1], t.box[0]))
        running = [
            strip for strip in _strips([t for t in ended if t.ran]) if sum(t.ran for t in strip) >= RUNS
        ]
        tickers = []
        for strip in running:
            x1, y1, x2, y2 = self._told(strip, "ticker").box
            if x2 - x1 >= TICKER * self._size[0]:
                # What was in the strip when nobody looked again is of it.
                gone = [
                    t for t in ended if y1 <= t.middle[1] <= y2 and t.last - t.first <= BETWEEN * self._fps
                ]
                tickers.append([*strip, *gone])
        passed = {id(text) for strip in tickers for text in strip}
        found = [self._told(strip, "ticker") for strip in tickers]
        standing = [t for t in ended if id(t) not in passed and not t.carried]
        brief = [t for t in standing if (t.last - t.first) / self._fps <= BRIEF_SECONDS]
        places = self._places(brief)
        # What is found in one place again and again, and changes without other words, is hard to see and stands still.
        changing = [spell for place in places if self._changes(place) for spell in self._spells(place)]
        faint = [
            spell
            for place in places
            if len(place) >= WORDS and not self._changes(place)
            for spell in self._spells(place)
        ]
        told = {id(text) for spell in (*changing, *faint) for text in spell}
        rest = [t for t in standing if id(t) not in told]
        beside = [t for t in rest if t in brief and any(self._other_line(t, spell) for spell in changing)]
        found += [self._told(spell, "subtitle") for spell in (*changing, *([t] for t in beside))]
        still = [[t] for t in rest if t not in beside and len(t.boxes) >= PASSING]
        found += [self._told(spell, "still") for spell in (*faint, *still)]
        return tuple(sorted(found, key=lambda t: (t.start_frame, t.box[1], t.box[0])))

    def _places(self, brief: Sequence[FollowedLine]) -> list[list[FollowedLine]]:
        """`brief` texts by the place they are in."""
        places: list[list[FollowedLine]] = []
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

    def _spells(self, place: Sequence[FollowedLine]) -> list[list[FollowedLine]]:
        """The stretches of time in which something stands in `place`."""
        spells: list[list[FollowedLine]] = []
        for text in place:
            if spells and (text.first - spells[-1][-1].last) / self._fps <= PAUSE_SECONDS:
                spells[-1].append(text)
            else:
                spells.append([text])
        return spells

    def _changes(self, place: Sequence[FollowedLine]) -> bool:
        """Whether the words of `place` change as those of subtitles do: their lengths differ."""
        if len(place) < WORDS:
            return False
        changes = [abs(one.wide - other.wide) / self._size[0] for one, other in pairwise(place)]
        ragged = float(np.median(changes))
        middle = float(np.median([t.middle[0] for t in place])) / self._size[0]
        centred = abs(middle - 0.5) <= MIDDLE
        return ragged >= RAGGED if centred else ragged >= RAGGED_ASIDE and self._flush(place)

    def _other_line(self, text: FollowedLine, spell: Sequence[FollowedLine]) -> bool:
        """Whether `text` is above or below subtitles, as long as they are there: a line more than most have."""
        x, y = spell[0].middle
        tall = max(text.tall, spell[0].tall)
        near = abs(text.middle[1] - y) <= LINE * tall and abs(text.middle[0] - x) <= APART * self._size[0]
        soon = min(abs(text.first - spell[-1].last), abs(spell[0].first - text.last)) / self._fps
        during = text.first <= spell[-1].last and spell[0].first <= text.last
        return near and (during or soon <= PAUSE_SECONDS)

    def _flush(self, texts: Sequence[FollowedLine]) -> bool:
        """Whether all `texts` begin at one edge and stand on one line."""
        level = np.ptp([t.middle[1] for t in texts]) <= LEVEL * texts[0].tall
        return bool(level and np.ptp([t.box[0] for t in texts]) <= EDGE * self._size[0])

    def _told(self, texts: Sequence[FollowedLine], kind: TextKind) -> PictureText:
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


def _strips(texts: Sequence[FollowedLine]) -> list[list[FollowedLine]]:
    """Texts that are level with each other."""
    strips: list[list[FollowedLine]] = []
    for text in texts:
        for strip in strips:
            if abs(text.middle[1] - strip[-1].middle[1]) <= 0.5 * max(text.tall, strip[-1].tall):
                strip.append(text)
                break
        else:
            strips.append([text])
    return strips
