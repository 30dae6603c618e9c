"""The reuse rule, on the real graph: what is computed again, exactly, when something changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from resources.vision import LocalVision
from shortform_assets import media
from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.stages import WORKFLOW

CLIP_STAGES = {"clip_media", "face_tracks", "crop_paths"}


def test_unchanged_computes_nothing(ran):
    graph, key = ran
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == set()
    assert set(WORKFLOW) <= set(run.metadata), "a reused stage is still materialized"
    assert all(run.checks.values()), run.checks
    clips = run.metadata["crop_paths"]["clips"]
    assert run.metadata["crop_paths"]["camera"].count("](data:image/png;base64,") == clips > 0
    for stage in WORKFLOW:
        facts = graph.artifacts.run(graph.artifacts.current(key, stage))
        assert facts["seconds"] > 0, f"{stage}: what the work took is still known"


@pytest.mark.parametrize(
    ("slices", "expected"),
    [
        # The source complies, so another quality gives the same copy: the ripple stops.
        ({"ingest": {"crf": 17}}, {"mezzanine"}),
        ({"speech": {"max_speakers": 7}}, {"speaker_turns"}),
        ({"reframing": {"eye_line": 0.3}}, {"crop_paths", "enhancement_plan", "composition"}),
        ({"enhancement": {"hook": False}}, {"enhancement_plan", "composition"}),
        ({"delivery": {"aspects": ["1:1"]}}, {"composition"}),
        # Fewer clips, but none that was not there before.
        (
            {"selection": {"min_clips": 2, "max_clips": 2}},
            {"moments", "clip_plan", "enhancement_plan", "composition"},
        ),
        # Other edges are other clips.
        (
            {"selection": {"pad_ms": 60}},
            {"moments", "clip_plan", *CLIP_STAGES, "enhancement_plan", "composition"},
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_changed_slice_computes_its_stages(ran, slices, expected):
    graph, key = ran
    graph.genre(**slices)
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == expected
    assert graph.run(key).computed == set()


def test_going_back_reuses_and_downstream_sees_it(ran):
    graph, key = ran
    before = graph.artifacts.current(key, "composition")
    graph.genre(enhancement={"captions": False})
    assert graph.run(key).computed == {"enhancement_plan", "composition"}
    assert graph.artifacts.current(key, "composition") != before
    assert not any(clip.pages for clip in graph.contract(key, "enhancement_plan").clips)
    graph.genre()
    assert graph.run(key).computed == set()
    assert graph.artifacts.current(key, "composition") == before
    assert all(clip.pages for clip in graph.contract(key, "enhancement_plan").clips)


def test_a_deleted_blob_is_computed_again(ran):
    graph, key = ran
    speech = graph.contract(key, "mezzanine").speech
    graph.store.delete(f"blobs/{speech.sha256}")
    assert graph.run(key).computed == {"mezzanine"}
    assert graph.store.has(speech)


def test_an_unreadable_contract_is_a_miss(ran):
    graph, key = ran
    ref = graph.artifacts.current(key, "shots")
    graph.store.replace(f"{ref.folder}/contract.json", b'{"shots": "half a')
    assert graph.run(key).computed == {"shots"}
    assert graph.run(key).computed == set()


def test_a_reset_computes_the_subtree(ran):
    graph, key = ran
    below = {"enhancement_plan", "composition"}
    graph.artifacts.reset(key, below)
    assert graph.run(key).computed == below
    assert graph.run(key).computed == set()


class BrokenAfterOne(LocalVision):
    """Tracks one clip, then the machine goes down."""

    def track(self, store, request):
        super().track(store, replace(request, clips=request.clips[:1]))
        raise RuntimeError("the machine went down")


def test_a_killed_stage_keeps_what_was_done_and_resumes(graph, episode):
    graph.overrides["vision"] = BrokenAfterOne(workers=1)
    key = graph.register(episode.video)
    run = graph.run(key)
    assert not run.success
    assert graph.artifacts.current(key, "face_tracks") is None
    graph.overrides.clear()
    again = graph.run(key)
    assert again.success, again.error
    assert again.computed == {"face_tracks", "crop_paths", "enhancement_plan", "composition"}
    clips = len(graph.contract(key, "clip_plan").clips)
    assert clips > 1
    assert again.metadata["face_tracks"]["clips_reused"] == 1
    assert again.metadata["face_tracks"]["clips_computed"] == clips - 1


def test_the_same_content_under_another_key_brand_and_title(ran, episode, tmp_path: Path):
    graph, key = ran
    copy = tmp_path / "another name.mp4"
    shutil.copyfile(episode.video, copy)
    other = graph.register(copy, brand="Other", title="Another title")
    assert other != key
    assert graph.run(other).computed == {"source_video"}
    assert graph.artifacts.current(other, "composition") == graph.artifacts.current(key, "composition")


def framings_of(graph) -> dict[str, bytes]:
    """The crop paths of single clips in the store."""
    keys = graph.store.list("artifacts/crop_paths.clip")
    return {key: graph.store.read(key) for key in keys if key.endswith("/contract.json")}


def test_trimming_one_clip_computes_one_clip(ran):
    graph, key = ran
    stored, paths = framings_of(graph), graph.contract(key, "crop_paths").clips
    assert len(stored) == len(paths) > 1
    plan, transcript = graph.contract(key, "clip_plan"), graph.contract(key, "transcript")
    clip = max(plan.clips, key=lambda c: c.frames)
    first, last = clip.word_ranges[0][0], clip.word_ranges[-1][1]
    inside = [s for s in transcript.sentences if first <= s.first and s.last <= last]
    assert len(inside) > 1, "the longest clip has one sentence: nothing to trim"
    words = transcript.words
    graph.registry.add_edit(
        key,
        PlanEdit(
            verb="trim",
            start_ms=words[first].start_ms,
            end_ms=words[last].end_ms,
            to_start_ms=words[first].start_ms,
            to_end_ms=words[inside[-2].last].end_ms,
        ),
    )
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == {"clip_plan", *CLIP_STAGES, "enhancement_plan", "composition"}
    after = {c.clip_id for c in graph.contract(key, "clip_plan").clips}
    assert len(after - {c.clip_id for c in plan.clips}) == 1
    for stage in CLIP_STAGES:
        assert run.metadata[stage]["clips_computed"] == 1, stage
    # The other clips' framings are the very ones of before.
    now = framings_of(graph)
    assert stored.items() < now.items()
    assert len(now) == len(stored) + 1
    kept = [path for path in paths if path.clip_id in after]
    assert len(kept) == len(paths) - 1
    assert all(path in graph.contract(key, "crop_paths").clips for path in kept)


def test_a_degraded_result_is_not_reused(ran, monkeypatch):
    graph, key = ran
    find_shots = media.find_shots

    def fallback(bench, mezzanine):
        bench.degrade("the good way is down")
        return find_shots(bench, mezzanine)

    healthy = graph.artifacts.current(key, "shots")
    monkeypatch.setattr(media, "find_shots", fallback)
    graph.artifacts.reset(key, ["shots"])
    for _ in range(2):
        run = graph.run(key)
        assert run.computed == {"shots"}, "the same result: nothing after it changes"
        assert run.metadata["shots"]["degraded"] == "the good way is down"
        assert graph.artifacts.degraded(key, WORKFLOW) == {"shots": ["the good way is down"]}
    monkeypatch.setattr(media, "find_shots", find_shots)
    assert graph.run(key).computed == {"shots"}
    assert graph.artifacts.degraded(key, WORKFLOW) == {}
    assert graph.run(key).computed == set()
    assert graph.artifacts.current(key, "shots").data_version == healthy.data_version
