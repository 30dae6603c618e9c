"""`status`, `list` and `reset`."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shortform_assets.cli.project import Project
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.stages import CONTRACTS, WORKFLOW
from shortform_assets.errors import InputError


def show_all(console: Console) -> None:
    """A line a source: key, name, genre, how far the workflow is, how many outputs are done."""
    project = Project()
    keys = project.keys()
    if not keys:
        console.print("no source is registered yet; begin with `shortform run FILE`")
        return
    table = Table("key", "name", "genre", "stages", "outputs", box=None)
    for key in keys:
        record = project.registry.record(key)
        done = sum(project.artifacts.current(key, stage) is not None for stage in WORKFLOW)
        table.add_row(key, record.name, record.genre, f"{done} of {len(WORKFLOW)}", _outputs(project, key))
    console.print(table)


def _outputs(project: Project, key: str) -> str:
    ref = project.artifacts.current(key, "delivery")
    if ref is None:
        return "-"
    found = project.artifacts.load(ref, Delivery)
    assert isinstance(found, Delivery)
    done = sum(output.state == "completed" for output in found.outputs)
    return f"{done} of {len(found.outputs)}"


def show_one(console: Console, key: str) -> None:
    """Every stage of one source with its seconds and whether it is degraded, then every output."""
    project = Project()
    key = project.require(key)
    table = Table("stage", "artifact", "seconds", "degraded", title=key, title_justify="left", box=None)
    for stage in CONTRACTS:
        ref = project.artifacts.current(key, stage)
        if ref is None:
            table.add_row(stage, "-", "", "")
            continue
        facts = project.artifacts.run(ref)
        table.add_row(
            stage, ref.recipe[:12], str(facts.get("seconds", "")), "; ".join(facts.get("degraded", []))
        )
    console.print(table)
    ref = project.artifacts.current(key, "delivery")
    if ref is None:
        return
    delivery = project.artifacts.load(ref, Delivery)
    assert isinstance(delivery, Delivery)
    outputs = Table("output", "title", "aspect", "state", "attempts", "why", box=None)
    for output in delivery.outputs:
        why = output.outcome.error if output.outcome else output.lost
        outputs.add_row(
            output.output_id, output.title, output.aspect, output.state, str(output.attempts), why
        )
    console.print(outputs)
    plan = project.artifacts.current(key, "clip_plan")
    if delivery.dropped and plan:
        found = project.artifacts.load(plan, ClipPlan)
        assert isinstance(found, ClipPlan)
        print_dropped(console, delivery, found)


def print_dropped(console: Console, delivery: Delivery, plan: ClipPlan) -> None:
    """The clips that were planned and have no output, each with its reason."""
    titles = {clip.clip_id: clip.title for clip in plan.clips}
    table = Table("clip left out", "given up at", box=None)
    table.add_column("why", overflow="fold")
    for drop in delivery.dropped:
        title = titles.get(drop.clip_id) or drop.clip_id
        table.add_row(Text(title), drop.stage.replace("_", " "), Text(drop.reason))
    console.print(table)


def reset_from(key: str, stage: str) -> list[str]:
    """Raise the reset number of `stage` and every workflow stage after it; returns their names."""
    import dagster as dg

    from shortform_assets.definitions import build_defs

    project = Project()
    key = project.require(key)
    if stage not in WORKFLOW:
        raise InputError("there is no such stage", stage, f"the stages are {', '.join(WORKFLOW)}")
    graph = build_defs({"store": project.store}).resolve_asset_graph()
    below = {stage}
    for name in WORKFLOW:
        parents = {"/".join(p.path) for p in graph.get(dg.AssetKey(name)).parent_keys}
        if parents & below:
            below.add(name)
    stages = [name for name in WORKFLOW if name in below]
    project.artifacts.reset(key, stages)
    return stages
