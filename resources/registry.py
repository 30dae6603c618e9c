"""Registered sources: records and human edits, append-only, in the store."""

from __future__ import annotations

from typing import Any, TypeVar

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
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.contracts.versioned import (
    CREATIVE_EDIT,
    FRAMING_EDIT,
    PLAN_EDIT,
    SOURCE_RECORD,
    Persisted,
    UnreadableRecord,
)
from shortform_assets.errors import InputError

E = TypeVar("E", bound=Contract)


class Registry:
    """What people said about a source: its record and their edits, under `sources/<key>/`."""

    def __init__(self, store: MediaStore) -> None:
        self._store, self._artifacts = store, Artifacts(store)

    def register(self, key: str, record: SourceRecord) -> None:
        """Add `record` unless it is the latest one already; it takes the place of a damaged one."""
        try:
            known = self._latest(key)
        except UnreadableRecord:
            known = None
        if known != record:
            self._artifacts.append(f"sources/{key}/record", SOURCE_RECORD.stored(record))

    def record(self, key: str) -> SourceRecord:
        """The latest record of `key`; InputError when it was never registered."""
        latest = self._latest(key)
        if latest is None:
            raise InputError("this partition has no source record", key, "register it with `shortform run`")
        return latest

    def add_edit(self, key: str, edit: PlanEdit | FramingEdit | CreativeEdit) -> None:
        """Append one human edit; it survives reruns."""
        self.record(key)
        folder, kind = _EDITS[type(edit)]
        self._artifacts.append(f"sources/{key}/edits/{folder}", kind.stored(edit))

    def plan_edits(self, key: str) -> PlanEdits:
        return PlanEdits(edits=self._edits(key, "plan", PLAN_EDIT))

    def framing_edits(self, key: str) -> FramingEdits:
        return FramingEdits(edits=self._edits(key, "framing", FRAMING_EDIT))

    def creative_edits(self, key: str) -> CreativeEdits:
        return CreativeEdits(edits=self._edits(key, "creative", CREATIVE_EDIT))

    def pin_style(self, key: str, name: str, pin: str) -> str:
        """Record that the style `name`, bare or a pin itself, means `pin` for this source; returns the pin in force."""
        path = f"sources/{key}/style_pins/{name}"
        return pin if self._store.create(path, pin.encode()) else self._store.read(path).decode()

    def pinned_style(self, key: str, name: str) -> str | None:
        """The pin recorded for a style name, or None."""
        path = f"sources/{key}/style_pins/{name}"
        return self._store.read(path).decode() if self._store.head(path) is not None else None

    def holds_style(self, key: str, pin: str) -> bool:
        """Whether this source was made in the style `name@version` before, or its record asks for it."""
        if self.record(key).style == pin or self.pinned_style(key, pin) is not None:
            return True
        ref = self._artifacts.current(key, "style_contract")
        style = self._artifacts.find(ref.stage, ref.recipe, StyleContract) if ref else None
        return style is not None and style.pin == pin

    def restyle(self, key: str, pin: str) -> None:
        """Record that the source has the style `pin` from now on."""
        self.register(key, self.record(key).model_copy(update={"style": pin}))

    def _latest(self, key: str) -> SourceRecord | None:
        last = max(self._store.list(f"sources/{key}/record/"), default=None)
        return SOURCE_RECORD.load(self._store.read(last), last) if last else None

    def _edits(self, key: str, folder: str, kind: Persisted[E]) -> tuple[E, ...]:
        paths = self._store.list(f"sources/{key}/edits/{folder}/")
        return tuple(kind.load(self._store.read(path), path) for path in paths)


_EDITS: dict[type[Contract], tuple[str, Persisted[Any]]] = {
    PlanEdit: ("plan", PLAN_EDIT),
    FramingEdit: ("framing", FRAMING_EDIT),
    CreativeEdit: ("creative", CREATIVE_EDIT),
}
