"""Renderers for the worker tests, loaded by name as the real one is. What they do hangs on the first word
of the clip's first caption, because a renderer sees nothing but its job."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.errors import ClipFault
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.ports.workbench import Workbench


@dataclass(frozen=True)
class Made:
    video: Path
    poster: Path
    witness: None = None
    notes: tuple[str, ...] = ()


def draw_card(folder: Path, job: RenderJob, *, extra: tuple[str, ...] = ()) -> Made:
    """A moving test card and a tone at about -14 LUFS, in the master profile."""
    made = Made(folder / "video.mp4", folder / "poster.jpg")
    size, rate, seconds = f"{job.width}x{job.height}", job.rate.num, job.frames / job.rate.num
    told = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    moving = f"testsrc2=size={size}:rate={rate},format=yuv420p,{told}"
    tone = "sine=frequency=1000:sample_rate=48000,volume=7.15dB,aformat=channel_layouts=stereo"
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-g", "25", "-pix_fmt", "yuv420p"]
    flags = ["-c:a", "aac", "-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0"]
    source = ["-f", "lavfi", "-i", moving, "-f", "lavfi", "-i", tone, "-t", str(seconds)]
    run_ffmpeg([*source, *codecs, *flags, *extra, str(made.video)])
    run_ffmpeg(["-i", str(made.video), "-frames:v", "1", str(made.poster)])
    return made


def draw_anything(bench: Workbench, job: RenderJob) -> Made:
    """A card for any job, whatever its captions say."""
    return draw_card(bench.scratch, job)


def render(bench: Workbench, job: RenderJob) -> Made:
    assert (job.output_id, job.enhancement.title) == ("", ""), "what is not drawn must not be seen"
    word = job.enhancement.pages[0].lines[0][0].text
    if word == "fault":
        raise ClipFault("The clip has\nno picture.")
    if word == "bug":
        raise RuntimeError("index out of range")
    if word == "slow":
        for step in range(600):
            bench.progress(step / 600)
            time.sleep(0.05)
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "orphan":
        # A process of its own session holds the worker's pipes open when the worker dies.
        orphan = subprocess.Popen(["sleep", "300"], start_new_session=True)
        Path(os.environ["FAKE_MARK"]).write_text(str(orphan.pid))
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "once":
        # The first worker leaves a mark and dies.
        mark = Path(f"{os.environ['FAKE_MARK']}-once")
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if word == "poor":
        bench.degrade("The font is missing.")
    print("a library talks on stdout")
    bench.progress(0.5)
    return draw_card(bench.scratch, job)
