"""Sensors: delivery begins when a composition was materialized."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.claims import is_held
from resources.store_errors import StoreError
from shortform_assets.contracts.creative import Composition
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.graph.jobs import deliver
from shortform_assets.graph.partitions import source_videos

AT_ONCE = 50
"""Materializations that one tick looks at; the next goes on behind them. Our choice."""


@dg.sensor(
    job=deliver, minimum_interval_seconds=30, required_resource_keys={"store"}, name="request_delivery"
)
def request_delivery(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request `deliver` for every new composition; the run key is its digest and its terminal outcomes.

    A source that a run works on is asked for again when that has ended. The cursor is the last materialization
    that was looked at, and the keys that wait.
    A source whose composition cannot be read is said once, with what to do, and passed by. Where the store
    answers for none of them the tick fails, and the next one asks again.
    """
    line = waiting_line(context, "composition")
    if line.empty:
        return dg.SkipReason("no new composition")
    artifacts = Artifacts(context.resources.store)
    requests, failures, held = [], list[ShortformError](), list[str]()
    for key in line.keys:
        try:
            if is_held(artifacts.store, key):
                held.append(key)
            else:
                ref, composition = composed(artifacts, key)
                ended = ended_outcomes(artifacts, key, composition)
                requests.append(delivery_request(key, ref, ended))
        except ShortformError as error:
            failures.append(error)
    if failures and not requests and all(type(failure) is StoreError for failure in failures):
        raise failures[0]
    for failure in failures:
        context.log.error(f"no delivery is requested: {failure}")
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else "; ".join(_why_none(failures, held)) or "its source is gone",
        cursor=" ".join([line.last, *held]),
    )


class WaitingLine(NamedTuple):
    """Sources that a tick has before it, and what its cursor begins with."""

    last: str
    """Storage id of the last materialization that was looked at; empty before the first."""
    keys: list[str]
    empty: bool
    """Nothing was materialized since, and the cursor holds no key."""


def waiting_line(context: dg.SensorEvaluationContext, asset: str) -> WaitingLine:
    """Sources that the cursor holds, then those whose `asset` was materialized since; only such as are registered."""
    after, *waiting = (context.cursor or "").split() or [""]
    found = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), after_storage_id=int(after) if after else None),
        limit=AT_ONCE,
        ascending=True,
    ).records
    # A source may have been taken out of the set since.
    registered = set(context.instance.get_dynamic_partitions(str(source_videos.name)))
    keys = dict.fromkeys([*waiting, *(str(record.partition_key) for record in found)])
    return WaitingLine(
        last=str(found[-1].storage_id) if found else after,
        keys=[key for key in keys if key in registered],
        empty=not found and not waiting,
    )


def _why_none(failures: Sequence[ShortformError], held: Sequence[str]) -> Iterator[str]:
    yield from map(str, failures)
    yield from (f"{key}: a run works on it" for key in held)


def composed(artifacts: Artifacts, key: str) -> tuple[Ref, Composition]:
    """The composition in force; InputError where it cannot be read, and StoreError."""
    ref = artifacts.current(key, "composition")
    if ref is None:
        raise InputError("its composition is gone or unreadable", key, f"run `shortform rerun {key}`")
    try:
        return ref, artifacts.load(ref, Composition)
    except InputError as error:
        raise InputError(
            f"its composition cannot be read ({error.what})", key, f"run `shortform rerun {key}`"
        ) from error


def delivery_request(key: str, ref: Ref, ended: Sequence[Outcome]) -> dg.RunRequest:
    """A run of `deliver`, under a key that stands for the composition and its terminal outcomes."""
    digests = "".join(sorted(outcome.digest() for outcome in ended))
    terminal = hashlib.sha256(digests.encode()).hexdigest()
    return dg.RunRequest(run_key=f"{key}:{ref.data_version[:16]}:{terminal[:16]}", partition_key=key)


def ended_outcomes(artifacts: Artifacts, key: str, composition: Composition) -> list[Outcome]:
    """Of the outputs that have come to their end."""
    from shortform_assets.delivery import states

    return [state.outcome for state in states(artifacts.store, key, composition) if state.outcome]
