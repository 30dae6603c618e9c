"""The project's modules as text: what each of them binds, and what a name that it uses stands for."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shortform_assets.code_versions.readings import CodeReading, Imported, imports_of, read

_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.Match)


@dataclass(frozen=True)
class Definition:
    """What a module binds to a name: a function, a class or a constant."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True)
class Library:
    """What comes from elsewhere, by its dotted name."""

    name: str


@dataclass(frozen=True)
class Whole:
    """A module itself, as it is passed about or imported for its effect."""

    module: str


Meant = Definition | Library | Whole


@dataclass(frozen=True)
class ClassFace:
    """What is seen of a class by who is handed one: its methods by name, and the types of its bases and fields."""

    methods: dict[str, CodeReading]
    types: CodeReading


@dataclass
class Module:
    """One file, read: what each of its names says, and what is done when it is imported."""

    name: str
    definitions: dict[str, CodeReading] = field(default_factory=dict)
    imports: dict[str, Imported] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    """Names that a stub says can be had from a package."""
    stars: list[str] = field(default_factory=list)
    effects: CodeReading | None = None
    classes: dict[str, ClassFace] = field(default_factory=dict)


class Sources:
    """The modules below some packages, as they are now: `roots` maps each package's name to its folder."""

    def __init__(self, roots: Mapping[str, Path]) -> None:
        self._texts: dict[str, tuple[Path, bytes, bytes]] = {}
        self._modules: dict[str, Module] = {}
        digest = hashlib.sha256()
        for package, root in sorted(roots.items()):
            for path in sorted(root.rglob("*.py")):
                parts = path.relative_to(root).with_suffix("").parts
                name = ".".join((package, *(parts[:-1] if parts[-1] == "__init__" else parts)))
                text = path.read_bytes()
                self._texts[name] = path, text, _stub(path)
                digest.update(f"{name} {hashlib.sha256(text + _stub(path)).hexdigest()}\n".encode())
        self.digest = digest.hexdigest()
        """Stands for every byte of them."""

    def has(self, name: str) -> bool:
        """Whether `name` is a module of the project."""
        return name in self._texts

    def module(self, name: str) -> Module:
        """Read once; KeyError where there is no such module."""
        if name not in self._modules:
            self._modules[name] = _Index(name, *self._texts[name]).module
        return self._modules[name]

    def meant(self, module: str, name: str) -> Iterator[Meant]:
        """What `name` stands for in `module`; nothing for a builtin."""
        home = self.module(module)
        if name in home.imports:
            yield from self.imported(home.imports[name])
        if name in home.definitions:
            yield Definition(module, name)
        elif name not in home.imports:
            for star in home.stars:
                if self.has(star):
                    yield from self.meant(star, name)

    def imported(self, imported: Imported) -> Iterator[Meant]:
        """What an import stands for; names that a package offers again are followed."""
        module, name = imported
        if not self.has(module):
            if module.partition(".")[0] not in sys.stdlib_module_names:
                yield Library(f"{module}.{name}" if name else module)
        elif not name:
            yield Whole(module)
        elif found := tuple(self.meant(module, name)):
            yield from found
        elif self.has(f"{module}.{name}"):
            yield Whole(f"{module}.{name}")
        else:
            # Made at run time: anything in that module may have made it.
            yield Whole(module)


def _stub(path: Path) -> bytes:
    stub = path.with_suffix(".pyi")
    return stub.read_bytes() if stub.is_file() else b""


class _Index:
    """Sorts a module's statements by what they bind, and reads them. The tree itself is not kept."""

    def __init__(self, name: str, path: Path, text: bytes, stub: bytes) -> None:
        self.module = Module(name)
        self._package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        self._binding: dict[str, list[ast.stmt]] = {}
        self._effects: list[ast.stmt] = []
        for node in ast.parse(text, str(path)).body:
            self._sort(node, node)
            if isinstance(node, ast.ClassDef):
                self.module.classes[node.name] = self._face(node)
        for node in ast.parse(stub).body:
            # A package may load what it offers on first use; what that is stands in its stub.
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._sort(node, node)
                self.module.offered += [alias.asname or alias.name for alias in node.names]
        for bound, nodes in self._binding.items():
            self.module.definitions[bound] = read(nodes, self._package)
        if self._effects:
            self.module.effects = read(self._effects, self._package)

    def _face(self, node: ast.ClassDef) -> ClassFace:
        functions = [n for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        types = [n.annotation for n in node.body if isinstance(n, ast.AnnAssign)]
        return ClassFace(
            {n.name: read([n], self._package) for n in functions}, read([*node.bases, *types], self._package)
        )

    def _sort(self, node: ast.stmt, whole: ast.stmt) -> bool:
        """Put one statement where it belongs; `whole` is the block it stands in. Whether it binds a name."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name, imported in imports_of(node, self._package):
                if name == "*":
                    self.module.stars.append(imported[0])
                elif imported[0] != "__future__":
                    self.module.imports[name] = imported
            return True
        names = list(_bound(node))
        for name in names:
            statements = self._binding.setdefault(name, [])
            if whole not in statements:
                statements.append(whole)
        inner = False
        if isinstance(node, _BLOCKS):
            for part in ast.iter_child_nodes(node):
                for child in [part] if isinstance(part, ast.stmt) else getattr(part, "body", ()):
                    inner |= isinstance(child, ast.stmt) and self._sort(child, whole)
        if names or inner:
            return True
        idle = isinstance(node, ast.Pass) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
        if whole is node and not idle:
            self._effects.append(node)
        return False


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    elif isinstance(node, ast.For):
        targets = [node.target]
    elif isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items if item.optional_vars]
    else:
        return
    for target in targets:
        # `TABLE["a"] = 1` makes TABLE what it is, as `TABLE = ...` does.
        base: ast.expr = target
        while isinstance(base, (ast.Attribute, ast.Subscript)):
            base = base.value
        for part in ast.walk(base):
            if isinstance(part, ast.Name):
                yield part.id
