"""The two jobs: the workflow up to the render index, and the delivery after it."""

from __future__ import annotations

import dagster as dg

shorten = dg.define_asset_job(
    "shorten",
    selection=dg.AssetSelection.groups("inputs", "source", "analysis", "clips", "creative"),
    description="One source video to its render index: twelve stages, each reused where it can be.",
)

deliver = dg.define_asset_job(
    "deliver",
    selection=dg.AssetSelection.groups("delivery"),
    description="Render what lacks an outcome and gather the outcomes as they stand.",
)
