"""The `shortform` command as a user meets it: exit codes, one clear sentence, nothing half-written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from present import present
from typer.testing import CliRunner, Result

from resources.artifacts import Artifacts
from resources.media_store import MediaStore
from shortform_assets.cli import exit_codes, main
from shortform_assets.media.ffmpeg import run_ffmpeg

VIDEO = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4"]
AUDIO = ["-f", "lavfi", "-i", "sine=440:d=4"]


@dataclass(frozen=True)
class Shell:
    home: Path

    def __call__(self, *args: object) -> Result:
        return CliRunner().invoke(main.app, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs `shortform` in a fresh project; `shell.home` is its folder."""
    home = tmp_path / "home"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    monkeypatch.chdir(tmp_path)

    return Shell(home)


def _missing(folder: Path) -> Path:
    return folder / "nowhere.mp4"


def _folder(folder: Path) -> Path:
    (folder / "clips.mp4").mkdir()
    return folder / "clips.mp4"


def _empty(folder: Path) -> Path:
    (folder / "empty.mp4").touch()
    return folder / "empty.mp4"


def _text(folder: Path) -> Path:
    (folder / "letter.mp4").write_text("Dear editor, " * 200)
    return folder / "letter.mp4"


def _mute(folder: Path) -> Path:
    run_ffmpeg([*VIDEO, "-c:v", "libx264", str(folder / "mute.mp4")])
    return folder / "mute.mp4"


def _blind(folder: Path) -> Path:
    run_ffmpeg([*AUDIO, "-c:a", "aac", str(folder / "blind.mp4")])
    return folder / "blind.mp4"


@pytest.mark.parametrize("make", [_missing, _folder, _empty, _text, _mute, _blind])
def test_a_bad_file_is_refused_by_name(shell, tmp_path: Path, make):
    file = make(tmp_path)
    result = shell("run", file, "--out", tmp_path / "out")
    assert result.exit_code == exit_codes.FAILED, result.output
    told = [line for line in result.output.splitlines() if line.startswith("error:")]
    assert len(told) == 1
    assert file.name in told[0]
    assert " - " in told[0], "it says what to do"
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
    artifacts = Artifacts(MediaStore.local(shell.home / "media_store"))
    assert not list(artifacts.store.list("artifacts/source_video")), "nothing half-written"


def test_a_folder_that_cannot_be_written_is_known_before_the_work(shell, tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    video = tmp_path / "talk.mp4"
    video.write_bytes(b"never looked at")
    result = shell("run", str(video), "--out", str(tmp_path / "file" / "clips"))
    assert result.exit_code == exit_codes.FAILED
    assert "cannot be written (Not a directory) - choose another folder" in result.output
    assert "talk.mp4" not in result.output


def test_a_pipe_is_not_read_once_and_lost(shell, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.mp4")
    result = shell("run", str(tmp_path / "pipe.mp4"))
    assert result.exit_code == exit_codes.FAILED
    assert "which can be read only once - save it to a file first" in result.output


def test_a_failed_stage_is_a_failed_run_in_dagster(shell, tmp_path: Path):
    import dagster as dg

    assert shell("run", _mute(tmp_path)).exit_code == exit_codes.FAILED
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs()
        assert [run.status for run in runs] == [dg.DagsterRunStatus.FAILURE]
        steps = {step.step_key: step.status for step in instance.get_run_step_stats(runs[0].run_id)}
        assert present(steps["source_video"]).value == "FAILURE"


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        (None, ["polka", "podcast"]),
        ("extends: podcast\nselection:\n  min_secs: 4\n", ["polka.yaml:3", "min_secs", "min_seconds"]),
        ("extends: polka\n", ["polka.yaml", "extends"]),
        ("selection:\n  min_seconds: 90\n", ["polka.yaml", "min_seconds"]),
        ("speech:\n  providers:\n  - moonshine\n  - whisper:bace\n", ["polka.yaml:4", "did you mean base?"]),
        ("enhancement:\n  style: acmee\n", ["polka.yaml:2: enhancement.style", "did you mean acme?"]),
        (
            "speech:\n  providers: [moonshine]\n  language: de\n",
            ["polka.yaml:3: speech.language", "(moonshine) can do the language 'de'", "whisper"],
        ),
    ],
    ids=["unknown", "wrong key", "cycle", "impossible", "unknown model", "unknown style", "unheard language"],
)
def test_a_bad_genre_is_refused_before_anything_is_registered(shell, tmp_path, monkeypatch, yaml, words):
    if yaml is not None:
        (tmp_path / "genres").mkdir()
        (tmp_path / "genres" / "polka.yaml").write_text(yaml)
        monkeypatch.setenv("SHORTFORM_GENRES", str(tmp_path / "genres"))
    file = tmp_path / "any.mp4"
    file.write_bytes(b"never looked at")
    result = shell("run", file, "--genre", "polka")
    assert result.exit_code == exit_codes.FAILED
    for word in words:
        assert word in result.output, result.output
    assert "no source is registered" in shell("list").output
    if yaml is not None:
        checked = shell("genres", "check")
        assert checked.exit_code == exit_codes.FAILED
        assert all(word in checked.output for word in words)


