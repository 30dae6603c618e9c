"""Finds the fonts that draw what a style's own font lacks: in the user's folder, then in the packages that carry them.

Environment: `SHORTFORM_FONTS`, a folder with the user's own TrueType or OpenType files, collections too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from resources.font_registry import FALLBACK_FONTS, RegisteredFont
from resources.models import Models
from resources.store_errors import clear_errors
from shortform_assets.errors import InputError
from shortform_assets.ports.font_shelf import FontFile

SETTING = "SHORTFORM_FONTS"
_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_OUTLINES = {"glyf", "CFF ", "CFF2"}
"""Tables of which a font that libass can draw has one."""


class FallbackFonts:
    """The tool: its fingerprint enters the recipe; files are looked for when a plan is made."""

    def __init__(self, registry: Sequence[RegisteredFont] = FALLBACK_FONTS) -> None:
        self._registry = registry

    @property
    def fingerprint(self) -> str:
        """Of every registered font and of each file of the user's."""
        lines = [
            f"{font.model.fingerprint} {font.index} {font.family} {font.scripts} {font.language}"
            for font in self._registry
        ]
        lines += [f"{_sha256(path)} {path.name}" for path in _user_files()]
        return f"fonts:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"

    def load(self) -> ShelvedFonts:
        """Never fails: what is missing is reported, so that the stage can do without."""
        return ShelvedFonts(self._registry)


class ShelvedFonts:
    """A `FontShelf`; safe to share between threads."""

    def __init__(self, registry: Sequence[RegisteredFont]) -> None:
        self._registry = registry
        self._models = Models({font.model.name: font.model for font in registry})
        self._found: tuple[list[FontFile], dict[str, str]] | None = None

    def files(self) -> Sequence[FontFile]:
        return self._all()[0]

    def absent(self) -> Mapping[str, str]:
        return self._all()[1]

    def _all(self) -> tuple[list[FontFile], dict[str, str]]:
        if self._found is None:
            found, absent = list(_users()), {}
            for font in self._registry:
                try:
                    path = self._models.resolve(font.model.name)
                except InputError as error:
                    absent.update(dict.fromkeys(font.scripts, f"{font.family}: {error.fix}"))
                    continue
                found.append(FontFile(font.family, path, font.index, frozenset(font.scripts), font.language))
            self._found = found, absent
        return self._found


def _users() -> Iterator[FontFile]:
    """The fonts in the user's folder, in the order of their names."""
    import uharfbuzz

    for path in _user_files():
        with clear_errors(str(path), what="reading this font"):
            count = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path)).count
        faces = [uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), at) for at in range(count)]
        if not faces or any(not face.unicodes or _OUTLINES.isdisjoint(face.table_tags) for face in faces):
            raise InputError(
                "this is not a usable font, or one of pictures without outlines",
                str(path),
                f"replace it, or take it out of {SETTING}",
            )
        for index in range(count):
            yield FontFile(path.stem, path, index, own=True)


def _user_files() -> list[Path]:
    named = os.environ.get(SETTING)
    if not named:
        return []
    root = Path(named).expanduser()
    if not root.is_dir():
        raise InputError("there is no such folder", f"{SETTING}={named}", "name the fonts' folder")
    return sorted(path for path in root.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())


def _sha256(path: Path) -> str:
    with clear_errors(str(path), what="reading this font"), path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
