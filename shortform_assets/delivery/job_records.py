"""The objects that outcomes are made of: their keys, and what one listing says about them."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field

from pydantic import ValidationError

from shortform_assets.contracts.creative import Composition
from shortform_assets.contracts.delivery import Attempt, Outcome, RenderProgress, RenderTask
from shortform_assets.contracts.versioned import ATTEMPT, OUTCOME, RENDER_TASK, UnreadableRecord
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore

_JOB_KEY = re.compile(r"(deliveries/[^/]+/[0-9a-f]{64}/g(\d+)/([^/]+))/(job\.json|outcome\.json|attempts/.+)")
_ATTEMPT = re.compile(r"attempts/(\d+)(\.sent)?\.json")


@dataclass
class Seen:
    """What a listing says about one output in one generation."""

    key: str
    generation: int
    output_id: str
    job: bool = False
    outcome: bool = False
    begun: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)

    @property
    def latest(self) -> int:
        return max(self.begun | self.sent, default=0)


def survey(store: ObjectStore, prefix: str) -> dict[str, Seen]:
    """One listing of `prefix`, by job key."""
    found: dict[str, Seen] = {}
    for path in store.list(prefix):
        if not (match := _JOB_KEY.fullmatch(path)):
            continue
        key, generation, output_id, leaf = match.groups()
        seen = found.setdefault(key, Seen(key, int(generation), output_id))
        seen.job |= leaf == "job.json"
        seen.outcome |= leaf == "outcome.json"
        if attempt := _ATTEMPT.fullmatch(leaf):
            (seen.sent if attempt[2] else seen.begun).add(int(attempt[1]))
    return found


def latest_of(found: dict[str, Seen]) -> dict[str, Seen]:
    """Of one composition's survey the latest generation of every output that was dispatched, by output."""
    latest: dict[str, Seen] = {}
    for seen in found.values():
        if seen.job and (seen.output_id not in latest or seen.generation > latest[seen.output_id].generation):
            latest[seen.output_id] = seen
    return latest


def outcome_of(store: ObjectStore, key: str) -> Outcome | None:
    """The terminal state at `key`; None where there is none, or it is damaged. Raises NewerSchema."""
    path = outcome_path(key)
    try:
        return OUTCOME.load(store.read(path), path)
    except (KeyError, UnreadableRecord):
        return None


def progress_of(store: ObjectStore, key: str) -> RenderProgress | None:
    """What a worker last said of `key`; None where none did, or it cannot be read."""
    with contextlib.suppress(KeyError, ValidationError):
        return RenderProgress.model_validate_json(store.read(progress_path(key)))
    return None


def damage(store: ObjectStore, seen: Seen, outcome: Outcome | None) -> str:
    """Why this generation of an output counts no more, in a few words; empty where nothing is wrong with it.

    What was created once is never mended: the output begins anew in its next generation. `outcome` is what
    `outcome_of` found.
    """
    if outcome is not None:
        return "" if has_files(store, outcome) else "its video or poster is gone from the store"
    if seen.outcome:
        return "its outcome cannot be read"
    try:
        task_of(store, seen.key)
    except UnreadableRecord:
        return "its job cannot be read"
    return ""


def has_files(store: ObjectStore, outcome: Outcome) -> bool:
    """Whether all that `outcome` names is in the store."""
    return all(store.has(blob) for blob in (outcome.video, outcome.poster) if blob)


def task_of(store: ObjectStore, key: str) -> RenderTask:
    """What was dispatched at `key`; InputError where nothing was, or it is damaged."""
    try:
        data = store.read(f"{key}/job.json")
    except KeyError:
        raise InputError(
            "nothing was dispatched under this key", key, "dispatch the composition first"
        ) from None
    return RENDER_TASK.load(data, f"{key}/job.json")


def folder_of(source: str, composition: Composition) -> str:
    return f"deliveries/{safe_part(source, 'source')}/{composition.digest()}"


def safe_part(name: str, what: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", name):
        raise InputError(
            f"{name!r} cannot be part of a store key", what, "use letters, digits, dots and hyphens"
        )
    return name


def outcome_path(key: str) -> str:
    return f"{key}/outcome.json"


def progress_path(key: str) -> str:
    return f"{key}/progress.json"


def attempt_path(key: str, number: int, sent: bool = False) -> str:
    return f"{key}/attempts/{number}{'.sent' if sent else ''}.json"


def attempt_record(number: int, now_ms: int, executor: str) -> bytes:
    return ATTEMPT.dump(Attempt(attempt=number, at_ms=now_ms, executor=executor))
