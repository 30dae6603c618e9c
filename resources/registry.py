"""Registered sources: records and human edits, append-only, in the store."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from resources.artifacts import Artifacts
from resources.media_store import MediaStore
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.edits import (
    CreativeEdit,
    CreativeEdits,
    FramingEdit,
    FramingEdits,
    PlanEdit,
    PlanEdits,
)
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.errors import InputError

E = TypeVar("E", bound=Contract)


class Registry:
    """What people said about a source: its record and their edits, under `sources/<key>/`."""

    def __init__(self, store: MediaStore) -> None:
        self._artifacts = Artifacts(store)

    def register(self, key: str, record: SourceRecord) -> None:
        """Add `record` unless it is the latest one already."""
        if self._latest(key) != record.canonical_json():
            self._artifacts.append(f"sources/{key}/record", record)

    def record(self, key: str) -> SourceRecord:
        """The latest record of `key`; InputError when it was never registered."""
        latest = self._latest(key)
        if latest is None:
            raise InputError("this partition has no source record", key, "register it with `shortform run`")
        return _parsed(SourceRecord, latest, key)

    def add_edit(self, key: str, edit: PlanEdit | FramingEdit | CreativeEdit) -> None:
        """Append one human edit; it survives reruns."""
        self.record(key)
        self._artifacts.append(f"sources/{key}/edits/{_EDITS[type(edit)]}", edit)

    def plan_edits(self, key: str) -> PlanEdits:
        return PlanEdits(edits=self._edits(key, PlanEdit))

    def framing_edits(self, key: str) -> FramingEdits:
        return FramingEdits(edits=self._edits(key, FramingEdit))

    def creative_edits(self, key: str) -> CreativeEdits:
        return CreativeEdits(edits=self._edits(key, CreativeEdit))

    def pin_style(self, key: str, name: str, pin: str) -> str:
        """Record that the bare style `name` means `pin` for this source; returns the pin in force."""
        path = f"sources/{key}/style_pins/{name}"
        store = self._artifacts.store
        return pin if store.create(path, pin.encode()) else store.read(path).decode()

    def pinned_style(self, key: str, name: str) -> str | None:
        """The pin recorded for a bare style name, or None."""
        path = f"sources/{key}/style_pins/{name}"
        store = self._artifacts.store
        return store.read(path).decode() if store.head(path) is not None else None

    def _latest(self, key: str) -> bytes | None:
        series = self._artifacts.series(f"sources/{key}/record")
        return series[-1] if series else None

    def _edits(self, key: str, kind: type[E]) -> tuple[E, ...]:
        series = self._artifacts.series(f"sources/{key}/edits/{_EDITS[kind]}")
        return tuple(_parsed(kind, body, key) for body in series)


_EDITS: dict[type[Contract], str] = {PlanEdit: "plan", FramingEdit: "framing", CreativeEdit: "creative"}


def _parsed(kind: type[E], body: bytes, key: str) -> E:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"a stored {kind.__name__} cannot be read ({where}: {first['msg']}); another version wrote it",
            key,
            "register the source again with `shortform run`",
        ) from error
