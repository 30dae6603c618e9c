"""The user's own models that may judge faces beside the bundled ones. None by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.slices.reframing_slice import DEEPFACE, LR_ASD
from shortform_assets.reframing.see.active_speaker import ActiveSpeakerNetwork
from shortform_assets.reframing.see.detect import Picture


class EmotionReader(Protocol):
    def read(self, picture: Picture, box: NDArray[np.float32]) -> NDArray[np.float32] | None: ...


@dataclass(frozen=True)
class Judges:
    """Loaded models, and how they are named in the contract."""

    emotion: EmotionReader | None = None
    speaker: ActiveSpeakerNetwork | None = None
    names: tuple[str, ...] = ()

    @staticmethod
    def load(weights: Mapping[str, Path], names: tuple[str, ...]) -> Judges:
        """Those that `weights` has a file of. Raises InputError where a file is another model's."""
        from shortform_assets.reframing.see.emotion_model import DeepFaceEmotion

        return Judges(
            emotion=DeepFaceEmotion(weights[DEEPFACE]) if DEEPFACE in weights else None,
            speaker=ActiveSpeakerNetwork(weights[LR_ASD]) if LR_ASD in weights else None,
            names=names,
        )


BUNDLED = Judges()
"""None but those that come with the packages."""
