"""Own subtitles in the real graph: what depends on them is computed, nothing else, and they are delivered."""

from __future__ import annotations

from pathlib import Path

from resources.bench import StoreBench
from shortform_assets.cli.project import Project
from shortform_assets.cli.run_commands import RunRequest, _facts
from shortform_assets.genres import load_genre
from shortform_assets.graph.caption_languages import wanted_translation


def _subtitles(graph, key: str, path: Path, word: str) -> Path:
    """A cue a sentence of the transcript, in a language of one word."""
    transcript = graph.contract(key, "transcript")
    cues = []
    for number, sentence in enumerate(transcript.sentences, 1):
        start, end = transcript.words[sentence.first].start_ms, transcript.words[sentence.last].end_ms
        times = " --> ".join(f"00:{t // 60000:02}:{t // 1000 % 60:02},{t % 1000:03}" for t in (start, end))
        cues.append(f"{number}\n{times}\n{word} {number}\n")
    path.write_text("\n".join(cues))
    return path


def _told(graph, key: str, wanted: str | None) -> None:
    """What `shortform run --translation` writes into the record."""
    record = graph.registry.record(key)
    project = object.__new__(Project)
    project.store = graph.store
    facts = _facts(project, RunRequest(genre=record.genre, translation=wanted), 1)
    graph.registry.register(key, record.model_copy(update={"translation": facts["translation"]}))


def test_a_translation_computes_captions_and_what_shows_them(ran, tmp_path):
    graph, key = ran
    plain = graph.contract(key, "enhancement_plan")
    srt = _subtitles(graph, key, tmp_path / "talk.es.srt", "frase")
    _told(graph, key, f"es={srt}")
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == {"enhancement_plan", "composition"}
    clips = graph.contract(key, "enhancement_plan").clips
    for clip in clips:
        assert clip.translation is not None
        assert clip.translation.missing < clip.translation.pages / 2
    assert graph.run(key).computed == set()
    assert graph.run(key, "deliver").success
    files = {file.name: file.blob for file in graph.contract(key, "delivery").files}
    own = [name for name in files if name.endswith(".es.srt")]
    assert len(own) == len([name for name in files if name.endswith(".mp4")]) == len(clips)
    with StoreBench.over(graph.store) as bench:
        text = bench.open(files[own[0]]).read_text()
    assert "frase" in text
    assert "potato" not in text.lower()
    # Other words, and the first ones again: only what shows them.
    before = graph.contract(key, "composition")
    _told(graph, key, f"es={_subtitles(graph, key, tmp_path / 'other.srt', 'oración')}")
    assert graph.run(key).computed == {"enhancement_plan", "composition"}
    _told(graph, key, f"es={srt}")
    assert graph.run(key).computed == set()
    assert graph.contract(key, "composition") == before
    _told(graph, key, None)
    assert graph.run(key).computed == set()
    assert graph.contract(key, "enhancement_plan") == plain


def test_a_genre_may_ask_for_it_and_a_record_comes_first(ran, tmp_path):
    graph, key = ran
    graph.genre(enhancement={"translation": {"language": "fr", "show": "instead"}})
    run = graph.run(key)
    assert run.success, run.error
    assert "enhancement_plan" in run.computed
    plan = graph.contract(key, "enhancement_plan")
    assert all(clip.translation is None for clip in plan.clips)
    assert "no model is named in selection.panel.models" in str(run.metadata["enhancement_plan"]["degraded"])
    _told(graph, key, "es")
    wanted = wanted_translation(graph.store, graph.registry.record(key), load_genre("brief").enhancement)
    assert wanted is not None
    assert (wanted.language, wanted.show) == ("es", "instead")
