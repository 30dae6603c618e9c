"""The one place that starts FFmpeg."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from shortform_assets.contracts.base import FrameRate
from shortform_assets.media import ffmpeg
from shortform_assets.media.ffmpeg import FfmpegError, pipe_frames, run_ffmpeg
from shortform_assets.media.loudness import measure_loudness
from shortform_assets.media.reader import read_frames

TONE = ["-f", "lavfi", "-i", "sine=1000:r=48000:d=4"]


def test_progress_rises_to_one_and_the_log_comes_back(tmp_path: Path):
    seen: list[float] = []
    log = run_ffmpeg([*TONE, str(tmp_path / "a.wav")], duration_ms=4000, progress=seen.append)
    assert "Output #0" in log
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0, abs=0.02)


def test_a_failure_names_the_file_without_its_folder(tmp_path: Path):
    missing = tmp_path / "nobody.mp4"
    with pytest.raises(FfmpegError, match=r"nobody\.mp4") as caught:
        run_ffmpeg(["-i", str(missing), "-f", "null", "-"])
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("address", ["http://a.b/c", "rtmp://a/b", "concat:a|b", "subfile:,,:x", "tls://a"])
def test_addresses_are_refused(address: str):
    with pytest.raises(ValueError, match="local files only"):
        run_ffmpeg(["-i", address, "-f", "null", "-"])


def test_a_playlist_cannot_reach_the_network(tmp_path: Path):
    playlist = tmp_path / "list.txt"
    playlist.write_text("file 'http://127.0.0.1:9/a.ts'\n")
    with pytest.raises(FfmpegError) as caught:
        run_ffmpeg(["-f", "concat", "-safe", "0", "-i", str(playlist), "-f", "null", "-"])
    assert "not on whitelist" in caught.value.log


def test_one_that_stands_still_is_ended(tmp_path: Path, monkeypatch):
    """It waits for more of its input, which nobody writes: from outside that is how a deadlock looks."""
    monkeypatch.setattr(ffmpeg, "_STILL_S", 1.0)
    feed, held = tmp_path / "feed.pcm", threading.Event()
    os.mkfifo(feed)

    def begin() -> None:
        with feed.open("wb") as pipe:
            pipe.write(bytes(48000))
            pipe.flush()
            held.wait(60)

    writer = threading.Thread(target=begin)
    writer.start()
    try:
        with pytest.raises(FfmpegError, match="without doing anything"):
            run_ffmpeg(["-f", "s16le", "-ar", "48000", "-i", str(feed), str(tmp_path / "a.wav")])
    finally:
        held.set()
        writer.join()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_the_child_dies_with_the_call(tmp_path: Path, monkeypatch, stop: type[BaseException]):
    children: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def remember(*args, **kwargs):
        children.append(real(*args, **kwargs))
        return children[-1]

    monkeypatch.setattr(ffmpeg.subprocess, "Popen", remember)

    def interrupt(_: float) -> None:
        raise stop

    endless = ["-re", "-f", "lavfi", "-i", "sine=1000", str(tmp_path / "a.wav")]
    with pytest.raises(stop):
        run_ffmpeg(endless, duration_ms=1000, progress=interrupt)
    with pytest.raises(stop), pipe_frames(["-f", "null", "-"], 64, 48):
        raise stop
    assert [child.returncode for child in children] == [-9, -9]


def test_piped_pictures_come_back(tmp_path: Path):
    pictures = np.random.default_rng(1).integers(0, 256, (7, 48, 64, 3), dtype=np.uint8)
    target = tmp_path / "a.mkv"
    args = ["-c:v", "ffv1", "-pix_fmt", "bgr0", str(target)]
    with pipe_frames(args, 64, 48, FrameRate(num=25)) as write:
        for picture in pictures:
            write(picture)
    assert np.array_equal([picture for _, picture in read_frames(target)], pictures)


def test_a_failing_encoder_is_told_apart_from_one_that_has_enough(tmp_path: Path):
    picture = np.zeros((480, 640, 3), np.uint8)
    with pipe_frames(["-frames:v", "2", "-f", "null", "-"], 640, 480) as write:
        for _ in range(40):
            write(picture)
    with pytest.raises(FfmpegError, match="no_such"):
        _write_all(picture, "no_such")


def _write_all(picture: np.ndarray, encoder: str) -> None:
    with pipe_frames(["-c:v", encoder, "-f", "null", "-"], 640, 480) as write:
        for _ in range(40):
            write(picture)


def test_loudness_of_a_known_tone_and_of_silence(tmp_path: Path):
    # A stereo 1 kHz sine of peak -20 dBFS has -20 LUFS (EBU Tech 3341, case 1 scaled).
    loud, silent = tmp_path / "a.wav", tmp_path / "b.wav"
    sine = "aevalsrc='0.1*sin(2*PI*1000*t)|0.1*sin(2*PI*1000*t)':s=48000:d=5"
    run_ffmpeg(["-f", "lavfi", "-i", sine, str(loud)])
    run_ffmpeg(["-f", "lavfi", "-i", "anullsrc=r=48000:d=2", str(silent)])
    lufs, peak = measure_loudness(loud)
    assert lufs == pytest.approx(-20.0, abs=0.15)
    assert peak == pytest.approx(-20.0, abs=0.2)
    assert measure_loudness(silent) == (-70.0, -120.0)
