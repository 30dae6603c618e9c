"""Who the picture is about and how the camera moves."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio


class FaceSlice(Contract):
    """How faces are looked for: all that face tracks depend on, so that a change of composition leaves
    them alone."""

    analysis_rate: float = Field(ge=5, le=60)
    """Faces are landmarked this many times a second."""
    detection_rate: float = Field(ge=0.5, le=30)
    detection_threshold: Ratio
    max_faces: int = Field(ge=1, le=20)
    """At most this many faces of a picture are landmarked, the biggest first."""


class ReframingSlice(Contract):
    faces: FaceSlice
    live_mouth_std: float = Field(gt=0)
    """Mouth-opening std over inter-ocular distance above which a face is live."""
    min_hold_seconds: float = Field(ge=0)
    dead_zone: Ratio
    """Share of the crop's size a face may wander before the camera follows."""
    face_height: Ratio
    """Wanted height of the face as a share of the output's height."""
    max_zoom: float = Field(ge=1)
    """The crop is never less high than the source's height over this."""
    eye_line: Ratio
    """Where the eyes of a face of `face_height` sit, as a share of the output's height from the top; those
    of a bigger face sit higher."""
    two_up: bool
    """Whether two people may be stacked."""
