"""A contract's shape as one digest: what may be in it counts, what it is called and told does not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from shortform_assets.contracts.base import canonical_json

PROSE = frozenset({"title", "description", "examples"})
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Their keys are names of fields: a field may be called `title`."""
_RAW = frozenset({"const", "default", "enum", "required"})


@cache
def schema_digest(schema: type[BaseModel]) -> str:
    """SHA-256 in hex of the JSON schema of `schema`, without titles, descriptions, examples and class names."""
    whole = schema.model_json_schema()
    shape = _BareSchema(whole.pop("$defs", {}))
    return hashlib.sha256(canonical_json([shape.of(whole), shape.numbered])).hexdigest()


class _BareSchema:
    """Definitions are numbered in the order in which they are met, so that their names say nothing."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._numbers: dict[str, int] = {}
        self.numbered: list[Any] = []

    def of(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self.of(item) for item in schema]
        if isinstance(schema, str) and schema.startswith("#/$defs/"):
            return self._number(schema.removeprefix("#/$defs/"))
        if not isinstance(schema, dict):
            return schema
        found = {}
        for key, value in sorted(schema.items()):
            if key in _BY_NAME:
                found[key] = {name: self.of(inner) for name, inner in sorted(value.items())}
            elif key in _RAW:
                found[key] = value
            elif key not in PROSE:
                found[key] = self.of(value)
        return found

    def _number(self, name: str) -> str:
        if name not in self._numbers:
            self._numbers[name] = len(self._numbers)
            self.numbered.append(None)
            self.numbered[self._numbers[name]] = self.of(self._definitions[name])
        return f"#{self._numbers[name]}"
