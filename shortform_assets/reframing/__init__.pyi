from .crop_paths import CameraRequest, frame_clip
from .direct.framing_edits import local_edits
from .direct.framing_request import FramedClip, FramingRequest, Point, requested_edits
from .direct.path_guard import misfits
from .see.detect import FaceDetector
from .see.follow import FaceReaders
from .see.landmarks import FaceLandmarker
from .see.text_detector import TextDetector
from .see.tracks import track_faces
from .see.user_judges import Judges
from .show.debug_overlay import render_overlay
from .show.path_plot import path_plot, plots_markdown
from .who.voice_map import local_turns, map_voices

__all__ = [
    "CameraRequest",
    "FaceDetector",
    "FaceLandmarker",
    "FaceReaders",
    "FramedClip",
    "FramingRequest",
    "Judges",
    "Point",
    "TextDetector",
    "frame_clip",
    "local_edits",
    "local_turns",
    "map_voices",
    "misfits",
    "path_plot",
    "plots_markdown",
    "render_overlay",
    "requested_edits",
    "track_faces",
]
