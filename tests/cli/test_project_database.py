"""The project's database: made by many at once, damaged, examined and repaired."""

from __future__ import annotations

import contextlib
import gc
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest
from typer.testing import CliRunner

from resources.database_repair import BACKUPS, examine_databases, repair_databases
from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.errors import InputError

DATABASES = ("history/runs.db", "schedules/schedules.db", "history/runs/index.db")
KEY = "talk-0123456789"

FIRST = """
import sys
import dagster
from shortform_assets.cli.project import Project
print("ready", flush=True)
sys.stdin.readline()
project = Project()
project.instance.add_dynamic_partitions("source_videos", [sys.argv[1]])
print(project.keys(), flush=True)
"""

USED = """
import sys
import dagster as dg
from shortform_assets.cli.project import Project
from shortform_assets.contracts.source import SourceRecord
project = Project()
record = SourceRecord(uri="file:///t.mp4", etag="1", name="t.mp4", genre="podcast")
project.registry.register(sys.argv[1], record)
project.instance.add_dynamic_partitions("source_videos", [sys.argv[1]])
run = project.instance.create_run_for_job(dg.job(name="shorten")(lambda: None))
project.instance.report_run_failed(run)
print(run.run_id)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def used(home: Path) -> str:
    """A home with one source and one run in it, left by a process that has ended; the run's id."""
    child = subprocess.run([sys.executable, "-c", USED, KEY], capture_output=True, check=True, text=True)
    return child.stdout.strip()


class Told(NamedTuple):
    exit_code: int
    output: str


def shell(*args: str) -> Told:
    """A command as in a process of its own: nothing that it opened stays open."""
    result = CliRunner().invoke(main.app, args, catch_exceptions=False)
    told = Told(result.exit_code, result.output)
    del result
    gc.collect()
    return told


def second_version(path: Path) -> None:
    """What two processes left that made the database at once."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO alembic_version VALUES ('5771160a95ad')")


@pytest.mark.parametrize("attempt", range(2))
def test_first_commands_at_once_in_a_fresh_home(home: Path, attempt: int):
    children = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST, f"source-{n}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for n in range(4)
    ]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        told = [child.communicate() for child in children]
    finally:
        for child in children:
            child.kill()
            child.wait()
    assert [child.returncode for child in children] == [0] * 4, told
    assert Project().keys() == [f"source-{n}" for n in range(4)]
    assert examine_databases(home) == []


@pytest.mark.parametrize("name", DATABASES)
def test_two_schema_versions_are_told_and_mended_without_loss(home: Path, used: str, name: str):
    second_version(home / name)
    for args in (("list",), ("status", KEY), ("rerun", KEY)):
        refused = shell(*args)
        assert refused.exit_code == exit_codes.FAILED
        assert refused.output.startswith("error:")
        assert "shortform doctor" in refused.output
    ill = shell("doctor")
    assert ill.exit_code == exit_codes.FAILED
    (line,) = [line for line in ill.output.splitlines() if "2 schema versions at once" in line]
    assert str(home / name) in line
    assert "shortform doctor --repair" in line

    mended = shell("doctor", "--repair")
    assert mended.exit_code == exit_codes.OK, mended.output
    assert "its rows are kept" in mended.output
    assert "1 sources registered" in mended.output
    assert KEY in shell("list").output
    with dg.DagsterInstance.get() as instance:
        assert instance.get_run_by_id(used) is not None
    (kept,) = (home / BACKUPS).iterdir()
    with contextlib.closing(sqlite3.connect(kept / name)) as database:
        assert len(database.execute("SELECT * FROM alembic_version").fetchall()) == 2


def test_what_cannot_be_read_is_made_anew_from_the_store(home: Path, used: str):
    for name in DATABASES:
        (home / name).write_bytes(b"no database at all " * 100)
    ill = shell("doctor")
    assert ill.exit_code == exit_codes.FAILED
    assert "it is damaged" in ill.output
    assert shell("list").exit_code == exit_codes.FAILED
    mended = shell("doctor", "--repair")
    assert mended.exit_code == exit_codes.OK, mended.output
    assert mended.output.count("made anew, the history of runs is lost") == 3
    assert KEY in shell("list").output
    (kept,) = (home / BACKUPS).iterdir()
    assert (kept / DATABASES[0]).read_bytes().startswith(b"no database at all")
    healthy = shell("doctor", "--repair")
    assert "no database needs a repair" in healthy.output
    assert len(list((home / BACKUPS).iterdir())) == 1


def test_nothing_is_repaired_under_a_command_that_works(home: Path, used: str):
    project = Project()
    assert project.keys() == [KEY]
    with pytest.raises(InputError, match="another command is working"):
        repair_databases(home, project.store)


def test_a_home_that_cannot_be_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    for place in (str(tmp_path / "file"), str(tmp_path / "file" / "below"), os.fsdecode(b"/tmp/caf\xe9")):
        monkeypatch.setenv("DAGSTER_HOME", place)
        refused = shell("list")
        assert refused.exit_code == exit_codes.FAILED
        assert "DAGSTER_HOME" in refused.output
        assert refused.output.count("\n") == 1
