"""The weights that ship with the project, each known by its bytes.

Their digests stand here, in code, so that other weights are another version of every stage that uses them.
`tools/train_editor.py` writes both.
"""

from __future__ import annotations

import hashlib
import io

import numpy as np

from shortform_assets.data import shipped
from shortform_assets.errors import InputError

EDITORS_EYE = "weights/editors_eye.npz"
TITLE_JUDGE = "weights/title_judge.npz"
DIGESTS = {
    EDITORS_EYE: "cbb6d1292e2176858bbfa5486f0beb17af7c53e15baa9589dbd605e1aee7f150",
    TITLE_JUDGE: "d4cf7c7c4c00c912db5c74ae1c1d87c81ee71b6e30c64f31eab31df8952b2f29",
}
"""SHA-256 of the files."""


def load_weights(name: str) -> dict[str, np.ndarray]:
    """The named arrays of a file. FileNotFoundError where it is missing, InputError where it is another."""
    data = shipped(name).read_bytes()
    if hashlib.sha256(data).hexdigest() != DIGESTS[name]:
        raise InputError(
            "these are not the weights that belong to this code", name, "install shortform again"
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return {key: held[key] for key in held.files}
