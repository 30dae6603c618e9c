"""How `shortform plan` shows a plan: as a table, and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from shortform_assets.cli.terminal import Listing, Terminal
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.selection import Row, stretch
from shortform_assets.text.clock import clock

MOST_REASONS = 6
"""Kinds of reasons that are listed, the most frequent first. A matter of looks."""


@dataclass(frozen=True)
class PlanView:
    """A plan as it is shown: with the edits that wait for the next run."""

    key: str
    plan: ClipPlan
    rows: list[Row]
    waiting: int
    """How many edits wait."""


def show(terminal: Terminal, view: PlanView, *, everything: bool) -> None:
    """The clips, what fell out (one example a reason, or all of it) and the notes."""
    plan, waiting = view.plan, view.waiting
    listing = Listing("#", "title", "from", "to", "length", "score", "why")
    for row in view.rows:
        low, high = stretch(row.clip, plan.rate)
        style = "strike dim" if row.state == "dropped" else "cyan" if row.state else ""
        why = f"{row.state}; waits for the next run" if row.state else row.clip.reason
        listing.row(
            str(row.number),
            shown_title(row.clip),
            clock(low, 1),
            clock(high, 1),
            clock(plan.rate.ms(row.clip.frames), 1) + _parts(row.clip),
            f"{row.clip.score:.2f}",
            why,
            style=style,
        )
    if view.rows:
        terminal.show(listing)
    _show_fallen(terminal, plan, everything)
    if plan.shortfall:
        terminal.say(plan.shortfall, style="yellow")
    for note in plan.notes:
        terminal.say(note, style="yellow")
    if waiting:
        edits = "1 edit waits" if waiting == 1 else f"{waiting} edits wait"
        terminal.say(f"{edits}; `shortform rerun {view.key}` applies {'it' if waiting == 1 else 'them'}")


def shown_title(clip: PlannedClip) -> str:
    """The title, and whether a person should write one."""
    return f"{clip.title} (needs a title)" if clip.needs_title else clip.title


def _parts(clip: PlannedClip) -> str:
    return f" in {len(clip.spans)} parts" if len(clip.spans) > 1 else ""


def _show_fallen(terminal: Terminal, plan: ClipPlan, everything: bool) -> None:
    if not plan.fell_out:
        return
    counts = Counter(_kind(fallen.reason) for fallen in plan.fell_out)
    total = sum(1 + fallen.others for fallen in plan.fell_out)
    terminal.say(f"\n{total} moments in {len(plan.fell_out)} places fell out:", style="dim")
    if not everything:
        for kind, number in counts.most_common(MOST_REASONS):
            terminal.say(f"  {number:>3}  {kind}", style="dim")
        return
    listing = Listing("from", "to", "score", "why it fell out", "others like it")
    for fallen in sorted(plan.fell_out, key=lambda f: (f.start_ms, f.end_ms)):
        others = str(fallen.others) if fallen.others else ""
        listing.row(
            clock(fallen.start_ms, 1), clock(fallen.end_ms, 1), f"{fallen.score:.2f}", fallen.reason, others
        )
    terminal.show(listing)


def _kind(reason: str) -> str:
    """A reason without what differs from moment to moment."""
    for head in (
        "scores ", "overlaps the better clip", "says much the same", "is a teaser", "its topic already"
    ):  # fmt: skip
        if reason.startswith(head):
            return {"scores ": "scored too low"}.get(head, head)
    return reason


def as_json(view: PlanView) -> dict[str, Any]:
    """The plan as plain data: times in source milliseconds, clips by number."""
    plan = view.plan
    return {
        "key": view.key,
        "editor": plan.editor,
        "target_count": plan.target_count,
        "shortfall": plan.shortfall,
        "notes": list(plan.notes),
        "waiting_edits": view.waiting,
        "clips": [_clip(plan, row) for row in view.rows],
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
