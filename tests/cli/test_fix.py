"""`shortform fix`: it says what it will change, writes one edit, and refuses what changes nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from resources.artifacts import Artifacts
from shortform_assets.cli.fix_command import fix
from shortform_assets.cli.glossary_option import parse_glossary
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.errors import InputError

TALK = "We run kubernetties here. Nobody calls it that."
KEY = "talk-0123456789"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """One registered source with a transcript and a plan of one clip, its first sentence."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    project = Project()
    project.registry.register(KEY, SourceRecord(uri="file:///t.mp4", etag="1", name="t.mp4", genre="podcast"))
    project.instance.add_dynamic_partitions("source_videos", [KEY])
    return project


def finished(project: Project) -> None:
    words = tuple(
        Word(text=w, start_ms=i * 400, end_ms=i * 400 + 350, confidence=1) for i, w in enumerate(TALK.split())
    )
    transcript = Transcript(
        language="en",
        language_confidence=1,
        provider="test",
        duration_ms=4000,
        words=words,
        sentences=(Sentence(first=0, last=3), Sentence(first=4, last=7)),
    )
    whole = {"start_ms": words[0].start_ms, "end_ms": words[-1].end_ms}
    turns = SpeakerTurns(
        speakers=("S1",),
        turns=(Turn(**whole, speaker="S1"),),
        voice_activity=(Interval(**whole),),
        word_speakers=(0,) * len(words),
    )
    clip = PlannedClip(
        clip_id="a" * 12,
        spans=(Span(start_frame=0, end_frame=40),),
        word_ranges=((0, 3),),
        title="[bold]Kubernetties[/bold] here",
        hook="We run it",
        quote="We run kubernetties here.",
        score=0.5,
        reason="It is short.",
    )
    plan = ClipPlan(editor="local", rate=FrameRate(num=25), clips=(clip,), target_count=1)
    artifacts = Artifacts(project.store)
    for stage, contract in (("transcript", transcript), ("speaker_turns", turns), ("clip_plan", plan)):
        artifacts.point(KEY, artifacts.save(stage, "r", contract))


def told(*args) -> str:
    out = io.StringIO()
    fix(Terminal(file=out), *args)
    return out.getvalue()


def test_a_fix_says_what_it_changes_and_is_appended(project: Project):
    finished(project)
    text = told("talk", "Kubernetties", "Kubernetes", 1)
    assert "'Kubernetties' -> 'Kubernetes': 3 places" in text
    assert "clip 1, [bold]Kubernetties[/bold] here: 1 in the words, the title, the quote" in text
    assert f"`shortform rerun {KEY}` applies it and renders again only clip 1" in text
    assert "nobody" not in text
    (edit,) = project.registry.creative_edits(KEY).edits
    assert (edit.wrong, edit.right, edit.spans_ms) == ("Kubernetties", "Kubernetes", ((0, 1600),))
    outside = told(KEY, "that", "this", None)
    assert "outside the clips: 1 in the transcript" in outside
    assert "no clip is rendered again" in outside
    # An earlier fix is undone by a later one, which sees what the first one made of it.
    assert "3 places" in told(KEY, "kubernetes", "kubernetties", None)
    assert len(project.registry.creative_edits(KEY).edits) == 3


def test_what_changes_nothing_is_refused_and_not_written(project: Project):
    with pytest.raises(InputError, match="no clips yet"):
        told(KEY, "a", "b", None)
    finished(project)
    for args, why in {
        ("nobody", "a", "b", None): "shortform list",
        (KEY, "Kubernets", "Kubernetes", None): "the closest are 'kubernetties",
        (KEY, "that", "this", 1): "it is not in clip 1 - it is in no other clip",
        (KEY, "here", "", None): "trim the clip",
        (KEY, "here", "there", 2): "the plan's clips are 1 to 1",
    }.items():
        with pytest.raises(InputError, match=why):
            told(*args)
    assert project.registry.creative_edits(KEY).edits == ()


def test_a_glossary_is_a_list_or_a_file(tmp_path: Path):
    file = tmp_path / "terms.txt"
    file.write_text("\ufeffJane Doe\r\n\n  Node.js \nAcme, Inc.\n", encoding="utf-8")
    assert parse_glossary(["Kubernetes,  jane   doe,", f"@{file}", ""]) == (
        "Kubernetes",
        "jane doe",
        "Node.js",
        "Acme, Inc.",
    )
    assert parse_glossary([]) == ()
    assert len(parse_glossary([",".join(f"t{n}" for n in range(500))])) == 500


def test_nonsense_is_no_glossary(tmp_path: Path):
    binary = tmp_path / "a.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    many = ",".join(f"t{n}" for n in range(501))
    for value, why in {
        many: "501 terms are too many",
        "a\x07b": "control characters",
        "a\u202eb": "control characters",
        "ok, !!!": "no letter and no digit",
        "x" * 81: "longer than 80",
        f"@{tmp_path / 'none.txt'}": "cannot be read",
        f"@{tmp_path}": "cannot be read",
        f"@{binary}": "no UTF-8",
        "@\x00": "cannot be read",
    }.items():
        with pytest.raises(InputError, match=why):
            parse_glossary([value])
