from .deliver import DeliveryRequest, deliver
from .dispatched_jobs import DispatchedJobs
from .export import export
from .job_records import outcome_path, progress_path, survey, task_of
from .outcomes import Terms, begin_attempt, dispatch, finish, open_generation, states
from .quality import measure
from .render_messages import RenderMessages
from .render_reuse import picture_of, renderer_named, renderer_version, same_code

__all__ = [
    "DeliveryRequest",
    "DispatchedJobs",
    "RenderMessages",
    "Terms",
    "begin_attempt",
    "deliver",
    "dispatch",
    "export",
    "finish",
    "measure",
    "open_generation",
    "outcome_path",
    "picture_of",
    "progress_path",
    "renderer_named",
    "renderer_version",
    "same_code",
    "states",
    "survey",
    "task_of",
]
