"""Renders against bare FFmpeg and MoviePy, on one clip, in one run; and what each x264 preset gives for its time.

Ratios are of wall clock, the best of several turns each, taken in turn so that a busy machine troubles all alike; CPU
seconds stand beside them. The picture is real talk from ../shared/media where that is there, else a synthetic scene.
`--quick` takes a few seconds of it; `--json FILE` writes all; `--check` exits 1 and names every number that misses its
goal.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from goals import Goals, conclude, misses

from resources.bench import StoreBench
from resources.media_store import MediaStore
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming, ClipMedia, Framing, Keyframe, MediaSegment, Panel
from shortform_assets.contracts.creative import (
    AudioTreatment,
    CaptionPage,
    CaptionWord,
    ClipEnhancement,
    RenderJob,
)
from shortform_assets.contracts.known_names import X264_PRESETS
from shortform_assets.contracts.output_profiles import limits_for
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.delivery.quality import measure
from shortform_assets.genres import load_genre
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.rendering.output_sound import JOINED
from shortform_assets.rendering.render_output import RenderedFiles, render
from shortform_assets.rendering.witness import Witness

GOALS: Goals = {
    "render / bare FFmpeg": ("<=", 1.25),
    "MoviePy / render": (">=", 5),
    "times real time": (">=", 1.5),
    "VMAF of the picture": (">=", 93),
}
"""DESIGN's figures; a VMAF of 93 is what Netflix holds for hard to tell from the original."""

TALK = Path(__file__).resolve().parents[2] / "shared" / "media" / "talk" / "debate_wide_2p_moderator.mp4"
RATE, SOURCE = FrameRate(num=25), (1920, 1080)
CROP = (608, 1080, 300, 0)
"""Width, height, x, y in source pixels: a speaker at the left, 9:16."""
WORDS = [
    "This",
    "is",
    "what",
    "a",
    "caption",
    "of",
    "two",
    "lines",
    "looks",
    "like",
    "while",
    "somebody",
    "talks",
    "on",
    "and",
    "on",
]


@dataclass(frozen=True)
class Cost:
    """Of one turn."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Cost:
    def cpu() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    wall, used = time.perf_counter(), cpu()
    work()
    return Cost(time.perf_counter() - wall, cpu() - used)


def prepared(bench: StoreBench, seconds: float) -> tuple[ClipMedia, Path, str]:
    """A clip of `seconds` as the pipeline has it, the same as one file with sound, and where it is from."""
    frames = round(seconds * RATE.fps)
    whole = bench.scratch / "clip.mp4"
    if TALK.is_file():
        source, name = ["-i", str(TALK)], TALK.name
    else:
        scene = "testsrc2=size=1920x1080:rate=25,noise=alls=8:allf=t,gblur=0.6:enable=1[out0];sine=330[out1]"
        source, name = ["-f", "lavfi", "-i", scene], "a synthetic scene"
    made = ["-vf", "fps=25,scale=1920:1080:out_color_matrix=bt709:out_range=tv", "-frames:v", str(frames)]
    made += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", "-g", "50"]
    made += ["-ac", "2", "-ar", "48000", "-c:a", "aac", "-t", str(seconds)]
    run_ffmpeg([*source, *made, str(whole)])
    video, sound = bench.scratch / "video.mp4", bench.scratch / "sound.flac"
    run_ffmpeg(["-i", str(whole), "-an", "-c", "copy", str(video)])
    run_ffmpeg(["-i", str(whole), "-vn", "-c:a", "flac", str(sound)])
    segment = MediaSegment(video=bench.keep(video), audio=bench.keep(sound), first_frame=0, frames=frames)
    clip = ClipMedia(
        clip_id="clip", width=SOURCE[0], height=SOURCE[1], rate=RATE, frames=frames, segments=(segment,)
    )
    return clip, whole, name


def job_of(bench: StoreBench, clip: ClipMedia, captions: bool) -> RenderJob:
    """The job of the base genre's master profile: one speaker, a caption every second and a half, a logo."""
    delivery = load_genre("base").delivery
    ensure_shipped_styles(bench.store)
    panel = Panel(
        slot=(0, 0, 1, 1), width=CROP[0], height=CROP[1], path=(Keyframe(frame=0, x=CROP[2], y=CROP[3]),)
    )
    framing = Framing(
        start_frame=0, end_frame=clip.frames, layout="single", reason="benchmark", panels=(panel,)
    )
    width, height = ASPECTS["9:16"].size
    return RenderJob(
        output_id="0" * 16,
        clip_id="clip",
        aspect="9:16",
        width=width,
        height=height,
        rate=RATE,
        frames=clip.frames,
        media=clip,
        framing=AspectFraming(aspect="9:16", framings=(framing,)),
        enhancement=ClipEnhancement(
            clip_id="clip",
            title="",
            pages=tuple(_pages(clip.frames)) if captions else (),
            show_logo=False,
            audio=AudioTreatment(highpass_hz=80, compress=True, fade_in_ms=40, fade_out_ms=40, spoken=True),
        ),
        style=resolve_style(bench.store, "shortform"),
        encode=delivery.encode,
        limits=limits_for(delivery.profiles, "9:16"),
    )


