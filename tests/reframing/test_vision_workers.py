"""The vision executor: results come one by one, a fault costs one clip, a dead worker costs nothing done."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import dagster as dg
import numpy as np
import pytest
from conftest import FPS, media, portrait

import resources.vision
from resources.media_store import MediaStore
from resources.vision import LocalVision, share_out
from shortform_assets.contracts.base import Dropped, FrameRate
from shortform_assets.contracts.clips import ClipMedia, FaceTracks, MediaSegment, VoiceMap
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.reframing.crop_paths import frame_clip

# Takes the job's clips in turn; clip ids say what happens to them.
STAND_IN = """
import os, signal, sys
from pathlib import Path
from shortform_assets.contracts.base import Blob, Dropped
from shortform_assets.contracts.clips import FaceTracks
from shortform_assets.workers.vision import VisionEvent, VisionJob, _teller
job = VisionJob.model_validate_json(Path(sys.argv[1]).read_bytes())
with _teller(Path(job.results)) as tell:
    tell(VisionEvent(pid=os.getpid()))
    for clip in job.clips:
        tell(VisionEvent(clip_id=clip.clip_id))
        mark = Path(__file__).with_name(clip.clip_id)
        if clip.clip_id.startswith("deadly") or (clip.clip_id.startswith("unlucky") and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if clip.clip_id.startswith("slow"):
            import time
            time.sleep(600)
        if clip.clip_id.startswith("bad"):
            tell(VisionEvent(clip_id=clip.clip_id, dropped=Dropped(clip_id=clip.clip_id, stage="s", reason="bad")))
            continue
        tracks = FaceTracks(clip_id=clip.clip_id, media=clip.digest(), width=1, height=1, rate=clip.rate,
            frames=1, cuts=(), step=1, tracks=(), series=Blob(sha256="0" * 64, size=0))
        tell(VisionEvent(clip_id=clip.clip_id, fraction=1.0, tracks=tracks))
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch) -> MediaStore:
    program = tmp_path / "stand_in.py"
    program.write_text(STAND_IN)
    monkeypatch.setattr(resources.vision, "PROGRAM", (sys.executable, str(program)))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    return MediaStore.local(tmp_path / "store")


def track(store, reframing, names, workers=2, context=None):
    results: dict[str, FaceTracks | Dropped] = {}
    seen: list[float] = []

    def on_result(name: str, result: FaceTracks | Dropped) -> None:
        assert name not in results, "a clip must end once"
        results[name] = result

    clips = [media(320, 180, 10 + i, clip_id=name) for i, name in enumerate(names)]
    vision = LocalVision(workers=workers)
    vision.track(store, clips, reframing.faces, on_result, lambda share, _: seen.append(share), context)
    assert seen[-1] == pytest.approx(1.0)
    return results


def test_a_fault_drops_one_clip_only(stand_in, reframing) -> None:
    results = track(stand_in, reframing, ["a", "bad", "b", "c"])
    assert {name for name, r in results.items() if isinstance(r, FaceTracks)} == {"a", "b", "c"}
    assert results["bad"].reason == "bad"


def test_a_killed_worker_is_replaced_and_its_clip_tried_again(stand_in, reframing) -> None:
    results = track(stand_in, reframing, ["a", "unlucky", "b"], workers=1)
    assert all(isinstance(r, FaceTracks) for r in results.values())
    assert set(results) == {"a", "unlucky", "b"}


def test_a_clip_that_kills_twice_is_dropped_with_the_reason(stand_in, reframing) -> None:
    results = track(stand_in, reframing, ["a", "deadly", "b", "deadly too"], workers=1)
    assert {n for n, r in results.items() if isinstance(r, Dropped)} == {"deadly", "deadly too"}
    assert "killed by signal 9 twice" in results["deadly"].reason


def test_an_interrupt_leaves_no_worker_behind(stand_in, reframing) -> None:
    pids: list[int] = []
    started = resources.vision._Process.__init__

    def remember(self, *args):
        started(self, *args)
        pids.append(self._process.pid)

    resources.vision._Process.__init__, kept = remember, started
    try:
        stopping = time.monotonic() + 1.0

        def impatient(share: float, note: str) -> None:
            if time.monotonic() > stopping:
                raise KeyboardInterrupt

        clips = [media(320, 180, 10, clip_id="slow"), media(320, 180, 10, clip_id="slow too")]
        with pytest.raises(KeyboardInterrupt):
            LocalVision(workers=2).track(stand_in, clips, reframing.faces, lambda *_: None, impatient)
    finally:
        resources.vision._Process.__init__ = kept
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_same_through_dagster_pipes(stand_in, reframing) -> None:
    results = {}

    @dg.asset
    def faces(context) -> dg.MaterializeResult:
        results.update(track(stand_in, reframing, ["a", "unlucky", "b", "bad"], context=context))
        return dg.MaterializeResult()

    assert dg.materialize([faces]).success
    assert {name for name, r in results.items() if isinstance(r, FaceTracks)} == {"a", "unlucky", "b"}


def test_shares_are_even() -> None:
    clips = [media(320, 180, n, clip_id=str(n)) for n in (100, 90, 60, 50, 10)]
    shares = share_out(clips, 2)
    assert sorted(sum(c.frames for c in share) for share in shares) == [150, 160]
    assert len(share_out(clips, 99)) == 5
    assert share_out([], 4) == []


def test_a_real_worker_tracks_a_real_clip(bench, reframing) -> None:
    clip = encoded(bench)
    broken = clip.model_copy(update={"clip_id": "short", "frames": 60, "segments": (
        clip.segments[0].model_copy(update={"frames": 60}),
    )})  # fmt: skip
    results: dict[str, FaceTracks | Dropped] = {}
    LocalVision(workers=1).track(
        bench.store, [clip, broken], reframing.faces, results.__setitem__, lambda *_: None
    )
    tracks = results["clip"]
    assert isinstance(tracks, FaceTracks)
    assert tracks.media == clip.digest()
    assert [t.samples for t in tracks.tracks] == [25]
    assert bench.open(tracks.series).stat().st_size == tracks.series.size
    # The same clip through the next stage, from the store: a still face is no subject.
    paths = frame_clip(bench, tracks, clip, (), VoiceMap(), reframing, FramingEdits())
    assert (paths.media, paths.frames) == (clip.digest(), 50)
    assert [v.state for v in paths.verdicts] == ["static"]
    assert not any(p.subject for a in paths.aspects for f in a.framings for p in f.panels)
    assert isinstance(results["short"], Dropped)
    assert "clip frames" in results["short"].reason


def encoded(bench) -> ClipMedia:
    """Two seconds of a still face in the store, with silence."""
    import av

    video, audio = bench.scratch / "face.mp4", bench.scratch / "face.flac"
    picture = np.ascontiguousarray(portrait()[:260, :270])
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 270, 260, "yuv420p"
        for _ in range(50):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    with av.open(str(audio), "w") as container:
        stream = container.add_stream("flac", rate=48_000, layout="stereo", format="s16")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 96_000 * 2), np.int16), format="s16", layout="stereo")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    segment = MediaSegment(video=bench.keep(video), audio=bench.keep(audio), first_frame=0, frames=50)
    return ClipMedia(
        clip_id="clip", width=270, height=260, rate=FrameRate(num=FPS), frames=50, segments=(segment,)
    )
