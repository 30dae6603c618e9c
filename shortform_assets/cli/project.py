"""The project a command works on: its home, Dagster instance, store, registry and results."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from resources.artifacts import Artifacts
from resources.dagster_home import open_instance
from resources.home import find_home, store_url
from resources.media_store import MediaStore
from resources.registry import Registry
from shortform_assets.contracts.base import Contract
from shortform_assets.errors import InputError

if TYPE_CHECKING:
    import dagster as dg

C = TypeVar("C", bound=Contract)


class Project:
    """Dagster home, store and registry of the folder that the command runs in."""

    def __init__(self) -> None:
        self.home = find_home(create=True)
        os.environ["DAGSTER_HOME"] = str(self.home)

    @cached_property
    def store(self) -> MediaStore:
        return MediaStore.open(store_url())

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.store)

    @cached_property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.store)

    @cached_property
    def instance(self) -> dg.DagsterInstance:
        return open_instance(self.home)

    def keys(self) -> list[str]:
        """All registered partition keys, sorted."""
        return sorted(self.instance.get_dynamic_partitions("source_videos"))

    def require(self, key: str) -> str:
        """`key`, or the one registered key that begins with it; InputError when there is none or more."""
        found = [k for k in self.keys() if k == key] or [k for k in self.keys() if k.startswith(key)]
        if len(found) != 1:
            what = "more than one source is called so" if found else "no source is registered under this key"
            raise InputError(what, key, "see `shortform list` for the keys")
        return found[0]

    def known(self, key: str, stage: str, contract: type[C]) -> C | None:
        """The result in force, or None where the stage has none yet; InputError where it is unreadable."""
        ref = self.artifacts.current(key, stage)
        return None if ref is None else self.artifacts.load(ref, contract)

    def current(self, key: str, stage: str, contract: type[C], lack: str = "there is no plan yet") -> C:
        """The result in force; InputError, which says `lack` and how to get it, where there is none."""
        found = self.known(key, stage, contract)
        if found is None:
            raise InputError(lack, key, f"run `shortform rerun {key}` first")
        return found
