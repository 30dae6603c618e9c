"""Looks into the SQLite databases of a home folder and mends what stops Dagster from opening them.

Nothing that is lost here was dear: media, results and records are in the media store, and the databases
hold the history of runs and the list of sources, which is read from the store again.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from resources.dagster_home import alone_in, patient_sqlite
from resources.media_store import MediaStore
from shortform_assets.errors import InputError

BACKUPS = "backups"


class Trouble(NamedTuple):
    """What is wrong with one database."""

    database: Path
    what: str
    readable: bool
    """Whether its rows can be kept."""


def examine_databases(home: Path) -> list[Trouble]:
    """What would stop Dagster in `home`, worst things only; empty where all is well or nothing is there yet."""
    return [trouble for path in _databases(home) if (trouble := _trouble(path)) is not None]


def repair_databases(home: Path, store: MediaStore) -> tuple[list[Trouble], Path | None]:
    """Mend every database of `home`; what was wrong, and the folder with the databases as they were.

    A database with several schema versions gets one again and is migrated; one that cannot be read is moved
    into the backup and made anew. All sources with a record in `store` are registered again. Raises
    InputError while another command works in `home`.
    """
    with alone_in(home):
        found = examine_databases(home)
        backup = _back_up(home) if found else None
        for trouble in found:
            if trouble.readable:
                # Dagster then takes it for one from before it kept versions, and migrates it step by step.
                with contextlib.closing(sqlite3.connect(trouble.database)) as database, database:
                    database.execute("DELETE FROM alembic_version")
            else:
                for part in _parts(trouble.database):
                    part.unlink(missing_ok=True)
        _migrate(store)
        return found, backup


def _migrate(store: MediaStore) -> None:
    import dagster as dg

    patient_sqlite()
    # Dagster prints what it does, a bar for every run.
    quiet = io.StringIO()
    with (
        contextlib.redirect_stdout(quiet),
        contextlib.redirect_stderr(quiet),
        dg.DagsterInstance.get() as instance,
    ):
        instance.upgrade()
    # Opened again: what a database was before its migration is not remembered.
    with dg.DagsterInstance.get() as instance:
        known = set(instance.get_dynamic_partitions("source_videos"))
        keys = {path.split("/")[1] for path in store.list("sources/") if path.split("/")[2:3] == ["record"]}
        if keys - known:
            instance.add_dynamic_partitions("source_videos", sorted(keys - known))


def _databases(home: Path) -> Iterator[Path]:
    base = _base(home)
    yield from (
        path for path in (base / "history/runs.db", base / "schedules/schedules.db") if path.is_file()
    )
    yield from sorted((base / "history/runs").glob("*.db"))


def _base(home: Path) -> Path:
    """Where dagster.yaml puts the databases: in the home, unless it names another folder."""
    try:
        settings = YAML(typ="safe", pure=True).load((home / "dagster.yaml").read_text()) or {}
        base = settings.get("storage", {}).get("sqlite", {}).get("base_dir", home)
        return Path(os.environ[base["env"]] if isinstance(base, dict) else base)
    except FileNotFoundError:
        return home
    except (OSError, ValueError, YAMLError, AttributeError, KeyError, TypeError) as error:
        raise InputError(
            f"it cannot be understood ({' '.join(str(error).split())[:200]})",
            str(home / "dagster.yaml"),
            "correct it, or delete it to get the shipped one",
        ) from error


def _trouble(path: Path) -> Trouble | None:
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=60)
        ) as database:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                return Trouble(path, f"it is damaged ({verdict})", False)
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
            if "alembic_version" not in tables:
                return None
            versions = [v for (v,) in database.execute("SELECT version_num FROM alembic_version")]
    except sqlite3.OperationalError as error:
        raise InputError(
            f"it cannot be read ({error})", str(path), "check who may read and write it"
        ) from error
    except sqlite3.DatabaseError as error:
        return Trouble(path, f"it is damaged ({error})", False)
    if len(versions) > 1:
        return Trouble(path, f"it has {len(versions)} schema versions at once ({', '.join(versions)})", True)
    return None


def _back_up(home: Path) -> Path:
    base = _base(home)
    folder = home / BACKUPS / time.strftime("%Y%m%d-%H%M%S")
    while folder.exists():
        folder = folder.with_name(f"{folder.name}-again")
    for path in _databases(home):
        for part in _parts(path):
            if part.is_file():
                target = folder / part.relative_to(base)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(part, target)
    return folder


def _parts(database: Path) -> tuple[Path, ...]:
    """The database and its write-ahead log."""
    return tuple(database.with_name(database.name + end) for end in ("", "-wal", "-shm"))
