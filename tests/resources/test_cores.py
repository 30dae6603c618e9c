"""Processors are counted as the process may use them, in every kind of container."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from resources.cores import usable_cores

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def sixteen(monkeypatch: pytest.MonkeyPatch):
    """A machine of 64 processors, this process pinned to 16 of them."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(16)), raising=False)


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


V1 = "5:cpuset:/a\n4:cpu,cpuacct:{}\n1:name=systemd:/a\n"


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 16),
        ({"proc/self/cgroup": "nonsense\n\n::\n"}, 16),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, 16),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "1000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "9900000 100000\n"}, 16),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "100000 0\n"}, 16),
        # The tightest group above counts, not only the own one.
        (
            {
                "proc/self/cgroup": "0::/pod/main\n",
                "sys/fs/cgroup/pod/cpu.max": "300000 100000",
                "sys/fs/cgroup/pod/main/cpu.max": "max 100000",
            },
            3,
        ),
        # The host's path in a container that sees only its own part.
        ({"proc/self/cgroup": "0::/kube/pod7/x\n", "sys/fs/cgroup/cpu.max": "400000 100000"}, 4),
        ({"proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/cpu.max": "400000 100000"}, 4),
        (
            {
                "proc/self/cgroup": V1.format("/docker/abc"),
                "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "250000",
                "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
            },
            3,
        ),
        (
            {
                "proc/self/cgroup": V1.format("/docker/abc"),
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            },
            1,
        ),
        (
            {
                "proc/self/cgroup": V1.format("/"),
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            },
            16,
        ),
    ],
)
def test_the_tightest_limit_counts(tmp_path: Path, files: dict[str, str], cores: int):
    assert usable_cores(write(tmp_path, files)) == cores


def test_where_nothing_pins_the_machine_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert usable_cores(tmp_path) == 64


def test_nobody_else_counts_processors():
    counts = {"cpu_count", "sched_getaffinity", "process_cpu_count"}
    for folder in ("resources", "shortform_assets", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            names = {
                node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
            }
            if path != ROOT / "resources" / "cores.py":
                assert not names & counts, path


def test_workers_follow_the_quota(monkeypatch: pytest.MonkeyPatch):
    """What is started is what was counted: one processor never gets a crew for sixteen."""
    from resources import render_pool
    from resources.stt import sphinx, whisper
    from resources.vision import local_executor

    for module in (render_pool, sphinx, whisper, local_executor):
        monkeypatch.setattr(module, "usable_cores", lambda: 1)
    assert whisper.WhisperProvider().parallel == 1
    assert render_pool._default_workers() == 1
    assert local_executor.LocalVision()._workers == 1
