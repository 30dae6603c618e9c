"""Who the picture is about and how the camera moves."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from shortform_assets.contracts.base import Contract, Ratio

DEEPFACE: Final = "deepface"
LR_ASD: Final = "lr-asd"
"""Models of the user's own that a genre can ask for by these names."""


class FaceSlice(Contract):
    """How faces are looked for: all that face tracks depend on, so that a change of composition leaves
    them alone."""

    analysis_rate: float = Field(ge=5, le=60)
    """Faces are landmarked this many times a second."""
    detection_rate: float = Field(ge=0.5, le=30)
    detection_threshold: Ratio
    max_faces: int = Field(ge=1, le=20)
    """At most this many faces of a picture are landmarked, the biggest first."""
    emotion_model: Literal["bundled", "deepface"] = Field(
        default="bundled", exclude_if=lambda name: name == "bundled"
    )
    """Who reads expressions: blendshapes, or DeepFace where the user has its weights. The default is left out
    of the digest, as is that of `speaker_model`: to name it changes nothing."""
    speaker_model: Literal["", "lr-asd"] = Field(default="", exclude_if=lambda name: not name)
    """A network of the user's own that tells who speaks, in place of the mouth's movement."""

    @model_validator(mode="after")
    def _possible(self) -> FaceSlice:
        if self.detection_rate > self.analysis_rate:
            raise ValueError(
                f"detection_rate ({self.detection_rate:g}) is more than analysis_rate ({self.analysis_rate:g})"
            )
        return self


class ReframingSlice(Contract):
    faces: FaceSlice
    live_mouth_std: float = Field(gt=0, lt=1)
    """Mouth-opening std over inter-ocular distance above which a face is live."""
    min_hold_seconds: float = Field(ge=0, le=60)
    dead_zone: Ratio
    """Share of the crop's size a face may wander before the camera follows."""
    face_height: Annotated[Ratio, Field(ge=0.02)]
    """Wanted height of the face as a share of the output's height."""
    max_zoom: float = Field(ge=1, le=10)
    """The crop is never less high than the source's height over this."""
    max_upscale: float = Field(default=3.0, ge=1, le=10)
    """A crop is taken wider, or shown over a fill, before it is enlarged more than so many times."""
    eye_line: Ratio
    """Where the eyes of a face of `face_height` sit, as a share of the output's height from the top; those
    of a bigger face sit higher."""
    two_up: bool
    """Whether several people may be shown in a picture each: stacked, or in panels."""
    subject: Literal["faces", "motion"] = "faces"
    """Whom the camera is about: who speaks, or where the action is."""
    max_panels: int = Field(default=4, ge=2, le=4)
    """At most this many people in a picture each."""
    screen: bool = True
    """Whether a slide or screen and the one who explains it are shown one above the other."""
    anticipation_ms: int = Field(default=150, ge=0, le=500)
    """A cut comes this long before the first word of the next speaker, never before the last one's end."""
    max_speed: float = Field(default=0.5, gt=0, le=10)
    """Fastest that the camera moves, in sizes of the crop a second; only to keep its subject is it faster."""
    look_room: Ratio = 0.06
    """How far a face turned to one side is moved to the other, as a share of the crop's width."""
