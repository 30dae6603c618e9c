"""What selection asks of a sentence-embedding model; `resources/wordllama_embedder.py` has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Embedder(Protocol):
    """Texts with like meanings get vectors that point the same way."""

    name: str

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), dimensions) float32, of any length; a text of nothing is all zeros.

        InputError where the model is not installed, naming what to install.
        """
        ...
