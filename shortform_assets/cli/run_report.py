"""What a run ends with: the files in their folder, a table of them, and an exit code."""

from __future__ import annotations

from pathlib import Path

from shortform_assets.cli.exit_codes import NO_CLIPS, OK, OUTPUTS_FAILED
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Listing, Terminal
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.delivery import export
from shortform_assets.text.clock import clock


def show_outputs(terminal: Terminal, project: Project, key: str, out: Path) -> int:
    """Export the delivery of `key` into `out` and tell what is there; the exit code of the run."""
    plan = project.current(key, "clip_plan", ClipPlan)
    delivery = project.current(key, "delivery", Delivery)
    files = export(project.store.open_local, delivery, out)
    for stage, reasons in project.artifacts.degraded(key, CONTRACTS).items():
        terminal.say(f"{stage} is degraded: {'; '.join(reasons)}", style="yellow")
    if delivery.outputs:
        terminal.show(_table(plan, delivery, out))
    if delivery.dropped:
        show_dropped(terminal, delivery, plan)
    if plan.shortfall:
        what = "fewer clips than asked for" if delivery.outputs else "no clips"
        terminal.say(f"{what}: {plan.shortfall}", style="yellow")
    if not delivery.outputs:
        return NO_CLIPS
    _ask_for_titles(terminal, plan, delivery, key)
    terminal.say(f"{len(files)} files in {out}; open {out / 'index.html'} to review")
    failed = any(output.state != "completed" for output in delivery.outputs)
    return OUTPUTS_FAILED if failed else OK


def _ask_for_titles(terminal: Terminal, plan: ClipPlan, delivery: Delivery, key: str) -> None:
    """Say how many of the clips that were made are called by a makeshift, and how to name them."""
    made = {output.clip_id for output in delivery.outputs}
    count = sum(clip.needs_title for clip in plan.clips if clip.clip_id in made)
    if count:
        verb = "needs" if count == 1 else "need"
        terminal.say(f"{count} of {len(made)} clips {verb} a title: `shortform retitle {key} NUMBER TITLE`")


def _table(plan: ClipPlan, delivery: Delivery, out: Path) -> Listing:
    clips = {clip.clip_id: clip for clip in plan.clips}
    names = {file.blob: file.name for file in delivery.files}
    listing = Listing("#", "title", "from", "length", "score", "file", fold="file")
    for number, output in enumerate(delivery.outputs, start=1):
        clip = clips[output.clip_id]
        done = output.outcome.video if output.outcome else None
        why = output.outcome.error if output.outcome else output.lost or output.state
        listing.row(
            str(number),
            f"{output.title} (needs a title)" if clip.needs_title else output.title,
            clock(plan.rate.ms(clip.spans[0].start_frame), 1),
            clock(plan.rate.ms(clip.frames), 1),
            f"{clip.score:.2f}",
            str(out / names[done]) if done else why,
        )
    return listing


def show_dropped(terminal: Terminal, delivery: Delivery, plan: ClipPlan) -> None:
    """The clips that were planned and have no output, each with its reason."""
    titles = {clip.clip_id: clip.title for clip in plan.clips}
    listing = Listing("clip left out", "given up at", "why", fold="why")
    for drop in delivery.dropped:
        listing.row(titles.get(drop.clip_id) or drop.clip_id, drop.stage.replace("_", " "), drop.reason)
    terminal.show(listing)
