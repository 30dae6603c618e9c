"""A fix in the real graph: only what holds the word is made anew, byte for byte, and it can be undone."""

from __future__ import annotations

import json
import re
from collections import Counter

from resources.bench import StoreBench
from shortform_assets.creative.fixes.fix_places import FixScope, make_fix
from shortform_assets.delivery.render_reuse import render_folder


def _jobs(graph, key) -> dict[str, bytes]:
    return {job.clip_id: job.canonical_json() for job in graph.contract(key, "composition").outputs}


def _renders(graph, key) -> dict[str, str]:
    return {job.clip_id: render_folder(job, "") for job in graph.contract(key, "composition").outputs}


def _said(graph, key) -> dict[str, list[str]]:
    """Clip -> what its captions say, without punctuation."""
    return {
        clip.clip_id: [
            re.sub(r"\W", "", w.text).lower() for page in clip.pages for line in page.lines for w in line
        ]
        for clip in graph.contract(key, "enhancement_plan").clips
    }


def _fixed(graph, key, wrong, right, clip=None):
    plan, transcript, turns = (graph.contract(key, s) for s in ("clip_plan", "transcript", "speaker_turns"))
    edits = graph.registry.creative_edits(key).edits
    edit, places = make_fix(FixScope(plan, transcript, turns, edits), wrong, right, clip)
    graph.registry.add_edit(key, edit)
    return places


def _own_word(graph, key) -> tuple[str, str]:
    """A word that one clip alone says, and that clip."""
    said = _said(graph, key)
    clips = Counter(word for words in said.values() for word in set(words))
    words = ((word, clip) for clip, words in said.items() for word in words)
    return next((w, clip) for w, clip in words if clips[w] == 1 and len(w) > 4)


def _file(graph, key, name: str) -> bytes:
    delivery = graph.contract(key, "delivery")
    (blob,) = (file.blob for file in delivery.files if file.name == name)
    with StoreBench.over(graph.store) as bench:
        return bench.open(blob).read_bytes()


def test_a_fix_makes_anew_only_the_clips_that_hold_the_word(ran):
    graph, key = ran
    assert graph.run(key, "deliver").success
    jobs, renders = _jobs(graph, key), _renders(graph, key)
    word, clip = _own_word(graph, key)
    assert len(jobs) > 1

    places = _fixed(graph, key, word, "Zanzibar")
    plan = graph.contract(key, "clip_plan")
    assert [plan.clips[place.number - 1].clip_id for place in places.clips] == [clip]
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == {"enhancement_plan", "composition"}
    after = _jobs(graph, key)
    assert {c for c in jobs if after[c] != jobs[c]} == {clip}
    assert {c for c, render in _renders(graph, key).items() if render != renders[c]} == {clip}
    assert "zanzibar" in _said(graph, key)[clip]
    assert word not in _said(graph, key)[clip]

    run = graph.run(key, "deliver")
    assert run.success, run.error
    delivery = graph.contract(key, "delivery")
    # An output with no attempt of its own was completed with the render that was there.
    assert {o.clip_id for o in delivery.outputs if o.attempts} == {clip}
    assert all(o.state == "completed" for o in delivery.outputs)
    told = json.loads(_file(graph, key, "transcript.json"))
    assert any(w["text"].startswith("Zanzibar") for w in told["words"])
    assert [(w["start_ms"], w["end_ms"]) for w in told["words"]] == [
        (w.start_ms, w.end_ms) for w in graph.contract(key, "transcript").words
    ]
    manifest = json.loads(_file(graph, key, "manifest.json"))
    (output,) = (o for o in manifest["outputs"] if o["clip_id"] == clip)
    assert b"Zanzibar" in _file(graph, key, output["files"]["srt"]["name"])
    words = json.loads(_file(graph, key, output["files"]["json"]["name"]))["words"]
    assert {w["speaker"] for w in words} <= {"S1", "S2", "S3", "S4"}

    _fixed(graph, key, "zanzibar", word)
    graph.run(key)
    assert word in _said(graph, key)[clip]
    assert {c for c, job in _jobs(graph, key).items() if job != jobs[c]} <= {clip}


def test_a_fix_of_one_clip_is_of_that_clip_alone(ran):
    """A word that several clips say, fixed in one of them; a plan with another first clip keeps it there."""
    graph, key = ran
    before = _jobs(graph, key)
    said = _said(graph, key)
    shared = Counter(word for words in said.values() for word in set(words))
    word = max((w for w in shared), key=lambda w: (shared[w], -len(w), w))
    assert shared[word] > 1
    order = [clip.clip_id for clip in graph.contract(key, "clip_plan").clips]
    number = next(n for n in range(len(order), 0, -1) if word in said[order[n - 1]])
    places = _fixed(graph, key, word, "Zanzibar", clip=number)
    assert [place.number for place in places.clips] == [number]
    assert graph.run(key).computed == {"enhancement_plan", "composition"}
    assert {c for c, job in _jobs(graph, key).items() if job != before[c]} == {order[number - 1]}

    graph.genre(selection={"min_clips": 2, "max_clips": 2})
    assert graph.run(key).success
    kept = _said(graph, key)
    for clip, words in kept.items():
        assert ("zanzibar" in words) == (clip == order[number - 1])


def test_what_is_only_written_is_not_rendered_again(ran):
    """Titles, descriptions and hashtags are no part of the picture."""
    graph, key = ran
    renders = _renders(graph, key)
    clip = graph.contract(key, "clip_plan").clips[0]
    graph.genre(enhancement={"captions": False, "hook": False})
    graph.run(key)
    bare, jobs = _renders(graph, key), _jobs(graph, key)
    assert bare != renders
    word = max(re.findall(r"\w+", clip.title), key=len)
    _fixed(graph, key, word, "Zanzibar", clip=1)
    graph.run(key)
    after = {job.clip_id: job for job in graph.contract(key, "composition").outputs}
    assert "Zanzibar" in after[clip.clip_id].enhancement.title
    assert after[clip.clip_id].canonical_json() != jobs[clip.clip_id]
    assert _renders(graph, key) == bare
