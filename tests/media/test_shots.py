"""Cuts to the frame, wherever the encoder put its key frames, without looking at every picture."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Shots
from shortform_assets.contracts.slices import IngestSlice
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.media.cuts import with_cuts
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.mezzanine import make_mezzanine
from shortform_assets.media.probe import read_source
from shortform_assets.media.reader import read_frames
from shortform_assets.media.shots import find_shots

RATE = FrameRate(num=25)
CAMERAS = (
    "smptebars=s=192x108:r=25",
    "testsrc=s=192x108:r=25",
    "gradients=s=192x108:r=25:seed=7:speed=0.02:c0=0x203040:c1=0x90a0b0",
    "color=c=0x502010:s=192x108:r=25,drawgrid=w=24:h=18:t=2:c=0xc0b090",
)
ENCODERS = {"with scene cuts": "keyint=250", "fixed GOP": "keyint=50:min-keyint=50:scenecut=0"}


def film(bench, tmp_path: Path, shots: list[tuple[int, int]], encoder: str) -> Mezzanine:
    """`shots` are (camera, frames); a small box moves through every picture."""
    path = tmp_path / "film.mp4"
    inputs = [arg for camera, _ in shots for arg in ("-f", "lavfi", "-i", CAMERAS[camera])]
    cut = ";".join(f"[{i}]trim=end_frame={n},format=yuv420p[s{i}]" for i, (_, n) in enumerate(shots))
    joined = "".join(f"[s{i}]" for i in range(len(shots))) + f"concat=n={len(shots)},setsar=1"
    moved = (
        f"{joined}[all];color=c=white:s=20x20:r=25[box];[all][box]overlay=x='mod(t*40,170)':y=40:shortest=1"
    )
    args = ["-filter_complex", f"{cut};{moved}", "-c:v", "libx264", "-x264-params", encoder, "-threads", "1"]
    run_ffmpeg([*inputs, *args, "-an", str(path)])
    frames = sum(n for _, n in shots)
    blob = bench.keep(path)
    return Mezzanine(
        video=blob,
        speech=blob,
        width=192,
        height=108,
        rate=RATE,
        frames=frames,
        speech_samples=0,
        remuxed=True,
    )


def cuts(shots: Shots) -> list[int]:
    return [shot.start_frame for shot in shots.shots][1:]


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    lengths=st.lists(st.integers(15, 90), min_size=1, max_size=5),
    start=st.integers(0, 3),
)
def test_every_cut_is_found_to_the_frame(bench, tmp_path, encoder: str, lengths: list[int], start: int):
    shots = [((start + i) % len(CAMERAS), n) for i, n in enumerate(lengths)]
    made = film(bench, tmp_path, shots, encoder)
    found = find_shots(bench, made)
    assert cuts(found) == list(itertools.accumulate(lengths))[:-1]
    # A clip's own decode agrees, whatever the size of its pictures.
    pictures = with_cuts(read_frames(bench.open(made.video)), frozenset())
    assert [frame.number for frame in pictures if frame.cut] == cuts(found)
    edges = [(shot.start_frame, shot.end_frame) for shot in found.shots]
    assert edges[0][0] == 0
    assert edges[-1][1] == made.frames
    assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))


def test_away_and_back_between_two_like_key_frames(bench, tmp_path):
    made = film(bench, tmp_path, [(0, 110), (3, 20), (0, 120)], ENCODERS["fixed GOP"])
    assert cuts(find_shots(bench, made)) == [110, 130]


def test_a_flash_is_no_shot(bench, tmp_path):
    made = film(bench, tmp_path, [(0, 60), (3, 3), (0, 60)], ENCODERS["with scene cuts"])
    assert cuts(find_shots(bench, made)) == [60]


def test_a_still_scene_is_hardly_looked_at(bench, tmp_path):
    made = film(bench, tmp_path, [(0, 1000)], ENCODERS["fixed GOP"])
    assert cuts(find_shots(bench, made)) == []
    assert bench.facts["pictures_looked_at"] <= 60


@pytest.mark.media
def test_cuts_between_real_speakers(bench, shared_media: Path):
    source = read_source(bench, shared_media / "talk" / "grid_6speakers_cuts.mp4", "grid")
    ingest = IngestSlice(max_height=1080, max_rate=60, crf=18, preset="ultrafast", max_hours=6)
    found = find_shots(bench, make_mezzanine(bench, source, ingest))
    # Every speaker has 2.96 s.
    assert cuts(found) == [74, 148, 222, 296, 370]
