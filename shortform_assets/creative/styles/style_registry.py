"""The style registry: `styles/<name>/<version>/contract.json`, each created once and never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.creative import StyleContract
from shortform_assets.creative.styles.style_source import FILE, StyleDraft, load_style_source
from shortform_assets.data import shipped
from shortform_assets.errors import InputError

_KEY = re.compile(r"^styles/([a-z][a-z0-9_-]*)/([1-9][0-9]*)/contract\.json$")
_PIN = re.compile(r"^([a-z][a-z0-9_-]*)(?:@([1-9][0-9]*))?$")


class StyleStore(Protocol):
    """The verbs of the media store that the registry uses."""

    def create(self, key: str, data: bytes) -> bool:
        """Write once; False where the key exists."""
        ...

    def read(self, key: str) -> bytes:
        """All bytes of a key."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Keys in the folder `prefix`."""
        ...

    def add_file(self, path: Path) -> Blob:
        """Copy a file in, addressed by its hash."""
        ...


def publish_style(store: StyleStore, folder: Path) -> StyleContract:
    """Publish the style in `folder` and return what stands in the store.

    Identical content is never published twice: the version that holds it is returned. Raises InputError
    where the source is faulty, or where it asks for a version that holds something else.
    """
    draft = load_style_source(folder)
    for path in draft.files:
        store.add_file(path)
    return _publish(store, draft, folder)


def resolve_style(store: StyleStore, pin: str) -> StyleContract:
    """The style that `name@version` or a bare `name` (its latest version) stands for; else InputError."""
    match = _PIN.match(pin)
    versions = _versions(store)
    name, version = (match[1], match[2]) if match else (pin, None)
    if match and name in versions:
        if version is None:
            return _read(store, name, versions[name][-1])
        if int(version) in versions[name]:
            return _read(store, name, int(version))
    known = ", ".join(f"{n}@{v[-1]}" if len(v) == 1 else f"{n}@1-{v[-1]}" for n, v in versions.items())
    raise InputError(
        f"there is no style {pin}",
        "style pin",
        f"use one of: {known}" if known else "publish one with `shortform styles publish FOLDER`",
    )


def ensure_shipped_styles(store: StyleStore) -> None:
    """Publish the styles that come with the project where no version of them is there yet."""
    there = _versions(store)
    for source in sorted(shipped("style_contracts").glob(f"*/{FILE}")):
        if source.parent.name not in there:
            publish_style(store, source.parent)


def _publish(store: StyleStore, draft: StyleDraft, folder: Path) -> StyleContract:
    name = draft.contract.name
    # Another publisher may take a number between the look and the write: then look again.
    while True:
        versions = _versions(store).get(name, [])
        if draft.version in versions:
            return _same(draft, _read(store, name, draft.version), folder)
        if draft.version is None:
            for version in reversed(versions):
                known = _read(store, name, version)
                if _content(known) == _content(draft.contract):
                    return known
        version = draft.version or (versions[-1] + 1 if versions else 1)
        contract = draft.contract.model_copy(update={"version": version})
        if store.create(_key(name, version), contract.canonical_json()):
            return contract


def _same(draft: StyleDraft, known: StyleContract, folder: Path) -> StyleContract:
    if _content(known) != _content(draft.contract):
        raise InputError(
            f"{known.pin} is published with other content and never changes",
            str(folder / FILE),
            "remove `version` or raise it",
        )
    return known


def _content(style: StyleContract) -> StyleContract:
    return style.model_copy(update={"version": 0})


def _key(name: str, version: int) -> str:
    return f"styles/{name}/{version}/contract.json"


def _versions(store: StyleStore) -> dict[str, list[int]]:
    """Name -> versions, ascending."""
    found: dict[str, list[int]] = {}
    for key in store.list("styles"):
        if match := _KEY.match(key):
            found.setdefault(match[1], []).append(int(match[2]))
    return {name: sorted(found[name]) for name in sorted(found)}


def _read(store: StyleStore, name: str, version: int) -> StyleContract:
    key = _key(name, version)
    try:
        return StyleContract.model_validate_json(store.read(key))
    except ValidationError as error:
        raise InputError(
            f"{name}@{version} cannot be read by this version of shortform", key, "publish the style again"
        ) from error
