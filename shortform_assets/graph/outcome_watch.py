"""The safety net under deliveries: a sensor that polls for outcomes, and a schedule that looks after deadlines.

Both only ask for runs of `deliver`, which gathers what has ended, and sends again or fails what is overdue.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import dagster as dg

from resources.artifacts import Artifacts
from resources.claims import is_held
from resources.store_errors import StoreError
from shortform_assets.contracts.delivery import Delivery, Outcome
from shortform_assets.errors import ShortformError
from shortform_assets.graph.jobs import deliver
from shortform_assets.graph.partitions import source_videos
from shortform_assets.graph.sensors import AT_ONCE, composed, delivery_request, ended_outcomes, waiting_line

_LOOKED_BACK_SECONDS = 24 * 3600
"""The schedule looks after compositions that are not older. Our choice; two attempts of a render take half an hour."""
_MOST_COMPOSITIONS = 1000
"""That a tick of the schedule looks at, the newest. Our choice."""
_UNSENT_SECONDS = 900
"""A composition whose outputs were not even dispatched after this long was forgotten by a run that died. Our choice."""


@dg.sensor(job=deliver, minimum_interval_seconds=30, required_resource_keys={"store"}, name="gather_outcomes")
def gather_outcomes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request `deliver` where outputs have ended that the delivery does not hold yet.

    Watched are sources whose outputs were dispatched, until their delivery is complete. The cursor is the last
    dispatch that was seen, and the watched keys, those next that were not looked at for longest; a source costs a
    listing of the store.
    """
    line = waiting_line(context, "rendered_outputs")
    artifacts = Artifacts(context.resources.store)
    requests, stay, failures = [], list[str](), list[ShortformError]()
    for key in line.keys[:AT_ONCE]:
        try:
            request, complete = _gathering(context.instance, artifacts, key)
        except ShortformError as error:
            failures.append(error)
            # What cannot be read is said once; a store that is away for a while is asked again.
            request, complete = None, not isinstance(error, StoreError)
        if not complete:
            stay.append(key)
        if request:
            requests.append(request)
    for failure in failures:
        context.log.error(f"no outcomes are gathered: {failure}")
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else f"nothing has ended since; {len(line.keys)} sources are watched",
        cursor=" ".join([line.last, *line.keys[AT_ONCE:], *stay]),
    )


@dg.schedule(
    job=deliver, cron_schedule="*/5 * * * *", required_resource_keys={"store"}, name="sweep_deadlines"
)
def sweep_deadlines(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """Request `deliver` where a job has outlived its deadline, or was never sent, and no run works on its source."""
    artifacts, now = Artifacts(context.resources.store), time.time()
    requests = []
    for key, composed_at in _recent(context.instance, now):
        try:
            late = _late(artifacts, key, now, composed_at)
            if late and not _busy(context.instance, artifacts, key):
                context.log.info(f"{key}: {len(late)} outputs are overdue")
                # Asked for again at every tick until it is done: the run key is that of the tick.
                requests.append(dg.RunRequest(run_key=f"{key}:overdue:{int(now)}", partition_key=key))
        except ShortformError as error:
            context.log.error(f"its deadlines are not looked after: {error}")
    return requests or dg.SkipReason("nothing is overdue")


def _gathering(
    instance: dg.DagsterInstance, artifacts: Artifacts, key: str
) -> tuple[dg.RunRequest | None, bool]:
    """What to ask for, and whether all of it is delivered."""
    ref, composition = composed(artifacts, key)
    ended = ended_outcomes(artifacts, key, composition)
    if _same(_delivered(artifacts, key, composition.digest()), ended):
        return None, len(ended) == len(composition.outputs)
    return None if _busy(instance, artifacts, key) else delivery_request(key, ref, ended), False


def _delivered(artifacts: Artifacts, key: str, composition: str) -> list[Outcome] | None:
    """The outcomes that the delivery in force holds; None where there is none of this composition."""
    ref = artifacts.current(key, "delivery")
    if ref is None:
        return None
    try:
        delivery = artifacts.load(ref, Delivery)
    except StoreError:
        raise
    except ShortformError:
        return None
    if delivery.composition != composition:
        return None
    return [state.outcome for state in delivery.outputs if state.outcome]


def _same(delivered: list[Outcome] | None, ended: list[Outcome]) -> bool:
    return delivered is not None and sorted(o.digest() for o in delivered) == sorted(
        o.digest() for o in ended
    )


def _recent(instance: dg.DagsterInstance, now: float) -> Iterator[tuple[str, float]]:
    """Sources that were composed lately, and when, the newest first."""
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=dg.AssetKey("composition"), after_timestamp=now - _LOOKED_BACK_SECONDS
        ),
        limit=_MOST_COMPOSITIONS,
    ).records
    registered = set(instance.get_dynamic_partitions(str(source_videos.name)))
    newest: dict[str, float] = {}
    for record in records:
        newest.setdefault(str(record.partition_key), record.timestamp)
    yield from ((key, at) for key, at in newest.items() if key in registered)


def _late(artifacts: Artifacts, key: str, now: float, composed_at: float) -> tuple[str, ...]:
    from shortform_assets.delivery import forgotten

    _, composition = composed(artifacts, key)
    found = forgotten(artifacts.store, key, composition, int(now * 1000))
    return found.overdue + (found.unsent if now - composed_at >= _UNSENT_SECONDS else ())


def _busy(instance: dg.DagsterInstance, artifacts: Artifacts, key: str) -> bool:
    """Whether a run works on it, or waits to: that one will gather what is there."""
    waiting = dg.RunsFilter(tags={"dagster/partition": key}, statuses=[dg.DagsterRunStatus.QUEUED])
    return is_held(artifacts.store, key) or bool(instance.get_runs(waiting, limit=1))
