"""Render one output: a pure function of its job and the blobs the job names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.creative.captions.draw.ass_script import ass_script
from shortform_assets.creative.captions.text.font_stack import stacks
from shortform_assets.creative.captions.text.typeset import Typeface
from shortform_assets.errors import ClipFault
from shortform_assets.media.ffmpeg import BITEXACT, run_ffmpeg
from shortform_assets.ports.workbench import Workbench
from shortform_assets.rendering.filtergraph import build_graph, check
from shortform_assets.rendering.output_sound import JOINED, PreparedSound, prepare_sound
from shortform_assets.rendering.witness import Witness

# Threads that share a bit-rate cap look at how far the others are, and so at the machine's load: with slices and with
# frames alike x264 then writes other bytes. Without a cap frame threads write the same; with one, a single thread does.
_FREE, _CAPPED = "open-gop=0:sliced-threads=0:lookahead-threads=1", "open-gop=0:threads=1:lookahead-threads=1"
_BUFFER_SECONDS = 2
"""Of the highest bit rate, that a player holds: what is above it for no longer is no matter."""
# Fixed, because x264's bytes depend on the number of threads, not of cores.
_ENCODE_THREADS, _DECODE_THREADS, _FILTER_THREADS = 4, 2, 2
_PICTURE_SHARE = 0.95
"""Of the work, for progress alone."""


@dataclass(frozen=True)
class RenderedFiles:
    """Finished files in the bench's scratch folder: MP4 and JPEG, and what they can be judged against."""

    video: Path
    poster: Path
    witness: Witness
    notes: tuple[str, ...] = ()
    """What was done to picture and sound that one would want to know."""


