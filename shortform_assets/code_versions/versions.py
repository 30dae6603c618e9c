"""Code versions of functions and classes of this installation, computed once."""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import json
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from shortform_assets.code_versions.closures import Closure, closure_of
from shortform_assets.code_versions.libraries import versions_of
from shortform_assets.code_versions.source_modules import Definition, Sources
from shortform_assets.data import cache_dir

PACKAGES = ("shortform_assets", "resources")
RECORDS = ("shortform_assets.contracts", "shortform_assets.ports")
OPAQUE = (
    "resources.artifacts",
    "resources.bench",
    "resources.blob_cache",
    "resources.cores",
    "resources.home",
    "resources.ledger",
    "resources.media_store",
    "resources.model_registry",
    "resources.models",
    "resources.retrying",
    "resources.store_errors",
    "shortform_assets.code_versions",
    "shortform_assets.data",
)
"""They find and carry bytes that are known by their hashes, money, and second tries: no result depends on how.
Nor does one on how versions are told, which fingerprints ask."""

Entry = Callable[..., Any] | str
"""A function or class of the project, or its `module:name`."""


@dataclass(frozen=True)
class Code:
    """The code behind a result. Two results with the same `version` were made by the same code."""

    digest: str
    """Of the project's own code, the same on every machine; empty where it is not the project's."""
    libraries: dict[str, str]
    """Import name -> version, FFmpeg by its build."""
    definitions: dict[str, str]
    """`module:name` -> digest, of all that is reached: what changed can be named."""

    @property
    def version(self) -> str:
        """One word for both."""
        if not self.digest:
            return ""
        listed = json.dumps(self.libraries, sort_keys=True)
        return f"{self.digest}.{hashlib.sha256(listed.encode()).hexdigest()[:8]}"


class CodeBase:
    """The closures of one set of sources, as they were when it was made: a running process has loaded those.

    `folders` maps each package to its folder. What is found is kept in the folder `cache`, for as long as no
    byte of the sources changes.
    """

    def __init__(self, folders: Mapping[str, Path], cache: Path | None = None) -> None:
        self._sources = Sources(folders)
        self._file = cache / f"code-{_hash(str(sorted(folders.items())))[:12]}.json" if cache else None
        self._found = self._kept()

    def closure(self, entries: Sequence[str]) -> Closure | None:
        """The closure of `module:name` entries; None where one of them is not among the sources."""
        made = [Definition(*entry.split(":", 1)) for entry in sorted(entries)]
        if not all(self._sources.has(entry.module) for entry in made):
            return None
        key = " ".join(map(str, made))
        if key not in self._found:
            with _uncollected():
                self._found[key] = closure_of(self._sources, made, RECORDS, OPAQUE)
            self._keep()
        return self._found[key]

    def _kept(self) -> dict[str, Closure]:
        try:
            kept = json.loads(self._file.read_bytes()) if self._file else {}
            if kept["state"] == self._state:
                return {key: Closure(c[0], c[1], tuple(c[2])) for key, c in kept["closures"].items()}
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            pass
        return {}

    def _keep(self) -> None:
        if self._file is None:
            return
        closures = {k: [c.digest, c.definitions, list(c.libraries)] for k, c in self._found.items()}
        # A folder that cannot be written only costs the next process the same reading.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            half = self._file.with_name(f".{uuid.uuid4().hex}")
            half.write_text(json.dumps({"state": self._state, "closures": closures}))
            half.replace(self._file)

    @property
    def _state(self) -> str:
        return _hash(f"{sys.version_info[:2]} {RECORDS} {OPAQUE} {self._sources.digest}")


def code_of(*entries: Entry) -> Code:
    """The code of `entries` together. ValueError where a function of the project cannot be found in it."""
    return codes_of(project(), *entries)


def codes_of(base: CodeBase, *entries: Entry) -> Code:
    """As `code_of`, in other sources."""
    closure = base.closure([_named(entry) for entry in entries])
    if closure is None:
        return Code("", {}, {})
    return Code(closure.digest, versions_of(closure.libraries), closure.definitions)


@cache
def project() -> CodeBase:
    """The sources of this installation."""
    folders = {}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            folders[name] = Path(spec.submodule_search_locations[0])
    return CodeBase(folders, cache_dir() / "code")


def _named(entry: Entry) -> str:
    """A function within another one, or a lambda, counts as the one that it stands in."""
    if isinstance(entry, str):
        return entry
    function = entry.func if isinstance(entry, partial) else entry
    return f"{function.__module__}:{function.__qualname__.partition('.')[0]}"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Syntax trees are many small objects without circles: looking for some takes longer than to parse."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
