"""What holds for every render executor, whatever it renders on."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from delivery_samples import render_job, saying
from present import present
from render_rigs import HERE, RenderRig, inline, local, on_lambda

from resources.inline_renders import InlineRenders
from resources.lambda_renders import LambdaRenders
from resources.media_store import MediaStore
from resources.render_choice import renders_from_environment
from resources.render_pool import LocalRenderPool
from shortform_assets.errors import InputError
from shortform_assets.workers.render import render_here


@pytest.fixture(params=["local", "inprocess", "lambda"])
def rig(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RenderRig:
    monkeypatch.setenv("PYTHONPATH", f"{HERE}{os.pathsep}{HERE.parent}")
    monkeypatch.setenv("FAKE_MARK", str(tmp_path / "mark"))
    if request.param == "lambda":
        function = request.getfixturevalue("render_function")
        return RenderRig(on_lambda(function), request.getfixturevalue("s3_store"))
    return RenderRig(local() if request.param == "local" else inline(), MediaStore.local(tmp_path / "store"))


def test_what_is_dispatched_is_rendered_once(rig: RenderRig) -> None:
    index, keys = rig.send(*(saying(render_job(n), word) for n, word in enumerate(("fine", "fault", "bug"))))
    # Named twice, and asked for again when all is over.
    rig.work([*keys, *keys])
    rig.work(keys)

    found = rig.states(index)
    assert [state.state for state in found] == ["completed", "failed", "failed"]
    assert [state.attempts for state in found] == [1, 1, 1]
    fine, fault, bug = (present(state.outcome) for state in found)
    assert rig.store.has(present(fine.video))
    assert fault.error == "The clip has no picture."
    assert "RuntimeError: index out of range" in bug.error
    # A test picture and a tone.
    assert present(fine.quality).problems == ()

    for key in keys:
        progress = rig.store.read(f"{key}/progress.json")
        assert len(progress) < 800
        assert json.loads(progress)["attempt"] == 1
    ended = {output: state for output, state, _ in rig.events if state != "in_progress"}
    assert ended == {state.output_id: state.state for state in found}
    assert all(0 <= fraction <= 1 for *_, fraction in rig.events)
    assert list(rig.store.scratch_root.glob("*")) == []


def test_a_death_costs_an_attempt_and_never_the_output(rig: RenderRig) -> None:
    index, keys = rig.send(saying(render_job(3), "once"), saying(render_job(4), "fine"))
    rig.work_dying(keys)
    died, other = rig.states(index)
    assert (died.state, died.attempts, present(died.outcome).attempt) == ("completed", 2, 2)
    assert (other.state, other.attempts) == ("completed", 1)


def test_a_cancelled_output_is_rendered_no_further(rig: RenderRig) -> None:
    index, keys = rig.send(*(saying(render_job(n), "slow") for n in (5, 6, 7)))
    begun = time.monotonic()

    def cancel(event: tuple[str, str, float]) -> None:
        if event[1] == "in_progress" and event[2] > 0:
            for key in keys:
                assert present(rig.jobs.give_up(key, "Cancelled.")).error == "Cancelled."

    rig.work(keys, cancel)
    # Each would have taken half a minute.
    assert time.monotonic() - begun < 25
    assert [(state.state, present(state.outcome).error) for state in rig.states(index)] == [
        ("failed", "Cancelled.")
    ] * 3
    assert sum(state.attempts for state in rig.states(index)) < 3
    assert list(rig.store.scratch_root.glob("*")) == []


def test_the_environment_chooses_where_renders_run() -> None:
    chosen = [renders_from_environment(render_here, {"SHORTFORM_RENDER": kind}) for kind in ("", "inprocess")]
    assert [type(renders) for renders in chosen] == [LocalRenderPool, InlineRenders]
    there = {"SHORTFORM_RENDER": "lambda", "SHORTFORM_RENDER_LAMBDA_FUNCTION": "render"}
    # Sensors see to the outcomes; a command has none, and waits.
    chosen = [renders_from_environment(render_here, there, waits=waits) for waits in (False, True)]
    assert [(type(renders), renders.drains) for renders in chosen] == [
        (LambdaRenders, False),
        (LambdaRenders, True),
    ]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SHORTFORM_RENDER": "cloud"}, "SHORTFORM_RENDER: there is"),
        ({"SHORTFORM_RENDER_WORKERS": "0"}, "SHORTFORM_RENDER_WORKERS"),
    ],
)
def test_a_wrong_setting_of_renders_is_named(settings: Mapping[str, str], named: str) -> None:
    with pytest.raises(InputError, match=named):
        renders_from_environment(render_here, settings)


def test_every_setting_of_renders_is_in_the_docs() -> None:
    root = HERE.parents[1]
    asked = set(
        re.findall(
            r'settings\.(?:text|number|needed)\("(\w+)"', (root / "resources/render_choice.py").read_text()
        )
    )
    page = (root / "docs/executors.md").read_text()
    assert "WORKERS" in asked
    assert [name for name in asked if f"SHORTFORM_RENDER_{name}" not in page] == []
