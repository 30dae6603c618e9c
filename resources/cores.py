"""How many processors this process may use: what the machine has is not what a container was given."""

from __future__ import annotations

import math
import os
from pathlib import Path

_ROOT = Path("/")


def usable_cores(root: Path = _ROOT) -> int:
    """Processors for this process, at least 1: the CPUs it is pinned to, and no more than its cgroups' quota.

    The quota (cgroup v2 `cpu.max`, v1 `cpu.cfs_quota_us`) of the process's own group and of every group
    above it is rounded up: half a processor is still one worker. `root` is where `/proc` and `/sys` are.
    """
    pinned = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([pinned, *(math.ceil(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> list[float]:
    """Processors allowed by each group that limits them."""
    found = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        # `0::/path` is version 2, `4:cpu,cpuacct:/path` a hierarchy of version 1.
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            found += [_quota_v2(group) for group in _groups(root / "sys/fs/cgroup", path)]
        elif "cpu" in controllers.split(","):
            for mount in (f"sys/fs/cgroup/{controllers}", "sys/fs/cgroup/cpu"):
                found += [_quota_v1(group) for group in _groups(root / mount, path)]
    return [quota for quota in found if quota is not None]


def _groups(mount: Path, path: str) -> list[Path]:
    """The group's folder and all above it, up to `mount`.

    In a container the path may be the host's, of which only the mount itself is visible; so absent folders
    are no matter, and a path that leaves the mount counts as the mount.
    """
    parts = [part for part in path.split("/") if part]
    if ".." in parts:
        parts = []
    return [mount.joinpath(*parts[:n]) for n in range(len(parts), -1, -1)]


def _quota_v2(group: Path) -> float | None:
    quota, _, period = _read(group / "cpu.max").partition(" ")
    return _share(quota, period)


def _quota_v1(group: Path) -> float | None:
    return _share(_read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us"))


def _share(quota: str, period: str) -> float | None:
    """Processors; None where there is no limit (`max`, -1) or nothing that can be read."""
    try:
        share = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return share if share > 0 else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""
