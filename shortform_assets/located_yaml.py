"""YAML 1.2 that remembers where every value was written, so that an error can name file, key and line.

Genres and styles are read by it. It is YAML 1.2: `yes`, `no`, `on` and `off` are words like any other (`no` is
Norwegian), and `9:16` is a text and no number. Tags, merge keys and `%` directives are refused.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shortform_assets.errors import InputError

MAX_BYTES = 1_000_000
"""Our choice: the shipped genres and styles have a few thousand."""
MAX_NODES = 50_000
"""Aliases are followed, so a small file could stand for any number of values."""
_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*%")
_SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of letters, which an escape can write and UTF-8 cannot."""
_WORDS_FOR_TRUTH = re.compile(r"(?i)yes|no|on|off|y|n")


@dataclass(frozen=True)
class YamlLocation:
    """A line of a file, or with line 0 a published style. `layer` counts from the own file (0) to what it rests on."""

    path: Path
    line: int
    layer: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


@dataclass(frozen=True)
class YamlNode:
    """A value and its place: a mapping or a list with `items` (a list's keys are "0", "1", ...), or a scalar."""

    place: YamlLocation
    kind: type = dict
    """dict, list, or object for a scalar."""
    value: Any = None
    items: dict[str, YamlNode] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value as plain Python: dict, list, str, int, float, bool or None."""
        if self.kind is dict:
            return {key: item.plain() for key, item in self.items.items()}
        return [item.plain() for item in self.items.values()] if self.kind is list else self.value

    def find(self, keys: Sequence[str | int]) -> tuple[YamlNode, int]:
        """The deepest node on the way along `keys`, and how many of them it took."""
        node = self
        for depth, key in enumerate(keys):
            if str(key) not in node.items:
                return node, depth
            node = node.items[str(key)]
        return node, len(keys)

    def below(self, prefix: str = "") -> Iterator[tuple[str, YamlNode]]:
        """(dotted path, node) of everything below."""
        for key, item in self.items.items():
            yield f"{prefix}{key}", item
            yield from item.below(f"{prefix}{key}.")

    def deeper(self) -> YamlNode:
        """The same, one layer further from the genre's own file."""
        place = YamlLocation(self.place.path, self.place.line, self.place.layer + 1)
        return YamlNode(
            place, self.kind, self.value, {key: item.deeper() for key, item in self.items.items()}
        )


def merge(under: YamlNode, over: YamlNode) -> YamlNode:
    """`over` laid on `under`: mappings key by key, everything else (lists too) replaced whole."""
    return _lay(under.deeper(), over)


def _lay(under: YamlNode, over: YamlNode) -> YamlNode:
    if under.kind is not dict or over.kind is not dict:
        return over
    items = dict(under.items)
    for key, item in over.items.items():
        items[key] = _lay(items[key], item) if key in items else item
    # A section takes the place where the genre opened it.
    return YamlNode(over.place, items=items)