def render(bench: Workbench, job: RenderJob) -> RenderedFiles:
    """Make the MP4 and poster of `job` in one pass over the picture, its sound beside it in a thread.

    Raises ClipFault where the job contradicts itself or its media lack frames, FfmpegError where FFmpeg
    fails. The video has exactly `job.frames` frames.
    """
    check(job)
    # x264 leaves half of a second core idle, in which the sound is prepared; neither's bytes know of the other.
    with ThreadPoolExecutor(1, thread_name_prefix="sound") as beside:
        coming = beside.submit(prepare_sound, bench, job)
        picture, poster, witness = _picture(bench, job, coming)
        sound = coming.result()
    bench.progress(_PICTURE_SHARE, "sound and picture together")
    video = bench.scratch / "video.mp4"
    run_ffmpeg(
        [
            *("-i", str(picture), "-i", str(sound.coded), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"),
            # Packets are interleaved by time however late one comes, or a busy machine would write other bytes.
            *("-max_interleave_delta", "0", *_container("+faststart"), *BITEXACT, "-f", "mp4", str(video)),
        ]
    )
    picture.unlink()
    return RenderedFiles(video, poster, witness, (*sound.notes, *_shown(job)))


def _picture(bench: Workbench, job: RenderJob, sound: Future[PreparedSound]) -> tuple[Path, Path, Witness]:
    """The picture alone as MP4, the poster and the witness; what `sound` raised in the meantime ends it."""
    picture, poster = bench.scratch / "picture.mp4", bench.scratch / "poster.jpg"
    script, fonts = _script(bench, job)
    logo = _logo(bench, job)
    graph = bench.scratch / "graph.txt"
    witness = Witness.of(job, bench.scratch, bench.scratch / JOINED)
    text = build_graph(job, script=script, fonts=fonts, logo=logo is not None, witness=witness)
    graph.write_text(text, "utf-8")
    args: list[str] = ["-filter_complex_threads", str(_FILTER_THREADS)]
    for segment in job.media.segments:
        args += ["-threads", str(_DECODE_THREADS), "-i", str(bench.open(segment.video))]
    if logo is not None:
        args += ["-f", "png_pipe", "-i", str(logo)]
    for element in job.elements:
        args += ["-threads", "1", "-i", str(bench.open(element.media))]
    args += ["-/filter_complex", str(graph), "-map", "[video]"]
    after = [*_container(""), *BITEXACT, "-f", "mp4", str(picture)]
    after += ["-map", "[poster]", "-frames:v", "1", "-update", "1", "-c:v", "mjpeg", "-q:v", "3"]
    after += ["-threads", "1", *BITEXACT, "-f", "image2", str(poster), *witness.outputs()]

    def progress(share: float) -> None:
        if sound.done():
            sound.result()
        bench.progress(_PICTURE_SHARE * share, "picture")

    def run(capped: bool) -> list[int]:
        run_ffmpeg(
            [*args, *_encode(job, capped), *after], duration_ms=job.rate.ms(job.frames), progress=progress
        )
        return packet_sizes(picture)

    sizes = run(capped=False)
    # Hardly any talk comes near the cap; what goes beyond it is made again by one thread that keeps it.
    if overflows(sizes, job):
        sizes = run(capped=True)
    made = len(sizes)
    if made != job.frames:
        raise ClipFault(f"the render has {made} frames instead of {job.frames}: the clip's media lack some")
    if not poster.is_file():
        raise ClipFault("the render left no poster")
    return picture, poster, witness


def count_frames(path: Path) -> int:
    """Packets of the picture's stream."""
    return len(packet_sizes(path))


def packet_sizes(path: Path) -> list[int]:
    """Bytes of the packets of the picture's stream, in the order of decoding."""
    import av

    with av.open(str(path)) as media:
        return [packet.size for packet in media.demux(media.streams.video[0]) if packet.size]


def overflows(sizes: Sequence[int], job: RenderJob) -> bool:
    """Whether a player that is fed at the highest bit rate and holds two seconds of it runs dry (a leaky bucket)."""
    a_frame = job.encode.max_bitrate_kbps * 1000 / 8 / job.rate.fps
    held = 0.0
    for size in sizes:
        held = max(0.0, held + size - a_frame)
        if held > _BUFFER_SECONDS * a_frame * job.rate.fps:
            return True
    return False


def _shown(job: RenderJob) -> Iterator[str]:
    for slot in job.enhancement.b_roll:
        yield f"B-roll {slot.shot + 1} of the style {job.style.pin}: {slot.reason}."
    if held := job.media.held_frames:
        seconds = held / job.rate.fps
        yield f"For {seconds:.1f} s the last picture of the recording stands: it ended before its sound."


def _script(bench: Workbench, job: RenderJob) -> tuple[Path | None, Path]:
    """The ASS file, if anything is written, and the folder with the job's fonts and no others."""
    fonts = bench.scratch / "fonts"
    fonts.mkdir(exist_ok=True)
    faces = []
    for i, font in enumerate((*job.style.fonts, *job.enhancement.fonts)):
        path = bench.open(font.file)
        faces.append((font.family, Typeface(path)))
        link = fonts / f"font{i}.ttf"
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    text = ass_script(job, stacks(faces, len(job.style.fonts)))
    if not text:
        return None, fonts
    script = bench.scratch / "captions.ass"
    script.write_text(text, "utf-8")
    return script, fonts


def _logo(bench: Workbench, job: RenderJob) -> Path | None:
    wanted = job.enhancement.show_logo and job.style.logo and job.aspect in job.enhancement.logo
    return bench.open(job.style.logo.image) if wanted and job.style.logo else None


def _encode(job: RenderJob, capped: bool) -> list[str]:
    encode, rate = job.encode, job.rate
    most, held = f"{encode.max_bitrate_kbps}k", f"{_BUFFER_SECONDS * encode.max_bitrate_kbps}k"
    return [
        *("-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-preset", encode.preset),
        *("-crf", str(encode.crf), *(("-maxrate", most, "-bufsize", held) if capped else ())),
        *("-g", str(max(1, int(encode.gop_seconds * rate.fps)))),
        *("-x264-params", _CAPPED if capped else _FREE, "-threads", "1" if capped else str(_ENCODE_THREADS)),
        *("-fps_mode", "cfr", "-r", f"{rate.num}/{rate.den}"),
        *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
    ]


def _container(more: str) -> list[str]:
    # Reels refuse edit lists, which FFmpeg writes for B-frames and for the encoder's delay.
    return ["-movflags", f"{more}+negative_cts_offsets", "-use_editlist", "0"]
