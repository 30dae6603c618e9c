"""What outlives a release carries the number of its schema, and every older number is read.

An object is stored as its JSON with `schema_version` added; the record in memory has no such field, so its digest
says the same before and after an upgrade. To change a record that is listed here: add a step to `upgrades.py` that
turns the JSON of the last number into that of the next, name it in the list here, and run
`python -m tests.contracts.freeze_samples`.
Stage contracts under `artifacts/` need none of this: what cannot be read there is computed again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.delivery import Attempt, Outcome, RenderTask
from shortform_assets.contracts.edits import CreativeEdit, FramingEdit, PlanEdit
from shortform_assets.contracts.slices import GenreConfig, GenrePublication
from shortform_assets.contracts.source import SourceRecord, StageReset
from shortform_assets.contracts.style_contracts import PublishedStyle, StyleWithdrawal
from shortform_assets.contracts.upgrades import (
    Fields,
    Upgrade,
    genre_with_caption_pace,
    genre_with_creative_layer,
    job_with_creative_layer,
    job_with_sizes,
    numbered,
    outcome_with_gate,
    publication_of_config,
    record_with_translation,
    style_origin,
    style_with_creative_layer,
)
from shortform_assets.errors import InputError

R = TypeVar("R", bound=BaseModel)

NUMBER = "schema_version"


class NewerSchema(InputError):
    """The object was written by a later release than this one."""


class UnreadableRecord(InputError):
    """The object is damaged, or holds what its schema does not allow."""


@dataclass(frozen=True)
class Persisted(Generic[R]):
    """How one kind of record is written to the store and read back, whichever release wrote it."""

    name: str
    record: type[R]
    fix: str
    """What to do where an object of this kind is damaged."""
    upgrades: tuple[Upgrade, ...] = (numbered,)
    """Step n reads schema n; objects without a number are schema 0, and a kind that was always numbered begins with it."""

    @property
    def schema_version(self) -> int:
        """The number that is written now."""
        return len(self.upgrades)

    def stored(self, record: R) -> Fields:
        """`record` as JSON with its schema number."""
        return {**record.model_dump(mode="json"), NUMBER: self.schema_version}

    def dump(self, record: R) -> bytes:
        """The bytes of the object in the store."""
        return canonical_json(self.stored(record))

    def load(self, data: bytes, key: str) -> R:
        """The record in the object `key`. Raises NewerSchema or UnreadableRecord, naming the key."""
        fields = self.fields(data, key)
        try:
            return self.record.model_validate(fields)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise self._unreadable(key, f"{where}: {first['msg']}" if where else first["msg"]) from error

    def fields(self, data: bytes, key: str) -> Fields:
        """The JSON object in the terms of today's schema, not validated. Raises as `load` does."""
        try:
            fields = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._unreadable(key, "it is no JSON") from error
        number = fields.pop(NUMBER, 0) if isinstance(fields, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise self._unreadable(key, "it has no schema number")
        if number > self.schema_version:
            raise NewerSchema(
                f"was written by a newer Shortform (schema {number}, this one reads up to {self.schema_version})",
                key,
                "update Shortform",
            )
        try:
            for upgrade in self.upgrades[number:]:
                fields = upgrade(fields)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise self._unreadable(key, f"schema {number} does not allow it") from error
        return fields

    def _unreadable(self, key: str, why: str) -> UnreadableRecord:
        return UnreadableRecord(f"this {self.name} cannot be read ({why})", key, self.fix)


_AGAIN = "do the edit again and delete this object"

SOURCE_RECORD = Persisted(
    "source record",
    SourceRecord,
    "register the source again with `shortform run`",
    (numbered, record_with_translation),
)
RESET = Persisted("reset", StageReset, "delete it and do `shortform reset` again")
PLAN_EDIT = Persisted("plan edit", PlanEdit, _AGAIN)
FRAMING_EDIT = Persisted("framing edit", FramingEdit, _AGAIN)
CREATIVE_EDIT = Persisted("creative edit", CreativeEdit, _AGAIN)
STYLE = Persisted(
    "style",
    PublishedStyle,
    "publish the style again as another version",
    (style_origin, style_with_creative_layer),
)
STYLE_WITHDRAWAL = Persisted("style withdrawal", StyleWithdrawal, "withdraw the style again", ())
GENRE = Persisted(
    "genre",
    GenreConfig,
    "publish the genres again with `shortform genres publish`",
    (numbered, genre_with_caption_pace, genre_with_creative_layer),
)
GENRE_PUBLICATION = Persisted("genre publication", GenrePublication, GENRE.fix, (publication_of_config,))
RENDER_TASK = Persisted(
    "render job", RenderTask, "dispatch it anew", (job_with_sizes, job_with_creative_layer)
)
ATTEMPT = Persisted("attempt", Attempt, "delete it; the job is sent again")
OUTCOME = Persisted(
    "outcome", Outcome, "delete it; the output is rendered again", (numbered, outcome_with_gate)
)
