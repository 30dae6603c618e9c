"""What one definition says: a digest of its syntax tree without prose, and the names that it uses.

Left out, so that no edit of them counts: comments and white space, docstrings, annotations of functions and
variables, and literal text that only people read: in raised errors and assertions, in calls of `progress`,
`note`, `degrade`, `print` and loggers, and as `title`, `description` and `examples` of a pydantic `Field`.
Annotations of class fields stay: pydantic and dataclasses act by them. So does every other text.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

SPOKEN = frozenset({"progress", "note", "degrade", "print", "warn"})
"""Calls whose literal text is for people."""
LOG_LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER"})
PROSE_OF_FIELDS = frozenset({"title", "description", "examples"})
_UNSAID = frozenset({"ctx", "type_comment", "kind", "type_ignores"})

Imported = tuple[str, str]
"""A module, and the name that is taken from it; empty for the module itself."""


@dataclass(frozen=True)
class Use:
    """A name that is not the definition's own, and the attributes that are asked of it one after the other."""

    name: str
    attributes: tuple[str, ...] = ()
    imported: Imported | None = None
    """Where the definition imports it itself."""


@dataclass
class CodeReading:
    """What is found in one definition."""

    digest: str = ""
    uses: set[Use] = field(default_factory=set)
    types: set[Use] = field(default_factory=set)
    """Names in annotations, which tell whose methods may be called."""
    attributes: set[str] = field(default_factory=set)
    """All that is asked of anything by name."""


def read(nodes: Sequence[ast.AST], package: str = "") -> CodeReading:
    """The reading of what binds one name; `package` is where relative imports begin."""
    reader = _TreeReader(package)
    for node in nodes:
        reader.visit(node)
    text = "\0".join(reader.said)
    reader.reading.digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return reader.reading


def imports_of(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Imported]]:
    """The names that an import binds, and what they stand for; `*` for all names of a module."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or whole, (whole, "")
            if whole != alias.name:
                # `import a.b` binds a, and a.b can be had from it.
                yield alias.name, (alias.name, "")
        return
    module = node.module or ""
    if node.level:
        base = package.split(".")[: len(package.split(".")) - node.level + 1]
        module = ".".join([*base, *([module] if module else [])])
    for alias in node.names:
        yield alias.asname or alias.name, (module, alias.name)


def spoken(call: ast.Call) -> bool:
    """Whether the literal text in this call is for people only."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in SPOKEN
    if not isinstance(function, ast.Attribute):
        return False
    whose = function.value
    owner = (
        whose.attr if isinstance(whose, ast.Attribute) else whose.id if isinstance(whose, ast.Name) else ""
    )
    return function.attr in SPOKEN or (function.attr in LOG_LEVELS and owner in LOGGERS)


@dataclass
class _Scope:
    """A function or comprehension: a name is its own wherever in it the name is bound, so that is known last."""

    own: dict[str, Imported | None] = field(default_factory=dict)
    """What it imports under that name, None for any other."""
    shared: set[str] = field(default_factory=set)
    asked: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)
    """Name, attributes, whether in an annotation."""


