"""The source of a style: a folder with `style.yaml`, fonts and a logo, read and checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.creative import StyleContract
from shortform_assets.creative.captions.typeset import Typeface
from shortform_assets.errors import InputError

FILE = "style.yaml"
_FONT_LIMIT, _LOGO_LIMIT = 20_000_000, 2_000_000
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
        self.folder, self.path = folder, folder / FILE
        self.files: list[Path] = []
        try:
            text = self.path.read_text("utf-8")
            self.tree = yaml.compose(text, Loader=yaml.SafeLoader)
            self.raw = yaml.safe_load(text)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "there is no readable style.yaml", str(folder), "give a style's folder"
            ) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{self.path}, line {mark.line + 1}" if mark else str(self.path)
            raise InputError(f"not YAML: {getattr(error, 'problem', error)}", where, "correct it") from error
        if not isinstance(self.raw, dict):
            raise InputError("a style is a mapping of keys", str(self.path), "see style_contracts/shortform")

    def draft(self) -> StyleDraft:
        version = self.raw.get("version")
        values = {**self.raw, "version": 1 if version is None else version}
        fonts = [self._with_file(font, ("fonts", i), "file") for i, font in enumerate(self._list("fonts"))]
        values["fonts"] = fonts
        if isinstance(values.get("logo"), dict):
            values["logo"] = self._with_file(values["logo"], ("logo",), "image")
        try:
            contract = StyleContract.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            self._fail(first["loc"], first["msg"][:1].lower() + first["msg"][1:], "correct it")
        self._check_fonts(contract)
        return StyleDraft(contract, version, tuple(self.files))

    def _list(self, key: str) -> list[Any]:
        found = self.raw.get(key)
        if not isinstance(found, list) or not found:
            self._fail((key,), "a list of fonts with family and file is needed", "name at least one font")
        return found

    def _with_file(self, entry: Any, where: tuple[str | int, ...], key: str) -> Any:
        """`entry` with the blob of the file that `entry[key]` names in its place."""
        name = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(name, str):
            self._fail((*where, key), "a file name is needed", "name a file beside style.yaml")
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            self._fail((*where, key), f"there is no file {name} in this folder", "put it beside style.yaml")
        limit = _FONT_LIMIT if key == "file" else _LOGO_LIMIT
        if path.stat().st_size > limit:
            self._fail((*where, key), f"{name} is larger than {limit // 1_000_000} MB", "make it smaller")
        if key == "image":
            self._check_logo(path, (*where, key))
        self.files.append(path)
        data = path.read_bytes()
        return {**entry, key: Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))}

    def _check_logo(self, path: Path, where: Sequence[str | int]) -> None:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(path, formats=("PNG",)) as image:
                image.load()
        except (UnidentifiedImageError, OSError, ValueError) as error:
            raise InputError(
                f"{path.name} is not a readable PNG", self._where(where), "export the logo as PNG"
            ) from error

    def _check_fonts(self, contract: StyleContract) -> None:
        """Every family is in its file, every font in use is there and has the letters captions need."""
        faces = {}
        for i, (font, path) in enumerate(zip(contract.fonts, self.files, strict=False)):
            faces[font.family] = face = Typeface(path)
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

    def _where(self, keys: Sequence[str | int]) -> str:
        """File, key and line; the line is that of the nearest key that is there."""
        node, line = self.tree, 1
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                found = [(k, v) for k, v in node.value if k.value == str(key)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
                line = node.start_mark.line + 1
            else:
                break
        return f"{self.path}, line {line}, `{'.'.join(map(str, keys))}`"

    def _fail(self, keys: Sequence[str | int], what: str, fix: str) -> NoReturn:
        raise InputError(what, self._where(keys), fix)
