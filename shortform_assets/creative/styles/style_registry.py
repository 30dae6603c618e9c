"""The style registry: `styles/<name>/<version>/contract.json`, each created once and never changed."""

from __future__ import annotations

import contextlib
import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.style_contracts import PublishedStyle, StyleContract, StyleWithdrawal
from shortform_assets.contracts.versioned import STYLE, STYLE_WITHDRAWAL, NewerSchema
from shortform_assets.creative.styles.style_checks import style_faults
from shortform_assets.creative.styles.style_source import FILE, StyleDraft, read_style_source
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.ports.music_shelf import MusicShelf
from shortform_assets.ports.store import ObjectStore

_KEY = re.compile(r"^styles/([a-z][a-z0-9_-]*)/([1-9][0-9]*)/contract\.json$")
_PIN = re.compile(r"^([a-z][a-z0-9_-]*)(?:@([1-9][0-9]*))?$")


class UnknownStyle(InputError):
    """No style of that name and version was published."""


class WithdrawnStyle(UnknownStyle):
    """The style is there for those who pinned it before, and for nobody else."""


def publish_style(
    store: ObjectStore, folder: Path, beds: MusicShelf | None = None
) -> tuple[StyleContract, bool]:
    """Publish the style in `folder`: what stands in the store now, and whether that is new.

    The latest version is not published again, unless it was withdrawn. Raises InputError where the source is
    faulty, or where it asks for a version that holds something else.
    """
    shipped = folder.resolve() in [source.resolve() for source in shipped_styles()]
    draft = read_style(store, folder, beds)
    faults = style_faults(draft)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InputError(faults[0].what + more, faults[0].where, faults[0].fix)
    return _publish(store, draft, folder, shipped=shipped)


def read_style(store: ObjectStore, folder: Path, beds: MusicShelf | None = None) -> StyleDraft:
    """The style in `folder`, laid upon what it extends, its bundled music taken from `beds`; InputError where it cannot
    be read."""
    return read_style_source(folder, StyleShelf(store), beds)


@dataclass(frozen=True)
class StyleShelf:
    """The published styles of a store, as a style source asks for them."""

    store: ObjectStore

    def resolve(self, pin: str) -> StyleContract:
        """The style that may be pinned now; see `resolve_style`."""
        return resolve_style(self.store, pin)

    def open_local(self, blob: Blob) -> Path:
        """A local path to one of their files."""
        return self.store.open_local(blob)


def resolve_style(store: ObjectStore, pin: str, *, held: bool = False) -> StyleContract:
    """The style that `name@version` or a bare `name` (its latest version) stands for; else UnknownStyle.

    A withdrawn version is none that a bare name stands for. Pinned as such it raises WithdrawnStyle, unless
    who asks has `held` it since before.
    """
    match = _PIN.match(pin)
    versions = style_versions(store)
    name, version = (match[1], match[2]) if match else (pin, None)
    if match and name in versions:
        if version is not None and int(version) in versions[name]:
            why = withdrawn(store, name, int(version))
            if why is not None and not held:
                raise _refused(store, versions, name, f"{pin} was withdrawn ({why})")
            return published_style(store, name, int(version)).style
        if version is None:
            for number in reversed(versions[name]):
                if withdrawn(store, name, number) is None:
                    return published_style(store, name, number).style
            raise _refused(store, {}, name, f"every version of {name} was withdrawn")
    known = ", ".join(f"{n}@{_span(v)}" for n, v in versions.items())
    near = difflib.get_close_matches(name, versions, n=1)
    hint = f"did you mean {near[0]}? " if near and near[0] != name else ""
    raise UnknownStyle(
        f"there is no style {pin!r}",
        "style pin",
        f"{hint}There are {known}" if known else "publish one with `shortform styles publish FOLDER`",
    )


def withdraw_style(store: ObjectStore, pin: str, why: str) -> StyleContract:
    """Take a published version back, for good: what pinned it keeps it, nobody else gets it any more.

    Raises InputError where it is not there, not named by its number, or was withdrawn before.
    """
    style = resolve_style(store, pin, held=True)
    if "@" not in pin:
        raise InputError(f"{pin} does not say which version", "style pin", f"name it, such as {style.pin}")
    try:
        withdrawal = StyleWithdrawal(why=" ".join(why.split()))
    except ValidationError:
        raise InputError(
            "the reason is empty or longer than 200 characters", "--why", "give one sentence"
        ) from None
    if not store.create(_withdrawn_key(style.name, style.version), STYLE_WITHDRAWAL.dump(withdrawal)):
        raise InputError(
            f"{pin} was withdrawn already ({withdrawn(store, style.name, style.version)})",
            "style pin",
            "see `shortform styles list`",
        )
    return style


def withdrawn(store: ObjectStore, name: str, version: int) -> str | None:
    """Why the version was withdrawn; None where it was not."""
    key = _withdrawn_key(name, version)
    try:
        return STYLE_WITHDRAWAL.load(store.read(key), key).why
    except KeyError:
        return None


def _refused(store: ObjectStore, versions: dict[str, list[int]], name: str, what: str) -> WithdrawnStyle:
    kept = [n for n in versions.get(name, []) if withdrawn(store, name, n) is None]
    fix = f"pin {name}@{kept[-1]}" if kept else "publish a new version, or choose another style"
    return WithdrawnStyle(what, "style pin", fix)


def ensure_shipped_styles(store: ObjectStore) -> None:
    """Publish what came along with Shortform, where it differs from the version that came along before.

    It becomes the next version and so the latest; pins stay as they are. Where somebody published a style of
    their own under the name since, that one stays the latest.
    """
    for folder in shipped_styles():
        # What a newer release published, this one cannot read and must not overrule.
        with contextlib.suppress(NewerSchema):
            _publish(store, read_style(store, folder), folder, shipped=True, over_own=False)


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
            # What was withdrawn may be published anew, but not by an installation on its own.
            gone = over_own and withdrawn(store, name, versions[-1]) is not None
            if (same and not gone) or not (latest.shipped or over_own):
                return latest.style, False
        version = draft.version or (versions[-1] + 1 if versions else 1)
        contract = draft.contract.model_copy(update={"version": version})
        _add_files(store, draft)
        record = PublishedStyle(style=contract, shipped=shipped, extends=draft.extends)
        if store.create(_key(name, version), STYLE.dump(record)):
            return contract, True


def _add_files(store: ObjectStore, draft: StyleDraft) -> None:
    for path in draft.own:
        if draft.files.get(store.add_file(path).sha256) != path:
            raise InputError("the file changed while it was published", str(path), "publish again")


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


def _withdrawn_key(name: str, version: int) -> str:
    return f"styles/{name}/{version}/withdrawn.json"


def _key(name: str, version: int) -> str:
    return f"styles/{name}/{version}/contract.json"


def _span(versions: list[int]) -> str:
    return str(versions[-1]) if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
