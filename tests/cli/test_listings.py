"""A title such as `[/b] [red]x` comes out of every listing as it went in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from test_reframe import RATE, clip, framed
from typer.testing import CliRunner

from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.cli.run_report import show_outputs
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.base import Blob, Dropped
from shortform_assets.contracts.clips import ClipMedia, ClipMediaSet, CropPathsSet, MediaSegment
from shortform_assets.contracts.delivery import Delivery, DeliveryFile, Outcome, OutputState
from shortform_assets.contracts.selection import ClipPlan, FellOut
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.speech import Sentence, SpeakerTurns, Transcript, Word

TITLE = "[/b] [red]x"
WHY = "FFmpeg failed (234): [out#0/mp4] Error: try pip install 'shortform[voice]'"
KEY = "b-red-x-0123456789"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A source of that name with three clips of that title: one failed to render, one was dropped."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    monkeypatch.setenv("SHORTFORM_GENRES", str(tmp_path / "genres"))
    (tmp_path / "genres").mkdir()
    (tmp_path / "genres" / "mine.yaml").write_text(f"extends: podcast\ndescription: '{TITLE}'\n")
    project = Project()
    record = SourceRecord(uri="file:///t.mp4", etag="1", name=f"{TITLE}.mp4", genre="mine")
    project.registry.register(KEY, record)
    project.instance.add_dynamic_partitions("source_videos", [KEY])
    clips = tuple(
        clip(name, (start, start + 200)).model_copy(update={"title": TITLE, "reason": TITLE})
        for name, start in (("a", 250), ("b", 1000), ("c", 2000))
    )
    fallen = FellOut(moment_id="m1", start_ms=0, end_ms=9000, score=0.1, reason=WHY, others=1)
    words = tuple(
        Word(text=text, start_ms=10_000 + 500 * n, end_ms=10_400 + 500 * n, confidence=1)
        for n, text in enumerate(("[red]x", "is", "said."))
    )
    (tmp_path / "file").write_bytes(b"page")
    page = project.store.add_file(tmp_path / "file")
    failed = Outcome(output_id="o1", attempt=1, state="failed", error=WHY)
    delivery = Delivery(
        composition="c", complete=True, manifest=page, review=page,
        files=(DeliveryFile(name="index.html", blob=page),),
        outputs=tuple(
            OutputState(
                output_id=f"o{n}", clip_id=clips[n].clip_id, aspect="9:16", title=TITLE, state="failed",
                attempts=1, outcome=failed,
            )
            for n in (0, 1)
        ),
        dropped=(Dropped(clip_id=clips[2].clip_id, stage="clip_media", reason=WHY),),
    )  # fmt: skip
    blob = Blob(sha256="0" * 64, size=1)
    media = tuple(
        ClipMedia(
            clip_id=c.clip_id, width=1920, height=1080, rate=RATE, frames=c.frames,
            segments=(MediaSegment(video=blob, audio=blob, first_frame=0, frames=c.frames),),
        )
        for c in clips[:2]
    )  # fmt: skip
    stages = {
        "clip_plan": ClipPlan(
            editor="local", rate=RATE, clips=clips, target_count=4, fell_out=(fallen,), shortfall=TITLE, notes=(WHY,)
        ),
        "clip_media": ClipMediaSet(clips=media),
        "crop_paths": CropPathsSet(clips=tuple(framed(c) for c in clips[:2])),
        "transcript": Transcript(
            language="en", language_confidence=1, provider="test", duration_ms=90_000, words=words,
            sentences=(Sentence(first=0, last=2),),
        ),
        "speaker_turns": SpeakerTurns(speakers=("S1",), turns=(), voice_activity=(), word_speakers=(0, 0, 0)),
        "delivery": delivery,
    }  # fmt: skip
    for stage, contract in stages.items():
        run = {"degraded": [WHY]} if stage == "transcript" else {}
        project.artifacts.point(KEY, project.artifacts.save(stage, "r", contract, run))
    return project


def told(*args: str, code: int = exit_codes.OK) -> str:
    result = CliRunner().invoke(main.app, args, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_every_listing_shows_it(project: Project, tmp_path: Path):
    assert f"{TITLE}.mp4" in told("list")
    status = told("status", KEY)
    assert (status.count(TITLE), status.count(WHY)) == (3, 4)
    plan = told("plan", KEY, "--all")
    assert (plan.count(TITLE), plan.count(WHY)) == (7, 2)
    assert WHY in told("plan", KEY)
    data = json.loads(told("plan", KEY, "--json"))
    assert [c["title"] for c in data["clips"]] == [TITLE] * 3
    assert f"clip 1, {TITLE}: fit" in told("reframe", KEY, "--clip", "1", "--layout", "fit")
    assert f"clip 1, {TITLE}" in told("fix", KEY, "[red]x", "[b]y")
    assert TITLE in told("genres", "list")
    file = io.StringIO()
    assert show_outputs(Terminal(file=file), project, KEY, tmp_path / TITLE) == exit_codes.OUTPUTS_FAILED
    ended = file.getvalue()
    assert f"fewer clips than asked for: {TITLE}" in ended
    assert f"transcript is degraded: {WHY}" in ended
    assert (ended.count(WHY), str(tmp_path / TITLE / "index.html") in ended) == (4, True)


@pytest.mark.parametrize("name", [TITLE, "a[final]", "x[/y"])
def test_an_error_names_it(project: Project, name: str):
    for args in (("status", name), ("run", name), ("run", "x", "--genre", name), ("styles", "show", name)):
        assert name in told(*args, code=exit_codes.FAILED)
