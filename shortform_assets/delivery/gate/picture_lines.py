"""The decoded picture: black, frozen, shifted or not the planned one, and whether what was written is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.media.reader import decode_on
from shortform_assets.rendering.witness import PlannedMark, Witness, planned_marks, reduced

# Of 219 steps between video black (16) and white (235). Guarded, as the seconds below, by
# tests/rendering/test_quality_gate.py.
_BLACK_LUMA = 24
"""What stays below this everywhere is black."""
_SAME_LUMA, _SAME_SHARE = 6, 0.0005
"""Two small pictures are the same where hardly a pixel differs by more than coding noise."""
_OTHER_LUMA = 24
"""A pixel of a small picture this far off shows something else; coding at crf 35 stays below 12."""
_SEEN_LUMA = 28
"""A pixel of a large picture this far off has something written over it."""
_GOES_ON = 0.005
"""Share of the planned picture that must have become something else before a standing one is frozen."""
_MOST_OTHER = 0.3
"""Share of a picture that may be something else: what is laid over it covers less."""
_LEAST_SEEN = 0.02
"""Share of a caption's box that must show something: letters alone take 10 to 40 %."""
_WRONG_SECONDS, _FROZEN_SECONDS, _BLACK_SECONDS = 0.1, 0.5, 0.1
"""Stretches that are told: three frames of 30 may be a dissolve's or a flash's."""
_SHIFTS = 3
"""Frames by which the picture is tried earlier and later."""
_SHIFT_GAIN = 0.15
"""Share of what the worst shift differs more than the best one, by which the planned place must be worse: a picture
that moves evenly is a quarter of the way off after one frame."""
_LEAST_MOTION = 1.0
"""Mean luma between the best shift and the worst, below which too little moves to tell."""

_SOFT = ("logo", "progress bar")
"""May have the colour of what is behind them."""

BT709_TV = (1, 1, 1, 1)
"""Primaries, transfer and matrix of BT.709 (ISO/IEC 23091-2), and video range as FFmpeg counts."""

Luma = NDArray[np.uint8]


@dataclass
class LongestRun:
    """The longest stretch of frames of which something was said."""

    begin: int = 0
    length: int = 0
    longest: tuple[int, int] = (0, 0)
    """First frame and number of frames."""

    def tell(self, frame: int, found: bool) -> None:
        if not found:
            self.length = 0
            return
        if self.length == 0:
            self.begin = frame
        self.length += 1
        if self.length > self.longest[1]:
            self.longest = (self.begin, self.length)


