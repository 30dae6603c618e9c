"""Every fault that quality names is made, with FFmpeg, and found; a clean file has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from delivery_samples import render_job
from fake_renderers import draw_card

from shortform_assets.delivery.quality import measure
from shortform_assets.errors import ClipFault
from shortform_assets.media.ffmpeg import run_ffmpeg

JOB = render_job(frames=75)
KEEP = ("-c", "copy", "-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_card(tmp_path_factory.mktemp("good"), JOB).video


def test_a_clean_file_has_no_problem(good: Path) -> None:
    found = measure(good, JOB)
    assert found.problems == ()
    assert (found.width, found.height, found.frames, found.duration_ms) == (180, 320, 75, 3000)
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")
    assert abs(found.loudness_lufs + 14) < 0.5
    assert found.size == good.stat().st_size


FAULTS = {
    "frames, not 75": ("-frames:v", "70", *KEEP),
    "no sound": ("-an", *KEEP),
    "edit list": (
        "-c:v",
        "copy",
        "-c:a",
        "aac",
        "-ar",
        "48000",
        "-movflags",
        "+faststart",
        "-use_editlist",
        "1",
    ),
    "faststart": ("-c", "copy", "-use_editlist", "0", "-movflags", "+negative_cts_offsets"),
    "not MP4": ("-c", "copy", "-f", "matroska"),
    "LUFS, not -14": (*KEEP, "-af", "volume=-6dB", "-c:a", "aac"),
    "nearly silent": (*KEEP, "-af", "volume=-50dB", "-c:a", "aac"),
    "true peak": (*KEEP, "-af", "volume=14dB", "-c:a", "aac"),
    "44100": (*KEEP, "-c:a", "aac", "-ar", "44100"),
    "180x160": (*KEEP, "-c:v", "libx264", "-vf", "crop=180:160"),
    "not h264 yuv420p": (*KEEP, "-c:v", "libx264", "-pix_fmt", "yuv444p"),
    "not evenly timed": (
        *KEEP,
        "-c:v",
        "libx264",
        "-vf",
        "setpts=PTS+0.02/TB*mod(N\\,2)",
        "-fps_mode",
        "vfr",
    ),
    "differ in length": (*KEEP, "-af", "atrim=0:2", "-c:a", "aac"),
    "black": (*KEEP, "-c:v", "libx264", "-vf", "eq=brightness=-1"),
    "frozen": (*KEEP, "-c:v", "libx264", "-vf", "loop=loop=-1:size=1,trim=end_frame=75"),
}


@pytest.mark.parametrize("telling", FAULTS)
def test_a_fault_is_named(good: Path, tmp_path: Path, telling: str) -> None:
    bad = tmp_path / "bad.mp4"
    run_ffmpeg(["-i", str(good), "-preset", "ultrafast", "-g", "25", *FAULTS[telling], str(bad)])
    problems = measure(bad, JOB).problems
    assert any(telling in problem for problem in problems), problems
    assert len(problems) <= 3, "one fault must not be reported as many"


def test_a_short_clip_of_one_picture_group_is_not_frozen(tmp_path: Path) -> None:
    job = render_job(frames=40)
    made = draw_card(tmp_path, job, extra=("-g", "250"))
    assert measure(made.video, job).problems == ()


def test_a_file_that_decodes_to_nothing_is_a_problem_and_no_crash(good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    run_ffmpeg(["-i", str(good), *KEEP, "-bsf:v", "noise=drop=key", str(bad)])
    assert "No picture of it can be decoded." in measure(bad, JOB).problems


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_damaged_file_is_a_fault_and_never_a_crash(good: Path, tmp_path: Path, share: float) -> None:
    whole = good.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: int(len(whole) * share)])
    try:
        reasons = measure(cut, JOB).problems
    except ClipFault as fault:
        reasons = (str(fault),)
    assert reasons
