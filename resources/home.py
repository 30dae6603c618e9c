"""Where a project's state lives: Dagster's home and the media store beside it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shortform_assets.data import shipped

LOCAL_HOME = ".shortform"


def find_home(create: bool = False) -> Path:
    """`DAGSTER_HOME`, else this folder if it has a dagster.yaml, else `.shortform` in it.

    With `create` the folder and its dagster.yaml are made where they are missing.
    """
    if named := os.environ.get("DAGSTER_HOME"):
        home = Path(named).expanduser().resolve()
    elif Path("dagster.yaml").is_file():
        home = Path.cwd()
    else:
        home = Path.cwd() / LOCAL_HOME
    if create:
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "dagster.yaml").exists():
            shutil.copyfile(shipped("dagster.yaml"), home / "dagster.yaml")
    return home


def store_url() -> str:
    """`SHORTFORM_STORE` (a folder or `s3://bucket/prefix`), else `media_store` in the home."""
    return os.environ.get("SHORTFORM_STORE") or str(find_home() / "media_store")
