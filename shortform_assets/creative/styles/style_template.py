"""A folder to begin a style in: every key with its meaning beside it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.styles.style_keys import StyleKey, style_keys
from shortform_assets.creative.styles.style_schema import sections
from shortform_assets.creative.styles.style_source import FILE
from shortform_assets.errors import InputError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_OWN = ("name", "version")
_WIDTH = 110
"""Columns of a line of the written YAML: as wide as this project's own."""


def new_style(
    folder: Path, name: str, base: StyleContract, open_blob: Callable[[Blob], Path], *, extends: bool
) -> None:
    """Make `folder` with a `style.yaml` in which `base` is written out, and its fonts and pictures beside it.

    With `extends` it rests on `base`: whatever it says is commented out, and no file is copied. Raises
    InputError where the name is none or something is there already.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of a style",
            "NAME",
            "take lower case letters, digits, - and _, a letter first",
        )
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise InputError("something is there already", str(folder), "choose another name or folder")
    folder.mkdir(parents=True, exist_ok=True)
    files = {} if extends else _copied(folder, base, open_blob)
    lines = list(_Writer(base, files, extends).lines(name))
    (folder / FILE).write_text("\n".join(lines) + "\n", "utf-8")


def _copied(folder: Path, base: StyleContract, open_blob: Callable[[Blob], Path]) -> dict[str, str]:
    """SHA-256 -> name in the folder of every file of `base`."""
    named = [
        (f"{font.family.replace(' ', '-')}{_kind(open_blob(font.file))}", font.file) for font in base.fonts
    ]
    if base.logo:
        named.append(("logo.png", base.logo.image))
    if base.audio.music and not base.audio.music.bundled:
        named.append(("music", base.audio.music.file))
    if effects := base.audio.effects:
        named += [(f"{name}-sound", effect.file) for name, effect in sections(effects)]
    for n, shot in enumerate(base.b_roll.shots if base.b_roll else ()):
        named.append((f"b-roll-{n + 1}", shot.file))
    for name, blob in named:
        shutil.copyfile(open_blob(blob), folder / name)
    return {blob.sha256: name for name, blob in named}


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return ".otf" if file.read(4) == b"OTTO" else ".ttf"


class _Writer:
    def __init__(self, base: StyleContract, files: Mapping[str, str], extends: bool) -> None:
        self.base, self.files, self.extends = base, files, extends
        self.values = base.model_dump(mode="json")
        if base.audio.music and base.audio.music.bundled:
            # Its name says it all.
            del self.values["audio"]["music"]["file"]
        self.keys = style_keys()

    def lines(self, name: str) -> Iterator[str]:
        yield "# A style: see `shortform styles check`, `preview` and `publish`. Sizes are shares of the height of a"
        yield '# 9:16 output, colours are written "#RRGGBB", in quotes, and files lie in this folder.'
        yield f"name: {name}"
        if self.extends:
            yield f"extends: {self.base.pin}"
            yield ""
            yield f"# All that {self.base.pin} says. Take the # away before what is to be another, its section's too."
        for key in self.keys:
            if "." not in key.path and "[]" not in key.path and key.path not in _OWN:
                yield ""
                yield from self._key(key, self.values.get(key.path), "# " if self.extends else "")

    def _key(self, key: StyleKey, value: Any, mark: str) -> Iterator[str]:
        name, depth = key.path.rsplit(".", 1)[-1], key.path.count(".")
        pad = "  " * depth
        nothing = value in (None, [], {})
        mark = "# " if nothing and key.default != "required" else mark
        if not key.is_section:
            yield from _beside(f"{mark}{pad}{name}:{'' if nothing else ' ' + self._scalar(value)}", key)
            return
        yield from _wrapped(f"{'# ' if not pad else pad + '# '}{key.meaning}")
        yield f"{mark}{pad}{name}:"
        of_items = [each for each in self.keys if each.path.startswith(f"{key.path}[].")]
        if of_items:
            yield from self._items(of_items, None if nothing else value, f"{'# ' if nothing else mark}{pad}")
            return
        inside = f"{key.path}."
        for inner in self.keys:
            own = inner.path.removeprefix(inside)
            # What a style leaves out where it is empty is offered all the same.
            there = nothing or own in value or inner.default != "required"
            if inner.path.startswith(inside) and "." not in own and there:
                yield from self._key(inner, None if nothing else value.get(own), "# " if nothing else mark)

    def _items(self, keys: Sequence[StyleKey], value: Any, lead: str) -> Iterator[str]:
        """The items of a list of sections; where there is none, what one would hold."""
        for item in value or [{}]:
            for n, key in enumerate(keys):
                name = key.path.rsplit(".", 1)[-1]
                line = f"{lead}  {'  ' if n else '- '}{name}:"
                yield f"{line} {self._scalar(item[name])}" if item else f"{line}  # {key.allowed}"

    def _scalar(self, value: Any) -> str:
        if isinstance(value, dict) and set(value) == {"sha256", "size"}:
            return self.files.get(value["sha256"], f"(as in {self.base.pin})")
        return json.dumps(value, ensure_ascii=False)


def _beside(line: str, key: StyleKey) -> Iterator[str]:
    """The line with what may stand there and what it means; above it where that is too long."""
    told = f"{key.allowed}. {key.meaning}"
    if len(line) + 4 + len(told) <= _WIDTH:
        yield f"{line}  # {told}"
        return
    indent = len(line) - len(line.lstrip("# "))
    yield from _wrapped(f"{' ' * max(0, indent - 2 if line.startswith('#') else indent)}# {told}")
    yield line


def _wrapped(comment: str) -> Iterator[str]:
    """A comment on as many lines as it needs."""
    lead = comment[: comment.index("#") + 2]
    line = lead
    for word in comment.removeprefix(lead).split():
        if len(line) + len(word) > _WIDTH and line != lead:
            yield line.rstrip()
            line = lead
        line += word + " "
    yield line.rstrip()
