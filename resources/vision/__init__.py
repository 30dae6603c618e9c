"""Where faces are tracked: worker processes here, GPU tasks on ECS, a server behind HTTP."""

from resources.vision.base import Vision
from resources.vision.choice import vision_from_environment
from resources.vision.crew import VisionFailed, share_out
from resources.vision.local import LocalVision

__all__ = ["LocalVision", "Vision", "VisionFailed", "share_out", "vision_from_environment"]
