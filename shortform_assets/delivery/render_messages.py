"""Messages that a render has ended, from whoever rendered it: as much as the store bears out is believed."""

from __future__ import annotations

import hashlib
import re

from pydantic import ValidationError

from shortform_assets.contracts.delivery import Outcome, RenderEnded
from shortform_assets.delivery.job_records import latest_of, outcome_of, survey, task_of
from shortform_assets.delivery.outcomes import check_outcome, finish
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore
from shortform_assets.ports.webhook_source import MessageRefused, MessageTaken

_JOB = re.compile(r"(deliveries/([^/]+)/[0-9a-f]{64})/g\d{1,6}/[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class RenderMessages:
    """The source `render`: bodies are `RenderEnded`."""

    name = "render"

    def check(self, store: ObjectStore, body: bytes) -> None:
        """Raises MessageRefused: 400 malformed, 404 unknown job, 422 what contradicts itself or the store."""
        self._known(store, body)

    def take(self, store: ObjectStore, body: bytes) -> MessageTaken:
        """Bring the output to its end, if it has none and the files have the bytes of their hashes."""
        said = self._known(store, body)
        key, outcome = said.data.job, said.data.outcome
        before = outcome_of(store, key)
        if before is None and outcome:
            for blob in filter(None, (outcome.video, outcome.poster)):
                if not store.intact(blob):
                    raise MessageRefused(
                        422, "wrong_hash", f"{key}: the bytes of blob {blob.sha256} have another hash"
                    )
        after = finish(store, key, outcome) if outcome else before
        if after is None:
            result = "superseded" if outcome else "no_outcome"
        elif before is None:
            result = after.state if after == outcome else "late"
        else:
            result = "duplicate" if outcome in (None, before) else "late"
        return _taken(store, key, result)

    def _known(self, store: ObjectStore, body: bytes) -> RenderEnded:
        try:
            said = RenderEnded.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise MessageRefused(400, "malformed", f"{where or 'body'}: {first['msg']}") from None
        key, outcome = said.data.job, said.data.outcome
        if not _JOB.fullmatch(key):
            raise MessageRefused(400, "malformed", f"{key[:200]!r} is no job key")
        try:
            task_of(store, key)
        except InputError as error:
            raise MessageRefused(404, "unknown_job", f"{key}: {error.what}") from None
        if outcome:
            _agrees(store, key, outcome)
        return said


def _agrees(store: ObjectStore, key: str, outcome: Outcome) -> None:
    try:
        check_outcome(key, outcome)
    except ValueError as error:
        raise MessageRefused(422, "contradictory", str(error)) from None
    for blob in filter(None, (outcome.video, outcome.poster)):
        if not store.has(blob):
            raise MessageRefused(
                422, "missing_file", f"{key}: blob {blob.sha256} is not in the store with {blob.size} bytes"
            )


def _taken(store: ObjectStore, key: str, result: str) -> MessageTaken:
    match = _JOB.fullmatch(key)
    assert match
    outputs = latest_of(survey(store, match[1]))
    if not all(seen.outcome for seen in outputs.values()):
        return MessageTaken(result, key)
    ended = ",".join(f"{seen.key}" for _, seen in sorted(outputs.items()))
    return MessageTaken(result, key, match[2], hashlib.sha256(ended.encode()).hexdigest()[:16])