def read_yaml(path: Path, what: str) -> YamlNode:
    """The mapping in `path`, `what` (a genre, a style) in words; InputError with the line of what is wrong."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"is far too big for {what}", str(path), "keep it under 1 MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", str(path), "check the file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", str(path), "save it as UTF-8") from error
    if found := _DIRECTIVE.match(text):
        line = 1 + found.group().count("\n")
        raise InputError("a % directive is not supported", f"{path}:{line}", "remove it; this is YAML 1.2")
    loaded = _loaded(path, text)
    if loaded is None:
        return YamlNode(YamlLocation(path, 1))
    if not _is_map(loaded):
        raise InputError(f"{what} is a mapping of keys to values", f"{path}:1", "begin with `key: value`")
    return _NodeReader(path).node(loaded, 1, ())


def _is_map(value: Any) -> bool:
    # The package is loaded with the first file that is read: whoever imports the graph reads none.
    from ruamel.yaml.comments import CommentedMap

    return isinstance(value, CommentedMap)


def _is_list(value: Any) -> bool:
    from ruamel.yaml.comments import CommentedSeq

    return isinstance(value, CommentedSeq)


def _loaded(path: Path, text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        # Its own words give the values; whoever wrote the file needs the key and the line.
        key = (re.search(r'"(.*?)"', error.problem or "") or ["", ""])[1]
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(
            f"{key}: is there twice in one section", f"{path}:{line}", "keep one of the two"
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        why = " ".join(str(error.problem or error.context).split())
        raise InputError(f"is no valid YAML: {why[:200]}", f"{path}:{line}", "correct this line") from None
    except Exception as error:
        # A control character, a date that does not exist, ten thousand brackets; and on a tag that it knows with
        # a value that does not fit, ruamel.yaml fails by whatever error comes first.
        line = 1 + text.count("\n", 0, getattr(error, "position", 0) or 0)
        why = (
            " ".join(str(error).split())[:100]
            if isinstance(error, YAMLError | ValueError)
            else "a tag or a bracket"
        )
        raise InputError(f"is no valid YAML: {why}", f"{path}:{line}", "correct the file") from None


class _NodeReader:
    """From what ruamel.yaml loaded to plain values with places."""

    def __init__(self, path: Path) -> None:
        self._path, self._nodes = path, 0

    def node(self, value: Any, line: int, keys: tuple[str, ...], above: tuple[int, ...] = ()) -> YamlNode:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._fail(keys, line, f"the file stands for more than {MAX_NODES} values", "use fewer aliases")
        if id(value) in above:
            self._fail(keys, line, "holds itself", "remove the alias")
        place = YamlLocation(self._path, line)
        if not _is_map(value) and not _is_list(value):
            return YamlNode(place, object, self._scalar(value, line, keys))
        if value.tag.value is not None:
            self._fail(keys, line, f"the tag {value.tag.value} is not supported", "remove it")
        if _is_map(value) and value.merge:
            self._fail(
                (*keys, "<<"), line, "merge keys are not supported", "write the keys out, or `extends`"
            )
        inside = (*above, id(value))
        if _is_list(value):
            lines = [value.lc.item(n)[0] + 1 for n in range(len(value))]
            parts = [(str(n), item, at) for n, (item, at) in enumerate(zip(value, lines, strict=True))]
        else:
            # The line of the key, not of a value that begins below it.
            parts = [
                (self._key(key, line, keys), item, value.lc.key(key)[0] + 1) for key, item in value.items()
            ]
        items = {key: self.node(item, at, (*keys, key), inside) for key, item, at in parts}
        return YamlNode(place, list if _is_list(value) else dict, items=items)

    def _key(self, key: Any, line: int, keys: tuple[str, ...]) -> str:
        if not isinstance(key, str) or _SURROGATES.search(key):
            self._fail(keys, line, f"the key `{str(key)[:40]}` is no text", "put it in quotes")
        return str(key)

    def _scalar(self, value: Any, line: int, keys: tuple[str, ...]) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and not _SURROGATES.search(value):
            return str(value)
        if isinstance(value, int) and abs(value) < 2**63:
            return int(value)
        if isinstance(value, float) and math.isfinite(value):
            return float(value)
        self._fail(
            keys, line, f"`{str(value)[:40]}` is neither a number, a text nor true or false", "quote a text"
        )
        return None

    def _fail(self, keys: tuple[str, ...], line: int, what: str, fix: str) -> None:
        dotted = f"{'.'.join(keys)}: " if keys else ""
        raise InputError(f"{dotted}{what}", f"{self._path}:{line}", fix)


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to write instead of `name`: the nearest that is known, and all there are."""
    there = list(known)
    near = difflib.get_close_matches(name, there, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}There are {', '.join(there) or 'none'}"


def truth_hint(value: Any) -> str:
    """What to write where `value` is meant as true or false and is a word; empty for all else."""
    if isinstance(value, str) and _WORDS_FOR_TRUTH.fullmatch(value):
        return f"write true or false; `{value}` is a word here"
    return ""
