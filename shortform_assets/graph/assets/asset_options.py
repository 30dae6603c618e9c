"""What all assets of the graph have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shortform_assets.graph.partitions import source_videos

OWNER = "team:shortform"


def stage(
    group: str, kinds: set[str], *, code_version: str = "1", tools: Collection[str] = ()
) -> dict[str, Any]:
    """Arguments of `dg.asset` for one stage. `tools` are resource keys beside store and progress."""
    return {
        "partitions_def": source_videos,
        "group_name": group,
        "kinds": kinds,
        "owners": [OWNER],
        "code_version": code_version,
        "required_resource_keys": {"store", "progress", *tools},
    }
