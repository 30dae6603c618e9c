"""Where a project's state lives: Dagster's home and the media store beside it."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from pathlib import Path

from shortform_assets.data import shipped
from shortform_assets.errors import InputError

LOCAL_HOME = ".shortform"
_ELSEWHERE = "name another folder with DAGSTER_HOME"


def find_home(create: bool = False) -> Path:
    """`DAGSTER_HOME`, else this folder if it has a dagster.yaml, else `.shortform` in it.

    With `create` the folder and its dagster.yaml are made where they are missing. Raises InputError where
    that cannot be, or where the folder's name is no UTF-8, which Dagster's database cannot open.
    """
    if named := os.environ.get("DAGSTER_HOME"):
        home = Path(named).expanduser().resolve()
    elif Path("dagster.yaml").is_file():
        home = Path.cwd()
    else:
        home = Path.cwd() / LOCAL_HOME
    try:
        str(home).encode()
        if create:
            home.mkdir(parents=True, exist_ok=True)
            _write_settings(home / "dagster.yaml")
    except UnicodeEncodeError:
        raise InputError("this folder's name is no UTF-8", str(home), _ELSEWHERE) from None
    except OSError as error:
        raise InputError(f"it cannot be made ({error.strerror})", str(home), _ELSEWHERE) from error
    return home


def _write_settings(path: Path) -> None:
    """Whole or not at all: another process may be reading."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        shutil.copyfile(shipped("dagster.yaml"), part)
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)


def store_url() -> str:
    """`SHORTFORM_STORE` (a folder or `s3://bucket/prefix`), else `media_store` in the home."""
    return os.environ.get("SHORTFORM_STORE") or str(find_home() / "media_store")
