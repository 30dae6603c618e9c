"""Where faces are tracked: worker processes here, GPU tasks on ECS, a server behind HTTP."""

from resources.vision.executor_base import Executor
from resources.vision.executor_choice import vision_from_environment
from resources.vision.local_executor import LocalVision
from resources.vision.worker_crew import VisionFailed, share_out

__all__ = ["Executor", "LocalVision", "VisionFailed", "share_out", "vision_from_environment"]