class _TreeReader:
    def __init__(self, package: str) -> None:
        self.reading, self._package = CodeReading(), package
        self.said: list[str] = []
        self._scopes: list[_Scope] = []
        self._mute = self._in_class = False
        self._methods: dict[type[ast.AST], Callable[[Any], None]] = {
            kind: getattr(self, name) for kind, name in _WAYS.items()
        }

    def visit(self, node: ast.AST) -> None:
        self._methods.get(type(node), self._plain)(node)

    def _plain(self, node: ast.AST) -> None:
        self.said.append(type(node).__name__)
        for name in node._fields:
            if name not in _UNSAID:
                self._value(name, getattr(node, name, None))
        self.said.append(")")

    def _value(self, name: str, value: Any) -> None:
        if isinstance(value, ast.AST):
            self.said.append(name)
            self.visit(value)
        elif isinstance(value, list):
            if value:
                self.said.append(name)
                self._statements(value) if name in ("body", "orelse", "finalbody") else self._all(value)
        elif value is not None:
            self.said.append(f"{name}={value!r}")

    def _all(self, nodes: Sequence[Any]) -> None:
        for node in nodes:
            if isinstance(node, ast.AST):
                self.visit(node)
            else:
                self.said.append(repr(node))
        self.said.append("]")

    def _statements(self, nodes: Sequence[ast.AST]) -> None:
        """All but what does nothing: docstrings, `...`, `pass`; imports are followed, not read."""
        for node in nodes:
            idle = isinstance(node, ast.Pass) or (
                isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            )
            if not idle:
                self.visit(node)
        self.said.append("]")

    # Names

    def _name(self, node: ast.Name) -> None:
        self.said.append(f"Name {node.id}")
        if isinstance(node.ctx, ast.Load):
            self._use(node.id, ())
        else:
            self._own(node.id)

    def _own(self, name: str, imported: Imported | None = None) -> None:
        if self._scopes and not self._in_class:
            own = self._scopes[-1].own
            own[name] = imported or own.get(name)

    def _attribute(self, node: ast.Attribute) -> None:
        asked: list[str] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            asked.append(base.attr)
            base = base.value
        self.reading.attributes.update(asked)
        self.said.append("." + ".".join(reversed(asked)))
        if isinstance(base, ast.Name) and isinstance(base.ctx, ast.Load):
            self.said.append(f"Name {base.id}")
            self._use(base.id, tuple(reversed(asked)))
        else:
            self.visit(base)

    def _use(self, name: str, attributes: tuple[str, ...], types: bool = False) -> None:
        if self._scopes:
            self._scopes[-1].asked.append((name, attributes, types))
        else:
            (self.reading.types if types else self.reading.uses).add(Use(name, attributes))

    def _leave(self) -> None:
        """What a scope asks for and does not have is asked of the next one."""
        scope = self._scopes.pop()
        for name in scope.shared:
            scope.own.pop(name, None)
        for name, attributes, types in dict.fromkeys(scope.asked):
            if name not in scope.own:
                self._use(name, attributes, types)
            elif imported := scope.own[name]:
                (self.reading.types if types else self.reading.uses).add(Use(name, attributes, imported))

    def _annotation(self, node: ast.AST | None) -> None:
        """Only who is meant."""
        if node is None:
            return
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                self._use(part.id, (), types=True)
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                self._use(part.value.id, (part.attr,), types=True)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    self._annotation(ast.parse(part.value, mode="eval").body)
                except SyntaxError:
                    continue

    # Scopes

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is None:
                self.said.append("-")
            else:
                self.visit(default)
        groups = (arguments.posonlyargs, arguments.args, arguments.kwonlyargs)
        self.said.append(";".join(",".join(a.arg for a in group) for group in groups))
        self.said.append(f"*{getattr(arguments.vararg, 'arg', '')}**{getattr(arguments.kwarg, 'arg', '')}")
        for argument in every:
            self._annotation(argument.annotation)
        before, self._in_class = self._in_class, False
        self._scopes.append(_Scope(dict.fromkeys(a.arg for a in every)))
        self._statements(node.body if isinstance(node.body, list) else [node.body])
        self._leave()
        self._in_class = before

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.said.append(f"{type(node).__name__} {node.name}")
        self._own(node.name)
        self._all(node.decorator_list)
        self._annotation(node.returns)
        self._function(node)

    def _lambda(self, node: ast.Lambda) -> None:
        self.said.append("Lambda")
        self._function(node)

    def _classdef(self, node: ast.ClassDef) -> None:
        self.said.append(f"ClassDef {node.name}")
        self._own(node.name)
        self._all([*node.decorator_list, *node.bases, *node.keywords])
        before, self._in_class = self._in_class, True
        self._statements(node.body)
        self._in_class = before

    def _comprehension(self, node: ast.AST) -> None:
        before, self._in_class = self._in_class, False
        self._scopes.append(_Scope())
        self._plain(node)
        self._leave()
        self._in_class = before

    def _named(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._own(node.name)
        self._plain(node)

    def _global(self, node: ast.Global) -> None:
        self.said.append(f"Global {node.names}")
        if self._scopes:
            self._scopes[-1].shared.update(node.names)

    # What is left out

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Followed where its names are used; one of a whole module for its effect is used by being there."""
        for name, imported in imports_of(node, self._package):
            if name == "*" or "." in name:
                self.reading.uses.add(Use(name, (), imported))
            else:
                self._own(name, imported)

    def _annassign(self, node: ast.AnnAssign) -> None:
        if self._in_class:
            self._plain(node)
            return
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(ast.Assign(targets=[node.target], value=node.value))

    def _assert(self, node: ast.Assert) -> None:
        self.said.append("Assert")
        self.visit(node.test)

    def _raise(self, node: ast.Raise) -> None:
        self.said.append("Raise")
        if node.exc is not None:
            self._muted(node.exc) if isinstance(node.exc, ast.Call) else self.visit(node.exc)
        if node.cause is not None:
            self.visit(node.cause)

    def _call(self, node: ast.Call) -> None:
        if spoken(node):
            self._muted(node)
            return
        named = node.func
        if isinstance(named, ast.Name) and named.id == "Field":
            said = [k for k in node.keywords if k.arg not in PROSE_OF_FIELDS]
            node = ast.Call(func=named, args=node.args, keywords=said)
        elif isinstance(named, ast.Name) and named.id == "getattr" and len(node.args) > 1:
            asked = node.args[1]
            if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
                self.reading.attributes.add(asked.value)
        self._plain(node)

    def _muted(self, node: ast.Call) -> None:
        """The call with all its literal text left out."""
        self.visit(node.func)
        before, self._mute = self._mute, True
        self._all([*node.args, *node.keywords])
        self._mute = before

    def _constant(self, node: ast.Constant) -> None:
        if not (self._mute and isinstance(node.value, str)):
            self.said.append(f"{type(node.value).__name__} {node.value!r}")


_WAYS: dict[type[ast.AST], str] = {
    ast.Name: "_name",
    ast.Attribute: "_attribute",
    ast.FunctionDef: "_functiondef",
    ast.AsyncFunctionDef: "_functiondef",
    ast.Lambda: "_lambda",
    ast.ClassDef: "_classdef",
    ast.ListComp: "_comprehension",
    ast.SetComp: "_comprehension",
    ast.DictComp: "_comprehension",
    ast.GeneratorExp: "_comprehension",
    ast.ExceptHandler: "_named",
    ast.MatchAs: "_named",
    ast.MatchStar: "_named",
    ast.Global: "_global",
    ast.Import: "_import",
    ast.ImportFrom: "_import",
    ast.AnnAssign: "_annassign",
    ast.Assert: "_assert",
    ast.Raise: "_raise",
    ast.Call: "_call",
    ast.Constant: "_constant",
}
