"""What a function can reach inside the project, and one digest that stands for all of it.

Reached are the definitions that its names lead to, across modules and through re-exports: single functions
and constants, classes whole. A module that is passed about, or imported for its effect, is reached whole.
Of records (contracts, ports) that are only named in annotations, methods count that share their name with an
attribute that is asked for somewhere in the closure: the values of records enter a recipe by themselves.
Any other class that is named in an annotation counts whole, for its instance was made elsewhere.

Where a definition lies does not count: each is known by its own digest and, round by round, by the digests of
what its names lead to (colour refinement, Weisfeiler and Leman 1968).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shortform_assets.code_versions.readings import CodeReading, Use
from shortform_assets.code_versions.source_modules import Definition, Library, Sources, Whole

_EFFECTS = "(effects)"


@dataclass(frozen=True)
class Closure:
    """`definitions`: module:name -> digest of what it says. `libraries`: names of packages from elsewhere."""

    digest: str
    definitions: dict[str, str]
    libraries: tuple[str, ...]


@dataclass
class _Node:
    reading: CodeReading
    module: str
    links: set[tuple[str, str]] = field(default_factory=set)
    """What its names lead to: the name it goes by here, and the node or library."""


class _Walk:
    """One closure while it grows."""

    def __init__(self, sources: Sources, records: tuple[str, ...], opaque: tuple[str, ...]) -> None:
        self._sources, self._records, self._opaque = sources, records, opaque
        self.nodes: dict[str, _Node] = {}
        self.libraries: set[str] = set()
        self._todo: deque[str] = deque()
        self._attributes: set[str] = set()
        # Classes of records by what their methods are called.
        self._methods: dict[str, tuple[str, dict[str, CodeReading]]] = {}
        self._touched: set[str] = set()

    def run(self, entries: Iterable[Definition]) -> None:
        for entry in entries:
            self._reach(entry)
        while True:
            while self._todo:
                self._follow(self._todo.popleft())
            if not self._match():
                return

    def _reach(self, meant: Definition | Library | Whole) -> Iterator[str] | list[str]:
        """The keys of what is meant, which is read if it is new."""
        if isinstance(meant, Library):
            self.libraries.add(meant.name)
            return [f"library {meant.name}"]
        if any(meant.module == name or meant.module.startswith(f"{name}.") for name in self._opaque):
            return []
        if isinstance(meant, Whole):
            module = self._sources.module(meant.module)
            found: list[str] = []
            for name in (*module.definitions, *module.offered):
                for inner in self._sources.meant(meant.module, name):
                    found += self._reach(inner)
            self._touch(meant.module)
            return found
        key = str(meant)
        if key not in self.nodes:
            self._add(key, self._sources.module(meant.module).definitions[meant.name], meant.module)
        return [key]

    def _add(self, key: str, reading: CodeReading, module: str) -> None:
        self.nodes[key] = _Node(reading, module)
        self._todo.append(key)
        self._touch(module)

    def _touch(self, name: str) -> None:
        """What a module does when it is imported counts with anything of it; so do its packages."""
        while name and name not in self._touched:
            self._touched.add(name)
            if self._sources.has(name):
                effects = self._sources.module(name).effects
                if effects is not None:
                    self._add(f"{name}:{_EFFECTS}", effects, name)
            name = name.rpartition(".")[0]

    def _follow(self, key: str) -> None:
        node = self.nodes[key]
        self._attributes |= node.reading.attributes
        for use in node.reading.uses:
            for target in self._targets(use, node.module):
                node.links.add((".".join((use.name, *use.attributes)), target))
        for use in node.reading.types:
            for meant in self._meant(use, node.module):
                self._type(meant)

    def _meant(self, use: Use, module: str) -> Iterator[Definition | Library | Whole]:
        """What a use stands for, after as many of its attributes as lead from module to module."""
        first = (
            self._sources.imported(use.imported) if use.imported else self._sources.meant(module, use.name)
        )
        for meant in first:
            attributes = list(use.attributes)
            while isinstance(meant, Whole) and attributes:
                name = attributes.pop(0)
                inner = tuple(self._sources.meant(meant.module, name))
                if inner:
                    yield from inner[1:]
                    meant = inner[0]
                elif self._sources.has(f"{meant.module}.{name}"):
                    meant = Whole(f"{meant.module}.{name}")
                else:
                    break
            if isinstance(meant, Library) and attributes:
                meant = Library(".".join((meant.name, *attributes)))
            yield meant

    def _targets(self, use: Use, module: str) -> Iterator[str]:
        for meant in self._meant(use, module):
            yield from self._reach(meant)

    def _type(self, meant: Definition | Library | Whole) -> None:
        """A name in an annotation: a class somebody may hand in, or another name for some."""
        if not isinstance(meant, Definition) or str(meant) in self.nodes or str(meant) in self._methods:
            return
        module = self._sources.module(meant.module)
        if any(meant.module == name or meant.module.startswith(f"{name}.") for name in self._opaque):
            return
        face = module.classes.get(meant.name)
        if face is not None and not meant.module.startswith(self._records):
            self._reach(meant)
            return
        self._methods[str(meant)] = (meant.module, face.methods if face else {})
        inner = face.types if face else module.definitions[meant.name]
        for use in (*inner.uses, *inner.types):
            for found in self._meant(use, meant.module):
                self._type(found)

    def _match(self) -> bool:
        """Read the methods of records that are asked for by now; whether there was a new one."""
        new = False
        for record, (module, methods) in list(self._methods.items()):
            if record in self.nodes:
                continue
            for name, reading in methods.items():
                key = f"{record}.{name}"
                asked = name in self._attributes or (name.startswith("__") and name.endswith("__"))
                if asked and key not in self.nodes:
                    self._add(key, reading, module)
                    new = True
        return new


def closure_of(
    sources: Sources,
    entries: Iterable[Definition],
    records: tuple[str, ...] = (),
    opaque: tuple[str, ...] = (),
) -> Closure:
    """The closure of `entries`. `records` are packages whose classes carry values, `opaque` those in which
    nothing counts. KeyError where an entry is not in the sources."""
    walk = _Walk(sources, records, opaque)
    walk.run(entries)
    # A method of a record that is reached whole after all counts once.
    nodes = {
        key: node
        for key, node in walk.nodes.items()
        if "." not in key.rpartition(":")[2] or key.rpartition(".")[0] not in walk.nodes
    }
    colours = {key: node.reading.digest for key, node in nodes.items()}
    told_apart = 0
    while len(set(colours.values())) > told_apart:
        told_apart = len(set(colours.values()))
        colours = {
            key: _hash([colours[key], *sorted(f"{name} {colours.get(to, to)}" for name, to in node.links)])
            for key, node in nodes.items()
        }
    return Closure(
        digest=_hash(sorted(colours.values())),
        definitions={key: node.reading.digest for key, node in sorted(nodes.items())},
        libraries=tuple(sorted({name.partition(".")[0] for name in walk.libraries})),
    )


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
