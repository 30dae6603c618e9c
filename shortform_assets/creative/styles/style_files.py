"""The files that a style names: in its own folder, of bearable size, and what they say they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError
from shortform_assets.located_yaml import YamlNode
from shortform_assets.ports.music_shelf import MusicShelf

_LIMITS = {"logo": 2_000_000, "b_roll": 50_000_000}
"""Bytes, by the kind of file; of any other `_LIMIT`. Our choice."""
_LIMIT = 20_000_000
"""Of a font or a sound."""


class StyleFiles:
    """What the files of one source are hashed to, and where they lie."""

    def __init__(
        self, tree: YamlNode, published: Callable[[Blob], Path], beds: MusicShelf | None = None
    ) -> None:
        self.tree, self._published, self._beds = tree, published, beds
        self.paths: dict[str, Path] = {}
        """SHA-256 -> local path."""
        self.own: list[Path] = []
        """Those that the store may not have yet."""

    def blob(self, node: YamlNode, keys: tuple[str, ...]) -> Blob:
        """The file that `node` names, beside the `style.yaml` it is named in; or the one of a published style."""
        if isinstance(node.value, Blob):
            self.paths[node.value.sha256] = self._published(node.value)
            return node.value
        if not isinstance(node.value, str) or not node.value or "\0" in node.value:
            self._fail(node, keys, "a file name is needed", f"name a file beside {node.place.path.name}")
        name, folder = node.value, node.place.path.parent
        path = self._inside(node, keys, folder, name)
        limit = _LIMITS.get(keys[0], _LIMIT)
        try:
            size = path.stat().st_size
            if size > limit:
                self._fail(node, keys, f"{name} is larger than {limit // 1_000_000} MB", "make it smaller")
            data = path.read_bytes()
        except OSError as error:
            self._fail(node, keys, f"{name} cannot be read ({error.strerror})", "check the file")
        if not data:
            self._fail(node, keys, f"{name} is empty", "put the file there again")
        blob = Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        self.paths[blob.sha256] = path
        self.own.append(path)
        return blob

    def bed(self, node: YamlNode, keys: tuple[str, ...]) -> Blob:
        """The bundled bed of music that `node` names."""
        if self._beds is None:
            self._fail(node, keys, "no beds of music come along here", "name a file instead")
        try:
            path = self._beds.open(str(node.value))
        except InputError as error:
            self._fail(node, keys, error.what, error.fix)
        blob = Blob(sha256=hashlib.sha256(data := path.read_bytes()).hexdigest(), size=len(data))
        self.paths[blob.sha256] = path
        self.own.append(path)
        return blob

    def _inside(self, node: YamlNode, keys: tuple[str, ...], folder: Path, name: str) -> Path:
        try:
            path = (folder / name).resolve()
            there = path.is_file()
        except (OSError, RuntimeError, ValueError):
            # Links in a circle, or a name that is longer than any.
            self._fail(node, keys, f"{name[:80]} is no file name", "name a file beside it")
        if not path.is_relative_to(folder.resolve()):
            link = " through a link" if (folder / name).is_symlink() else ""
            self._fail(node, keys, f"{name} lies outside this folder{link}", "copy the file into the folder")
        if not there:
            self._fail(node, keys, f"there is no file {name} in this folder", "put it beside style.yaml")
        return path

    def _fail(self, node: YamlNode, keys: Sequence[str], what: str, fix: str) -> NoReturn:
        raise InputError(f"{'.'.join(keys)}: {what}", str(node.place), fix)
