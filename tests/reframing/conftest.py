"""The fixtures of this suite; what tests import by name is in framing_samples.py."""

from framing_samples import detector, followed, landmarker, reframing, talk, tracks

__all__ = ["detector", "followed", "landmarker", "reframing", "talk", "tracks"]
