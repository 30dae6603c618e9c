"""YAML that remembers where every value was written, so that an error can name file and line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shortform_assets.errors import InputError

MAX_BYTES = 1_000_000
SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class YamlLocation:
    """A line of a file. `layer` counts from the genre's own file (0) towards base.yaml."""

    path: Path
    line: int
    layer: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass
class Marked:
    """A value and its place. A mapping has `items`; anything else is whole in `value`."""

    place: YamlLocation
    value: Any = None
    items: dict[str, Marked] = field(default_factory=dict)
    mapping: bool = False

    def plain(self) -> Any:
        return {key: item.plain() for key, item in self.items.items()} if self.mapping else self.value

    def find(self, keys: Sequence[str]) -> tuple[Marked, int]:
        """The deepest node on the way along `keys`, and how many of them it took."""
        node = self
        for depth, key in enumerate(keys):
            if key not in node.items:
                return node, depth
            node = node.items[key]
        return node, len(keys)

    def leaves(self, prefix: str = "") -> Iterator[tuple[str, Marked]]:
        """(dotted path, node) of everything below that is no mapping."""
        for key, item in self.items.items():
            if item.mapping:
                yield from item.leaves(f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", item

    def deeper(self) -> Marked:
        """The same, one layer further from the genre's own file."""
        return Marked(
            place=YamlLocation(self.place.path, self.place.line, self.place.layer + 1),
            value=self.value,
            items={key: item.deeper() for key, item in self.items.items()},
            mapping=self.mapping,
        )


def merge(under: Marked, over: Marked) -> Marked:
    """`over` laid on `under`: mappings key by key, everything else (lists too) replaced whole."""
    return _lay(under.deeper(), over)


def _lay(under: Marked, over: Marked) -> Marked:
    if not (under.mapping and over.mapping):
        return over
    items = dict(under.items)
    for key, item in over.items.items():
        items[key] = _lay(items[key], item) if key in items else item
    # A section takes the place where the genre opened it.
    return Marked(place=over.place, items=items, mapping=True)


def read_yaml(path: Path) -> Marked:
    """The mapping in `path`, read with the safe loader; raises InputError with the line of what is wrong."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError("is far too big for a genre", str(path), "keep it under 1 MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", str(path), "check the file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", str(path), "save it as UTF-8") from error
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Marked(place=YamlLocation(path, 1), mapping=True)
        if not isinstance(node, yaml.MappingNode):
            raise InputError("a genre is a mapping of keys to values", f"{path}:1", "start with `selection:`")
        return _marked(loader, node, path, "", ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InputError(
            f"is no valid YAML: {error.problem}", f"{path}:{line}", "correct this line"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A control character, or a date that does not exist.
        line = 1 + text.count("\n", 0, getattr(error, "position", 0) or 0)
        raise InputError(
            f"is no valid YAML: {str(error)[:100]}", f"{path}:{line}", "correct the file"
        ) from None
    finally:
        if loader is not None:
            loader.dispose()


def _marked(
    loader: yaml.SafeLoader, node: yaml.Node, path: Path, dotted: str, above: tuple[int, ...]
) -> Marked:
    place = YamlLocation(path, node.start_mark.line + 1)
    if id(node) in above:
        raise InputError(f"{dotted}: holds itself", str(place), "remove the alias")
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, dotted, above)
    if isinstance(node, yaml.SequenceNode):
        items = [_marked(loader, item, path, f"{dotted}[{n}]", above) for n, item in enumerate(node.value)]
        return Marked(place=place, value=[item.plain() for item in items])
    value = loader.construct_object(node, deep=True)
    if not isinstance(value, SCALARS) or (isinstance(value, float) and not math.isfinite(value)):
        raise InputError(
            f"{dotted}: `{node.value}` is neither a number, a text nor true or false",
            str(place),
            "quote a text",
        )
    return Marked(place=place, value=value)


def _mapping(
    loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path, dotted: str, above: tuple[int, ...]
) -> Marked:
    items: dict[str, Marked] = {}
    for key_node, value_node in node.value:
        place = YamlLocation(path, key_node.start_mark.line + 1)
        if key_node.tag == "tag:yaml.org,2002:merge":
            raise InputError("<<: is not supported in a genre", str(place), "use `extends: other`")
        key = loader.construct_object(key_node, deep=True) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            shown = getattr(key_node, "value", "")
            raise InputError(f"the key `{shown}` is no text", str(place), "put it in quotes")
        name = f"{dotted}.{key}" if dotted else key
        if key in items:
            raise InputError(
                f"{name}: is there twice",
                str(place),
                f"keep one; the other is on line {items[key].place.line}",
            )
        if id(value_node) in above:
            raise InputError(f"{name}: holds itself", str(place), "remove the alias")
        item = _marked(loader, value_node, path, name, above)
        # The line of the key, not of a value that begins below it.
        items[key] = Marked(place=place, value=item.value, items=item.items, mapping=item.mapping)
    return Marked(place=YamlLocation(path, node.start_mark.line + 1), items=items, mapping=True)
