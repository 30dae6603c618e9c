"""Interrupted and crossing runs: what is done is kept, and no two runs work on one source."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from resources.claims import Owner
from shortform_assets.cli import exit_codes
from shortform_assets.cli.job_run import working_on
from shortform_assets.cli.project import Project
from shortform_assets.errors import InputError
from shortform_assets.graph.run_claims import OWNER_TAG
from shortform_assets.media.ffmpeg import run_ffmpeg

TONE = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-f", "lavfi", "-i", "sine=440:d=4"]


def test_ctrl_c_leaves_a_state_that_resumes(tmp_path: Path):
    file = tmp_path / "tone.mp4"
    run_ffmpeg([*TONE, "-c:v", "libx264", "-c:a", "aac", str(file)])
    command = [sys.executable, "-m", "shortform_assets.cli", "run", str(file), "--out", str(tmp_path / "out")]
    env = {**os.environ, "DAGSTER_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if "mezzanine" in line:
                child.send_signal(signal.SIGINT)
                break
        rest = child.stdout.read()
        assert child.wait(60) == exit_codes.INTERRUPTED, rest
    assert "goes on from here" in rest
    assert not (tmp_path / "out").exists()
    again = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert again.returncode == exit_codes.NO_CLIPS, again.stdout + again.stderr
    assert "source_video: reused" in again.stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    return Project()


def _started(project: Project, owner: Owner | None) -> dg.DagsterRun:
    job = dg.job(name="shorten")(lambda: None)
    tags = {"dagster/partition": "a-key"} | ({OWNER_TAG: owner.model_dump_json()} if owner else {})
    return project.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)


def _status(project: Project, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = project.instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def test_a_source_that_the_ui_works_on_is_refused(project: Project):
    run = _started(project, None)
    with pytest.raises(InputError, match=run.run_id[:8]), working_on(project, "a-key"):
        pass
    with working_on(project, "another-key"):
        pass


def test_a_run_of_another_machine_on_a_shared_database_is_let_live(project: Project):
    """Its process number means nothing here, whether or not there is such a process."""
    mine = Owner.me()
    theirs = mine.model_copy(update={"host": "studio-2", "machine": "other", "pid": 2**22 + 1})
    run = _started(project, theirs)
    with pytest.raises(InputError, match=run.run_id[:8]), working_on(project, "a-key"):
        pass
    assert _status(project, run) == dg.DagsterRunStatus.STARTED


def test_a_run_whose_process_is_gone_is_closed(project: Project):
    told = subprocess.run(
        [sys.executable, "-c", "from resources.claims import Owner; print(Owner.me().model_dump_json())"],
        capture_output=True,
        check=True,
        text=True,
    )
    run = _started(project, Owner.model_validate_json(told.stdout))
    with working_on(project, "a-key"):
        assert _status(project, run) == dg.DagsterRunStatus.FAILURE
