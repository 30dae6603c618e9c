"""Who speaks by a network that sees lips and hears sound: LR-ASD (Liao et al. 2025), and Light-ASD (Liao et
al. 2023, arXiv:2303.04439), which takes and gives the same. The weights are the user's.

Faces are cut as in the authors' own demo: 112x112 grey pixels around mouth and chin, 25 a second, on boxes
that are steadied by a median; four rows of MFCC go with each. A score above 0 means speaking.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortform_assets.errors import InputError
from shortform_assets.reframing.see.detect import CPU, Picture
from shortform_assets.reframing.see.mfcc import COEFFICIENTS, mfcc

# The network's own numbers, as in the authors' demo, unless another reason is given.
RATE = 25
"""Faces a second."""
SIDE, ROWS = 112, 4
"""Height and width of a face; rows of sound for each."""
WINDOW, MARGIN = 100, 16
"""Faces that are judged together: four seconds; those at a window's inner edges are left to the next one."""
SMOOTH = 5
"""Scores are averaged over this many faces, as by the authors."""
LEAST = 40.0
"""Pixels of the longer side of a face, in the median, below which lips are not to be seen."""
_STEADY = 7
"""Boxes of a face whose median is its place."""
_WIDE, _DOWN, _GREY = 0.7, 0.2, 110
"""Side of the cut and how far its middle is below the face's, over the face's longer side; what is beyond
the picture."""

Faces = NDArray[np.uint8]
Scores = NDArray[np.float32]


@dataclass
class FaceCuts:
    """One face's cuts, frame by frame, whether or not it was looked for in that frame."""

    frames: list[int] = field(default_factory=list)
    faces: list[Faces] = field(default_factory=list)
    recent: deque[NDArray[np.float32]] = field(default_factory=lambda: deque(maxlen=_STEADY))

    def add(self, frame: int, picture: Picture, box: NDArray[np.float32]) -> None:
        self.recent.append(box)
        self.frames.append(frame)
        self.faces.append(cut_face(picture, np.median(self.recent, axis=0)))


