"""Every key of a style with what may stand there, read off the contract: for `docs/styles.md` and for new styles."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from shortform_assets.contracts import style_b_roll, style_contracts, style_sounds
from shortform_assets.contracts.output_profiles import PLATFORMS
from shortform_assets.contracts.style_contracts import StyleContract

_LANGUAGE = "^[a-z]{2,3}(-"
"""How the pattern of language tags begins."""
_COLOUR = "^#"
_MODULES = (style_contracts, style_sounds, style_b_roll)
_NAME = "of contract"
"""Under this a resolved reference keeps whose it is."""
_BOUNDS = {
    "exclusiveMinimum": "above {:g}",
    "minimum": "at least {:g}",
    "exclusiveMaximum": "below {:g}",
    "maximum": "at most {:g}",
}
_COUNTS = {"maxItems": "at most {}", "maxProperties": "at most {}", "maxLength": "at most {} letters"}


@dataclass(frozen=True)
class StyleKey:
    """One key; a section is a key whose own keys come after it."""

    path: str
    """Dotted; `fonts[]` is an item of a list."""
    allowed: str
    """In words; empty for a section."""
    default: str
    """In YAML; "required", or "left out" where nothing stands for it."""
    meaning: str

    @property
    def is_section(self) -> bool:
        return not self.allowed


def style_keys() -> list[StyleKey]:
    """All keys of `style.yaml`, each section before its own, in the order of the contract."""
    schema = StyleContract.model_json_schema()
    return list(_keys(schema, schema["$defs"], "StyleContract", ""))


def _keys(schema: Mapping[str, Any], defs: Mapping[str, Any], owner: str, prefix: str) -> Iterator[StyleKey]:
    for name, field in schema["properties"].items():
        path, kind = prefix + name, _resolved(field, defs)
        required = name in schema.get("required", ()) and path != "version"
        default = "required" if required else _default(field)
        meaning = _meanings()[owner].get(name, "")
        inner = _section(kind)
        item = _section(_resolved(kind.get("items", {}), defs))
        if inner:
            yield StyleKey(path, "", default, meaning or _purposes()[inner])
            yield from _keys(defs[inner], defs, inner, f"{path}.")
        elif item:
            yield StyleKey(path, "", default, meaning)
            yield from _keys(defs[item], defs, item, f"{path}[].")
        else:
            yield StyleKey(path, _allowed(kind, defs), default, meaning)


def _section(kind: Mapping[str, Any]) -> str:
    """The name of the contract that it is, or empty; a blob is a file and a safe box written on one line."""
    name = str(kind.get(_NAME, ""))
    return "" if name in ("Blob", "SafeBox") else name


def _resolved(field: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without `| None` and references."""
    if "anyOf" in field:
        field = {**field, **next(option for option in field["anyOf"] if option.get("type") != "null")}
    if "$ref" in field:
        name = str(field["$ref"]).removeprefix("#/$defs/")
        return {**defs[name], _NAME: name}
    return field


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    return "left out" if value is None or value in ([], {}) else json.dumps(value)


def _allowed(kind: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if kind.get(_NAME) == "Blob":
        return "a file beside style.yaml"
    if "enum" in kind:
        return "one of " + ", ".join(kind["enum"])
    what = str(kind.get("type"))
    if what == "array":
        item = _allowed(_resolved(kind["items"], defs), defs)
        return ", ".join([f"a list, each {item}", *_limits(kind, _COUNTS)])
    if what == "object":
        patterns = kind.get("patternProperties", {})
        value = _resolved(next(iter(patterns.values()), kind.get("additionalProperties", {})), defs)
        if value.get(_NAME) == "SafeBox":
            sides = "shares of the output: {left, top, right, bottom}"
            return f"of {', '.join(PLATFORMS)} each {sides}"
        names = "languages" if any(pattern.startswith(_LANGUAGE) for pattern in patterns) else "names"
        return ", ".join([f"{names}, each {_allowed(value, defs)}", *_limits(kind, _COUNTS)])
    if what == "boolean":
        return "true or false"
    if what == "string":
        colour = str(kind.get("pattern", "")).startswith(_COLOUR)
        return "a colour" if colour else ", ".join(["a text", *_limits(kind, _COUNTS)])
    return ", ".join(["a whole number" if what == "integer" else "a number", *_limits(kind, _BOUNDS)])


def _limits(kind: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    return [word.format(kind[name]) for name, word in words.items() if name in kind]


@cache
def _classes() -> dict[str, ast.ClassDef]:
    trees = [ast.parse(inspect.getsource(module)) for module in _MODULES]
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}


@cache
def _meanings() -> dict[str, dict[str, str]]:
    """Class -> field -> the docstring below it."""
    found: dict[str, dict[str, str]] = {}
    for name, node in _classes().items():
        fields = found.setdefault(name, {})
        for line, below in zip(node.body, [*node.body[1:], None], strict=True):
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                told = below.value if isinstance(below, ast.Expr) else None
                text = told.value if isinstance(told, ast.Constant) else ""
                fields[line.target.id] = " ".join(str(text).split())
    return found


@cache
def _purposes() -> dict[str, str]:
    """Class -> its docstring."""
    return {name: " ".join((ast.get_docstring(node) or "").split()) for name, node in _classes().items()}
