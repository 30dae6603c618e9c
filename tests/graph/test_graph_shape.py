"""The graph as one page, so that every change of its shape is seen in review.

`pytest tests/graph/test_graph_shape.py --snapshot-update` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from resources.media_store import MediaStore
from shortform_assets.definitions import build_defs


class Page(SingleFileSnapshotExtension):
    """One text file, readable as it is."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def shape(defs: dg.Definitions) -> Iterator[str]:
    """Keys, dependencies, groups, kinds and partitions; checks, jobs, sensors, schedules. No code versions."""
    graph = defs.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        partitions = node.partitions_def.name if node.partitions_def else None  # type: ignore[attr-defined]
        yield f"asset {key.to_user_string()}"
        yield f"  group {node.group_name}, kinds {', '.join(sorted(node.kinds))}, partitions {partitions}"
        yield from (f"  reads {parent.to_user_string()}" for parent in sorted(node.parent_keys))
    for check in sorted(graph.asset_check_keys, key=str):
        blocking = graph.get(check).blocking
        yield f"check {check.name} of {check.asset_key.to_user_string()}{', blocking' if blocking else ''}"
    for job in sorted(defs.jobs or (), key=lambda job: job.name):
        selected = getattr(job, "selection", "")
        yield f"job {job.name}: {selected}"
    for sensor in sorted(defs.sensors or (), key=lambda sensor: sensor.name):
        yield f"sensor {sensor.name}: {sensor.default_status.value}, every {sensor.minimum_interval_seconds} s"
        yield from (f"  runs {target.job_name}" for target in sensor.targets)
    for schedule in sorted(defs.schedules or (), key=lambda schedule: schedule.name):
        when = getattr(schedule, "cron_schedule", "as its partitions")
        yield f"schedule {schedule.name}: {when}"


def test_the_shape_of_the_graph(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    defs = build_defs({"store": MediaStore.local(tmp_path)})
    assert "\n".join(shape(defs)) + "\n" == snapshot(extension_class=Page)
