"""Pictures of one frame: the source with all boxes, and the output beside it; and of the worst misses."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from framing_scores import Tally
from numpy.typing import NDArray
from scenes import Made

from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.media.reader import read_frames

SPEAKS, LIVE, FLAT, CROP = (80, 220, 80), (230, 200, 80), (80, 80, 230), (0, 230, 255)
HEIGHT = 360


def draw_misses(folder: Path, made: Made, camera: AspectFraming, tally: Tally) -> None:
    """The middle one of the longest run of frames that miss, as a JPEG in `folder`; nothing where none does."""
    frames = sorted(tally.misses)
    if not frames:
        return
    runs = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)
    longest = max(runs, key=len)
    frame = int(longest[len(longest) // 2])
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{made.scene.name.replace(' ', '-')}-{frame}-{len(frames)}.jpg"
    cv2.imwrite(str(folder / name), drawn(made, camera, frame), [cv2.IMWRITE_JPEG_QUALITY, 80])


def drawn(made: Made, camera: AspectFraming, frame: int) -> NDArray[np.uint8]:
    """Frame `frame` with faces and crops of all panels, and the 9:16 output beside it; `HEIGHT` high, BGR."""
    picture = next(picture for _, picture in read_frames(made.video, frame, 1))
    framing = camera.at(frame)
    thick = max(2, made.scene.size[1] // 240)
    wide = round(HEIGHT * 9 / 16)
    output = np.zeros((HEIGHT, wide, 3), np.uint8)
    crops = [tuple(max(0, round(v)) for v in panel.crop(frame)) for panel in framing.panels]
    for panel, (x1, y1, x2, y2) in zip(framing.panels, crops, strict=True):
        x, y, across, down = (round(v * n) for v, n in zip(panel.slot, (wide, HEIGHT) * 2, strict=True))
        across, down = min(across, wide - x), min(down, HEIGHT - y)
        output[y : y + down, x : x + across] = cv2.resize(
            picture[y1:y2, x1:x2], (across, down), interpolation=cv2.INTER_AREA
        )
    picture = picture.copy()
    for k, box in enumerate(made.truth.boxes[frame]):
        if np.isfinite(box[0]):
            a, b, c, d = (round(float(v)) for v in box)
            live, speaks = made.truth.live[frame, k], made.truth.speaking[frame, k]
            cv2.rectangle(picture, (a, b), (c, d), SPEAKS if speaks else LIVE if live else FLAT, thick)
    for x1, y1, x2, y2 in crops:
        cv2.rectangle(picture, (x1, y1), (x2, y2), CROP, thick)
    small = cv2.resize(
        picture, (round(picture.shape[1] * HEIGHT / picture.shape[0]), HEIGHT), interpolation=cv2.INTER_AREA
    )
    return np.asarray(np.concatenate([small, output], axis=1), np.uint8)
