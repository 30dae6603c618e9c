"""DeepFace's expression classifier, where the user has its weights: seven labels from a face's pixels.

The network is the one of `deepface` (Serengil and Ozpinar 2021), and so is the code that prepares a face for
it. Its session is opened here, from a file that is there: DeepFace's own loading, which downloads what is
missing and takes all cores, is never called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortform_assets.errors import InputError
from shortform_assets.reframing.see.detect import CPU, Picture
from shortform_assets.reframing.see.emotion import LABELS

SIDE = 48
"""Height and width of the grey face that the network takes."""
_INPUT = (224, 224)
"""What DeepFace scales a face to first."""


class DeepFaceEmotion:
    """Reads one face at a time."""

    def __init__(self, path: Path) -> None:
        """Raises InputError where `path` is not DeepFace's network as ONNX."""
        from deepface.models.demography.onnx.Emotion import EmotionClient

        class Client(EmotionClient):
            def __init__(self, session: Any) -> None:
                self.model_name, self.model = "Emotion", session

        self._client = Client(_session(path))

    def read(self, picture: Picture, box: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Probabilities (7,) in the order of `LABELS` of the face in `box` (4,) of `picture` (BGR); None where
        the box holds no pixel."""
        from deepface.modules.preprocessing import resize_image

        height, width = picture.shape[:2]
        x1, y1 = (max(0, int(v)) for v in np.floor(box[:2]))
        x2, y2 = (int(v) for v in np.ceil(box[2:]))
        face = picture[y1 : min(y2, height), x1 : min(x2, width)]
        if not face.size:
            return None
        found = self._client.predict(resize_image(face / 255, _INPUT))
        return np.asarray(found / max(float(found.sum()), 1e-9), np.float32)


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: the same sums in the same order everywhere.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=[CPU])
        (given,), found = session.get_inputs(), session.run(None, {session.get_inputs()[0].name: _grey()})[0]
        fits = given.shape[1:] == [SIDE, SIDE, 1] and found.shape == (1, len(LABELS))
    except Exception as error:
        # onnxruntime has no error of its own for a bad file.
        raise _unfit(path, f"it cannot be run ({str(error).splitlines()[0]})") from error
    if not fits:
        raise _unfit(path, f"it takes {given.shape} and gives {found.shape}")
    return session


def _grey() -> NDArray[np.float32]:
    return np.zeros((1, SIDE, SIDE, 1), np.float32)


def _unfit(path: Path, why: str) -> InputError:
    return InputError(
        f"this is not DeepFace's expression model as ONNX, (n, {SIDE}, {SIDE}, 1) to (n, {len(LABELS)}): {why}",
        str(path),
        "replace it with the file of deepface 0.0.103, or remove it",
    )
