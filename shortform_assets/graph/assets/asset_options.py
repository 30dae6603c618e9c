"""What all assets of the graph have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shortform_assets.code_versions import code_of
from shortform_assets.code_versions.versions import Entry
from shortform_assets.graph.partitions import source_videos

OWNER = "team:shortform"


def stage(group: str, kinds: set[str], *made_by: Entry, tools: Collection[str] = ()) -> dict[str, Any]:
    """Arguments of `dg.asset` for one stage.

    `made_by` are the functions whose code decides its result; an input, read afresh on every run, has none.
    `tools` are resource keys beside store and progress.
    """
    return {
        "partitions_def": source_videos,
        "group_name": group,
        "kinds": kinds,
        "owners": [OWNER],
        "code_version": code_of(*made_by).version if made_by else None,
        "required_resource_keys": {"store", "progress", *tools},
    }