def _pages(frames: int) -> Sequence[CaptionPage]:
    pages, each = [], 6
    for start in range(0, frames - 36, 37):
        words = [
            CaptionWord(
                text=WORDS[(start + n) % len(WORDS)],
                start_frame=start + n * each,
                end_frame=start + n * each + each,
            )
            for n in range(6)
        ]
        lines = (tuple(words[:3]), tuple(words[3:]))
        size, place = {"9:16": (0.6, 0.1)}, {"9:16": 0.6}
        pages.append(
            CaptionPage(start_frame=start, end_frame=start + 36, lines=lines, anchor=place, size=size)
        )
    return pages


def bare(source: Path, out: Path, job: RenderJob) -> None:
    """Decode, crop, scale and encode by FFmpeg alone, with the same encoder settings."""
    encode = job.encode
    chain = f"crop={CROP[0]}:{CROP[1]}:{CROP[2]}:{CROP[3]},scale={job.width}:{job.height}:flags=bicubic"
    args = ["-threads", "2", "-i", str(source), "-vf", chain, "-c:v", "libx264", "-preset", encode.preset]
    args += [
        "-crf",
        str(encode.crf),
        "-g",
        "50",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        f"{encode.audio_kbps}k",
    ]
    run_ffmpeg([*args, str(out)])


def moviepy(source: Path, out: Path, job: RenderJob, font: Path, seconds: float) -> None:
    """The same composite as people write it in MoviePy: crop, resize, a caption, encode."""
    from moviepy import CompositeVideoClip, TextClip, VideoFileClip, vfx

    with VideoFileClip(str(source)) as whole:
        clip = whole.subclipped(0, seconds)
        box = {"x1": CROP[2], "y1": CROP[3], "width": CROP[0], "height": CROP[1]}
        picture = clip.with_effects([vfx.Crop(**box), vfx.Resize((job.width, job.height))])
        texts = [
            TextClip(
                font=str(font),
                text=" ".join(word.text for line in page.lines for word in line),
                font_size=77,
                color="white",
            )
            .with_start(page.start_frame / RATE.fps)
            .with_end(min(seconds, page.end_frame / RATE.fps))
            .with_position(("center", 0.58), relative=True)
            for page in job.enhancement.pages
            if page.start_frame / RATE.fps < seconds
        ]
        made = CompositeVideoClip([picture, *texts], size=(job.width, job.height))
        made.write_videofile(
            str(out),
            fps=RATE.fps,
            codec="libx264",
            audio_codec="aac",
            preset=job.encode.preset,
            ffmpeg_params=["-crf", str(job.encode.crf)],
            logger=None,
        )


def vmaf(made: Path, reference: Path) -> float:
    """Mean VMAF (Netflix's v0.6.1) of `made` against `reference`, frame by frame."""
    log = run_ffmpeg(
        [
            "-i",
            str(made),
            "-i",
            str(reference),
            "-lavfi",
            "[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];[a][b]libvmaf=n_threads=2",
            "-f",
            "null",
            "-",
        ]
    )
    found = re.search(r"VMAF score: ([\d.]+)", log)
    assert found, "FFmpeg's libvmaf said nothing"
    return float(found.group(1))