@dataclass
class PictureGate:
    """Looks at every decoded frame once, in order; `faults` says what it saw."""

    job: RenderJob
    witness: Witness | None
    seen: int = 0
    unreadable: str = ""
    other_colours: bool = False
    _black: LongestRun = field(default_factory=LongestRun)
    _frozen: LongestRun = field(default_factory=LongestRun)
    _other: LongestRun = field(default_factory=LongestRun)
    _shift: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2 * _SHIFTS + 1))
    _unseen: list[PlannedMark] = field(default_factory=list)
    _last: Luma | None = None
    _still_since: tuple[int, Luma] | None = None

    def __post_init__(self) -> None:
        self._small = _raw(self.witness.small, self.witness.small_size) if self.witness else None
        self._large = (
            _raw(self.witness.large, self.witness.large_size)
            if self.witness and self.witness.frames
            else None
        )
        self._marks: dict[int, list[PlannedMark]] = {}
        for mark in planned_marks(self.job):
            self._marks.setdefault(mark.frame, []).append(mark)

    def look(self, path: Path, cores: int | None = None) -> None:
        """Decode the whole picture of `path`, once; `cores` as in `media.reader.decode_on`."""
        import av

        with av.open(str(path)) as media:
            stream = media.streams.video[0]
            decode_on(stream, cores)
            try:
                for frame in media.decode(stream):
                    if self.seen == 0:
                        told = (frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range)
                        self.other_colours = tuple(map(int, told)) != BT709_TV
                    self._frame(_luma(frame))
            except av.FFmpegError as error:
                self.unreadable = f"{error.strerror} after {self.seen} pictures"

    def _frame(self, luma: Luma) -> None:
        n, self.seen = self.seen, self.seen + 1
        small = _shrunk(luma, self._size)
        planned = self._small[n] if self._small is not None and n < len(self._small) else None
        self._black.tell(n, _black(small) and (planned is None or not _black(planned)))
        self._stillness(n, small, planned)
        if planned is not None and self._small is not None:
            self._other.tell(n, _share(small, planned, _OTHER_LUMA) > _MOST_OTHER)
            if _SHIFTS <= n < len(self._small) - _SHIFTS:
                for by in range(-_SHIFTS, _SHIFTS + 1):
                    self._shift[by + _SHIFTS] += float(_apart(small, self._small[n + by]).mean())
        if self._large is not None and self.witness and n in self._marks:
            bare = self._large[self.witness.frames.index(n)]
            large = _shrunk(luma, self.witness.large_size)
            self._unseen += [mark for mark in self._marks[n] if not _seen(mark, large, bare)]

    @property
    def _size(self) -> tuple[int, int]:
        return self.witness.small_size if self.witness else reduced(self.job.width, self.job.height, 160)

    def _stillness(self, n: int, small: Luma, planned: Luma | None) -> None:
        """Frozen is a picture that stands while the planned one goes on; without a plan, one that stands."""
        if self._still_since is None or _share(small, self._still_since[1], _SAME_LUMA) > _SAME_SHARE:
            self._still_since = (n, small)
        first = self._still_since[0]
        goes_on = planned is None or (
            self._small is not None and _share(planned, self._small[first], _OTHER_LUMA) > _GOES_ON
        )
        self._frozen.tell(n, n > first and goes_on)

    def faults(self) -> Iterator[str]:
        """One sentence for everything that keeps the picture from being shown."""
        if self.unreadable:
            yield f"Its picture cannot be decoded whole: {self.unreadable}."
        if self.seen == 0:
            yield "No picture of it can be decoded."
            return
        if self.other_colours:
            yield "The picture does not say that its colours are BT.709 in video range."
        rate = self.job.rate.fps
        whole = self.witness is None and self.job.frames > rate
        stretches: list[tuple[LongestRun, float, str]] = [
            (self._black, self.seen / rate if whole else _BLACK_SECONDS, "black"),
            (self._frozen, (self.seen - 1) / rate if whole else _FROZEN_SECONDS, "frozen"),
        ]
        if self.witness is None and not whole:
            stretches = []
        told = False
        for run, least, what in stretches:
            first, frames = run.longest
            if not told and frames and frames / rate >= least - 1e-9:
                yield f"The picture is {what} for {frames / rate:.1f} s from {first / rate:.1f} s on."
                told = True
        first, frames = self._other.longest
        if not told and frames / rate >= _WRONG_SECONDS:
            yield f"The picture is not the planned one for {frames / rate:.1f} s from {first / rate:.1f} s on."
        elif not told and (late := self._late()):
            yield f"The picture is {abs(late)} frame{'s' * (abs(late) > 1)} {'late' if late > 0 else 'early'}."
        yield from self._writing_faults()

    def _late(self) -> int:
        """Frames by which the picture comes after the planned one; 0 where it does not, or nothing moves."""
        best, worst = int(self._shift.argmin()), float(self._shift.max())
        gain, reach = self._shift[_SHIFTS] - self._shift[best], worst - self._shift[best]
        # Differences of differences: what is laid over the picture is in all of them alike.
        if reach / max(1, self.seen - 2 * _SHIFTS) < _LEAST_MOTION or gain < _SHIFT_GAIN * reach:
            return 0
        return _SHIFTS - best

    def _writing_faults(self) -> Iterator[str]:
        captions = [mark for mark in self._unseen if mark.what == "caption"]
        if captions:
            more = f", {len(captions)} of them in all" if len(captions) > 1 else ""
            yield f"A caption is not seen at {captions[0].frame / self.job.rate.fps:.1f} s{more}."
        others = dict.fromkeys(mark.what for mark in self._unseen if mark.what not in ("caption", *_SOFT))
        yield from (f"The {what} is not seen." for what in others)

    def notes(self) -> Iterator[str]:
        """What one would want to know and need not mend."""
        for what in _SOFT:
            if any(mark.what == what for mark in self._unseen):
                yield f"The {what} can hardly be told from the picture behind it."


def _raw(path: Path, size: tuple[int, int]) -> Luma:
    """(frames, height, width), read as it is asked for; without a file there is none."""
    if not path.is_file() or path.stat().st_size < size[0] * size[1]:
        return np.zeros((0, size[1], size[0]), np.uint8)
    whole = path.stat().st_size // (size[0] * size[1])
    return np.memmap(path, np.uint8, "r", shape=(whole, size[1], size[0]))


def _luma(frame: Any) -> Luma:
    """(height, width); other sample formats than 8 bits are converted."""
    if frame.format.name not in ("yuv420p", "yuv422p", "yuv444p", "gray"):
        gray: Luma = frame.reformat(format="gray").to_ndarray()
        return gray
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _shrunk(luma: Luma, size: tuple[int, int]) -> Luma:
    import cv2

    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _apart(one: Luma, other: Luma) -> NDArray[np.int16]:
    return np.abs(one.astype(np.int16) - other.astype(np.int16))


def _share(one: Luma, other: Luma, more: int) -> float:
    """Of the pixels, those that are more than so many steps apart."""
    return float((_apart(one, other) > more).mean())


def _black(small: Luma) -> bool:
    return int(small.max()) < _BLACK_LUMA


def _seen(mark: PlannedMark, picture: Luma, bare: Luma) -> bool:
    """Whether the picture differs from the bare one where something is laid over it, and does not where something takes
    its place."""
    box = mark.box
    height, width = picture.shape
    top, bottom = max(0, int(box.top * height)), min(height, int(np.ceil(box.bottom * height)))
    left, right = max(0, int(box.left * width)), min(width, int(np.ceil(box.right * width)))
    inside = (slice(top, bottom), slice(left, right))
    if picture[inside].size == 0:
        return False
    if mark.instead:
        return _share(picture[inside], bare[inside], _OTHER_LUMA) <= _MOST_OTHER
    return _share(picture[inside], bare[inside], _SEEN_LUMA) >= _LEAST_SEEN
