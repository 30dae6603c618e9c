"""What pydantic finds wrong with a YAML file, as one error that names file, line and key and what is allowed."""

from __future__ import annotations

import json
import re
import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from shortform_assets.contracts.base import UNKNOWN_NAME
from shortform_assets.errors import InputError
from shortform_assets.located_yaml import YamlLocation, YamlNode, suggestion, truth_hint

_KEY = "[key]"
"""How pydantic marks that a mapping's key is meant and not its value."""


def explained(errors: ValidationError, root: YamlNode, model: type[BaseModel], what: str) -> InputError:
    """The first error at its line, further ones counted. `what` is what the file describes: a genre, a style."""
    # A mistyped key is told before the one that is missing for it, and what a genre's own file gets wrong before
    # what follows from it in base.yaml.
    wrong = sorted(errors.errors(include_url=False), key=lambda error: error["type"] == "missing")
    # A list of one faulty item is said to be empty, too.
    inside = [error["loc"] for error in wrong]
    wrong = [
        error
        for error in wrong
        if error["type"] != "too_short"
        or not any(loc[:-1][: len(error["loc"])] == error["loc"] for loc in inside)
    ]
    found = [_located(error, root, model, what) for error in wrong]
    place, message, fix = min(found, key=lambda f: f[0].layer)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return InputError(message + more, str(place), fix)


def _located(error: Any, root: YamlNode, model: type[BaseModel], what: str) -> tuple[YamlLocation, str, str]:
    keys = [str(part) for part in error["loc"] if part != _KEY]
    dotted, facts = ".".join(keys), error.get("ctx", {})
    message = str(error["msg"]).removeprefix("Value error, ")
    node, depth = root.find(keys)
    if error["type"] == "value_error" and (several := _named(node, message)):
        key, place = several
        return place, f"{'.'.join([*keys, key])}: {message}", "change one of the two, or what it extends"
    fix = f"it is {json.dumps(error['input'], ensure_ascii=False, default=str)[:80]}"
    if error["type"] == "extra_forbidden":
        message, fix = f"is no key of {what}", suggestion(keys[-1], _fields(model, keys[:-1]))
    elif error["type"] == "missing":
        message, fix = "is missing", f"give it a value under {'.'.join(keys[:depth]) or 'the top'}"
    elif error["type"] == UNKNOWN_NAME:
        fix = suggestion(str(facts["name"]), facts["known"])
        message = f"there is no {facts['what']} {facts['name']!r}"
    elif error["type"] == "literal_error":
        fix = suggestion(str(error["input"]), re.findall(r"'([^']*)'", facts["expected"]))
        message = f"it cannot be {error['input']!r}"
    elif error["type"].startswith("bool"):
        fix = truth_hint(error["input"]) or fix
    return node.place, f"{dotted}: {message[:1].lower()}{message[1:]}" if dotted else message, fix


def _named(section: YamlNode, message: str) -> tuple[str, YamlLocation] | None:
    """Of the keys that a rule over several of them names, the one nearest to the genre's own file."""
    named = [
        (path, node.place)
        for path, node in section.below()
        if re.search(rf"(?<![\w.]){re.escape(path)}(?![\w.:])", message)
    ]
    return min(named, key=lambda found: found[1].layer, default=None)


def _fields(model: Any, keys: list[str]) -> list[str]:
    """Names allowed in the section at `keys`."""
    for key in keys:
        model = _inner(model)
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[key].annotation if key in model.model_fields else None
        else:
            # A mapping's or a list's items are of one kind.
            model = next((part for part in reversed(get_args(model)) if part is not Ellipsis), None)
    model = _inner(model)
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _inner(annotation: Any) -> Any:
    """Without `Annotated` and `| None`."""
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    return annotation
