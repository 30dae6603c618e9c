"""Shot boundaries of a whole source: key frames first, every picture only where something changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Shot, Shots
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.media.cuts import LOOK, with_cuts
from shortform_assets.media.reader import decode_numbered, decode_on
from shortform_assets.media.stream_copy import coded_span
from shortform_assets.ports.workbench import Workbench

MIN_SHOT_SECONDS = 0.4
"""A cut sooner after another is a flash, not a shot."""

# Set by hand, held by tests/media/test_shots.py: every cut of synthetic films, whatever the encoder, and of
# real speakers, to the frame; and how few pictures of a still scene are looked at.
_GLANCE = (32, 18)
"""Width and height in pixels of a key frame that is only compared with the next."""
_CHANGED = 18.0
"""Two key frames differ when a quarter of their pixels (at `_GLANCE`) differ by more than this, of 255: people
who move before a still background do not, another camera does."""
_SPIKE_KEY, _SPIKE_NEAR = 0.5, 1.5
"""A picture coded in so large a share of a key frame's bytes, and so many times those of the larger pictures
around it, may be a cut that the encoder made no key frame for."""
_NEAR = 49
"""Pictures around one among which its coded size may stand out: about two seconds."""
_LOOK_WIDTH = 256
"""Pixels of width at which suspects are decoded: more than twice of what cuts are judged at."""
_LOOK_ON = LOOK + 1
"""Frames after a stretch that are needed to judge its last one."""


def find_shots(bench: Workbench, mezzanine: Mezzanine) -> Shots:
    """Find hard cuts to the frame; the shots tile [0, frames).

    A group of pictures is decoded only when the key frames at its ends differ or one of its pictures took
    as many bytes as a cut does. There `cuts.with_cuts` decides, as it does on a clip. What this can miss is a cut
    away and back, or between two like pictures, that cost the encoder few bytes.
    """
    path = bench.open(mezzanine.video)
    groups = list(_groups(path, mezzanine, bench.cores))
    looked = list(_stretches([group for group in groups if group.suspect], mezzanine.frames))
    bench.progress(0.3, "shots")
    cuts: list[int] = []
    for number, (first, end) in enumerate(looked):
        cuts += _cuts(path, mezzanine, first, end, bench.cores)
        bench.progress(0.3 + 0.7 * (number + 1) / len(looked), "shots")
    edges = [0, *_spaced(sorted(set(cuts)), mezzanine), mezzanine.frames]
    bench.note(
        pictures_looked_at=sum(end - first for first, end in looked), groups=len(groups), cuts=len(edges) - 2
    )
    return Shots(shots=tuple(Shot(start_frame=a, end_frame=b) for a, b in itertools.pairwise(edges)))


@dataclass(frozen=True)
class _Group:
    """Pictures [first, end) from one key frame to the next."""

    first: int
    end: int
    suspect: bool


def _groups(path: Path, mezzanine: Mezzanine, cores: int) -> Iterator[_Group]:
    sizes, keys = _packets(path, mezzanine)
    glances = _glances(path, mezzanine.rate, cores)
    spikes = _spikes(sizes, keys)
    seen = [key for key in keys if key in glances]
    for first, end in zip(seen, [*seen[1:], mezzanine.frames], strict=True):
        # The last group has no key frame to compare with: it is always looked at.
        changed = end not in glances or _differ(glances[first], glances[end])
        yield _Group(first, end, changed or bool(spikes[first:end].any()))


def _differ(one: np.ndarray, other: np.ndarray) -> bool:
    return float(np.percentile(np.abs(one - other).max(axis=2), 75)) > _CHANGED


def _spikes(sizes: np.ndarray, keys: list[int]) -> np.ndarray:
    """For every frame whether it is coded as large as a cut, bool (frames,)."""
    from scipy.ndimage import percentile_filter

    between = sizes.astype(np.float64)
    between[keys] = 0
    near = percentile_filter(between, 85, size=_NEAR, mode="nearest")
    spikes: np.ndarray = (between > _SPIKE_KEY * np.median(sizes[keys])) & (between > _SPIKE_NEAR * near)
    return spikes


def _packets(path: Path, mezzanine: Mezzanine) -> tuple[np.ndarray, list[int]]:
    """Coded bytes of every frame (frames,), and the numbers of the key frames."""
    sizes, keys = np.zeros(mezzanine.frames, np.int64), []
    with _open(path) as container:
        stream = container.streams.video[0]
        tick = stream.time_base * mezzanine.rate.fraction
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            frame = round(packet.pts * tick)
            if 0 <= frame < mezzanine.frames:
                sizes[frame] = packet.size
                if packet.is_keyframe:
                    keys.append(frame)
    return sizes, sorted(keys)


def _glances(path: Path, rate: FrameRate, cores: int) -> dict[int, np.ndarray]:
    """Every key frame, tiny, as float32 (height, width, 3), by its number."""
    with _open(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        stream.codec_context.thread_count = cores
        stream.codec_context.options = {"skip_loop_filter": "all"}
        shrink = _Shrink(*_GLANCE, cores)
        numbered = decode_numbered(container, rate.fraction)
        return {number: shrink(frame).astype(np.float32) for number, frame in numbered}


def _stretches(groups: list[_Group], frames: int) -> Iterator[tuple[int, int]]:
    """Frames [first, end) to look at: groups that touch are joined, with what the detector needs after."""
    open_: tuple[int, int] | None = None
    for group in groups:
        if open_ and open_[1] == group.first:
            open_ = (open_[0], group.end)
            continue
        if open_:
            yield open_[0], min(frames, open_[1] + _LOOK_ON)
        open_ = (group.first, group.end)
    if open_:
        yield open_[0], min(frames, open_[1] + _LOOK_ON)


def _cuts(path: Path, mezzanine: Mezzanine, first: int, end: int, cores: int) -> list[int]:
    """First frames of new shots within (first, end)."""
    height = max(2, round(_LOOK_WIDTH * mezzanine.height / mezzanine.width / 2) * 2)
    pictures = _pictures(path, mezzanine.rate, (first, end), cores, _Shrink(_LOOK_WIDTH, height, cores))
    looked = with_cuts(((number - first, picture) for number, picture in pictures), frozenset())
    return [first + frame.number for frame in looked if frame.cut]


def _pictures(
    path: Path, rate: FrameRate, stretch: tuple[int, int], cores: int, shrink: _Shrink
) -> Iterator[tuple[int, np.ndarray]]:
    """Small pictures of a stretch [first, end) that begins on a key frame. In-loop filtering is left out."""
    from av.error import FFmpegError

    first, end = stretch
    with _open(path) as container:
        _, packets = coded_span(container, rate, first, end)
        context: Any = container.streams.video[0].codec_context
        decode_on(container.streams.video[0], cores)
        context.options = {"skip_loop_filter": "all"}
        tick = container.streams.video[0].time_base * rate.fraction
        for _, packet in [*packets, (end, None)]:
            frames: list[Any] = []
            with suppress(FFmpegError):
                frames = context.decode(packet)
            for frame in frames:
                number = round(frame.pts * tick)
                if first <= number < end:
                    yield number, shrink(frame)


class _Shrink:
    """Pictures as small BGR arrays (height, width, 3), by one swscale context."""

    def __init__(self, width: int, height: int, cores: int) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self._size, self._cores = (width, height), cores
        self._reformatter, self._how = VideoReformatter(), Interpolation.AREA

    def __call__(self, frame: Any) -> np.ndarray:
        width, height = self._size
        out = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgr24",
            interpolation=self._how,
            threads=self._cores,
        )
        picture: np.ndarray = out.to_ndarray()
        return picture


def _spaced(cuts: list[int], mezzanine: Mezzanine) -> list[int]:
    least = max(1, round(MIN_SHOT_SECONDS * mezzanine.rate.fps))
    kept: list[int] = []
    for cut in cuts:
        if cut - (kept[-1] if kept else 0) >= least and mezzanine.frames - cut >= least:
            kept.append(cut)
    return kept


def _open(path: Path) -> Any:
    import av

    return av.open(str(path), options={"protocol_whitelist": "file"})
