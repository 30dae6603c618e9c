"""Another style for finished clips: exactly what shows it is computed, and it stays until somebody says otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from shortform_assets.cli import main
from shortform_assets.cli.project import Project
from shortform_assets.creative.styles.style_registry import publish_style, withdraw_style
from shortform_assets.data import shipped
from shortform_assets.rendering.render_output import count_frames

RESTYLED = {"style_contract", "enhancement_plan", "composition"}
DELIVERED = {"rendered_outputs", "delivery"}
TAG = "shortform/style"


class Elsewhere:
    """A remote executor: it is given jobs, and renders none."""

    name, drains, renderer = "elsewhere", False, None

    def __init__(self) -> None:
        self.jobs: set[str] = set()

    def dispatch(self, store, jobs, on_event=lambda *_: None) -> None:
        self.jobs = {job.rsplit("/", 1)[-1] for job in jobs}


@pytest.fixture
def loud(ran, tmp_path: Path):
    """The graph with `acme@2` beside the `acme@1` that came along, an executor, and the source's key."""
    graph, key = ran
    graph.overrides["renderer"] = Elsewhere()
    assert graph.run(key, "deliver").success
    folder = Path(shutil.copytree(shipped("style_contracts") / "acme", tmp_path / "acme"))
    source = (folder / "style.yaml").read_text()
    (folder / "style.yaml").write_text(source.replace("max_words: 3", "max_words: 2"))
    assert publish_style(graph.store, folder)[0].pin == "acme@2"
    return graph, key


def outputs(graph, key: str) -> set[str]:
    return {job.output_id for job in graph.contract(key, "composition").outputs}


def pointers(graph, key: str) -> dict[str, bytes]:
    return {path: graph.store.read(path) for path in graph.store.list(f"sources/{key}/current")}


def test_a_restyle_computes_the_five_that_show_it_and_is_kept(loud):
    graph, key = loud
    old, before = outputs(graph, key), pointers(graph, key)
    run = graph.run(key, "restyle", **{TAG: "acme@2"})
    assert run.success, run.error
    assert set(run.metadata) == RESTYLED
    assert run.computed == RESTYLED - {"style_contract"}
    new = outputs(graph, key)
    assert new
    assert not new & old
    deliver = graph.run(key, "deliver")
    assert set(deliver.metadata) == DELIVERED
    assert graph.overrides["renderer"].jobs == new
    after = pointers(graph, key)
    touched = {
        path.rsplit("/", 1)[-1].removesuffix(".json") for path in after if after[path] != before.get(path)
    }
    assert touched == RESTYLED | DELIVERED
    # Whoever runs the source again wants it as it was last asked for.
    again = graph.run(key)
    assert again.success, again.error
    assert again.computed == set()
    assert outputs(graph, key) == new
    assert graph.registry.record(key).style == "acme@2"
    # And back: everything is there already.
    back = graph.run(key, "restyle", **{TAG: "shortform@1"})
    assert back.computed == set()
    assert outputs(graph, key) == old
    assert graph.run(key, "deliver").success
    assert graph.overrides["renderer"].jobs <= old


def test_a_run_with_the_tag_computes_the_same(loud):
    graph, key = loud
    run = graph.run(key, **{TAG: "acme@2"})
    assert run.success, run.error
    assert run.computed == RESTYLED - {"style_contract"}
    assert graph.contract(key, "style_contract").pin == "acme@2"


def test_a_bare_name_is_resolved_once_for_a_source(loud, tmp_path):
    graph, key = loud
    graph.genre(enhancement={"style": "acme"})
    assert graph.run(key).success
    assert graph.contract(key, "style_contract").pin == "acme@2"
    source = (tmp_path / "acme" / "style.yaml").read_text()
    (tmp_path / "acme" / "style.yaml").write_text(source.replace("max_words: 2", "max_words: 1"))
    assert publish_style(graph.store, tmp_path / "acme")[0].pin == "acme@3"
    assert graph.run(key).computed == set()
    assert graph.contract(key, "style_contract").pin == "acme@2"


