"""Pictures of the frames in which the speaker is not whole in the crop: the source with all boxes, and the crop."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from framing_scores import Tally
from scenes import Made

from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.media.reader import read_frames
from shortform_assets.reframing.compose import box_at

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
    picture = next(picture for _, picture in read_frames(made.video, frame, 1))
    framing = next(f for f in camera.framings if f.start_frame <= frame < f.end_frame)
    panel = framing.panels[0]
    x1, y1, x2, y2 = (max(0, round(v)) for v in box_at(panel, frame))
    crop = picture[y1:y2, x1:x2].copy()
    thick = max(2, made.scene.size[1] // 240)
    for k, box in enumerate(made.truth.boxes[frame]):
        if np.isfinite(box[0]):
            a, b, c, d = (round(float(v)) for v in box)
            live, speaks = made.truth.live[frame, k], made.truth.speaking[frame, k]
            cv2.rectangle(picture, (a, b), (c, d), SPEAKS if speaks else LIVE if live else FLAT, thick)
    cv2.rectangle(picture, (x1, y1), (x2, y2), CROP, thick)
    tiles = [cv2.resize(p, (round(p.shape[1] * HEIGHT / p.shape[0]), HEIGHT), interpolation=cv2.INTER_AREA)
             for p in (picture, crop)]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{made.scene.name.replace(' ', '-')}-{frame}-{len(frames)}.jpg"
    cv2.imwrite(str(folder / name), np.concatenate(tiles, axis=1), [cv2.IMWRITE_JPEG_QUALITY, 80])
