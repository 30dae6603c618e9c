"""Sensors: delivery begins when a composition was materialized."""

from __future__ import annotations

import hashlib

import dagster as dg

from resources.artifacts import Artifacts
from shortform_assets.contracts.creative import Composition
from shortform_assets.delivery import states
from shortform_assets.graph.jobs import deliver

_AT_ONCE = 50


@dg.sensor(
    job=deliver, minimum_interval_seconds=30, required_resource_keys={"store"}, name="request_delivery"
)
def request_delivery(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request `deliver` for every new composition; the run key is its digest and its terminal outcomes."""
    artifacts = Artifacts(context.resources.store)
    found = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=dg.AssetKey("composition"),
            after_storage_id=int(context.cursor) if context.cursor else None,
        ),
        limit=_AT_ONCE,
        ascending=True,
    ).records
    requests = {}
    for record in found:
        key = record.partition_key
        ref = artifacts.current(key, "composition") if key else None
        if key is None or ref is None:
            continue
        composition = artifacts.load(ref, Composition)
        assert isinstance(composition, Composition)
        ended = [o.outcome.digest() for o in states(artifacts.store, key, composition) if o.outcome]
        terminal = hashlib.sha256("".join(sorted(ended)).encode()).hexdigest()
        run_key = f"{key}:{ref.data_version[:16]}:{terminal[:16]}"
        requests[key] = dg.RunRequest(run_key=run_key, partition_key=key)
    if not found:
        return dg.SkipReason("no new composition")
    return dg.SensorResult(run_requests=list(requests.values()), cursor=str(found[-1].storage_id))
