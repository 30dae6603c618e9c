"""How `shortform plan` shows a plan: as a table, and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.graph.previews import clock
from shortform_assets.selection import Row, stretch

MOST_REASONS = 6


def show(
    console: Console, plan: ClipPlan, rows: list[Row], waiting: int, key: str, *, everything: bool
) -> None:
    """The clips, what fell out (one example a reason, or all of it) and the notes."""
    table = Table("#", "title", "from", "to", "length", "score", "why", box=None)
    for row in rows:
        low, high = stretch(row.clip, plan.rate)
        style = "strike dim" if row.state == "dropped" else "cyan" if row.state else ""
        why = f"{row.state}; waits for the next run" if row.state else row.clip.reason
        table.add_row(
            str(row.number),
            Text(row.clip.title),
            clock(low),
            clock(high),
            clock(plan.rate.ms(row.clip.frames)) + _parts(row.clip),
            f"{row.clip.score:.2f}",
            Text(why),
            style=style,
        )
    if rows:
        console.print(table)
    _show_fallen(console, plan, everything)
    if plan.shortfall:
        console.print(Text(plan.shortfall, style="yellow"))
    for note in plan.notes:
        console.print(Text(note, style="yellow"))
    if waiting:
        edits = "1 edit waits" if waiting == 1 else f"{waiting} edits wait"
        console.print(Text(f"{edits}; `shortform rerun {key}` applies {'it' if waiting == 1 else 'them'}"))


def _parts(clip: PlannedClip) -> str:
    return f" in {len(clip.spans)} parts" if len(clip.spans) > 1 else ""


def _show_fallen(console: Console, plan: ClipPlan, everything: bool) -> None:
    if not plan.fell_out:
        return
    counts = Counter(_kind(fallen.reason) for fallen in plan.fell_out)
    total = sum(1 + fallen.others for fallen in plan.fell_out)
    console.print(Text(f"\n{total} moments in {len(plan.fell_out)} places fell out:", style="dim"))
    if not everything:
        for kind, number in counts.most_common(MOST_REASONS):
            console.print(Text(f"  {number:>3}  {kind}", style="dim"))
        return
    table = Table("from", "to", "score", "why it fell out", "others like it", box=None)
    for fallen in sorted(plan.fell_out, key=lambda f: (f.start_ms, f.end_ms)):
        others = str(fallen.others) if fallen.others else ""
        table.add_row(
            clock(fallen.start_ms), clock(fallen.end_ms), f"{fallen.score:.2f}", Text(fallen.reason), others
        )
    console.print(table)


def _kind(reason: str) -> str:
    """A reason without what differs from moment to moment."""
    for head in (
        "scores ", "overlaps the better clip", "says much the same", "is a teaser", "its topic already"
    ):  # fmt: skip
        if reason.startswith(head):
            return {"scores ": "scored too low"}.get(head, head)
    return reason


def as_json(key: str, plan: ClipPlan, rows: list[Row], waiting: int) -> dict[str, Any]:
    """The plan as plain data: times in source milliseconds, clips by number."""
    return {
        "key": key,
        "editor": plan.editor,
        "target_count": plan.target_count,
        "shortfall": plan.shortfall,
        "notes": list(plan.notes),
        "waiting_edits": waiting,
        "clips": [_clip(plan, row) for row in rows],
        "fell_out": [fallen.model_dump(mode="json") for fallen in plan.fell_out],
    }


def _clip(plan: ClipPlan, row: Row) -> dict[str, Any]:
    low, high = stretch(row.clip, plan.rate)
    facts = row.clip.model_dump(mode="json", exclude={"spans"})
    spans = [[plan.rate.ms(s.start_frame), plan.rate.ms(s.end_frame)] for s in row.clip.spans]
    return {
        "number": row.number,
        "state": row.state,
        "from_ms": low,
        "to_ms": high,
        "length_ms": plan.rate.ms(row.clip.frames),
        "spans_ms": spans,
        **facts,
    }
