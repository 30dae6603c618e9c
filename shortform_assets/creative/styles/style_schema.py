"""The types of a style's keys, read off its contract."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel


@cache
def field_types(model: type[BaseModel]) -> dict[str, Any]:
    """Name -> type of every field of a contract, `Annotated` kept."""
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def without_none(kind: Any) -> Any:
    """The type without `| None`."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(part for part in get_args(kind) if part is not type(None))
    return kind


def is_list_of(kind: Any) -> bool:
    """Whether the type is a list of one kind of items."""
    return get_origin(kind) in (tuple, list)


def item_type(kind: Any) -> Any:
    """What a list or a mapping holds; None where the type is neither."""
    if is_list_of(kind):
        return get_args(kind)[0]
    return get_args(kind)[1] if get_origin(kind) is dict else None


def sections(style: BaseModel) -> Iterator[tuple[str, Any]]:
    """(key, section) of every section that the style, or a section of it, has."""
    for name in type(style).model_fields:
        value = getattr(style, name)
        if isinstance(value, BaseModel):
            yield name, value
