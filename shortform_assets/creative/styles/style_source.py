"""The source of a style: a folder with `style.yaml`, fonts, pictures and sounds, read as a whole.

It may extend another folder or a published version; then it is laid upon that, key by key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from shortform_assets.config_errors import explained
from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.style_contracts import Colour, StyleContract
from shortform_assets.contracts.style_sounds import MusicStyle
from shortform_assets.creative.styles.style_files import StyleFiles
from shortform_assets.creative.styles.style_schema import field_types, is_list_of, item_type, without_none
from shortform_assets.errors import InputError
from shortform_assets.located_yaml import YamlLocation, YamlNode, merge, read_yaml, suggestion
from shortform_assets.ports.music_shelf import MusicShelf

FILE = "style.yaml"
_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_MOST_LAYERS = 8
"""Styles that may extend each other; a longer chain is no design. Our choice."""


class PublishedStyles(Protocol):
    """Where a source finds what it extends."""

    def resolve(self, pin: str) -> StyleContract:
        """The style that a pin or a name stands for; InputError where there is none."""
        ...

    def open_local(self, blob: Blob) -> Path:
        """A local path to a file of a published style."""
        ...


@dataclass(frozen=True)
class StyleDraft:
    """A style that is read and not published yet. `contract.version` is 1 where `version` is None."""

    contract: StyleContract
    version: int | None
    """The version that the source asks for, if it does."""
    extends: str
    """The pin of the published style that it rests on, or empty."""
    tree: YamlNode
    """The source, laid upon what it extends; every value knows its file and line."""
    files: Mapping[str, Path]
    """SHA-256 -> local file of every blob that the contract names."""
    own: tuple[Path, ...]
    """Those of them that do not come from the store."""

    def error(self, keys: Sequence[str | int], what: str, fix: str) -> InputError:
        """`what` is wrong at the line of the nearest of `keys` that is there."""
        return at_keys(self.tree, keys, what, fix)


def at_keys(tree: YamlNode, keys: Sequence[str | int], what: str, fix: str) -> InputError:
    """An error at the line of the nearest of `keys` that `tree` has."""
    node, _ = tree.find(keys)
    return InputError(f"{'.'.join(map(str, keys))}: {what}", str(node.place), fix)


def read_style_source(folder: Path, published: PublishedStyles, beds: MusicShelf | None = None) -> StyleDraft:
    """Read `folder/style.yaml`, what it extends and the files and bundled beds it names.

    Raises InputError, naming file, key and line, for what is missing, unknown or impossible. What only the
    whole shows is told by `style_checks.style_faults`.
    """
    tree, pin = _Layers(published).merged(folder)
    files = StyleFiles(tree, published.open_local, beds)
    palette = _palette(tree)
    values = _SourceReader(tree, files, palette).read(tree, StyleContract, ())
    version = values.get("version")
    values["version"] = 1 if version is None else version
    if not isinstance(values.get("fonts"), list) or not values["fonts"]:
        raise at_keys(tree, ("fonts",), "a list of fonts with family and file is needed", "name one font")
    try:
        contract = StyleContract.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as errors:
        raise explained(errors, tree, StyleContract, "a style") from None
    return StyleDraft(contract, version, pin, tree, files.paths, tuple(files.own))


class _Layers:
    """A source and what it extends, laid upon each other."""

    def __init__(self, published: PublishedStyles) -> None:
        self.published = published
        self.chain: list[Path] = []

    def merged(self, folder: Path, asked_at: str = "") -> tuple[YamlNode, str]:
        """The tree, and the pin of the published style at its bottom."""
        if not (folder / FILE).is_file():
            what = f"there is no {FILE} in it" if not asked_at else f"extends: there is no {FILE} in {folder}"
            raise InputError(what, asked_at or str(folder), "give a style's folder")
        here = folder.resolve()
        if here in self.chain:
            circle = " -> ".join(path.name for path in [*self.chain[self.chain.index(here) :], here])
            raise InputError(
                f"extends: the styles extend each other in a circle, {circle}", asked_at, "break it"
            )
        if len(self.chain) == _MOST_LAYERS:
            raise InputError(
                f"extends: more than {_MOST_LAYERS} styles rest on each other", asked_at, "merge some"
            )
        self.chain.append(here)
        own = read_yaml(folder / FILE, "a style")
        node = own.items.pop("extends", None)
        if node is None:
            return own, ""
        wanted, place = node.value, str(node.place)
        if not isinstance(wanted, str) or not wanted.strip() or "\0" in wanted:
            raise InputError(
                "extends: should be one style or folder", place, "write extends: acme@3, or extends: ../acme"
            )
        if wanted.startswith((".", "/", "~")) or "/" in wanted:
            under, pin = self.merged((folder / Path(wanted).expanduser()).resolve(), place)
        else:
            under, pin = self._published(wanted, place)
        # A style has its own name and number, never those of what it extends.
        for key in ("name", "version"):
            under.items.pop(key, None)
        return _with_one_bed(_with_fonts(under, merge(under, own), own), own), pin

    def _published(self, wanted: str, place: str) -> tuple[YamlNode, str]:
        try:
            style = self.published.resolve(wanted)
        except InputError as error:
            raise InputError(f"extends: {error.what}", place, error.fix) from None
        return _node(
            style.model_dump(mode="python", exclude_none=True), YamlLocation(Path(style.pin), 0)
        ), style.pin


def _with_fonts(under: YamlNode, merged: YamlNode, own: YamlNode) -> YamlNode:
    """Fonts are added to those of the style below, or take the place of one of their family."""
    ours, theirs = own.items.get("fonts"), under.items.get("fonts")
    if ours is None or theirs is None or ours.kind is not list or theirs.kind is not list:
        return merged
    families = {_family(font) for font in ours.items.values()}
    rest = [font for font in theirs.items.values() if _family(font) not in families]
    fonts = {str(n): font for n, font in enumerate([*ours.items.values(), *rest])}
    return YamlNode(merged.place, items={**merged.items, "fonts": YamlNode(ours.place, list, items=fonts)})


def _with_one_bed(merged: YamlNode, own: YamlNode) -> YamlNode:
    """A file takes the place of a bundled bed of the style below, and a bundled bed that of a file."""
    music = merged
    for key in ("audio", "music"):
        if key not in music.items or key not in own.items:
            return merged
        music, own = music.items[key], own.items[key]
    for name, other in (("file", "bundled"), ("bundled", "file")):
        if name in own.items and other not in own.items:
            music.items.pop(other, None)
    return merged


def _family(font: YamlNode) -> object:
    return font.items["family"].value if "family" in font.items else None


def _node(value: Any, place: YamlLocation) -> YamlNode:
    """A value of a published style as if it had been written; a blob stays one value."""
    if isinstance(value, dict) and set(value) == {"sha256", "size"}:
        return YamlNode(place, object, Blob(**value))
    if isinstance(value, dict):
        return YamlNode(place, items={str(key): _node(item, place) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return YamlNode(place, list, items={str(n): _node(item, place) for n, item in enumerate(value)})
    return YamlNode(place, object, value)


def _palette(tree: YamlNode) -> dict[str, str]:
    node = tree.items.get("palette")
    values = node.plain() if node is not None and node.kind is dict else {}
    return {name: value for name, value in values.items() if isinstance(value, str)}


@dataclass(frozen=True)
class _SourceReader:
    """Plain values of a tree: colours looked up in the palette, files by their hashes."""

    tree: YamlNode
    files: StyleFiles
    palette: Mapping[str, str]

    def read(self, node: YamlNode, kind: Any, keys: tuple[str, ...]) -> Any:
        kind = without_none(kind)
        if kind is Blob and (node.kind is not object or node.value is not None):
            return self.files.blob(node, keys).model_dump()
        if kind == Colour:
            return self._colour(node, keys)
        if node.kind is list and is_list_of(kind):
            inner = item_type(kind)
            return [self.read(item, inner, (*keys, n)) for n, item in node.items.items()]
        if node.kind is not dict:
            return node.plain()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            known = field_types(kind)
            values = {
                name: self.read(item, known.get(name), (*keys, name)) for name, item in node.items.items()
            }
            return {**values, **self._bed(node, keys)} if kind is MusicStyle else values
        return {name: self.read(item, item_type(kind), (*keys, name)) for name, item in node.items.items()}

    def _bed(self, node: YamlNode, keys: tuple[str, ...]) -> dict[str, Any]:
        """The file of a bundled bed; nothing where a file is named, or the published style below has it."""
        name, file = node.items.get("bundled"), node.items.get("file")
        if name is None or name.value is None or (file is not None and isinstance(file.value, Blob)):
            return {}
        if file is not None:
            what = "a file and a bundled bed are named"
            raise at_keys(self.tree, (*keys, "bundled"), what, "name one of the two")
        return {"file": self.files.bed(name, (*keys, "bundled")).model_dump()}

    def _colour(self, node: YamlNode, keys: tuple[str, ...]) -> Any:
        value = node.plain()
        if value is None and _is_comment(node.place):
            raise at_keys(
                self.tree, keys, "it is empty", 'put the colour in quotes, "#FFFFFF": # begins a comment'
            )
        if not isinstance(value, str) or _COLOUR.fullmatch(value):
            return value
        if keys[:1] == ("palette",) or value.startswith("#"):
            raise at_keys(self.tree, keys, f"{value[:40]!r} is no colour", 'write it as "#RRGGBB"')
        if value not in self.palette:
            raise at_keys(
                self.tree,
                keys,
                f'{value[:40]!r} is neither a colour such as "#FFFFFF" nor in `palette`',
                suggestion(value, self.palette) if self.palette else "write it as #RRGGBB, in quotes",
            )
        return self.palette[value]


def _is_comment(place: YamlLocation) -> bool:
    """Whether what was meant as a value there is a comment."""
    if not place.line:
        return False
    line = place.path.read_text(encoding="utf-8-sig").splitlines()[place.line - 1]
    return re.search(r"[:,\[-]\s+#", line) is not None
