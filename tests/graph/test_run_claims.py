"""Runs that do not come from the command line hold their source too: real ones, each in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.claims import Claim, Owner, claimed, is_held
from shortform_assets.cli.job_run import working_on
from shortform_assets.cli.project import Project
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.errors import InputError

KEY = "talk-0123456789"
# The graph as it is, over a store in which a source's record is not read before the gate is open.
GRAPH = """
import functools, os, time
from pathlib import Path
from resources.directory_store import DirectoryStore
from shortform_assets.definitions import build_defs
from shortform_assets.graph import run_claims

here = Path(__file__).parent


class Gated(DirectoryStore):
    def read(self, key):
        if "/record/" in key:
            (here / f"reading-{os.getpid()}").touch()
            while not (here / "gate").exists():
                time.sleep(0.01)
        return super().read(key)


run_claims.claimed = functools.partial(run_claims.claimed, beat=0.05)
defs = build_defs({"store": Gated(here / "home" / "media")})
"""


class Door:
    """Starts runs as Dagster's own command does."""

    def __init__(self, folder: Path, project: Project) -> None:
        self.folder, self.project = folder, project
        (folder / "graph.py").write_text(GRAPH)
        self._processes: list[subprocess.Popen[str]] = []

    def run(self) -> subprocess.Popen[str]:
        """A run of `source_record`, which waits at the gate."""
        command = [
            sys.executable,
            "-m",
            "dagster",
            "asset",
            "materialize",
            "-f",
            str(self.folder / "graph.py"),
        ]
        process = subprocess.Popen(
            [*command, "--select", "source_record", "--partition", KEY],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
        )
        self._processes.append(process)
        return process

    def waiting(self) -> subprocess.Popen[str]:
        """A run that has begun to work on the source."""
        process = self.run()
        until = time.monotonic() + 120
        while not (self.folder / f"reading-{process.pid}").exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.05)
        return process

    def open(self) -> None:
        (self.folder / "gate").touch()

    def runs(self) -> list[dg.DagsterRun]:
        """Oldest first."""
        return list(self.project.instance.get_runs())[::-1]

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHORTFORM_STORE", str(tmp_path / "home" / "media"))
    project = Project()
    project.registry.register(
        KEY, SourceRecord(uri="file:///talk.mp4", etag="e", name="talk.mp4", genre="podcast")
    )
    project.instance.add_dynamic_partitions("source_videos", [KEY])
    ready = Door(tmp_path, project)
    yield ready
    ready.close()


def test_of_two_at_once_the_second_fails_with_one_sentence_and_the_first_goes_on(door: Door) -> None:
    first = door.waiting()
    second = door.run()
    told, _ = second.communicate(timeout=120)
    assert second.returncode != 0
    sentence = f"{KEY}: another run is still working on it (process {first.pid} on "
    assert sentence in told
    (refused,) = [run for run in door.runs() if run.status == dg.DagsterRunStatus.FAILURE]
    (failure,) = [
        record.dagster_event.job_failure_data
        for record in door.project.instance.all_logs(refused.run_id)
        if record.dagster_event and record.dagster_event.is_job_failure
    ]
    assert failure.error is not None
    (said,) = failure.error.message.splitlines()
    assert sentence in said
    with pytest.raises(InputError, match="still working on it"), working_on(door.project, KEY):
        pass
    door.open()
    assert first.wait(120) == 0
    assert not is_held(door.project.store, KEY)
    with working_on(door.project, KEY):
        pass


def test_a_run_whose_process_was_killed_is_followed_and_closed(door: Door) -> None:
    killed = door.waiting()
    killed.kill()
    killed.wait()
    assert [run.status for run in door.runs()] == [dg.DagsterRunStatus.STARTED]
    door.open()
    assert door.run().wait(120) == 0
    assert [run.status for run in door.runs()] == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS]
    assert not is_held(door.project.store, KEY)


def test_the_command_line_closes_it_as_well(door: Door) -> None:
    killed = door.waiting()
    killed.kill()
    killed.wait()
    with working_on(door.project, KEY):
        assert [run.status for run in door.runs()] == [dg.DagsterRunStatus.FAILURE]


def test_a_run_that_is_terminated_lets_go(door: Door) -> None:
    ended = door.waiting()
    ended.send_signal(signal.SIGINT)
    ended.communicate(timeout=120)
    assert ended.returncode != 0
    assert not is_held(door.project.store, KEY)
    with claimed(door.project.store, KEY, on_lost=lambda: None) as held:
        assert held.followed is not None
        assert held.followed.pid == ended.pid
        assert held.followed_run == "", "it ended its claim itself"


def test_a_run_that_was_followed_stops(door: Door) -> None:
    """Its process slept too long, and another machine took over."""
    sleeper = door.waiting()
    other = Owner.me().model_copy(update={"host": "studio-2", "machine": "other"})
    body = Claim(owner=other, beat=time.time()).model_dump_json().encode()
    assert door.project.store.create(f"claims/{KEY}/000002.json", body)
    told, _ = sleeper.communicate(timeout=120)
    assert sleeper.returncode != 0
    assert "another run took over" in told
    assert is_held(door.project.store, KEY)
