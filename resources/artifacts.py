"""Artifacts in the store: what a stage wrote, found again by its recipe.

`artifacts/<stage>/<recipe>/contract.json` is created last, so a stage that was killed leaves nothing that
counts. `run.json` beside it holds what is not fact: seconds, rates, costs, and why a result is degraded;
`recipe.json` says what the recipe was made of. `sources/<key>/current/<stage>.json` points at the artifact in force.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from resources.media_store import MediaStore
from resources.store_errors import Missing
from shortform_assets.contracts.base import Blob, Contract, canonical_json
from shortform_assets.contracts.source import StageReset
from shortform_assets.contracts.versioned import RESET
from shortform_assets.errors import InputError

C = TypeVar("C", bound=Contract)


class Ref(BaseModel):
    """Where a stage's result is. `data_version` is the hash of the contract."""

    model_config = ConfigDict(frozen=True)

    stage: str
    recipe: str
    data_version: str

    @property
    def folder(self) -> str:
        return f"artifacts/{self.stage}/{self.recipe}"


class Artifacts:
    """The artifacts of one store."""

    def __init__(self, store: MediaStore) -> None:
        self.store = store

    def find(self, stage: str, recipe: str, contract: type[C]) -> C | None:
        """The result of `recipe` if it is there, readable, and every blob it names is in the store."""
        found = self._read(f"artifacts/{stage}/{recipe}/contract.json", contract)
        if found is None or not all(self.store.has(blob) for blob in blobs_of(found)):
            return None
        return found

    def save(
        self,
        stage: str,
        recipe: str,
        contract: Contract,
        run: Mapping[str, Any] | None = None,
        made_of: Mapping[str, Any] | None = None,
    ) -> Ref:
        """Write `contract` under `recipe`; a broken artifact that stands there is mended.

        Without `run` nothing was computed, and what run.json says of earlier work stays. `made_of` is what
        the recipe stands for.
        """
        ref = Ref(stage=stage, recipe=recipe, data_version=contract.digest())
        if run is not None:
            body = json.dumps(run, indent=1, sort_keys=True).encode()
            self.store.replace(f"{ref.folder}/run.json", body)
        if made_of is not None:
            self._insist(f"{ref.folder}/recipe.json", json.dumps(made_of, indent=1, sort_keys=True).encode())
        self._insist(f"{ref.folder}/contract.json", contract.canonical_json())
        return ref

    def load(self, ref: Ref, contract: type[C]) -> C:
        """The contract behind `ref`; InputError when it is gone or unreadable."""
        found = self._read(f"{ref.folder}/contract.json", contract)
        if found is None:
            raise InputError(
                "the stored result is gone or unreadable",
                f"stage {ref.stage}",
                "materialize that stage again",
            )
        return found

    def made_of(self, ref: Ref) -> dict[str, Any]:
        """What recipe.json says about `ref`; empty when there is none."""
        return self._facts(f"{ref.folder}/recipe.json")

    def run(self, ref: Ref) -> dict[str, Any]:
        """What run.json says about `ref`; empty when there is none."""
        return self._facts(f"{ref.folder}/run.json")

    def point(self, key: str, ref: Ref) -> None:
        """Make `ref` the result in force for its stage in partition `key`."""
        self.store.replace(f"sources/{key}/current/{ref.stage}.json", canonical_json(ref.model_dump()))

    def current(self, key: str, stage: str) -> Ref | None:
        """The result in force, or None where the stage was never materialized for `key`."""
        try:
            return Ref.model_validate_json(self.store.read(f"sources/{key}/current/{stage}.json"))
        except (Missing, ValidationError):
            return None

    def degraded(self, key: str, stages: Iterable[str]) -> dict[str, list[str]]:
        """Stage -> reasons, for the stages whose result in force was made by a fallback."""
        found: dict[str, list[str]] = {}
        for stage in stages:
            ref = self.current(key, stage)
            if ref and (reasons := self.run(ref).get("degraded")):
                found[stage] = list(reasons)
        return found

    def append(self, folder: str, record: Mapping[str, Any]) -> int:
        """Add `record`, with its schema number, to an append-only series `folder/<n>.json`; returns n, from 1."""
        body = canonical_json(dict(record))
        number = sum(1 for _ in self.store.list(f"{folder}/")) + 1
        while not self.store.create(f"{folder}/{number:06d}.json", body):
            number += 1
        return number

    def reset(self, key: str, stages: Iterable[str]) -> None:
        """Raise the reset number of `stages` in partition `key`, so that they are computed again."""
        self.append(f"sources/{key}/resets", RESET.stored(StageReset(stages=tuple(sorted(stages)))))

    def resets(self, key: str, stage: str) -> int:
        """How often `stage` was reset in partition `key`. Raises NewerSchema and UnreadableRecord."""
        folder = f"sources/{key}/resets/"
        return sum(stage in RESET.load(self.store.read(at), at).stages for at in self.store.list(folder))

    def _insist(self, path: str, body: bytes) -> None:
        if not self.store.create(path, body) and self.store.read(path) != body:
            self.store.replace(path, body)

    def _facts(self, path: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self.store.read(path)))
        except (Missing, ValueError):
            return {}

    def _read(self, path: str, contract: type[C]) -> C | None:
        try:
            return contract.model_validate_json(self.store.read(path))
        except (Missing, ValidationError):
            return None


def blobs_of(value: object) -> Iterator[Blob]:
    """Every blob that a contract names, at any depth."""
    if isinstance(value, Blob):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from blobs_of(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from blobs_of(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from blobs_of(item)
