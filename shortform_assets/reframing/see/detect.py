"""Face detection with CenterFace (Xu et al. 2019, arXiv:1911.03599) in onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortform_assets.errors import InputError

Picture = NDArray[np.uint8]
"""BGR, (height, width, 3)."""
Boxes = NDArray[np.float32]
"""(n, 4): x1 y1 x2 y2 in pixels of the picture."""

STRIDE = 4
"""Pixels of the picture a cell of the heat map, in both directions: the network's (CenterFace, section 3)."""
OVERLAP = 0.3
"""Intersection over union above which two boxes are one face: CenterFace's own setting."""
CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
# What is faster but further from the CPU's sums, or another on every run, is switched off.
CUDA_OPTIONS = {"use_tf32": "0", "cudnn_conv_algo_search": "DEFAULT"}


class FaceDetector:
    """Finds faces of any size in a picture.

    The network has no fixed input size, so the picture is scaled, never letterboxed: a wide search costs
    four times a half as wide one and finds faces half as big.
    """

    device: str
    """What it runs on: cpu or cuda."""

    def __init__(self, path: Path, threads: int = 1, device: str = "cpu") -> None:
        """`device` is cpu, cuda, or auto: CUDA where it works. Raises InputError where cuda does not."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Searches of two sizes would otherwise keep an arena each for ever.
        options.enable_cpu_mem_arena = False
        # Sizes that the file declares wrongly are what the warnings are about.
        options.log_severity_level = 3
        providers: list[Any] = [CPU]
        if device != "cpu" and CUDA in onnxruntime.get_available_providers():
            # Finds CUDA in Python packages too; without it only a system-wide one.
            onnxruntime.preload_dlls()
            providers.insert(0, (CUDA, CUDA_OPTIONS))
        self._session = onnxruntime.InferenceSession(_any_size(path), options, providers=providers)
        # Where CUDA cannot be loaded, onnxruntime goes on without it.
        self.device = "cuda" if CUDA in self._session.get_providers() else "cpu"
        if device == "cuda" and self.device != "cuda":
            raise InputError(
                "CUDA does not work in onnxruntime here",
                "face detection",
                "install onnxruntime-gpu[cuda,cudnn] and a driver, or choose the device auto or cpu",
            )

    def find(self, picture: Picture, threshold: float, width: int) -> tuple[Boxes, NDArray[np.float32]]:
        """Boxes and scores (n,), best first, searched at most `width` pixels wide."""
        import cv2

        height_in, width_in = picture.shape[:2]
        scale = min(1.0, width / width_in)
        columns = max(1, round(width_in * scale / 32)) * 32
        rows = max(1, round(height_in * scale / 32)) * 32
        way = cv2.INTER_AREA if columns < width_in else cv2.INTER_LINEAR
        resized = cv2.resize(picture, (columns, rows), interpolation=way)
        planes = np.ascontiguousarray(resized[:, :, ::-1].transpose(2, 0, 1), dtype=np.float32)[None]
        heat, size, offset, _ = self._session.run(None, {"input.1": planes})
        boxes, scores = decode(heat[0, 0], size[0], offset[0], threshold)
        boxes *= np.array([width_in / columns, height_in / rows] * 2, np.float32)
        np.clip(boxes, 0, [width_in, height_in] * 2, out=boxes)
        return boxes, scores


def decode(
    heat: NDArray[np.float32], size: NDArray[np.float32], offset: NDArray[np.float32], threshold: float
) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes and scores from the heat map (h, w), log size (2, h, w) and offset (2, h, w), rows first."""
    rows, columns = np.nonzero(heat > threshold)
    scores = heat[rows, columns]
    tall = np.exp(size[0, rows, columns]) * STRIDE
    wide = np.exp(size[1, rows, columns]) * STRIDE
    middle_y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    middle_x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    boxes = np.stack(
        [middle_x - wide / 2, middle_y - tall / 2, middle_x + wide / 2, middle_y + tall / 2], axis=1
    ).astype(np.float32)
    kept = suppress(boxes, scores)
    return boxes[kept], scores[kept]


def overlap(one: Boxes, other: Boxes) -> NDArray[np.float32]:
    """Intersection over union of every box of `one` (n, 4) with every box of `other` (m, 4): (n, m)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area_one = np.prod(one[:, 2:] - one[:, :2], axis=1)
    area_other = np.prod(other[:, 2:] - other[:, :2], axis=1)
    union = area_one[:, None] + area_other[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)


def suppress(boxes: Boxes, scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """Non-maximum suppression: indices of the boxes that stay, best first, of equals the first."""
    import cv2

    corner_and_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(corner_and_size.tolist(), scores.tolist(), 0.0, OVERLAP)
    return np.asarray(kept, np.intp).reshape(-1)


def _any_size(path: Path) -> bytes:
    """The graph with free sizes: the file declares 10x3x32x32 and lists its weights as inputs."""
    import onnx

    model: Any = onnx.load(str(path))
    graph = model.graph
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    for value in (*graph.input, *graph.output):
        for axis, name in zip((0, 2, 3), ("batch", "height", "width"), strict=True):
            value.type.tensor_type.shape.dim[axis].dim_param = f"{value.name}_{name}"
    return bytes(model.SerializeToString())
