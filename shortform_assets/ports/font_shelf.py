"""What the creative layer asks of the fonts at hand; `resources/fallback_fonts.py` has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class FontFile(NamedTuple):
    """A font that may draw what a style's own font lacks."""

    family: str
    path: Path
    face_index: int = 0
    """Of the font in a collection."""
    scripts: frozenset[str] = frozenset()
    """ISO 15924 codes of the scripts that it is made for; empty for one that draws signs or whatever it has."""
    language: str = ""
    """Of fonts that draw one script in several ways the one this is for: `ja`, `ko`, `zh-Hans`, `zh-Hant`."""
    own: bool = False
    """The user put it there: it is asked first."""


class FontShelf(Protocol):
    """Fonts by preference, the user's own first."""

    def files(self) -> Sequence[FontFile]:
        """Every font that is here, verified. InputError where one of the user's is damaged."""
        ...

    def absent(self) -> Mapping[str, str]:
        """Script -> what to install, for fonts that should be here and are not."""
        ...
