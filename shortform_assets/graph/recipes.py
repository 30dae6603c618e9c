"""Recipes: everything that decides a stage's result, as one digest, and as a record that can be compared."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from resources.artifacts import Artifacts
from shortform_assets.code_versions import Code
from shortform_assets.contracts.base import Contract, canonical_json
from shortform_assets.contracts.schema_digest import schema_digest


class Tool(Protocol):
    """A model or provider: its fingerprint enters the recipe, it is loaded only when computing."""

    @property
    def fingerprint(self) -> str: ...

    def load(self) -> Any: ...


@runtime_checkable
class Chain(Protocol):
    """Tools of which the first that can do it answers. Only the one that did enters the recipe of its answer."""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """In the order they are asked: what decides the answer if that one gives it."""
        ...

    def answered(self, result: Any) -> int:
        """Which of them would give this result, and so has given it, where none failed."""
        ...

    def load(self) -> Any: ...


@dataclass(frozen=True)
class Ingredients:
    """What decides the result of one stage, or of one clip in it."""

    stage: str
    code: Code
    schema: type[Contract]
    values: tuple[tuple[str, Any], ...]
    """The computation's arguments by their names."""
    tools: tuple[str, ...] = ()
    """Fingerprints."""
    resets: int = 0
    would_make: Callable[[Any], bool] = lambda result: True
    """Whether a result comes about in this way, where there are several."""

    @property
    def recipe(self) -> str:
        tools = [*self.tools, *([f"reset {self.resets}"] if self.resets else [])]
        return recipe(self.stage, self.code.version, self.schema, [value for _, value in self.values], tools)

    def record(self) -> dict[str, Any]:
        """What `recipe.json` holds, so that a later run can tell what changed."""
        return {
            "code": self.code.digest,
            "libraries": self.code.libraries,
            "schema": schema_digest(self.schema),
            "tools": list(self.tools),
            "resets": self.resets,
            "values": told(self.values),
        }


@dataclass(frozen=True)
class Probe:
    """Stands in for a run's context where a stage is only asked what its result would be made of.

    Nothing is computed and nothing written: `once` and `once_each` raise `Asked`, `fresh` returns the contract.
    """

    asset_key: Any
    partition_key: str
    resources: Any
    run_tags: Mapping[str, str]


class Asked(Exception):
    """The answer: every way in which the stage's result may come about, or the one of each clip."""

    def __init__(self, ways: Sequence[Ingredients], clips: Mapping[str, Ingredients] | None = None) -> None:
        super().__init__("a stage was asked what it is made of, not to compute")
        self.ways, self.clips = tuple(ways), clips


def record_of_clips(code: Code, schema: type[Contract], clips: Mapping[str, Ingredients]) -> dict[str, Any]:
    """As `Ingredients.record`, for all clips of a stage together."""
    common = Ingredients("", code, schema, (), next((way.tools for way in clips.values()), ()))
    resets = max((way.resets for way in clips.values()), default=0)
    values = {clip: told(way.values) for clip, way in clips.items()}
    return {**common.record(), "resets": resets, "values": {}, "clips": values}


def recipe(
    stage: str, code_version: str, schema: type[Contract], values: Sequence[Any], using: Sequence[str] = ()
) -> str:
    """32 hex digits that stand for everything that decides a stage's result."""
    parts = [stage, code_version, schema_digest(schema), list(using), [_digest(value) for value in values]]
    return hashlib.sha256(canonical_json(parts)).hexdigest()[:32]


def named(compute: Callable[..., Any], tools: int, values: Sequence[Any]) -> tuple[tuple[str, Any], ...]:
    """The values by the names that `compute(bench, *tools, *values)` gives them; of a request record its parts."""
    names = list(inspect.signature(compute).parameters)[1 + tools :]
    found: list[tuple[str, Any]] = []
    for number, value in enumerate(values):
        if parts := getattr(value, "_fields", ()):
            found += zip(parts, value, strict=True)
        else:
            found.append((names[number] if number < len(names) else f"value {number + 1}", value))
    return tuple(found)


def told(values: Sequence[tuple[str, Any]]) -> dict[str, str]:
    """Name -> digest of the value: the value itself may be somebody's address."""
    return {name: hashlib.sha256(canonical_json(_digest(value))).hexdigest() for name, value in values}


def keep_code(artifacts: Artifacts, code: Code) -> None:
    """Keep what each definition said under `code/<digest>.json`, so that a change can be named."""
    path = _code_path(code.digest)
    if code.digest and artifacts.store.head(path) is None:
        artifacts.store.create(path, json.dumps(code.definitions, sort_keys=True).encode())


def kept_code(artifacts: Artifacts, digest: str) -> Mapping[str, str]:
    """`module:name` -> digest of the code that had this digest; empty where nobody kept it."""
    try:
        return dict(json.loads(artifacts.store.read(_code_path(digest))))
    except (KeyError, ValueError):
        return {}


def _code_path(digest: str) -> str:
    return f"code/{digest}.json"


def _digest(value: Any) -> Any:
    if isinstance(value, Contract):
        return value.digest()
    if isinstance(value, (tuple, list)):
        return [_digest(item) for item in value]
    return value
