"""Goals of a benchmark, those that are missed, its tables, and how every benchmark ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

Goals = Mapping[str, tuple[Literal[">=", "<="], float]]


def misses(goals: Goals, numbers: Mapping[str, float], not_measured: str | None = None) -> list[str]:
    """The goals that are missed, one sentence each; one without a number counts where `not_measured` says why."""
    missed = []
    for name, (sign, goal) in goals.items():
        if name not in numbers:
            if not_measured is not None:
                missed.append(f"{name} was not measured{not_measured}, the goal is {sign} {goal}")
        elif not (numbers[name] >= goal if sign == ">=" else numbers[name] <= goal):
            missed.append(f"{name} is {numbers[name]:.4g}, the goal is {sign} {goal}")
    return missed


def conclude(found: Mapping[str, Any], missed: list[str], file: Path | None, check: bool) -> None:
    """Write all that was found as JSON into `file`; with `check` exit 1 where a goal is missed, and say which."""
    if file:
        file.write_text(json.dumps(found, indent=1))
    if check and missed:
        sys.exit("\n".join(["missed:", *missed]))


def show(console: Console, title: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """A table with a line a row and the columns of the first one; nothing where there are no rows."""
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in next(iter(rows.values())):
        table.add_column(column, justify="right")
    for name, row in rows.items():
        table.add_row(name, *(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()))
    console.print(table)
