"""`status`, `list`, `reset`, and why a stage is computed again."""

from __future__ import annotations

from shortform_assets.cli.project import Project
from shortform_assets.cli.run_report import show_dropped
from shortform_assets.cli.terminal import Listing, Terminal
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.stages import CONTRACTS, WORKFLOW
from shortform_assets.errors import InputError


def show_all(terminal: Terminal) -> None:
    """A line a source: key, name, genre, how far the workflow is, how many outputs are done."""
    project = Project()
    keys = project.keys()
    if not keys:
        terminal.say("no source is registered yet; begin with `shortform run FILE`")
        return
    listing = Listing("key", "name", "genre", "stages", "outputs")
    for key in keys:
        record = project.registry.record(key)
        done = sum(project.artifacts.current(key, stage) is not None for stage in WORKFLOW)
        listing.row(key, record.name, record.genre, f"{done} of {len(WORKFLOW)}", _outputs(project, key))
    terminal.show(listing)


def _outputs(project: Project, key: str) -> str:
    found = project.known(key, "delivery", Delivery)
    if found is None:
        return "-"
    done = sum(output.state == "completed" for output in found.outputs)
    return f"{done} of {len(found.outputs)}"


def show_one(terminal: Terminal, key: str) -> None:
    """Every stage of one source with its seconds and whether it is degraded, then every output."""
    project = Project()
    key = project.require(key)
    stages = Listing("stage", "artifact", "seconds", "degraded", title=key)
    for stage in CONTRACTS:
        ref = project.artifacts.current(key, stage)
        if ref is None:
            stages.row(stage, "-", "", "")
            continue
        facts = project.artifacts.run(ref)
        stages.row(
            stage, ref.recipe[:12], str(facts.get("seconds", "")), "; ".join(facts.get("degraded", []))
        )
    terminal.show(stages)
    delivery = project.known(key, "delivery", Delivery)
    if delivery is None:
        return
    outputs = Listing("output", "title", "aspect", "state", "attempts", "why")
    for output in delivery.outputs:
        why = output.outcome.error if output.outcome else output.lost
        outputs.row(output.output_id, output.title, output.aspect, output.state, str(output.attempts), why)
    terminal.show(outputs)
    plan = project.known(key, "clip_plan", ClipPlan)
    if delivery.dropped and plan:
        show_dropped(terminal, delivery, plan)


def explain(terminal: Terminal, key: str | None, stage: str) -> None:
    """One line: up to date, or the input, code, library, model, schema or reset that makes it stale."""
    from shortform_assets.definitions import build_defs
    from shortform_assets.graph.explain import Explainer

    if key is None:
        raise InputError("a stage is explained for one source", "--why", "name the source's key too")
    project = Project()
    key = project.require(key)
    terminal.say(Explainer(build_defs({"store": project.store}), key).why(stage))


def reset_from(key: str, stage: str) -> list[str]:
    """Raise the reset number of `stage` and every workflow stage after it; returns their names."""
    from shortform_assets.definitions import build_defs
    from shortform_assets.graph.downstream import stages_from

    project = Project()
    key = project.require(key)
    stages = stages_from(build_defs({"store": project.store}), stage)
    project.artifacts.reset(key, stages)
    return stages
