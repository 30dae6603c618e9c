"""The style registry: `styles/<name>/<version>/contract.json`, each created once and never changed."""

from __future__ import annotations

import contextlib
import difflib
import re
from pathlib import Path

from shortform_assets.contracts.style_contracts import PublishedStyle, StyleContract
from shortform_assets.contracts.versioned import STYLE, NewerSchema
from shortform_assets.creative.styles.style_source import FILE, StyleDraft, load_style_source
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore

_KEY = re.compile(r"^styles/([a-z][a-z0-9_-]*)/([1-9][0-9]*)/contract\.json$")
_PIN = re.compile(r"^([a-z][a-z0-9_-]*)(?:@([1-9][0-9]*))?$")


class UnknownStyle(InputError):
    """No style of that name and version was published."""


def publish_style(store: ObjectStore, folder: Path) -> tuple[StyleContract, bool]:
    """Publish the style in `folder`: what stands in the store now, and whether that is new.

    The latest version is not published again. Raises InputError where the source is faulty, or where it asks
    for a version that holds something else.
    """
    shipped = folder.resolve() in [source.resolve() for source in shipped_styles()]
    return _publish(store, load_style_source(folder), folder, shipped=shipped)


def resolve_style(store: ObjectStore, pin: str) -> StyleContract:
    """The style that `name@version` or a bare `name` (its latest version) stands for; else UnknownStyle."""
    match = _PIN.match(pin)
    versions = style_versions(store)
    name, version = (match[1], match[2]) if match else (pin, None)
    if match and name in versions:
        if version is None:
            return published_style(store, name, versions[name][-1]).style
        if int(version) in versions[name]:
            return published_style(store, name, int(version)).style
    known = ", ".join(f"{n}@{_span(v)}" for n, v in versions.items())
    near = difflib.get_close_matches(name, versions, n=1)
    hint = f"did you mean {near[0]}? " if near and near[0] != name else ""
    raise UnknownStyle(
        f"there is no style {pin!r}",
        "style pin",
        f"{hint}There are {known}" if known else "publish one with `shortform styles publish FOLDER`",
    )


def ensure_shipped_styles(store: ObjectStore) -> None:
    """Publish what came along with Shortform, where it differs from the version that came along before.

    It becomes the next version and so the latest; pins stay as they are. Where somebody published a style of
    their own under the name since, that one stays the latest.
    """
    for folder in shipped_styles():
        # What a newer release published, this one cannot read and must not overrule.
        with contextlib.suppress(NewerSchema):
            _publish(store, load_style_source(folder), folder, shipped=True, over_own=False)


def shipped_styles() -> list[Path]:
    """The folders of the styles that come along; each is named like its style."""
    return sorted(source.parent for source in shipped("style_contracts").glob(f"*/{FILE}"))


def style_versions(store: ObjectStore) -> dict[str, list[int]]:
    """Name -> versions, both ascending."""
    found: dict[str, list[int]] = {}
    for key in store.list("styles"):
        if match := _KEY.match(key):
            found.setdefault(match[1], []).append(int(match[2]))
    return {name: sorted(found[name]) for name in sorted(found)}


def published_style(store: ObjectStore, name: str, version: int) -> PublishedStyle:
    """One version as it was published; InputError where it is damaged or of a newer Shortform."""
    key = _key(name, version)
    return STYLE.load(store.read(key), key)


def _publish(
    store: ObjectStore, draft: StyleDraft, folder: Path, shipped: bool, over_own: bool = True
) -> tuple[StyleContract, bool]:
    name = draft.contract.name
    # Another publisher may take a number between the look and the write: then look again.
    while True:
        versions = style_versions(store).get(name, [])
        if draft.version in versions:
            return _same(draft, published_style(store, name, draft.version).style, folder), False
        if draft.version is None and versions:
            latest = published_style(store, name, versions[-1])
            same = _content(latest.style) == _content(draft.contract)
            if same or not (latest.shipped or over_own):
                return latest.style, False
        version = draft.version or (versions[-1] + 1 if versions else 1)
        contract = draft.contract.model_copy(update={"version": version})
        for path in draft.files:
            store.add_file(path)
        if store.create(_key(name, version), STYLE.dump(PublishedStyle(style=contract, shipped=shipped))):
            return contract, True


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


def _span(versions: list[int]) -> str:
    return str(versions[-1]) if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