def test_where_the_user_gives_the_words_nobody_need_hear_them(shell, tmp_path, monkeypatch):
    (tmp_path / "polka.yaml").write_text("speech:\n  providers: [moonshine]\n  language: de\n")
    monkeypatch.setenv("SHORTFORM_GENRES", str(tmp_path))
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nGuten Tag.\n")
    file = tmp_path / "any.mp4"
    file.write_bytes(b"no video")
    result = shell("run", file, "--genre", "polka", "--transcript", words)
    assert "source_video" in result.output, result.output


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Spanish", ("'Spanish' is no language", "--translation", "es=talk.es.srt")),
        ("es=", ("it names no file", "write es=FILE")),
        ("es=absent.srt", ("absent.srt", "name a transcript file")),
        ("es=broken.srt", ("broken.srt", "line 6")),
    ],
)
def test_a_translation_that_cannot_be_read_is_refused_before_anything_is_done(
    shell, tmp_path, monkeypatch, given, words
):
    monkeypatch.chdir(tmp_path)
    Path("broken.srt").write_text(
        "1\n00:00:00,000 --> 00:00:02,000\nHola.\n\n2\n00:00:02,000 -> 00:00:03,000\nSí.\n"
    )
    Path("any.mp4").write_bytes(b"no video")
    result = shell("run", "any.mp4", "--translation", given)
    assert result.exit_code == exit_codes.FAILED, result.output
    assert all(word in result.output for word in words), result.output
    assert "no source is registered" in shell("list").output


def test_a_video_without_speech_yields_no_clips_and_says_why(shell, tmp_path: Path):
    file = tmp_path / "tone.mp4"
    run_ffmpeg([*VIDEO, *AUDIO, "-c:v", "libx264", "-c:a", "aac", str(file)])
    result = shell("run", file, "--out", tmp_path / "out")
    assert result.exit_code == exit_codes.NO_CLIPS, result.output
    assert "no clips: No voice was found" in result.output
    again = shell("run", file, "--out", tmp_path / "out")
    assert again.exit_code == exit_codes.NO_CLIPS
    assert "every stage reused" in again.output
    listed = shell("list").output
    assert "tone.mp4" in listed
    assert "12 of 12" in listed
    key = next(word for word in listed.split() if word.startswith("tone-"))
    assert "composition" in shell("status", key[:8]).output
    assert "enhancement_plan, composition" in shell("reset", key, "--from", "enhancement_plan").output
    third = shell("rerun", key, "--out", tmp_path / "out")
    assert "computed: enhancement_plan, composition" in third.output


def test_an_unknown_key_or_stage_is_refused(shell):
    for args in (("status", "nobody"), ("rerun", "nobody"), ("reset", "nobody", "--from", "shots")):
        result = shell(*args)
        assert result.exit_code == exit_codes.FAILED
        assert "nobody" in result.output
        assert "shortform list" in result.output


def test_genres_are_published_and_drift_is_named(shell, tmp_path, monkeypatch):
    folder = tmp_path / "genres"
    folder.mkdir()
    monkeypatch.setenv("SHORTFORM_GENRES", str(folder))
    mine = folder / "mine.yaml"
    mine.write_text("extends: podcast\ndescription: Mine\n")
    assert "mine" in shell("genres", "list").output
    assert "published" in shell("genres", "publish").output
    assert shell("genres", "check").exit_code == 0
    mine.write_text("extends: podcast\ndescription: Mine\nselection:\n  pad_ms: 90\n")
    drifted = shell("genres", "check")
    assert drifted.exit_code == exit_codes.FAILED
    assert "selection.pad_ms" in drifted.output


def test_doctor_finds_everything_the_main_job_needs(shell):
    result = shell("doctor")
    assert result.exit_code == 0, result.output
    for name in ("whisper-base", "centerface", "face-landmarker", "text-detector", "ffmpeg"):
        assert name in result.output