def test_a_withdrawn_style_is_kept_by_who_has_it(loud):
    graph, key = loud
    assert graph.run(key, "restyle", **{TAG: "acme@2"}).success
    withdraw_style(graph.store, "acme@2", "the green is the old one")
    # It goes on, in a run of its own and after another style.
    graph.artifacts.reset(key, ["enhancement_plan"])
    assert graph.run(key).computed == {"enhancement_plan"}
    assert graph.run(key, "restyle", **{TAG: "acme@1"}).success
    assert graph.run(key, "restyle", **{TAG: "acme@2"}).success
    assert graph.contract(key, "style_contract").pin == "acme@2"


def test_drafts_are_outputs_of_their_own_and_last_for_one_run(loud):
    graph, key = loud
    old = outputs(graph, key)
    assert graph.run(key, "restyle", **{"shortform/profile": "draft"}).computed == {"composition"}
    drafts = graph.contract(key, "composition").outputs
    assert all(job.draft for job in drafts)
    assert not outputs(graph, key) & old
    assert graph.run(key).computed == set(), "the outputs as they are to be are there already"
    assert outputs(graph, key) == old
    run = graph.run(key, "restyle", **{"shortform/profile": "darft"})
    assert "no such profile" in str(run.error)


@pytest.fixture
def shell(loud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command line in the project whose store is that of the graph."""
    _, key = loud
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHORTFORM_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")
    Project().instance.add_dynamic_partitions("source_videos", [key])

    def run(*args: object, fails: bool = False) -> str:
        result = CliRunner().invoke(main.app, [str(arg) for arg in args], catch_exceptions=False)
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    return run


def colours(path: Path, hexes: str) -> int:
    """Pixels of the picture that have nearly this colour."""
    wanted = [int(hexes[n : n + 2], 16) for n in (1, 3, 5)]
    with Image.open(path) as picture:
        return int((np.abs(np.asarray(picture.convert("RGB")).astype(int) - wanted).max(axis=2) < 24).sum())


def test_a_preview_shows_a_clip_in_any_style_and_changes_nothing(loud, shell, tmp_path):
    graph, key = loud
    before = {path: graph.store.read(path) for path in graph.store.list("sources")}
    mint, yellow = "#00E0A4", "#FFD60A"
    for style, seen, other in ((None, yellow, mint), ("acme", mint, yellow)):
        out = tmp_path / "still.png"
        wanted = ["--style", style] if style else []
        assert f"{out}" in shell("preview", key, "--clip", 1, "--out", out, *wanted)
        with Image.open(out) as picture:
            assert picture.size == (1080, 1920)
        assert colours(out, seen) > 2000 > 200 > colours(out, other)
    small = tmp_path / "small.png"
    shell("preview", key, "--clip", 1, "--draft", "--out", small)
    with Image.open(small) as picture:
        assert picture.size == (540, 960)
    draft = tmp_path / "draft.mp4"
    shell("preview", key, "--clip", 2, "--seconds", 1.5, "--style", "acme@2", "--out", draft)
    assert count_frames(draft) == graph.contract(key, "clip_plan").rate.nearest(1500)
    assert {path: graph.store.read(path) for path in graph.store.list("sources")} == before
    for args, says in (
        (("--clip", 99), "there is no clip 99"),
        (("--clip", 1, "--style", "amce"), "did you mean acme?"),
        (("--clip", 1, "--aspect", "4:5"), "nothing is framed in 4:5"),
        (("--clip", 1, "--at", 500), "the clip lasts"),
    ):
        assert says in shell("preview", key, *args, fails=True)


def test_the_command_restyles_to_the_latest_and_renders(loud, shell, tmp_path):
    graph, key = loud
    assert "did you mean acme?" in shell("restyle", key, "--style", "amce", fails=True)
    told = shell("restyle", key, "--style", "acme", "--draft", "--out", tmp_path / "drafts")
    assert all(path.stem.endswith("-draft") for path in (tmp_path / "drafts").rglob("*.mp4"))
    told = shell("restyle", key, "--style", "acme", "--out", tmp_path / "out")
    assert "computed: composition" in told
    assert graph.registry.record(key).style == "acme@2"
    assert {output.state for output in graph.contract(key, "delivery").outputs} == {"completed"}
    assert list((tmp_path / "out").rglob("*.mp4"))
