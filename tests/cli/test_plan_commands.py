"""The human hand on the command line: what is shown, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from resources.bench import StoreBench
from resources.spacy_parser import EnglishGrammar
from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.selection import ClipPlan, Shot, Shots
from shortform_assets.contracts.source import Brief, Mezzanine, SourceRecord
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.genres import load_genre
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments

KEY = "crumbs-0a1b2c3d4e"
RATE = FrameRate(num=25)
STORIES = (
    "Why does bread from one recipe come out different every day? Most people think a recipe is a set of orders. "
    "The truth is that flour remembers the weather. Wheat cut in a wet August drinks less water and tears when you "
    "shape it. A baker who follows the numbers fails twice a year and never learns why.",
    "What was the hardest decision of them all? In 2016 I sold the van to pay one baker. His name was Tomas, and his "
    "daughter was in hospital in Leeds. Everyone told me I was insane, because without the van we lost the hotels. "
    "On Monday all fourteen of them carried the bread to the hotels on bicycles.",
    "What would you tell somebody who opens a bakery tomorrow? You should never hire for talent. Talent quits at the "
    "first hot July. Hire the people who sweep a floor that is already clean. Bread is ten thousand small cares, and "
    "nobody is watching nine thousand of them.",
)
DULL = "Yeah. Okay. It was, I mean, it was what it was. Right. And so on. "


def recorded() -> tuple[Transcript, SpeakerTurns]:
    words, sentences, now, first = [], [], 500, 0
    for story in STORIES:
        for text in (story + " " + DULL * 4).split():
            words.append(Word(text=text, start_ms=now, end_ms=now + 330, confidence=1))
            now += 350
            if text[-1] in ".?":
                sentences.append(Sentence(first=first, last=len(words) - 1))
                first, now = len(words), now + 400
        now += 3000
    transcript = Transcript(
        language="en",
        language_confidence=1,
        provider="test",
        duration_ms=now,
        words=tuple(words),
        sentences=tuple(sentences),
    )
    voice = tuple(Interval(start_ms=words[s.first].start_ms, end_ms=words[s.last].end_ms) for s in sentences)
    turns = SpeakerTurns(
        speakers=("S1",), turns=(Turn(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, speaker="S1"),), voice_activity=voice, word_speakers=(0,) * len(words)
    )  # fmt: skip
    return transcript, turns


def replan(project: Project, count: int = 3, grammar: bool = True) -> ClipPlan:
    """What a run does to the plan, without the rest of the run."""
    transcript, turns = recorded()
    selection = load_genre("podcast").selection
    frames = RATE.frame(transcript.duration_ms)
    blob = Blob(sha256="0" * 64, size=0)
    mezzanine = Mezzanine(
        video=blob, speech=blob, width=640, height=360, rate=RATE, frames=frames, speech_samples=0, remuxed=True
    )  # fmt: skip
    with StoreBench.over(project.store) as bench:
        shots = Shots(shots=(Shot(start_frame=0, end_frame=frames),))
        moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, selection))
        edits = project.registry.plan_edits(KEY)
        plan = plan_clips(
            bench,
            PlanRequest(moments, transcript, turns, selection, edits, Brief(count=count)),
            parser=EnglishGrammar().load() if grammar else None,
        )
    results = {
        "clip_plan": plan,
        "moments": moments,
        "transcript": transcript,
        "speaker_turns": turns,
        "genre/selection": selection,
    }
    for stage, contract in results.items():
        project.artifacts.point(KEY, project.artifacts.save(stage, contract.digest()[:32], contract))
    return plan


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    project = Project()
    record = SourceRecord(uri="file:///crumbs.mp4", etag="1", name="crumbs.mp4", genre="podcast")
    project.registry.register(KEY, record)
    project.instance.add_dynamic_partitions("source_videos", [KEY])
    return project


@pytest.fixture
def shell(project: Project):
    """Runs a command; `fails` says whether it must be refused."""

    def run(*args: object, fails: bool = False) -> str:
        result = CliRunner().invoke(main.app, [str(arg) for arg in args], catch_exceptions=False)
        assert result.exit_code == (exit_codes.FAILED if fails else 0), result.output
        if fails:
            assert result.output.count("error:") == 1
        return result.output

    return run


def number_of(plan: ClipPlan, words: str) -> int:
    transcript, _ = recorded()
    for n, clip in enumerate(plan.clips, start=1):
        said = " ".join(w.text for a, b in clip.word_ranges for w in transcript.words[a : b + 1])
        if words in said:
            return n
    raise AssertionError(f"no clip says {words}")


def test_the_plan_is_a_table_and_plain_data(shell, project):
    plan = replan(project)
    shown = shell("plan", KEY[:6])
    for clip in plan.clips:
        assert clip.title in shown
    assert "needs a title" not in shown
    assert "fell out" in shown
    assert "is said" not in shell("plan", KEY, "--all")
    told = json.loads(shell("plan", KEY, "--json"))
    assert [c["clip_id"] for c in told["clips"]] == [c.clip_id for c in plan.clips]
    assert not any(c["needs_title"] for c in told["clips"])
    assert all(c["from_ms"] < c["to_ms"] and c["length_ms"] > 0 for c in told["clips"])
    assert told["waiting_edits"] == 0
    assert {f["reason"] for f in told["fell_out"]} == {f.reason for f in plan.fell_out}


def test_a_makeshift_title_says_so(shell, project):
    plan = replan(project, grammar=False)
    shown = shell("plan", KEY)
    for clip in plan.clips:
        assert f"{clip.title} (needs a title)" in shown
    assert all(c["needs_title"] for c in json.loads(shell("plan", KEY, "--json"))["clips"])


def test_a_source_without_a_plan_says_what_to_do(shell, project):
    assert f"shortform rerun {KEY}" in shell("plan", KEY, fails=True)
    assert f"shortform rerun {KEY}" in shell("drop", KEY, 1, fails=True)


def test_drop_waits_keeps_the_numbers_and_survives_the_next_run(shell, project):
    plan = replan(project)
    said = shell("drop", KEY, 2)
    assert f"clip 2, {plan.clips[1].title}, is left out" in said
    assert "dropped; waits for the next run" in shell("plan", KEY)
    assert "1 edit waits" in shell("plan", KEY)
    assert "dropped already" in shell("drop", KEY, 2, fails=True)
    assert "clips 1 to 3" in shell("drop", KEY, 9, fails=True)
    after = replan(project)
    assert [c.clip_id for c in after.clips] == [plan.clips[0].clip_id, plan.clips[2].clip_id]
    assert json.loads(shell("plan", KEY, "--json"))["waiting_edits"] == 0


def test_clips_are_named_by_number_time_or_words(shell, project):
    plan = replan(project)
    n = number_of(plan, "Tomas")
    start = plan.rate.ms(plan.clips[n - 1].spans[0].start_frame) / 1000
    pinned = f"clip {n}, {plan.clips[n - 1].title}, stays"
    assert pinned in shell("pin", KEY, "--quote", "his name was tomas")
    assert "so already" in shell("pin", KEY, n, fails=True)
    assert f"clip {n}," in shell("drop", KEY, "--from", f"{start:.1f}", "--to", f"{start + 9:.1f}")
    assert "more than one way" in shell("drop", KEY, 1, "--quote", "hotels", fails=True)
    assert "no clip was named" in shell("drop", KEY, fails=True)
    assert "needs both ends" in shell("drop", KEY, "--from", "0:10", fails=True)
    assert "no clip lies there" in shell("drop", KEY, "--from", "5:00:00", "--to", "5:00:09", fails=True)
    assert "no time" in shell("drop", KEY, "--from", "soon", "--to", "later", fails=True)


def test_words_that_nobody_says_are_refused_with_the_closest(shell, project):
    replan(project)
    said = shell("pin", KEY, "--quote", "his cat was called Thomas", fails=True)
    assert "nobody says" in said
    assert "His name was Tomas" in said
    assert project.registry.plan_edits(KEY).edits == ()


def test_pinned_clips_stay_when_fewer_are_wanted(shell, project):
    plan = replan(project)
    shell("pin", KEY, 3)
    after = replan(project, count=1)
    assert {c.clip_id for c in after.clips} == {plan.clips[0].clip_id, plan.clips[2].clip_id}


def test_trim_by_words_and_by_time(shell, project):
    plan = replan(project)
    n = number_of(plan, "Tomas")
    said = shell("trim", KEY, n, "--from", "I sold the van", "--to", "we lost the hotels")
    assert "begins or ends inside a sentence" in said
    assert '"I sold the van' in said
    after = replan(project)
    clip = next(c for c in after.clips if c.mid_sentence)
    transcript, _ = recorded()
    words = [w.text for a, b in clip.word_ranges for w in transcript.words[a : b + 1]]
    assert (words[:2], words[-1]) == (["I", "sold"], "hotels.")
    assert "changes nothing" in shell(
        "trim", KEY, number_of(after, "sold the van"), "--from", "I sold the van", fails=True
    )
    other = number_of(after, "Talent quits")
    start = after.rate.ms(after.clips[other - 1].spans[0].start_frame)
    assert f"clip {other} changes" in shell("trim", KEY, other, "--from", f"{start / 1000 + 4:.1f}")
    assert not [c for c in replan(project).clips if c.mid_sentence and c.clip_id != clip.clip_id]
    assert "nothing to trim to" in shell("trim", KEY, 1, fails=True)


def test_add_makes_whole_sentences_and_says_what_it_replaces(shell, project):
    plan = replan(project, count=1)
    said = shell("add", KEY, "--quote", "fails twice a year", "--title", "The baker")
    assert "clip 2 is added: The baker" in said
    assert '"A baker who follows the numbers fails twice a year and never learns why."' in said
    assert "shorter than the genre's" in said
    first = plan.clips[0]
    low, high = (plan.rate.ms(f) / 1000 for f in (first.spans[0].start_frame, first.spans[-1].end_frame))
    over = shell("add", KEY, "--from", f"{low + 5:.1f}", "--to", f"{high + 20:.1f}")
    assert f"clip 1, {first.title}, is left out" in over
    assert "clip 3 is added" in over
    after = replan(project, count=1)
    assert "The baker" in [c.title for c in after.clips]
    assert len(after.clips) == 2
    assert "both given" in shell("add", KEY, "--quote", "hotels", "--from", "1", "--to", "2", fails=True)


def test_retitle_changes_the_title_alone(shell, project):
    plan = replan(project)
    said = shell("retitle", KEY, 1, "Bread & <weather> [bold]")
    assert "is called Bread & <weather> [bold] instead of" in said
    after = replan(project)
    assert after.clips[0] == plan.clips[0].model_copy(
        update={"title": "Bread & <weather> [bold]", "needs_title": False}
    )
    assert "[bold]" in shell("plan", KEY)
    assert "empty" in shell("retitle", KEY, 1, "  ", fails=True)
