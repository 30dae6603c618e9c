"""Where the files that ship with the project are, and where what can be made again is kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder or file `name` (`genre_configs`, `style_contracts`, `dagster.yaml`) as shipped.

    In a checkout it is at the top, in a wheel inside the package. Raises FileNotFoundError where the
    installation lacks it.
    """
    for base in (_PACKAGE / "_data", _PACKAGE.parent):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"{name} is missing from this installation of shortform; install it again")


def cache_dir() -> Path:
    """`SHORTFORM_CACHE`, else the user's cache folder."""
    return Path(os.environ.get("SHORTFORM_CACHE") or platformdirs.user_cache_dir("shortform"))