class Listener:
    """The network and the sound of one clip."""

    def __init__(self, model: ActiveSpeakerNetwork, samples: NDArray[np.float32], fps: float) -> None:
        """`samples` are the clip's, mono 16 kHz in -1..1."""
        self._model, self._sound, self._fps = model, mfcc(samples), fps

    def wants(self, frame: int) -> bool:
        """Whether a clip frame is the nearest to a 25th of a second."""
        return self._frame(round(frame * RATE / self._fps)) == frame

    def scores(self, cuts: FaceCuts, frames: NDArray[np.int32], boxes: NDArray[np.float32]) -> Scores | None:
        """The score (n,) at sample `frames` of a face with `boxes` (n, 4); None where it is too small."""
        if not cuts.frames or np.median(np.max(boxes[:, 2:] - boxes[:, :2], axis=1)) < LEAST:
            return None
        first, last = (round(int(frame) * RATE / self._fps) for frame in (frames[0], frames[-1]))
        ticks = np.arange(first, last + 1)
        wanted = [self._frame(int(tick)) for tick in ticks]
        at = np.clip(np.searchsorted(cuts.frames, wanted), 0, len(cuts.frames) - 1)
        rows = np.clip(np.arange(ROWS * first, ROWS * (last + 1)), 0, len(self._sound) - 1)
        found = self._model.scores(np.stack([cuts.faces[i] for i in at]), self._sound[rows])
        padded = np.pad(found, SMOOTH // 2, mode="edge")
        smooth = np.convolve(padded, np.full(SMOOTH, 1 / SMOOTH), mode="valid")
        return np.interp(frames * RATE / self._fps, ticks, smooth).astype(np.float32)

    def _frame(self, tick: int) -> int:
        return int(tick * self._fps / RATE + 0.5)


class ActiveSpeakerNetwork:
    """An ONNX export of LR-ASD: sound (1, 4t, 13) and faces (1, t, 112, 112) of 0 to 255 in, a score a face
    out, as (t,) or as the two columns of the classifier, of which the second counts. `t` is free or fixed."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Raises InputError where `path` is something else."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        try:
            # On the CPU wherever it runs: scores decide, so they are the same on every executor.
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=[CPU])
            shapes = {each.name: list(each.shape) for each in self._session.get_inputs()}
            sound = [name for name, shape in shapes.items() if _like(shape, (1, None, COEFFICIENTS))]
            faces = [name for name, shape in shapes.items() if _like(shape, (1, None, SIDE, SIDE))]
            if len(shapes) != 2 or not sound or not faces:
                raise ValueError(f"it takes {shapes}")
            self._names = sound[0], faces[0]
            length = shapes[faces[0]][1]
            self._fixed = isinstance(length, int)
            self._length = length if self._fixed else WINDOW
            self._run(*_nothing(self._length if self._fixed else RATE))
        except Exception as error:
            # onnxruntime has no error of its own for a bad file.
            raise _unfit(path, str(error).splitlines()[0]) from error

    def scores(self, faces: Faces, sound: NDArray[np.float32]) -> Scores:
        """The score (t,) of each of `faces` (t, 112, 112) that came with `sound` (4t, 13)."""
        missing = self._length - len(faces) if self._fixed else 0
        if missing > 0:
            faces = np.pad(faces, ((0, missing), (0, 0), (0, 0)), mode="edge")
            sound = np.pad(sound, ((0, ROWS * missing), (0, 0)), mode="edge")
        found = in_windows(
            lambda start, end: self._run(faces[start:end], sound[ROWS * start : ROWS * end]),
            len(faces),
            self._length,
        )
        return found[: len(faces) - max(missing, 0)]

    def _run(self, faces: Faces, sound: NDArray[np.float32]) -> Scores:
        given = dict(zip(self._names, (sound[None], faces[None].astype(np.float32)), strict=True))
        found = np.asarray(self._session.run(None, given)[0], np.float32)
        if found.size not in (len(faces), 2 * len(faces)):
            raise ValueError(f"it gives {found.shape} for {len(faces)} faces")
        return found.reshape(len(faces), -1)[:, -1]


def in_windows(judge: Callable[[int, int], Scores], count: int, length: int) -> Scores:
    """The scores (count,) of `judge(start, end)` over windows of `length` that overlap, each from where it has
    seen enough of what came before."""
    found = np.zeros(count, np.float32)
    margin = min(MARGIN, length // 4)
    starts = range(0, max(1, count - 2 * margin), length - 2 * margin)
    for start in (min(start, max(0, count - length)) for start in starts):
        inner = margin if start else 0
        found[start + inner : start + length] = judge(start, min(start + length, count))[inner:]
    return found


def cut_face(picture: Picture, box: NDArray[np.float32]) -> Faces:
    """Mouth and chin of the face in `box` (4,) as grey (112, 112)."""
    import cv2

    x1, y1, x2, y2 = (float(v) for v in box)
    long = max(x2 - x1, y2 - y1, 1.0)
    half, scale = _WIDE * long / 2, SIDE / (_WIDE * long)
    left, top = (x1 + x2) / 2 - half, (y1 + y2) / 2 + _DOWN * long - half
    into = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    grey = (_GREY, _GREY, _GREY)
    found = cv2.warpAffine(picture, into, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=grey)
    return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2GRAY), np.uint8)


def _like(shape: list[Any], wanted: tuple[int | None, ...]) -> bool:
    """Whether every size that both of them say is the same."""
    if len(shape) != len(wanted):
        return False
    return all(
        ours is None or not isinstance(size, int) or size == ours
        for size, ours in zip(shape, wanted, strict=True)
    )


def _nothing(count: int) -> tuple[Faces, NDArray[np.float32]]:
    return np.zeros((count, SIDE, SIDE), np.uint8), np.zeros((ROWS * count, COEFFICIENTS), np.float32)


def _unfit(path: Path, why: str) -> InputError:
    return InputError(
        f"this is not LR-ASD as one ONNX file, sound (1, 4t, {COEFFICIENTS}) and faces (1, t, {SIDE}, {SIDE}) "
        f"to t scores: {why}",
        str(path),
        "export it again (docs/reframing.md, Other judges), or leave speaker_model out",
    )
