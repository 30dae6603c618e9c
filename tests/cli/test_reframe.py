"""`shortform reframe`: what it appends, what it says, and what it refuses without writing anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.contracts.base import Blob, Dropped, FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    ClipMediaSet,
    CropPaths,
    CropPathsSet,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
    TrackVerdict,
)
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span
from shortform_assets.contracts.source import SourceRecord

KEY = "talk-0123456789"
RATE = FrameRate(num=25)
BLOB = Blob(sha256="0" * 64, size=1)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    project = Project()
    project.registry.register(KEY, SourceRecord(uri="file:///t.mp4", etag="1", name="t.mp4", genre="podcast"))
    project.instance.add_dynamic_partitions("source_videos", [KEY])
    return project


@pytest.fixture
def shell(project: Project):
    """Runs `reframe KEY ...`; `fails` says whether it must be refused."""

    def run(*args: object, fails: bool = False) -> str:
        result = CliRunner().invoke(
            main.app, ["reframe", KEY[:6], *(str(arg) for arg in args)], catch_exceptions=False
        )
        assert result.exit_code == (exit_codes.FAILED if fails else 0), result.output
        if fails:
            assert result.output.count("error:") == 1
        return result.output

    return run


def clip(name: str, *spans: tuple[int, int]) -> PlannedClip:
    return PlannedClip(
        clip_id=name * 12, spans=tuple(Span(start_frame=a, end_frame=b) for a, b in spans),
        word_ranges=((0, 1),), title=f"Clip [{name}]", hook="h", quote="q", score=0.5, reason="r",
    )  # fmt: skip


def framed(planned: PlannedClip) -> CropPaths:
    """The first half one person, the second two, one above the other."""
    half = planned.frames // 2
    whole = Panel(slot=(0, 0, 1, 1), width=607.5, height=1080, path=(Keyframe(frame=0, x=0, y=0),))
    parts = tuple(
        Panel(slot=(0, y, 1, 0.5), width=900, height=800, path=(Keyframe(frame=half, x=0, y=0),))
        for y in (0, 0.5)
    )
    framings = (
        Framing(
            start_frame=0, end_frame=half, layout="single", reason="follows the speaker", panels=(whole,)
        ),
        Framing(start_frame=half, end_frame=planned.frames, layout="stacked", reason="both", panels=parts),
    )
    return CropPaths(
        clip_id=planned.clip_id, media="m", frames=planned.frames, rate=RATE, cuts=(), width=1920, height=1080,
        verdicts=(
            TrackVerdict(
                track_id="t0", state="live", evidence={}, person="P1", speaker="S1", speaking=((0, 50),)
            ),
            TrackVerdict(track_id="t1", state="live", evidence={}, person="P2"),
        ),
        aspects=(AspectFraming(aspect="9:16", framings=framings),),
        choices=("centre", "fit", "single", "stacked", "wide"),
    )  # fmt: skip


@pytest.fixture
def framing(project: Project):
    """A plan of three clips, the last one dropped; the second is made of two pieces."""
    clips = (clip("a", (250, 450)), clip("b", (1000, 1100), (1500, 1600)), clip("c", (2000, 2200)))
    media = tuple(
        ClipMedia(
            clip_id=c.clip_id, width=1920, height=1080, rate=RATE, frames=c.frames,
            segments=tuple(MediaSegment(video=BLOB, audio=BLOB, first_frame=0, frames=s.frames) for s in c.spans),
        )
        for c in clips[:2]
    )  # fmt: skip
    dropped = (Dropped(clip_id=clips[2].clip_id, stage="clip_media", reason="its frames cannot be read"),)
    stages = {
        "clip_plan": ClipPlan(editor="local", rate=RATE, clips=clips, target_count=3),
        "clip_media": ClipMediaSet(clips=media, dropped=dropped),
        "crop_paths": CropPathsSet(clips=tuple(framed(c) for c in clips[:2]), dropped=dropped),
    }
    for stage, contract in stages.items():
        project.artifacts.point(KEY, project.artifacts.save(stage, "r", contract))
    return lambda: project.registry.framing_edits(KEY).edits


def test_without_a_wish_it_shows_who_is_there_and_what_could_be(shell, framing):
    text = shell("--clip", 1)
    for told in ("P1", "S1", "2.0 s", "follows the speaker", "stacked", "1920x1080", "centre, fit, single"):
        assert told in text
    assert framing() == ()


def test_every_wish_is_appended_anchored_in_the_source(shell, framing):
    text = shell("--clip", 1, "--follow", "s1", "--layout", "fit")
    assert "clip 1, Clip [a]: follows S1" in text
    assert f"`shortform rerun {KEY}` applies it and renders again only clip 1" in text
    follow, layout = framing()
    assert (follow.verb, follow.speaker, follow.aspect) == ("follow", "S1", None)
    assert (layout.verb, layout.layout) == ("layout", "fit")
    assert {(e.start_ms, e.end_ms, e.spans_ms) for e in (follow, layout)} == {(10_000, 18_000, ())}

    shell("--clip", 2, "--follow", "P2", "--layout", "two-up")
    *_, person, two = framing()
    assert (person.speaker, two.layout) == ("P2", "stacked")
    assert person.spans_ms == ((40_000, 44_000), (60_000, 64_000))

    shell(
        "--clip",
        2,
        "--layout",
        "single",
        "--keyframe",
        "0:04.2:480,540",
        "--keyframe",
        "5:50%,25%",
        "--aspect",
        "9x16",
    )
    one, other = framing()[-2:]
    # 4.2 s into the clip lies in its second piece.
    assert (one.at_ms, one.x, one.y, one.aspect) == (60_200, 0.25, 0.5, "9:16")
    assert (other.at_ms, other.x, other.y) == (61_000, 0.5, 0.25)
    shell("--clip", 2, "--auto")
    assert framing()[-1].verb == "auto"


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--clip", 9, "--layout", "fit"), "the plan's clips are 1 to 3"),
        (("--clip", 0, "--layout", "fit"), "there is no clip 0"),
        (("--clip", 3, "--layout", "fit"), "its frames cannot be read"),
        (("--clip", 1, "--follow", "S7"), "there are P2, S1 (P1)"),
        (("--clip", 1, "--follow", "S1", "--aspect", "9:16"), "the same in every aspect ratio"),
        (("--clip", 1, "--layout", "mosaic"), "is no layout"),
        (("--clip", 1, "--layout", "panels"), "it can be centre, fit, single, stacked, wide"),
        (("--clip", 1, "--layout", "fit", "--aspect", "4:3"), "there are 9:16, 1:1, 16:9"),
        (("--clip", 1, "--keyframe", "3.5"), "is no keyframe"),
        (("--clip", 1, "--keyframe", "3.5:left,up"), "is no place in a picture"),
        (("--clip", 1, "--keyframe", "3.5:nan,5"), "outside the picture"),
        (("--clip", 1, "--keyframe", "8:100,100"), "it is 8.0 s long"),
        (("--clip", 1, "--keyframe", "1:2000,100"), "the source is 1920 pixels wide"),
        (("--clip", 1, "--keyframe", "1:10,101%"), "the source is 1080 pixels high"),
        (("--clip", 1, "--keyframe", "6:100,100"), "add --layout single"),
        (("--clip", 1, "--follow", "S1", "--keyframe", "6:100,100"), "it has no camera to point"),
    ],
)
def test_what_cannot_be_is_refused_with_what_there_is_and_nothing_is_written(shell, framing, args, why):
    assert why in shell(*args, fails=True)
    assert framing() == ()


def test_before_the_first_run_there_is_nothing_to_reframe(shell):
    assert "nothing is framed yet" in shell("--clip", 1, "--layout", "fit", fails=True)


def test_the_command_costs_the_command_line_no_start_up_time():
    heavy = "'dagster', 'numpy', 'cv2', 'scipy', 'av'"
    code = (
        f"import sys, shortform_assets.cli.reframe_command; print([m for m in ({heavy}) if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
