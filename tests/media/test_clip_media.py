"""Clips are the mezzanine's own frames and samples, whatever the structure of its GOPs."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.errors import ClipFault
from shortform_assets.media import shots
from shortform_assets.media.clip_media import cut_clip
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.reader import FrameReading, read_clip, read_frames

FRAMES = 150
GOPS = {
    "closed, B-pyramid": "keyint=40:min-keyint=40:scenecut=0:bframes=3:b-pyramid=normal",
    "open": "keyint=40:min-keyint=40:scenecut=0:bframes=4:open-gop=1:b-adapt=0",
    "no B-frames": "keyint=250:scenecut=0:bframes=0",
    "key frames only": "keyint=1",
}


@pytest.fixture(scope="module", params=list(GOPS.values()), ids=list(GOPS))
def mezzanine_file(request, tmp_path_factory) -> Path:
    """Five noisy seconds at 30000/1001 with sound that tells every sample from every other."""
    path = tmp_path_factory.mktemp("gop") / "m.mp4"
    rate = "30000/1001"
    picture = f"testsrc2=s=96x64:r={rate},noise=alls=20:all_seed=1,trim=end_frame={FRAMES}"
    sound = (
        "aevalsrc='0.5*sin(2*PI*(200+100*t)*t)|0.5*sin(2*PI*(900-50*t)*t)':s=48000,atrim=end_sample=240240"
    )
    args = [
        "-f",
        "lavfi",
        "-i",
        picture,
        "-f",
        "lavfi",
        "-i",
        sound,
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
    ]
    run_ffmpeg(
        [*args, "-threads", "1", "-x264-params", request.param, "-c:a", "aac", "-b:a", "192k", str(path)]
    )
    return path


@pytest.fixture
def mezzanine(bench, mezzanine_file: Path, tmp_path: Path) -> Mezzanine:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(mezzanine_file.read_bytes())
    blob = bench.keep(copy)
    rate = FrameRate(num=30000, den=1001)
    return Mezzanine(
        video=blob, speech=blob, width=96, height=64, rate=rate, frames=FRAMES, speech_samples=0, remuxed=True
    )


def _spans(cuts: list[int], order: list[int]) -> tuple[Span, ...]:
    pairs = [Span(start_frame=a, end_frame=b) for a, b in itertools.pairwise(cuts)][::2]
    return tuple(pairs[i % len(pairs)] for i in dict.fromkeys(i % len(pairs) for i in order))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.integers(0, FRAMES), min_size=2, max_size=6, unique=True).map(sorted),
    order=st.lists(st.integers(0, 2), min_size=1, max_size=3),
    every=st.integers(1, 4),
)
def test_a_clip_is_the_frames_and_samples_of_its_spans(bench, mezzanine, cuts, order, every):
    spans = _spans(cuts, order)
    truth = dict(read_frames(bench.open(mezzanine.video)))
    assert len(truth) == FRAMES
    media = cut_clip(bench, mezzanine, "abc", spans)
    wanted = [f for span in spans for f in range(span.start_frame, span.end_frame)]
    assert media.frames == len(wanted)
    got = list(read_clip(bench, media, every=every))
    assert [frame for frame, _ in got] == list(range(0, len(wanted), every))
    for frame, picture in got:
        assert np.array_equal(picture, truth[wanted[frame]]), f"clip frame {frame} is not {wanted[frame]}"
    whole = _samples(bench.open(mezzanine.video))
    for span, segment in zip(spans, media.segments, strict=True):
        start = media.rate.samples(span.start_frame, 48000)
        sound = _samples(bench.open(segment.audio))
        assert len(sound) == media.rate.samples(span.frames, 48000)
        there = min(len(sound), len(whole) - start)
        # Noise substitution of AAC differs by where decoding begins; a sample's shift would be far more.
        assert np.abs(sound[:there] - whole[start : start + there]).max() < 0.02


def test_seeking_gives_the_frames_of_sequential_reading(mezzanine_file: Path):
    truth = dict(read_frames(mezzanine_file))
    for first in (70, 79, 80, 81, 119, 120, 149):
        got = list(read_frames(mezzanine_file, first, 3))
        assert [n for n, _ in got] == list(range(first, min(first + 3, FRAMES)))
        assert all(np.array_equal(picture, truth[n]) for n, picture in got)


def test_cutting_twice_gives_the_same_bytes(bench, mezzanine):
    spans = (Span(start_frame=50, end_frame=101), Span(start_frame=10, end_frame=20))
    assert cut_clip(bench, mezzanine, "a", spans) == cut_clip(bench, mezzanine, "a", spans)


def test_a_span_beyond_the_source_is_a_fault_of_the_clip(bench, mezzanine):
    with pytest.raises(ClipFault, match="150 frames"):
        cut_clip(bench, mezzanine, "a", (Span(start_frame=140, end_frame=151),))


def test_pictures_missing_from_the_media_are_a_fault_of_the_clip(bench, mezzanine):
    media = cut_clip(bench, mezzanine, "a", (Span(start_frame=30, end_frame=60),))
    longer = media.segments[0].model_copy(update={"frames": 130})
    with pytest.raises(ClipFault, match="end early"):
        list(read_clip(bench, media.model_copy(update={"segments": (longer,), "frames": 130})))


def _samples(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        planar = frames[0].format.is_planar
        blocks = [f.to_ndarray().T if planar else f.to_ndarray().reshape(-1, 2) for f in frames]
    sound: np.ndarray = np.concatenate(blocks)
    return sound / 32768.0 if sound.dtype == np.int16 else sound


@pytest.mark.parametrize("cores", [1, 3])
def test_decoders_start_as_many_threads_as_there_are_processors(bench, mezzanine: Mezzanine, cores: int):
    """As the bench counts them, for decoding and for scaling: FFmpeg itself knows no container's quota."""
    media = cut_clip(bench, mezzanine, "c", (Span(start_frame=0, end_frame=FRAMES),))
    bench.cores = cores
    # What is loaded on first use may start threads of its own.
    shots.find_shots(bench, mezzanine)
    next(read_clip(bench, media))
    before = len(os.listdir("/proc/self/task"))
    # Decoders have a thread a core, the scaler counts itself as one.
    extra = 0 if cores == 1 else cores + cores - 1
    for reading in (
        read_clip(bench, media),
        read_frames(bench.open(mezzanine.video), how=FrameReading(cores=cores)),
    ):
        next(reading)
        assert len(os.listdir("/proc/self/task")) - before == extra
        assert len(list(reading)) == FRAMES - 1
    seen: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shots, "with_cuts", lambda pictures, _: [*_counted(pictures, seen)])
        shots.find_shots(bench, mezzanine)
    assert {count - before for count in seen} == {extra}


def _counted(pictures, seen: list[int]):
    next(pictures)
    seen.append(len(os.listdir("/proc/self/task")))
    return ()
