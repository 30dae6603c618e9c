"""Human framing in the real graph: one clip is framed and rendered again, and a path that misses its clip is
dropped, or stops the run where it was the last."""

from __future__ import annotations

import json
from html import escape
from io import StringIO

from shortform_assets.cli.run_report import show_dropped
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.edits import FramingEdit
from shortform_assets.errors import ClipFault
from shortform_assets.reframing.crop_paths import frame_clip


def edit_of(graph, key, number: int, verb: str, **values) -> tuple[str, FramingEdit]:
    """The clip's id, and an edit anchored at it."""
    plan = graph.contract(key, "clip_plan")
    clip = plan.clips[number]
    spans = tuple((plan.rate.ms(s.start_frame), plan.rate.ms(s.end_frame)) for s in clip.spans)
    stretch = {"start_ms": min(s for s, _ in spans), "end_ms": max(e for _, e in spans), "spans_ms": spans}
    return clip.clip_id, FramingEdit(verb=verb, **stretch, **values)


def test_an_edit_frames_its_clip_alone_and_survives(ran):
    graph, key = ran
    before = {path.clip_id: path for path in graph.contract(key, "crop_paths").clips}
    outputs = {job.clip_id: job.output_id for job in graph.contract(key, "composition").outputs}
    assert len(before) >= 2

    touched, wish = edit_of(graph, key, 0, "layout", layout="fit")
    graph.registry.add_edit(key, wish)
    run = graph.run(key)
    assert run.success, run.error
    assert run.metadata["crop_paths"]["clips_computed"] == 1
    assert not {"clip_plan", "clip_media", "face_tracks"} & run.computed
    after = {path.clip_id: path for path in graph.contract(key, "crop_paths").clips}
    assert {name for name in before if before[name] != after[name]} == {touched}
    for aspect in after[touched].aspects:
        assert {framing.layout for framing in aspect.framings} == {"fit"}
        assert {framing.reason for framing in aspect.framings} == {"an editor asked for it"}
    # An output's id is the digest of its job: all others are found rendered.
    jobs = {job.clip_id: job.output_id for job in graph.contract(key, "composition").outputs}
    assert {name for name in jobs if jobs[name] != outputs[name]} == {touched}

    assert graph.run(key).computed == set()
    # Another plan of the same clips, or another config, leaves the edit in force.
    graph.genre(reframing={"dead_zone": 0.05})
    assert graph.run(key).success
    again = {path.clip_id: path for path in graph.contract(key, "crop_paths").clips}
    assert {f.layout for a in again[touched].aspects for f in a.framings} == {"fit"}

    graph.genre()
    graph.registry.add_edit(key, edit_of(graph, key, 0, "auto")[1])
    assert graph.run(key).success
    assert {path.clip_id: path for path in graph.contract(key, "crop_paths").clips} == before
    jobs = {job.clip_id: job.output_id for job in graph.contract(key, "composition").outputs}
    assert jobs == outputs


def test_a_stored_path_that_misses_its_clip_is_made_again(ran):
    graph, key = ran
    good = graph.contract(key, "crop_paths")
    stored = {}
    for name in graph.store.list("artifacts/crop_paths.clip/"):
        if name.endswith("contract.json"):
            stored[json.loads(graph.store.read(name))["clip_id"]] = name
    first, second = (path.clip_id for path in good.clips[:2])
    # Two results change places, as a restored backup or a copied folder may have it.
    one, other = graph.store.read(stored[first]), graph.store.read(stored[second])
    renamed = json.loads(other)
    renamed["clip_id"] = first
    graph.store.replace(stored[first], json.dumps(renamed).encode())
    graph.store.replace(stored[second], one)
    run = graph.run(key)
    assert run.success, run.error
    assert run.metadata["crop_paths"]["clips_computed"] == 2
    assert graph.contract(key, "crop_paths") == good
    assert run.checks["framing_fits_its_clip"]
    assert graph.run(key).computed == set()


def other_media(path):
    return path.model_copy(update={"media": "f" * 64})


def a_frame_short(path):
    return path.model_copy(update={"frames": path.frames - 1})


def no_path(path):
    raise ClipFault("the face tracks were made for another clip")


WHY = {
    other_media: ("composition", "the camera was made for other media"),
    a_frame_short: ("enhancement_plan", "the camera has"),
    no_path: ("crop_paths", "the face tracks were made for another clip"),
}


class Elsewhere:
    """Renders that somebody else will make, some day."""

    name, drains, renderer = "elsewhere", False, None

    def dispatch(self, *_):
        pass


def delivered(graph, key, reasons):
    """The delivery tells people and tools why clips are not in it."""
    graph.overrides["renderer"] = Elsewhere()
    assert graph.run(key, "deliver").success
    delivery = graph.contract(key, "delivery")
    assert {drop.clip_id: drop.reason for drop in delivery.dropped} == reasons
    told = json.loads(graph.store.open_local(delivery.manifest).read_bytes())
    assert {drop["clip_id"]: drop["reason"] for drop in told["dropped"]} == reasons
    page = graph.store.open_local(delivery.review).read_text()
    plan, printed = graph.contract(key, "clip_plan"), StringIO()
    show_dropped(Terminal(file=printed), delivery, plan)
    shown = printed.getvalue()
    titles = {clip.clip_id: clip.title for clip in plan.clips}
    for clip, reason in reasons.items():
        assert f"<td>{escape(titles[clip])}</td>" in page
        assert f"<td>{escape(reason)}</td>" in page
        assert reason in shown


def test_a_path_made_for_another_clip_is_dropped_and_blocks_when_none_is_left(ran, monkeypatch):
    """Wherever along the way the mismatch comes to light."""
    graph, key = ran
    ids = [path.clip_id for path in graph.contract(key, "crop_paths").clips]
    faults = [
        (ids[:1], other_media),
        (ids, other_media),
        (ids[:1], a_frame_short),
        (ids, a_frame_short),
        (ids[:1], no_path),
        (ids, no_path),
    ]
    for number, (faulty, fault) in enumerate(faults):

        def mixed_up(bench, media, request, faulty=faulty, fault=fault):
            path = frame_clip(bench, media, request)
            return fault(path) if media.clip_id in faulty else path

        monkeypatch.setattr("shortform_assets.graph.assets.clip_assets.frame_clip", mixed_up)
        graph.genre(reframing={"dead_zone": 0.201 + number / 1000})
        run = graph.run(key)
        assert run.success == run.checks["a_clip_is_left"] == (len(faulty) < len(ids)), run.error
        composition = graph.contract(key, "composition")
        assert {job.clip_id for job in composition.outputs} == set(ids) - set(faulty)
        assert run.checks["framing_fits_its_clip"] == (fault is no_path)
        # Whichever stage gave them up, the render index says why they have no output.
        stage, why = WHY[fault]
        reasons = {drop.clip_id: drop.reason for drop in composition.dropped}
        assert set(reasons) == set(faulty)
        assert all(why in reason for reason in reasons.values())
        assert {drop.stage for drop in composition.dropped} == {stage}
        if run.success:
            delivered(graph, key, reasons)
        else:
            assert why in run.error
