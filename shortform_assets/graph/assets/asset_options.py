"""What all assets of the graph have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shortform_assets.code_versions import code_of
from shortform_assets.code_versions.versions import Entry
from shortform_assets.graph.partitions import source_videos

OWNER = "team:shortform"
COMMON = frozenset({"store", "run_claim", "progress"})
"""Resource keys that every asset needs."""


def stage(group: str, kinds: set[str], *made_by: Entry, tools: Collection[str] = ()) -> dict[str, Any]:
    """Arguments of `dg.asset` for one stage.

    `made_by` are the functions whose code decides its result, as `module:name`: they are imported when the asset
    runs, which keeps every command quick to start. An input, read afresh on every run, has none.
    `tools` are resource keys beside `COMMON`.
    """
    return {
        "partitions_def": source_videos,
        "group_name": group,
        "kinds": kinds,
        "owners": [OWNER],
        "code_version": code_of(*made_by).version if made_by else None,
        "required_resource_keys": {*COMMON, *tools},
    }