def compare(bench: StoreBench, seconds: float, turns: int, presets: Sequence[str]) -> dict[str, Any]:
    clip, whole, name = prepared(bench, seconds)
    job, plain = job_of(bench, clip, captions=True), job_of(bench, clip, captions=False)
    font = bench.open(job.style.fonts[0].file)
    made = bench.scratch / "made.mp4"
    short = min(seconds, 3.0)
    costs: dict[str, list[Cost]] = {"render": [], "bare FFmpeg": [], "gate": []}
    for _ in range(turns):
        costs["bare FFmpeg"].append(timed(lambda: bare(whole, made, job)))
        costs["render"].append(timed(lambda: render(bench, job)))
        files = RenderedFiles(
            bench.scratch / "video.mp4", made, Witness.of(job, bench.scratch, bench.scratch / JOINED)
        )
        costs["gate"].append(timed(partial(measure, files.video, job, files.witness)))
    problems = measure(files.video, job, files.witness).problems
    films = timed(lambda: moviepy(whole, made, job, font, short))
    best = {what: min(cost.wall for cost in found) for what, found in costs.items()}
    cpu = {what: min(cost.cpu for cost in found) for what, found in costs.items()}
    rows = []
    reference = bench.scratch / "reference.mp4"
    _lossless(bench, plain, reference)
    for preset in presets:
        one = plain.model_copy(update={"encode": plain.encode.model_copy(update={"preset": preset})})
        cost = timed(partial(render, bench, one))
        video = bench.scratch / "video.mp4"
        rows.append(
            {
                "preset": preset,
                "times real time": seconds / cost.wall,
                "CPU s a second": cost.cpu / seconds,
                "Mbit/s": video.stat().st_size * 8 / seconds / 1e6,
                "VMAF": vmaf(video, reference),
            }
        )
    master = next((row["VMAF"] for row in rows if row["preset"] == plain.encode.preset), float("nan"))
    return {
        "material": f"{seconds:g} s of {name}",
        "numbers": {
            "render / bare FFmpeg": best["render"] / best["bare FFmpeg"],
            "render / bare FFmpeg, CPU": cpu["render"] / cpu["bare FFmpeg"],
            "MoviePy / render": films.wall / short / (best["render"] / seconds),
            "times real time": seconds / best["render"],
            "gate / render": best["gate"] / best["render"],
            "VMAF of the picture": master,
        },
        "presets": rows,
        "problems": list(problems),
    }


def _lossless(bench: StoreBench, job: RenderJob, target: Path) -> None:
    """The picture of `job` without coding loss: the renderer's own crop and scaler, quantiser 0."""
    chain = f"crop={CROP[0]}:{CROP[1]}:{CROP[2]}:{CROP[3]},scale={job.width}:{job.height}:flags=bicubic"
    source = bench.open(job.media.segments[0].video)
    run_ffmpeg(
        ["-i", str(source), "-vf", chain, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", str(target)]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    presets = ("superfast", "veryfast", "faster") if options.quick else X264_PRESETS[:6]
    with (
        tempfile.TemporaryDirectory() as folder,
        StoreBench.over(MediaStore.local(Path(folder) / "store")) as bench,
    ):
        found = compare(bench, 5.0 if options.quick else 20.0, 2 if options.quick else 3, presets)
    print(found["material"])
    for name, value in found["numbers"].items():
        print(f"  {name:28} {value:.3g}")
    print("\n  preset      x real time  CPU s/s  Mbit/s   VMAF")
    for row in found["presets"]:
        print(
            f"  {row['preset']:10} {row['times real time']:11.2f} {row['CPU s a second']:8.2f} "
            f"{row['Mbit/s']:7.2f} {row['VMAF']:6.1f}"
        )
    missed = misses(GOALS, found["numbers"])
    missed += [f"the gate says: {problem}" for problem in found["problems"]]
    conclude(found, missed, options.json, options.check)


if __name__ == "__main__":
    main()
