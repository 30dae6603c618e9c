"""One tick of a sensor, as the daemon has it."""

from __future__ import annotations

import dagster as dg

from resources.media_store import MediaStore


def sensor_tick(
    name: str, defs: dg.Definitions, instance: dg.DagsterInstance, store: MediaStore, cursor: str | None
):
    """What the sensor `name` of `defs` says when it begins at `cursor`."""
    with (
        dg.partition_loading_context(dynamic_partitions_store=instance),
        dg.build_sensor_context(
            instance=instance, cursor=cursor, definitions=defs, resources={"store": store}
        ) as context,
    ):
        return defs.resolve_sensor_def(name).evaluate_tick(context)
