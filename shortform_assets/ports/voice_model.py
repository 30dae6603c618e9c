"""What diarization asks of its models; `resources/stt/voice_models.py` has them."""

from __future__ import annotations

from typing import Protocol

from shortform_assets.ports.recognizer import Floats


class VoiceModel(Protocol):
    """Tells voices apart: who of up to three talks when within 10 s, and what a voice sounds like."""

    def activity(self, windows: Floats) -> Floats:
        """(n, 160000) samples -> (n, 589, 3) of 0 or 1: each local speaker talks, every 270 samples."""
        ...

    def embed(self, features: Floats) -> Floats:
        """(frames, 80) mean-free log mel filter banks of one voice -> (256,) embedding."""
        ...
