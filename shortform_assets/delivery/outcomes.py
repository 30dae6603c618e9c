"""Outcomes: `pending -> in_progress -> completed | failed`, decided by the store alone.

Everything is an object that is created once, so whoever creates it first has decided. Where such an object is
damaged, or the files of a completed output are lost, the output begins anew in its next generation:

    deliveries/<source>/<composition digest>/g<generation>/<output_id>/
        job.json                what to render, and on what terms
        attempts/<n>.json       somebody began attempt n
        attempts/<n>.sent.json  the sweeper sent attempt n, because the one before gave no answer
        outcome.json            the terminal state
    renders/<digest>/<n>.json   a completed render, for whoever wants the identical job again

No function here looks at the clock: times are parameters, in milliseconds since the epoch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shortform_assets.contracts.creative import Composition, RenderJob
from shortform_assets.contracts.delivery import Outcome, OutputState, RenderTask, State
from shortform_assets.contracts.versioned import ATTEMPT, OUTCOME, RENDER_TASK, UnreadableRecord
from shortform_assets.delivery.job_records import (
    Seen,
    attempt_path,
    attempt_record,
    damage,
    folder_of,
    has_files,
    latest_of,
    outcome_of,
    safe_part,
    survey,
    task_of,
)
from shortform_assets.delivery.render_reuse import earlier_render, remember_render
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore

CLOCK_SKEW_MS = 120_000
"""By how much the clocks of two machines may differ: nobody is given up sooner after a deadline. Our choice;
test_clocks_that_differ_by_two_minutes_cost_no_attempt."""


@dataclass(frozen=True)
class Terms:
    """On what terms an output is dispatched."""

    executor: str
    now_ms: int
    deadline_seconds: int
    max_attempts: int
    renderer: str = ""
    """Version of the code that is to draw it."""


@dataclass(frozen=True)
class Dispatched:
    """Job keys (the folder of `job.json`), best clip first."""

    created: tuple[str, ...]
    """Dispatched by this call: a remote executor sends these."""
    unfinished: tuple[str, ...]
    """All that lack an outcome, `created` among them: an executor that drains does these."""
    reused: tuple[str, ...]
    """Completed by this call with an identical render that was there already."""
    renewed: tuple[tuple[str, str], ...] = ()
    """Output id, and why what it had counts no more: it has begun anew."""


@dataclass(frozen=True)
class Swept:
    """What the sweeper found past its deadline."""

    again: tuple[tuple[str, int], ...]
    """Job key and attempt number to send now."""
    failed: tuple[str, ...]
    """Job keys given up."""
    completed: tuple[str, ...] = ()
    """Job keys whose render was there: only the word of it was lost."""


@dataclass(frozen=True)
class Forgotten:
    """Output ids of one composition."""

    overdue: tuple[str, ...]
    """Without an outcome past their deadline."""
    unsent: tuple[str, ...]
    """Never dispatched."""


def dispatch(store: ObjectStore, source: str, composition: Composition, terms: Terms) -> Dispatched:
    """Write a job for every output that has none, or whose records or files were lost.

    What was dispatched for another version of the renderer is dispatched anew. A failed output stays failed, see
    `open_generation`.
    """
    current = _current(store, source, composition)
    wanted, renewed = [], []
    for job in composition.outputs:
        seen = current.get(job.output_id)
        outcome = outcome_of(store, seen.key) if seen else None
        if seen is None:
            wanted.append((job, 0))
        elif lost := damage(store, seen, outcome) or _of_other_code(store, seen, terms):
            wanted.append((job, seen.generation + 1))
            renewed.append((job.output_id, lost))
        elif outcome is None:
            wanted.append((job, seen.generation))
    return replace(_place(store, source, composition, wanted, terms), renewed=tuple(renewed))


def _of_other_code(store: ObjectStore, seen: Seen, terms: Terms) -> str:
    """Why a render counts no more that was, or would be, drawn by other code than is there now."""
    # A job that cannot be read says nothing; whether that is damage is told elsewhere.
    with contextlib.suppress(InputError):
        if task_of(store, seen.key).renderer != terms.renderer:
            return "the code that draws it has changed"
    return ""


def open_generation(store: ObjectStore, source: str, composition: Composition, terms: Terms) -> Dispatched:
    """Give every failed output another start, in its next generation (`rerun --failed`).

    Completed outputs keep the generation they were completed in; unfinished ones keep theirs, and what is
    damaged is the business of `dispatch`. Two callers at once open the same generation.
    """
    current = _current(store, source, composition)
    wanted = []
    for job in composition.outputs:
        seen = current.get(job.output_id)
        outcome = outcome_of(store, seen.key) if seen and seen.outcome else None
        if seen and outcome and outcome.state == "failed":
            wanted.append((job, seen.generation + 1))
    return _place(store, source, composition, wanted, terms)


def begin_attempt(
    store: ObjectStore, key: str, now_ms: int, executor: str, attempt: int | None = None
) -> int | None:
    """Claim an attempt at `key`: `attempt`, or the next free one. Its number, or None where there is
    nothing to do: the outcome is there, or somebody else began that attempt."""
    seen = survey(store, key).get(key)
    if seen is None or not seen.job or seen.outcome:
        return None
    number = attempt or max(seen.begun, default=0) + 1
    while not store.create(attempt_path(key, number), attempt_record(number, now_ms, executor)):
        if attempt is not None:
            return None
        number += 1
    return number


def finish(store: ObjectStore, key: str, outcome: Outcome) -> Outcome | None:
    """THE transition to a terminal state, for worker, webhook, poll and sweeper alike.

    Returns the outcome that stands. The first one stands for ever; a second signal changes nothing, and
    so does a late attempt. A failure of an attempt that was followed by another one is not final: then
    nothing is written, and None returned where nothing stands yet. None too where what stands is damaged.
    """
    check_outcome(key, outcome)
    standing = outcome_of(store, key)
    # Kept first: who is killed after either of the two writes has lost nothing, and a render that comes too late
    # serves the next generation.
    _remember(store, key, outcome)
    if standing and standing != outcome:
        _remember(store, key, standing)
    if standing is None:
        if outcome.state == "failed":
            seen = survey(store, key).get(key)
            if seen and outcome.attempt < seen.latest:
                return None
        store.create(f"{key}/outcome.json", OUTCOME.dump(outcome))
        # Read back: of several writers only one has created it.
        standing = outcome_of(store, key)
    return standing


def _remember(store: ObjectStore, key: str, ended: Outcome) -> None:
    if ended.state == "completed" and not ended.degraded and has_files(store, ended):
        # The transition stands even where the job is damaged by now; only nobody finds the render then.
        with contextlib.suppress(UnreadableRecord):
            task = task_of(store, key)
            remember_render(store, task.job, task.renderer, ended)


def sweep(store: ObjectStore, now_ms: int, executor: str, prefix: str = "deliveries") -> Swept:
    """Look after what was given to `executor` and has no outcome past its deadline.

    The deadline runs from the latest of dispatch, sending and beginning, by the clocks of those who wrote them;
    `CLOCK_SKEW_MS` is granted beyond it. Such a job is completed where its render is there, sent again as attempt
    n+1, or failed after `max_attempts`. Of many sweepers at once only one is told to send.
    """
    again, failed, completed = [], [], []
    for seen in survey(store, prefix).values():
        if seen.outcome or not seen.job:
            continue
        try:
            task = task_of(store, seen.key)
        except InputError:
            # The others wait for their sweeper; whoever dispatches this one again says what is wrong with it.
            continue
        # A dispatch that nobody ever began was an attempt too.
        number = max(1, seen.latest)
        if task.executor != executor or not _is_overdue(store, seen, task, now_ms):
            continue
        earlier = earlier_render(store, task.job, task.renderer)
        if earlier and finish(store, seen.key, earlier) == earlier:
            completed.append(seen.key)
        elif number >= task.max_attempts:
            reason = f"No answer within {task.deadline_ms // 1000} s, {number} time{'s' * (number > 1)}."
            ended = Outcome(output_id=seen.output_id, attempt=number, state="failed", error=reason)
            if finish(store, seen.key, ended) == ended:
                failed.append(seen.key)
        elif store.create(
            attempt_path(seen.key, number + 1, sent=True), attempt_record(number + 1, now_ms, executor)
        ):
            again.append((seen.key, number + 1))
    return Swept(tuple(again), tuple(failed), tuple(completed))


def forgotten(store: ObjectStore, source: str, composition: Composition, now_ms: int) -> Forgotten:
    """What nobody may be working on any more, whoever it was given to; nothing is written."""
    current, late = _current(store, source, composition), []
    for seen in current.values():
        with contextlib.suppress(InputError):
            if not seen.outcome and _is_overdue(store, seen, task_of(store, seen.key), now_ms):
                late.append(seen.output_id)
    unsent = (job.output_id for job in composition.outputs if job.output_id not in current)
    return Forgotten(tuple(late), tuple(unsent))


def states(store: ObjectStore, source: str, composition: Composition) -> tuple[OutputState, ...]:
    """Every output of the composition as it stands, in its order."""
    current = _current(store, source, composition)
    found = []
    for job in composition.outputs:
        seen = current.get(job.output_id) or Seen("", 0, job.output_id)
        outcome = outcome_of(store, seen.key) if seen.outcome else None
        lost = damage(store, seen, outcome) if seen.key else ""
        if lost:
            outcome = None
        state: State = outcome.state if outcome else "in_progress" if seen.begun and not lost else "pending"
        found.append(
            OutputState(
                output_id=job.output_id,
                clip_id=job.clip_id,
                aspect=job.aspect,
                title=job.enhancement.title,
                state=state,
                generation=seen.generation,
                attempts=len(seen.begun),
                outcome=outcome,
                lost=lost,
            )
        )
    return tuple(found)


def _place(
    store: ObjectStore,
    source: str,
    composition: Composition,
    wanted: Sequence[tuple[RenderJob, int]],
    terms: Terms,
) -> Dispatched:
    created, unfinished, reused = [], [], []
    folder = folder_of(source, composition)
    for job, generation in wanted:
        key = f"{folder}/g{generation}/{safe_part(job.output_id, 'output')}"
        task = RenderTask(
            job=job,
            executor=terms.executor,
            dispatched_ms=terms.now_ms,
            deadline_ms=terms.deadline_seconds * 1000,
            max_attempts=terms.max_attempts,
            renderer=terms.renderer,
        )
        new = store.create(f"{key}/job.json", RENDER_TASK.dump(task))
        earlier = earlier_render(store, job, terms.renderer)
        if earlier and finish(store, key, earlier):
            reused.append(key)
            continue
        unfinished.append(key)
        if new:
            created.append(key)
    return Dispatched(tuple(created), tuple(unfinished), tuple(reused))


def _current(store: ObjectStore, source: str, composition: Composition) -> dict[str, Seen]:
    """The latest generation of every output: an earlier one, if any, has failed, was lost or drawn by other code."""
    return latest_of(survey(store, folder_of(source, composition)))


def check_outcome(key: str, outcome: Outcome) -> None:
    """ValueError where a terminal signal says too little to become the terminal state of `key`."""
    if key.rsplit("/", 1)[-1] != outcome.output_id:
        raise ValueError(f"the outcome of {outcome.output_id} was reported for {key}")
    if outcome.state == "completed" and not (outcome.video and outcome.poster and outcome.quality):
        raise ValueError(f"{outcome.output_id}: completed without video, poster and quality")
    if outcome.state == "failed" and not outcome.error:
        raise ValueError(f"{outcome.output_id}: failed without a reason")


def _is_overdue(store: ObjectStore, seen: Seen, task: RenderTask, now_ms: int) -> bool:
    return now_ms - _last_sign(store, seen, task) >= task.deadline_ms + CLOCK_SKEW_MS


def _last_sign(store: ObjectStore, seen: Seen, task: RenderTask) -> int:
    latest = [attempt_path(seen.key, max(seen.begun))] if seen.begun else []
    latest += [attempt_path(seen.key, max(seen.sent), sent=True)] if seen.sent else []
    signs = [task.dispatched_ms]
    for path in latest:
        # An attempt that cannot be read is no sign of life.
        with contextlib.suppress(UnreadableRecord):
            signs.append(ATTEMPT.load(store.read(path), path).at_ms)
    return max(signs)
