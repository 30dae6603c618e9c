from .deliver import DeliveryRequest, deliver, delivery_report
from .dispatched_jobs import DispatchedJobs
from .export import check_folder, export
from .folder_destination import FolderDestination
from .job_records import folder_of, outcome_path, progress_path, survey, task_of
from .outcomes import Terms, begin_attempt, dispatch, finish, forgotten, open_generation, states, sweep
from .publication import publish
from .quality import measure
from .render_cost import render_costs
from .render_messages import RenderMessages
from .render_reuse import picture_of, renderer_named, renderer_version, same_code
from .review import WaitingEdits, review_asset, served_page, served_policy

__all__ = [
    "DeliveryRequest",
    "DispatchedJobs",
    "FolderDestination",
    "RenderMessages",
    "Terms",
    "WaitingEdits",
    "begin_attempt",
    "check_folder",
    "deliver",
    "delivery_report",
    "dispatch",
    "export",
    "finish",
    "folder_of",
    "forgotten",
    "measure",
    "open_generation",
    "outcome_path",
    "picture_of",
    "progress_path",
    "publish",
    "render_costs",
    "renderer_named",
    "renderer_version",
    "review_asset",
    "same_code",
    "served_page",
    "served_policy",
    "states",
    "survey",
    "sweep",
    "task_of",
]
