"""The recipes of CONTRIBUTING, each done once: what it takes, and exactly what is computed again.

A speech provider is added in tests/stt/test_new_provider.py, an aspect ratio in tests/reframing/test_new_aspect.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg

from resources.vision.executor_base import BoundVision, Executor
from resources.vision.local_executor import LocalVision
from shortform_assets.creative.styles.style_registry import publish_style
from shortform_assets.data import shipped
from shortform_assets.definitions import build_defs
from shortform_assets.delivery import renderer_version
from shortform_assets.graph import checks
from shortform_assets.graph.partitions import source_videos
from shortform_assets.rendering import render
from shortform_assets.workers.render import render_one

CLIPS = {"clip_media", "face_tracks", "crop_paths"}
CREATIVE = {"enhancement_plan", "composition"}


def test_a_genre_is_a_yaml(ran) -> None:
    graph, key = ran
    (graph.genres / "calm.yaml").write_text("extends: brief\nreframing: {eye_line: 0.3}\n")
    record = graph.registry.record(key)
    graph.registry.register(key, record.model_copy(update={"genre": "calm"}))
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == {"crop_paths", *CREATIVE}


def test_a_look_is_a_style_and_changes_what_is_drawn(ran, tmp_path: Path) -> None:
    graph, key = ran
    folder = Path(shutil.copytree(shipped("style_contracts") / "acme", tmp_path / "calm"))
    source = (folder / "style.yaml").read_text()
    (folder / "style.yaml").write_text(
        source.replace("name: acme", "name: calm").replace("max_words: 3", "max_words: 2")
    )
    style, new = publish_style(graph.store, folder)
    assert (style.pin, new) == ("calm@1", True)
    before = graph.contract(key, "enhancement_plan")
    run = graph.run(key, **{"shortform/style": "calm@1"})
    assert run.success, run.error
    assert run.computed == CREATIVE

    def longest(plan) -> int:
        """Words on a page; those that come too fast for pages of their own (300 ms) share one, however many."""
        rate = graph.contract(key, "clip_plan").rate
        return max(
            len(words)
            for clip in plan.clips
            for page in clip.pages
            if (words := [word for line in page.lines for word in line])
            and rate.ms(words[-1].start_frame - words[0].start_frame) >= 300
        )

    assert longest(graph.contract(key, "enhancement_plan")) <= 2 < longest(before)


class Elsewhere(Executor):
    """A vision executor of somebody's own: it lets this machine do the work and counts the clips."""

    def __init__(self) -> None:
        self.here, self.clips = LocalVision(1, device="cpu"), 0
        super().__init__(None, "cpu")

    def within(self, store, session=None):
        self.here._session = session
        return BoundVision(self, store)

    def track(self, store, request) -> None:
        self.clips += len(request.clips)
        self.here.track(store, request)


def test_where_faces_are_tracked_computes_nothing_again(ran) -> None:
    graph, key = ran
    clips = len(graph.contract(key, "clip_plan").clips)
    graph.overrides["vision"] = elsewhere = Elsewhere()
    assert graph.run(key).computed == set()
    graph.artifacts.reset(key, ["face_tracks"])
    before = graph.contract(key, "face_tracks")
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == {"face_tracks"}
    assert elsewhere.clips == clips > 0
    assert graph.contract(key, "face_tracks") == before


class InThisProcess:
    """A render executor of somebody's own: one job after the other, here."""

    name, drains, renderer = "in-process", True, None

    def dispatch(self, jobs, keys, on_event=lambda *_: None) -> None:
        for key in keys:
            render_one(jobs.store, key, render, self.name, lambda event: None, renderer_version())


def test_a_render_executor_needs_no_more_than_dispatch(ran) -> None:
    graph, key = ran
    graph.overrides["renderer"] = InThisProcess()
    run = graph.run(key, "deliver")
    assert run.success, run.error
    outputs = graph.contract(key, "delivery").outputs
    assert outputs
    assert {output.state for output in outputs} == {"completed"}
    assert graph.contract(key, "rendered_outputs").dispatched != ()
    assert graph.run(key, "deliver").success
    assert graph.contract(key, "rendered_outputs").dispatched == ()


def test_a_check_is_a_function_in_the_module(ran, monkeypatch) -> None:
    graph, key = ran

    @dg.asset_check(asset="clip_plan", partitions_def=source_videos)
    def clips_are_many(clip_plan) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=len(clip_plan.clips) > 99)

    before = {spec.name for spec in build_defs({"store": graph.store}).resolve_asset_graph().asset_check_keys}
    monkeypatch.setattr(checks, "clips_are_many", clips_are_many, raising=False)
    run = graph.run(key)
    assert run.computed == set()
    assert run.checks["clips_are_many"] is False
    assert set(run.checks) == before | {"clips_are_many"}
