"""Text in a picture, of any script: PaddleOCR's detector (PP-OCRv4 mobile) in onnxruntime.

The network is DB (Liao et al. 2020, "Real-time scene text detection with differentiable binarization"): a map of how
sure it is that a pixel lies in the shrunk middle of a line of text. Lines are grown back as in that paper.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.see.detect import Boxes, Picture

PIXELS = 640 * 352
"""Size of the search: letters of a fiftieth of a 16:9 picture's height are found, at 30 ms on one core."""
MULTIPLE = 32
"""The network's strides: both sides are multiples of it."""
INK = 0.3
"""Least value of the map within a line: PaddleOCR's own setting, as are the next two."""
SURE = 0.5
"""Least mean of the map over a line."""
GROW = 1.6
"""A line is grown by this much of its area over its outline."""
LEAST = 5
"""Pixels of the search below which a line is too low to be read."""


class TextDetector:
    """Finds lines of text; it does not read them."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def lines(self, picture: Picture) -> Boxes:
        """(n, 4) boxes of the lines in `picture`, from the top down."""
        import cv2

        tall, wide = picture.shape[:2]
        scale = min(1.0, (PIXELS / (wide * tall)) ** 0.5)
        columns, rows = (max(1, round(side * scale / MULTIPLE)) * MULTIPLE for side in (wide, tall))
        way = cv2.INTER_AREA if columns < wide else cv2.INTER_LINEAR
        resized = cv2.resize(picture, (columns, rows), interpolation=way)
        planes = resized.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1.0
        (found,) = self._session.run(None, {self._input: planes})
        boxes = decode_lines(found[0, 0])
        boxes *= np.array([wide / columns, tall / rows] * 2, np.float32)
        return boxes


def decode_lines(sure: NDArray[np.float32]) -> Boxes:
    """(n, 4) boxes of lines in the map `sure` (h, w), from the top down, in its pixels."""
    import cv2

    tall, wide = sure.shape
    ink = cv2.dilate((sure > INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=4)
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[label])
        if area < LEAST or min(w, h) < 2:
            continue
        inside = np.s_[y : y + h, x : x + w]
        if sure[inside][labels[inside] == label].mean() < SURE:
            continue
        grown = GROW * w * h / (2 * (w + h))
        if min(w, h) + 2 * grown < LEAST:
            continue
        found.append(
            (max(0.0, x - grown), max(0.0, y - grown), min(wide, x + w + grown), min(tall, y + h + grown))
        )
    found.sort(key=lambda box: (box[1], box[0]))
    return np.array(found, np.float32).reshape(-1, 4)
