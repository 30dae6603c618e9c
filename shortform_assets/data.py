"""Where the files that ship with the project are: in a checkout at its top, in a wheel inside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder or file `name` (`genre_configs`, `style_contracts`, `dagster.yaml`) as shipped.

    Raises FileNotFoundError where the installation lacks it.
    """
    for base in (_PACKAGE / "_data", _PACKAGE.parent):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"{name} is missing from this installation of shortform; install it again")
