"""The webhook asks a real webserver of Dagster for a run, and says in one line where there is none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psutil
import pytest

from resources.dagster_home import open_instance
from resources.home import find_home
from resources.run_launcher import LaunchFailed, RunLauncher

KEY = "talk-0123456789"


@pytest.fixture
def webserver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The project's own definitions behind its address; what is launched waits for a daemon that is not there."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHORTFORM_STORE", str(tmp_path / "store"))
    find_home(create=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port)]
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "-m", "shortform_assets.definitions"],
            env=os.environ | {"DAGSTER_DISABLE_TELEMETRY": "yes"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            until = time.monotonic() + 120
            while "Serving dagster-webserver" not in log.read_text(errors="replace"):
                assert server.poll() is None, log.read_text(errors="replace")[-2000:]
                assert time.monotonic() < until, log.read_text(errors="replace")[-2000:]
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            below = psutil.Process(server.pid).children(recursive=True)
            server.terminate()
            for process in below:
                process.terminate()
            server.wait(30)
            psutil.wait_procs(below, 10)


@pytest.mark.slow
def test_a_run_of_deliver_is_asked_for(webserver) -> None:
    with open_instance(Path(os.environ["DAGSTER_HOME"])) as instance:
        instance.add_dynamic_partitions("source_videos", [KEY])
        run_id = RunLauncher(webserver).launch(KEY)
        (run,) = instance.get_runs()
        assert (run.run_id, run.job_name) == (run_id, "deliver")
        assert run.tags["dagster/partition"] == KEY
        assert run.status in (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED)
        assert {key.to_user_string() for key in run.asset_selection or ()} <= {"rendered_outputs", "delivery"}
    with pytest.raises(LaunchFailed, match="no code location there has the job `brew`"):
        RunLauncher(webserver + "/graphql", "brew").launch(KEY)


def test_no_webserver_is_one_line() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        for bad in (url, "http://", "nonsense"):
            with pytest.raises(LaunchFailed) as caught:
                RunLauncher(bad).launch(KEY)
            assert "\n" not in str(caught.value)
