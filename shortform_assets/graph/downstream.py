"""Which stages stand on another."""

from __future__ import annotations

import dagster as dg

from resources.ref_io import stage_of
from shortform_assets.contracts.stages import WORKFLOW
from shortform_assets.errors import InputError


def stages_from(defs: dg.Definitions, stage: str) -> list[str]:
    """`stage` and every workflow stage that reads it, directly or not, in order; InputError for no such stage."""
    if stage not in WORKFLOW:
        raise InputError("there is no such stage", stage, f"the stages are {', '.join(WORKFLOW)}")
    graph = defs.resolve_asset_graph()
    below = {stage}
    for name in WORKFLOW:
        if {stage_of(parent) for parent in graph.get(dg.AssetKey(name)).parent_keys} & below:
            below.add(name)
    return [name for name in WORKFLOW if name in below]
