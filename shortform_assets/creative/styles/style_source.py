"""The source of a style: a folder with `style.yaml`, fonts and a logo, read and checked as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from shortform_assets.config_errors import explained
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.captions.typeset import Typeface
from shortform_assets.errors import InputError
from shortform_assets.located_yaml import read_yaml

FILE = "style.yaml"
_FONT_LIMIT, _LOGO_LIMIT = 20_000_000, 2_000_000
"""Bytes. Our choice."""
_SHOWN = "áéíóúñüäößàâçèêëîïôûœ¿¡«»…–’"
"""Letters a caption font must have beside ASCII: Spanish, German, French."""


@dataclass(frozen=True)
class StyleDraft:
    """A checked style that is not published yet. `contract.version` is 1 where `version` is None."""

    contract: StyleContract
    version: int | None
    """The version that the source asks for, if it does."""
    files: tuple[Path, ...]
    """Fonts and logo that the contract names by hash."""


def load_style_source(folder: Path) -> StyleDraft:
    """Read and check `folder/style.yaml` and the files it names.

    Raises InputError, naming file, key and line, for what is missing, unknown, impossible or unusable.
    """
    return _Source(folder).draft()


class _Source:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / FILE).is_file():
            raise InputError(f"there is no {FILE} in it", str(folder), "give a style's folder")
        self.tree = read_yaml(folder / FILE, "a style")
        self.files: list[Path] = []

    def draft(self) -> StyleDraft:
        values = self.tree.plain()
        version = values.get("version")
        values["version"] = 1 if version is None else version
        fonts = values.get("fonts")
        if not isinstance(fonts, list) or not fonts:
            self._fail(("fonts",), "a list of fonts with family and file is needed", "name at least one font")
        values["fonts"] = [self._with_file(font, ("fonts", n), "file") for n, font in enumerate(fonts)]
        if isinstance(values.get("logo"), dict):
            values["logo"] = self._with_file(values["logo"], ("logo",), "image")
        try:
            contract = StyleContract.model_validate_json(json.dumps(values), strict=True)
        except ValidationError as errors:
            raise explained(errors, self.tree, StyleContract, "a style") from None
        self._check_fonts(contract)
        return StyleDraft(contract, version, tuple(self.files))

    def _with_file(self, entry: Any, where: tuple[str | int, ...], key: str) -> Any:
        """`entry` with the blob of the file that `entry[key]` names in its place."""
        name = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(name, str):
            self._fail((*where, key), "a file name is needed", f"name a file beside {FILE}")
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            self._fail((*where, key), f"there is no file {name} in this folder", f"put it beside {FILE}")
        limit = _FONT_LIMIT if key == "file" else _LOGO_LIMIT
        if path.stat().st_size > limit:
            self._fail((*where, key), f"{name} is larger than {limit // 1_000_000} MB", "make it smaller")
        if key == "image":
            self._check_logo(path, (*where, key))
        self.files.append(path)
        data = path.read_bytes()
        return {**entry, key: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}}

    def _check_logo(self, path: Path, where: Sequence[str | int]) -> None:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(path, formats=("PNG",)) as image:
                image.load()
        except (UnidentifiedImageError, OSError, ValueError) as error:
            raise self._error(
                where, f"{path.name} is not a readable PNG", "export the logo as PNG"
            ) from error

    def _check_fonts(self, contract: StyleContract) -> None:
        """Every family is in its file, every font in use is there and has the letters captions need."""
        faces = {}
        for i, (font, path) in enumerate(zip(contract.fonts, self.files, strict=False)):
            if font.family in faces:
                self._fail(("fonts", i, "family"), f"{font.family} is there twice", "keep one of the two")
            try:
                faces[font.family] = face = Typeface(path)
            except InputError as error:
                raise self._error(("fonts", i, "file"), f"{path.name}: {error.what}", error.fix) from None
            if font.family not in face.names:
                known = ", ".join(sorted(face.names))
                self._fail(("fonts", i, "family"), f"{path.name} has no family {font.family}", f"use {known}")
        users = [("captions", contract.captions.font)]
        if contract.hook:
            users.append(("hook", contract.hook.font))
        for section, family in users:
            if family not in faces:
                self._fail((section, "font"), f"no font {family} in `fonts`", f"use {', '.join(faces)}")
            ascii_letters = "".join(map(chr, range(33, 127)))
            missing = faces[family].lacks(_SHOWN + _SHOWN.upper() + ascii_letters)
            if missing:
                self._fail(
                    (section, "font"), f"{family} has no {' '.join(missing[:8])}", "choose another font"
                )

    def _error(self, keys: Sequence[str | int], what: str, fix: str) -> InputError:
        """At the line of the nearest key that is there."""
        node, _ = self.tree.find(keys)
        return InputError(f"{'.'.join(map(str, keys))}: {what}", str(node.place), fix)

    def _fail(self, keys: Sequence[str | int], what: str, fix: str) -> NoReturn:
        raise self._error(keys, what, fix)
