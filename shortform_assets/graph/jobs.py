"""The jobs: the workflow up to the render index, the part of it that a style decides, and the delivery after it."""

from __future__ import annotations

import dagster as dg

shorten = dg.define_asset_job(
    "shorten",
    selection=dg.AssetSelection.groups("inputs", "source", "analysis", "clips", "creative"),
    description="One source video to its render index: twelve stages, each reused where it can be.",
)

restyle = dg.define_asset_job(
    "restyle",
    selection=dg.AssetSelection.keys("style_contract", "enhancement_plan", "composition"),
    description="The same clips in the style that the tag shortform/style names; nothing before it is looked at.",
)

deliver = dg.define_asset_job(
    "deliver",
    selection=dg.AssetSelection.groups("delivery"),
    description="Render what lacks an outcome and gather the outcomes as they stand.",
)
