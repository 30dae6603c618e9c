"""Face landmarks, blendshapes and head pose of one face region with MediaPipe's FaceLandmarker."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortform_assets.reframing.see.detect import Boxes, Picture
from shortform_assets.reframing.see.emotion import emotions
from shortform_assets.reframing.see.lips import Patch, patch_of

REGION = 256
"""Side in pixels to which a face region is scaled: MediaPipe's own detector misses small faces."""
GROW = 1.9
"""Side of the region over the longer side of the face."""

# Indices in MediaPipe's mesh of 478 points; test_mouth_follows_the_jaw.
EYES = (33, 263)
"""Outer eye corners."""
LIPS = ((13, 14), (82, 87), (312, 317))
"""Three pairs across the inner lips."""
MOUTH = (61, 291, 0, 17, 13, 14)
"""Mouth corners, middle of the outer and inner lips: what moves when someone speaks."""
RIGID = (33, 133, 362, 263, 168, 6, 1, 2, 10)
"""Eye corners, bridge and tip of the nose, forehead: what moves only with the head."""


@dataclass(frozen=True)
class Face:
    """One landmarked face, in pixels of the whole picture."""

    box: NDArray[np.float32]
    """(4,): x1 y1 x2 y2 of the landmarks."""
    mouth: float
    """Opening of the inner lips over the distance of the outer eye corners, both in 3-D: rigid motion,
    turning and scale leave it as it is."""
    shape: NDArray[np.float32]
    """(6, 2): mouth points in the frame of the rigid points, over the eye distance."""
    pose: tuple[float, float, float]
    """Yaw, pitch, roll in degrees."""
    blink: float
    """How closed the eyes are, 0 to 1."""
    emotion: NDArray[np.float32]
    """(7,), see `emotion.LABELS`."""
    patch: Patch | None = None
    """How it looks, for `lips.own_motion`."""


class FaceLandmarker:
    """Landmarks the one face in a region around a known box. Use as a context manager or `close` it."""

    device: str
    """What it runs on: cpu or gpu."""

    def __init__(self, path: Path, device: str = "cpu") -> None:
        """With `device` cuda on the GPU, which MediaPipe reaches through EGL; on the CPU where that is not
        to be had: it is one small network on one face."""
        self.device = "cpu"
        if device == "cuda":
            with contextlib.suppress(RuntimeError):
                self._task, self.device = _task(path, on_gpu=True), "gpu"
        if self.device == "cpu":
            self._task = _task(path, on_gpu=False)

    def read(self, picture: Picture, box: NDArray[np.float32]) -> Face | None:
        """The face near `box` (4,) of `picture`, or None where there is none to be landmarked."""
        import cv2
        import mediapipe

        region, corner, scale = _region(picture, box)
        found = self._task.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=region))
        if not found.face_landmarks:
            return None
        mesh = np.array([(p.x, p.y, p.z) for p in found.face_landmarks[0]], np.float64) * REGION
        patch = patch_of(np.asarray(cv2.cvtColor(region, cv2.COLOR_RGB2GRAY), np.uint8), mesh[:, :2])
        mesh /= scale
        mesh[:, :2] += corner
        blendshapes = {c.category_name: float(c.score) for c in found.face_blendshapes[0]}
        return Face(
            box=_bounds(mesh),
            mouth=mouth_opening(mesh),
            shape=mouth_shape(mesh),
            pose=_angles(np.asarray(found.facial_transformation_matrixes[0], np.float64)),
            blink=(blendshapes["eyeBlinkLeft"] + blendshapes["eyeBlinkRight"]) / 2,
            emotion=emotions(blendshapes),
            patch=patch,
        )

    def close(self) -> None:
        self._task.close()

    def __enter__(self) -> FaceLandmarker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _task(path: Path, *, on_gpu: bool) -> Any:
    """Raises RuntimeError where there is no GPU."""
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision

    delegate = tasks.BaseOptions.Delegate.GPU if on_gpu else None
    return vision.FaceLandmarker.create_from_options(
        vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(path), delegate=delegate),
            running_mode=vision.RunningMode.IMAGE,
            num_faces=1,
            min_face_detection_confidence=0.4,
            min_face_presence_confidence=0.4,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
    )


def mouth_opening(mesh: NDArray[np.float64]) -> float:
    """Lip opening over inter-ocular distance of a face mesh (478, 3)."""
    eyes = float(np.linalg.norm(mesh[EYES[0]] - mesh[EYES[1]]))
    lips = [float(np.linalg.norm(mesh[upper] - mesh[lower])) for upper, lower in LIPS]
    return sum(lips) / len(lips) / max(eyes, 1e-6)


def mouth_shape(mesh: NDArray[np.float64]) -> NDArray[np.float32]:
    """Mouth points (6, 2) after the similarity transform that stands the rigid points upright."""
    left, right = mesh[EYES[0], :2], mesh[EYES[1], :2]
    across = right - left
    length = max(float(np.hypot(*across)), 1e-6)
    cos, sin = across / length
    turn = np.array([[cos, sin], [-sin, cos]])
    middle = mesh[list(RIGID), :2].mean(axis=0)
    return np.asarray((mesh[list(MOUTH), :2] - middle) @ turn.T / length, np.float32)


def _region(picture: Picture, box: NDArray[np.float32]) -> tuple[Picture, NDArray[np.float64], float]:
    """The square around `box` as RGB of side `REGION`, its top left corner, and its enlargement."""
    import cv2

    x1, y1, x2, y2 = (float(v) for v in box)
    side = max(x2 - x1, y2 - y1, 8.0) * GROW
    scale = REGION / side
    corner = np.array([(x1 + x2) / 2 - side / 2, (y1 + y2) / 2 - side / 2])
    into = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    # Linear enlarging is enough; shrinking by area keeps big faces free of aliasing.
    if scale < 0.5:
        left, top = max(0, math.floor(corner[0])), max(0, math.floor(corner[1]))
        right, bottom = math.ceil(corner[0] + side), math.ceil(corner[1] + side)
        part = picture[top:bottom, left:right]
        shrunk = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        into = np.array([[1.0, 0, (left - corner[0]) * scale], [0, 1.0, (top - corner[1]) * scale]])
        picture = np.asarray(shrunk, np.uint8)
    region = cv2.warpAffine(picture, into, (REGION, REGION), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.cvtColor(region, cv2.COLOR_BGR2RGB), np.uint8), corner, scale


def _bounds(mesh: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.concatenate([mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)]).astype(np.float32)


def _angles(matrix: NDArray[np.float64]) -> tuple[float, float, float]:
    """Yaw, pitch, roll in degrees of a 4x4 head-to-camera transform."""
    turn = matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)
    yaw = math.degrees(math.asin(float(np.clip(-turn[2, 0], -1, 1))))
    pitch = math.degrees(math.atan2(turn[2, 1], turn[2, 2]))
    roll = math.degrees(math.atan2(turn[1, 0], turn[0, 0]))
    return yaw, pitch, roll


__all__ = ["Boxes", "Face", "FaceLandmarker", "mouth_opening", "mouth_shape"]
