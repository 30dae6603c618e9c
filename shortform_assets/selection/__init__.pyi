from .decide import decide_clips, gather_moments
from .edit.brief import parse_about, parse_exclude, parse_time
from .edit.edit_anchor import stretch
from .edit.plan_draft import PlanDraft, PlanMaterial, Row
from .plan import PlanRequest, target_count
from .propose.moments import MomentsRequest

__all__ = [
    "MomentsRequest",
    "PlanDraft",
    "PlanMaterial",
    "PlanRequest",
    "Row",
    "decide_clips",
    "gather_moments",
    "parse_about",
    "parse_exclude",
    "parse_time",
    "stretch",
    "target_count",
]
